"""Marked-up text (HTML, FHIR and CDA narrative) as passages: a paragraph, a cell, an item at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from detectors.files.columns import labels
from detectors.files.headings import kind_of
from detectors.files.inline import carried, rewritten
from detectors.files.interface import Cut, Desk
from detectors.files.slots import Slot, Told, passage, spread, without
from detectors.files.xml_tree import local

_INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code content del dfn em font i ins kbd label linkHtml mark q ruby s samp "
    "small span strike strong sub sup time tt u var wbr footnoteRef".split()
)
"""Elements within a line; every other one begins a new passage."""

_NOT_READ: Final = frozenset({"script", "style"})
_LAYOUT: Final = frozenset(
    "align border cellpadding cellspacing charset class color colspan dir face height http-equiv id lang name rel "
    "role rowspan size style styleCode target type valign viewport width xmlns".split()
)
"""Attributes that are for machines; only a long number in them is looked at."""

_ADDRESSES: Final = frozenset({"href", "src", "action", "formaction", "cite", "poster", "background", "data"})
_LONG_NUMBER: Final = 9
_CELLS: Final = frozenset({"td", "th"})
_WIDEST: Final = 1000
"""Columns that a cell may reach over (HTML, 4.9.11)."""
_LINES: Final = frozenset({"pre", "textarea", "listing", "xmp", "plaintext"})
_SAME_LENGTH: Final = {ord(c): " " for c in "\t\r\n"}


@dataclass
class _Run:
    """Pieces of text that are read as one: (element, "text" or "tail", what stands there)."""

    label: str = ""
    lines: bool = False
    """Line ends are line ends, as in <pre>."""
    pieces: list[tuple[Any, str, str]] = field(default_factory=list)

    def slot(self, where: str) -> Slot:
        texts = [text for _, _, text in self.pieces]

        def put(cuts: Sequence[Cut]) -> None:
            for (node, place, old), new in zip(self.pieces, spread(texts, cuts), strict=True):
                if new != old and node is not None:
                    setattr(node, place, new)

        text = "".join(texts)
        text = text if self.lines else text.translate(_SAME_LENGTH)
        return Slot(passage(text, where, self.label, kind_of(text, self.label)), put)


def slots(root: Any, where: str) -> list[Slot]:
    """The passages of everything in an lxml element, each with the heading of its column or its term."""
    runs = [_Run()]
    _walk(root, runs, _labels(root))
    full = (run for run in runs if any(text.strip() for _, _, text in run.pieces))
    return [run.slot(f"{where}, paragraph {n}") for n, run in enumerate(full, start=1)]


def everything(root: Any, where: str, desk: Desk, told: Told) -> list[Slot]:
    """The passages, and what attributes say beside them; pictures within are looked at as files."""
    return [*slots(root, where), *attributes(root, where, desk, told)]


def attributes(root: Any, where: str, desk: Desk, told: Told) -> Iterator[Slot]:
    """What attributes say: a picture's other text, a field's value, an address."""
    for node in root.iter():
        for key, text in list(node.attrib.items()) if local(node) else ():
            name = key.rpartition("}")[2]
            if (data := carried(text)) is not None:
                _inline(node, key, data, desk, told)
            elif name not in _LAYOUT or sum(c.isdigit() for c in text) >= _LONG_NUMBER:
                yield _attribute(node, key, text, f"{where}, {name} of {local(node)}")


def _inline(node: Any, key: str, data: bytes, desk: Desk, told: Told) -> None:
    text = node.get(key)
    kept = rewritten(text, data, desk, told, f"A {local(node)} file within the text")
    if kept is None:
        del node.attrib[key]
    elif kept != text:
        node.set(key, kept)


def _attribute(node: Any, key: str, text: str, where: str) -> Slot:
    label = node.get("aria-label") or node.get("placeholder") or node.get("name") or ""
    label = label if key == "value" else ""

    def put(cuts: Sequence[Cut]) -> None:
        if key in _ADDRESSES:
            node.attrib.pop(key)  # it leads nowhere without what was in it
        else:
            node.set(key, without(text, cuts))

    return Slot(passage(text, where, label, kind_of(text, label)), put)


def _walk(node: Any, runs: list[_Run], said: dict[Any, str]) -> None:
    name = local(node)
    label = said.get(node, runs[-1].label)
    if name == "br":
        runs[-1].pieces.append((None, "", "\n"))
    is_block = bool(name) and name not in _INLINE and name != "br"
    before = runs[-1].label
    if is_block:
        runs.append(_Run(label, name in _LINES))
    if name and name not in _NOT_READ:
        _add(runs, node, "text")
    for child in node:
        _walk(child, runs, said)
        _add(runs, child, "tail")
    if is_block:
        runs.append(_Run(before))


def _add(runs: list[_Run], node: Any, place: str) -> None:
    text = getattr(node, place)
    if text:
        runs[-1].pieces.append((node, place, text))


def _labels(root: Any) -> dict[Any, str]:
    """The heading of each cell, and the term of each definition."""
    found: dict[Any, str] = {}
    for node in root.iter():
        name = local(node)
        if name == "table":
            found.update(_headings(node))
        elif name == "dd" and (term := _before(node, "dt")) is not None:
            found[node] = _text(term)
    return found


def _headings(table: Any) -> Iterator[tuple[Any, str]]:
    """A cell goes by its column's heading; without one, by what stands to its left, where that is a heading."""
    rows = [
        [c for c in row if local(c) in _CELLS]
        for row in table.iter()
        if local(row) == "tr" and next(row.iterancestors("{*}table", "table"), table) is table
    ]
    heads = {n for n, row in enumerate(rows) if len(row) > 1 and all(local(c) == "th" for c in row)}
    said = labels([_columns(row, marked=n not in heads) for n, row in enumerate(rows)], heads)
    for row, known in zip(rows, said, strict=True):
        yield from zip(row, known, strict=True)


def _columns(row: list[Any], marked: bool) -> list[tuple[int, str]]:
    """The column and the text of each cell; `marked`: a heading among values speaks of what is right of it."""
    cells, at = [], 0
    for cell in row:
        text = _text(cell)
        cells.append((at, f"{text}:" if marked and text and local(cell) == "th" else text))
        width = cell.get("colspan", "1")
        at += min(int(width), _WIDEST) if width.isascii() and width.isdigit() else 1
    return cells


def _before(node: Any, name: str) -> Any:
    return next((n for n in node.itersiblings(preceding=True) if local(n) == name), None)


def _text(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())
