"""Comma-, tab-, semicolon- and pipe-separated tables: cut within a cell, its heading as the label."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from detectors.files.columns import labels
from detectors.files.encoding import decode, readable
from detectors.files.headings import kind_of
from detectors.files.interface import Cut, Desk, Family, File, OverLimit, Result
from detectors.files.slots import Slot, Source, Told, passage, settle, without

_DELIMITERS: Final = ",;\t|"
_SAMPLE: Final = 50


@dataclass(frozen=True, slots=True)
class _Cell:
    """`text` is what a spreadsheet would show of `source[start:end]`."""

    text: str
    start: int
    end: int


def inspect(file: File, type: str, desk: Desk) -> Result:
    decoded = decode(file.data)
    source = Source(decoded.text)
    delimiter = _delimiter(decoded.text)
    rows = _rows(decoded.text, delimiter, 5 * desk.limits.passages)
    said = labels([*enumerate(cell.text for cell in row)] for row in rows)
    slots = [
        _slot(cell, f"row {n}, column {c}", label, source, delimiter)
        for n, (row, known) in enumerate(zip(rows, said, strict=True), start=1)
        for c, (cell, label) in enumerate(zip(row, known, strict=True), start=1)
        if cell.text.strip()
    ]
    told = Told()
    settle(slots, desk, told)
    return told.result(type, lambda: decoded.encode(source.changed()))


def _slot(cell: _Cell, where: str, heading: str, source: Source, delimiter: str) -> Slot:
    def put(cuts: Sequence[Cut]) -> None:
        raw = source.text[cell.start : cell.end]
        source.replace(cell.start, cell.end, _written(without(cell.text, cuts), raw, delimiter))

    text = readable(cell.text)
    return Slot(passage(text, where, heading, kind_of(text, heading)), put)


def _written(text: str, raw: str, delimiter: str) -> str:
    """A cell's text, in quotes where it had them or needs them (RFC 4180, section 2)."""
    if raw.startswith('"') or any(c in text for c in (delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _delimiter(text: str) -> str:
    """The one that the first line names (as Excel does), or that most rows have as often as the first few."""
    named = re.match(r"(?i)sep=(.)\r?\n", text)
    if named:
        return named[1]
    return max(_DELIMITERS, key=lambda d: _evenness(text, d))


def _evenness(text: str, delimiter: str) -> float:
    """How many rows have the same number of cells, more than one; more cells win a tie."""
    widths = [len(row) for row in _rows(text[: _SAMPLE * 400], delimiter)[:_SAMPLE]]
    most = max(set(widths), key=widths.count, default=1)
    return widths.count(most) / len(widths) + most / 1000 if most > 1 else 0.0


def _rows(text: str, delimiter: str, most: int = 10**9) -> list[list[_Cell]]:
    """All cells, row by row. A quote that is never closed ends with its cell, so no row can hide in it."""
    d = re.escape(delimiter)
    quoted, bare = r'"[^"]*(?:""[^"]*)*"', rf"[^{d}\r\n]*"
    cell = re.compile(rf"(?P<text>{quoted}(?={d}|[\r\n]|\Z)|{bare})(?P<end>{d}|\r\n|[\r\n]|\Z)")
    rows: list[list[_Cell]] = [[]]
    for count, found in enumerate(cell.finditer(text)):
        if count > most:
            raise OverLimit("This table has more cells than can be read.")
        if found.start() == len(text):
            break
        rows[-1].append(_Cell(_shown(found["text"]), found.start("text"), found.end("text")))
        if found["end"] not in ("", delimiter):
            rows.append([])
    return rows


def _shown(raw: str) -> str:
    quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
    return raw[1:-1].replace('""', '"') if quoted else raw


FAMILY: Final = Family("table", frozenset({"text/csv", "text/tab-separated-values"}), inspect)
