"""Paragraphs of Word, PowerPoint and OpenDocument, read as each of their readers would read them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from detectors.files.office.pieces import TAIL, Done, Line, Node, Piece, local, tail_of, text_of

PARAGRAPHS = frozenset({"p", "h", "si", "is", "text"})
"""Also Excel's rich texts and comments: they are made of runs as a paragraph is."""

_TEXT = frozenset({"t", "delText"})
_CODE = frozenset({"instrText", "delInstrText"})
_DRAWN = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "noBreakHyphen": "-"}
_DELETED = frozenset({"del", "moveFrom"})
_INSERTED = frozenset({"ins", "moveTo"})
_SETTINGS = frozenset({"pPr", "tcPr", "tblPr", "sectPr", "bodyPr", "lstStyle"})
_OFF = frozenset({"0", "false", "off"})
_MIXED = "urn:oasis:names:tc:opendocument:xmlns:text"
_MOST_SPACES = 200


@dataclass(frozen=True, slots=True)
class _Mark:
    """A piece, and who sees it."""

    piece: Piece | str = field(default="", repr=False)
    deleted: bool = False
    inserted: bool = False
    hidden: bool = False


def lines(
    paragraph: Node, where: str, label: str, done: Done, removed: Mapping[str, Node] | None = None
) -> Iterator[Line]:
    """The lines of a paragraph: as it stands, as it was before the changes, and without its hidden text.

    A number that was mended letter by letter is whole in only one of them. Paragraphs within it (text boxes,
    notes) are left for themselves. Adds to `done` what was read. `removed` are
    OpenDocument's deletions by their id.
    """
    codes: list[Piece | str] = []
    if _MIXED in paragraph.tag:
        marks = [*_mixed(paragraph, _Mark(), done, removed or {})]
    else:
        marks = [*_runs(paragraph, _Mark(), done, codes)]
    for pieces in _views(marks):
        if pieces:
            yield Line(pieces, where, label)
    if codes:
        yield Line(codes, where)


def _views(marks: list[_Mark]) -> list[tuple[Piece | str, ...]]:
    views = (
        tuple(m.piece for m in marks if not m.deleted),
        tuple(m.piece for m in marks if not m.inserted),
        tuple(m.piece for m in marks if not m.deleted and not m.hidden),
        _apart(marks),
    )
    different = {tuple(p if isinstance(p, str) else id(p) for p in view): view for view in views}
    return list(different.values())


def _apart(marks: list[_Mark]) -> tuple[Piece | str, ...]:
    """Everything, with a line's end wherever a change or hidden text begins or ends: what was deleted often
    runs into what was not."""
    pieces: list[Piece | str] = []
    for before, mark in zip((marks[:1] + marks), marks, strict=False):
        if replace(before, piece="") != replace(mark, piece=""):
            pieces.append("\n")
        pieces.append(mark.piece)
    return tuple(pieces)


def _runs(node: Node, seen: _Mark, done: Done, codes: list[Piece | str]) -> Iterator[_Mark]:
    """Office Open XML: text stands only in the leaves of runs (ECMA-376-1, 17.3.3.31, 21.1.2.3.11)."""
    for child in node.iterchildren("*"):
        name = local(child)
        if name in _TEXT:
            done.add(child)
            yield replace(seen, piece=text_of(child))
        elif name in _CODE:
            done.add(child)
            codes.append(text_of(child))
        elif name in _DRAWN:
            yield replace(seen, piece=_DRAWN[name])
        elif name not in PARAGRAPHS and name not in _SETTINGS:
            yield from _runs(child, _as_seen(child, name, seen), done, codes)


def _as_seen(node: Node, name: str, seen: _Mark) -> _Mark:
    if name in _DELETED:
        return replace(seen, deleted=True)
    if name in _INSERTED:
        return replace(seen, inserted=True)
    if name == "r" and _is_hidden(node):
        return replace(seen, hidden=True)
    return seen


def _is_hidden(run: Node) -> bool:
    vanish = run.find("{*}rPr/{*}vanish")
    return vanish is not None and not any(v in _OFF for v in vanish.attrib.values())


def _mixed(node: Node, seen: _Mark, done: Done, removed: Mapping[str, Node]) -> Iterator[_Mark]:
    """OpenDocument: text stands between the elements too (OpenDocument 1.3-3, 5 and 6)."""
    done.add(node)
    yield replace(seen, piece=text_of(node))
    for child in node:
        if isinstance(child.tag, str) and _MIXED in child.tag:
            yield from _inline(child, local(child), seen, done, removed)
        done.add((child, TAIL))
        yield replace(seen, piece=tail_of(child))


def _inline(node: Node, name: str, seen: _Mark, done: Done, removed: Mapping[str, Node]) -> Iterator[_Mark]:
    if name == "s":
        yield replace(seen, piece=" " * _spaces(node))
    elif name in _DRAWN:
        yield replace(seen, piece=_DRAWN[name])
    elif name == "change":
        deletion = removed.get(next(iter(node.attrib.values()), ""))
        for paragraph in deletion.iter("{*}p", "{*}h") if deletion is not None else ():
            yield from _mixed(paragraph, replace(seen, deleted=True), done, {})
    elif name not in PARAGRAPHS and name != "note":
        yield from _mixed(node, seen, done, removed)


def _spaces(node: Node) -> int:
    count = next((v for k, v in node.attrib.items() if k.endswith("}c")), "1")
    return min(int(count), _MOST_SPACES) if count.isdigit() else 1
