"""Pieces of text in a document, the lines that people read them as, and the way back from a cut to them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectors.files.headings import kind_of
from detectors.files.interface import Cut, Desk, Found, OverLimit, Passage
from detectors.files.slots import passage

Node = Any
"""An element of lxml, which ships no types."""

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


TAIL = ""
Done = set[Any]
"""What was read: elements for their text, (element, attribute), (element, TAIL) for the text behind it."""


@dataclass(eq=False)
class Piece:
    """A stretch of text as one place of the document holds it, and how to put another in its place.

    `shown` is the text as a person reads it, of the same length as `text` (marks and codes blanked out).
    `by` turns a replacement into what this place may hold: an address takes no spaces.
    """

    text: str = field(repr=False)
    write: Callable[[str], None] = field(repr=False)
    by: Callable[[str], str] = str
    shown: str = field(default="", repr=False)
    edits: list[tuple[int, int, str]] = field(default_factory=list, repr=False)

    def settle(self) -> None:
        """Write the text with its edits; those that overlap become one."""
        if not self.edits:
            return
        written, read = "", 0
        for start, end, by in sorted(self.edits, key=lambda e: (e[0], -e[1], -len(e[2]))):
            if start >= read:
                written += self.text[read:start] + self.by(by)
            read = max(read, end)
        self.write(written + self.text[read:])
        self.edits.clear()


@dataclass(frozen=True, slots=True)
class Line:
    """A passage made of pieces; a bare string stands for what the format draws (a tab, a line's end)."""

    pieces: Sequence[Piece | str] = field(repr=False)
    where: str
    label: str = field(default="", repr=False)

    @property
    def passage(self) -> Passage:
        text = self.text
        return passage(text, self.where, self.label, kind_of(text, self.label))

    @property
    def text(self) -> str:
        return "".join(p if isinstance(p, str) else p.shown or p.text for p in self.pieces)

    def cut(self, cut: Cut) -> None:
        """Note the edits that a cut means for the pieces: the first takes the replacement, the rest lose
        their share."""
        by = cut.by
        for piece, start, end in self._under(cut):
            piece.edits.append((start, end, by))
            by = ""

    def _under(self, cut: Cut) -> Iterator[tuple[Piece, int, int]]:
        at = 0
        for piece in self.pieces:
            length = len(piece) if isinstance(piece, str) else len(piece.text)
            start, end = max(cut.start - at, 0), min(cut.end - at, length)
            if isinstance(piece, Piece) and start < end:
                yield piece, start, end
            at += length


def hide(lines: Sequence[Line], desk: Desk) -> tuple[Found, ...]:
    """Look at all lines and cut what is to be hidden out of the document. What was found, each place once."""
    if len(lines) > desk.limits.passages:
        raise OverLimit(f"There are more than {desk.limits.passages:,} pieces of text in this document.")
    found: dict[Found, None] = {}
    for line, cuts in zip(lines, desk.look([line.passage for line in lines]), strict=True):
        for cut in cuts:
            found[Found(cut.kind, line.where)] = None
            line.cut(cut)
    for line in lines:
        for piece in line.pieces:
            if isinstance(piece, Piece):
                piece.settle()
    return tuple(found)


def text_of(node: Node) -> Piece:
    """The text in an element, a comment or an instruction."""

    def write(text: str) -> None:
        node.text = text
        if text != text.strip() and isinstance(node.tag, str):
            node.set(_SPACE, "preserve")

    return Piece(node.text or "", write)


def tail_of(node: Node) -> Piece:
    """The text after an element, in the element around it."""
    return Piece(node.tail or "", lambda text: setattr(node, "tail", text))


def attribute_of(node: Node, key: str, by: Callable[[str], str] = str) -> Piece:
    return Piece(node.get(key), lambda text: node.set(key, text), by)


def local(node: Node) -> str:
    """An element's name without its namespace; "" for a comment or an instruction."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
