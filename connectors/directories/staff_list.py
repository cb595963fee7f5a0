"""Bytes of a staff list -> people, and the lines that cannot be used. Pure; quotes no cell of the list."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final, Literal

from connectors.interface import Staff

COLUMNS: Final = ("name", "known_as", "email", "role", "department", "employer", "status", "id")

_STATUS: Final[Mapping[str, Literal["active", "left", "guest"]]] = {
    "": "active", "active": "active", "current": "active",
    "left": "left", "leaver": "left", "inactive": "left", "guest": "guest",
}  # fmt: skip

_DELIMITERS: Final = ",;\t|"


class Unreadable(ValueError):
    """The bytes are no staff list at all; the words say why, and at which line."""


@dataclass(frozen=True)
class StaffList:
    """`wrong` are (line, why) of rows left out; lines count from 1, as an editor shows them."""

    people: tuple[Staff, ...]
    wrong: tuple[tuple[int, str], ...] = ()


def read_staff_list(data: bytes, columns: Mapping[str, str] | None = None) -> StaffList:
    """Read CSV in UTF-8, UTF-16 or Windows-1252, with commas, semicolons, tabs or bars.

    `columns` gives this list's own header for ours, e.g. {"email": "Work email"}; case and spaces do not
    matter. Raises Unreadable.
    """
    text = _decoded(data)
    lines = text.split("\n", 2)
    skip = 1 if lines[0].strip().casefold().startswith("sep=") else 0
    header = lines[skip] if len(lines) > skip else ""
    wanted = {_folded((columns or {}).get(column, column)): column for column in COLUMNS}
    delimiter = max(_DELIMITERS, key=lambda d: sum(_folded(h) in wanted for h in _cells(header, d)))
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    people: list[Staff] = []
    wrong: list[tuple[int, str]] = []
    try:
        if skip:
            next(rows)
        places = _places(next(rows, []), wanted)
        for cells in rows:
            found = _person(cells, places) if any(cells) else None
            if isinstance(found, Staff):
                people.append(found)
            elif found:
                wrong.append((rows.line_num, found))
    except csv.Error:
        wrong.append((rows.line_num, "a quotation mark is open or stray; nothing after it can be read"))
    if not people:
        raise Unreadable(f"line {wrong[0][0]}: {wrong[0][1]}" if wrong else "it holds no people")
    return StaffList(tuple(people), tuple(wrong))


def _person(cells: Sequence[str], places: Sequence[int]) -> Staff | str:
    """The person of a row, or why there is none. `places` are the cells of COLUMNS; -1 for no such column."""
    if len(cells) <= max(places):
        return "too few columns"
    values = [cells[i].strip() if i >= 0 else "" for i in places]
    name, known_as, email, role, department, employer, word, id = values
    status = _STATUS.get(word.casefold())
    if status is None:
        return "unknown status"
    if not name:
        return "no name"
    if email and ("@" not in email or " " in email):
        return "not an e-mail address"
    return Staff(name, known_as, email, role, department, employer, status, id)


def _places(header: Sequence[str], wanted: Mapping[str, str]) -> tuple[int, ...]:
    places: dict[str, int] = {}
    for i, cell in enumerate(header):
        column = wanted.get(_folded(cell))
        if column in places:
            raise Unreadable(f"line 1: two columns are called {column}")
        if column:
            places[column] = i
    if "name" not in places or not {"email", "id"} & places.keys():
        lacking = "name" if "name" not in places else "email"
        raise Unreadable(f"line 1: no column is called {lacking}; the settings can say which one it is")
    return tuple(places.get(column, -1) for column in COLUMNS)


def _cells(header: str, delimiter: str) -> list[str]:
    return next(csv.reader([header.strip("\r\n")], delimiter=delimiter, skipinitialspace=True), [])


def _folded(heading: str) -> str:
    return heading.strip().casefold().replace(" ", "_").replace("-", "_")


def _decoded(data: bytes) -> str:
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError:
        raise Unreadable("its characters are neither UTF-8, UTF-16 nor Windows-1252") from None


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    # UTF-16 without its mark: half of plain text is NUL.
    head = data[:200]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
