"""One normalised view of a text, with the exact map back to the original's code points."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from detectors.groups import Groups, read_groups
from detectors.interface import Markup, Span
from detectors.placeholders import PLACEHOLDER_PATTERN

if TYPE_CHECKING:
    from detectors.digits import Number
    from detectors.labels import Label, Places

OBJECT = "\ufffc"
"""Stands for a placeholder of an earlier redaction: no detector's pattern holds it."""

MENTION = "@"
"""Stands for a platform's mention of an account, and for the opening of a Teams `<at>`."""


@dataclass(frozen=True)
class View:
    """A text as detectors read it.

    `starts[i]` and `ends[i]` are the original range of `text[i]`, in code points.
    """

    original: str = field(repr=False)
    text: str = field(repr=False)
    starts: Sequence[int] = field(repr=False)
    ends: Sequence[int] = field(repr=False)

    def span(self, start: int, end: int) -> Span:
        """The original range of `text[start:end]`; the range must not be empty."""
        return Span(self.starts[start], self.ends[end - 1])

    def line_before(self, at: int, reach: int) -> str:
        """The line up to `at`, the last `reach` code points of it."""
        return self.text[max(0, at - reach) : at].rpartition("\n")[2]

    @cached_property
    def groups(self) -> Groups:
        """The digits of the text, read once for every detector of numbers."""
        return read_groups(self.text)

    @cached_property
    def numbers(self) -> dict[int, tuple["Number", ...]]:
        """What `detectors.digits.numbers` has read already, by the number of digits."""
        return {}

    @cached_property
    def hinted(self) -> dict["Label", bool]:
        """Of which labels of `detectors.labels` the text may hold any."""
        return {}

    @cached_property
    def places(self) -> dict[int, "Places"]:
        """Where the words that `detectors.labels.places` was asked for stand, by their pattern's identity."""
        return {}

    @cached_property
    def lower(self) -> str:
        """`text` in lower case, of the same length (some letters lower to two code points)."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)


class _Builder:
    """Gathers the pieces of a view in order."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def keep(self, start: int, end: int) -> None:
        self.pieces.append(self.original[start:end])
        self.starts.extend(range(start, end))
        self.ends.extend(range(start + 1, end + 1))

    def put(self, text: str, start: int, end: int) -> None:
        for char in text:
            self.pieces.append(char)
            self.starts.append(start)
            self.ends.append(end)

    def join_mark(self, mark: str, end: int) -> None:
        """Compose a combining mark with the letter before it, or drop it."""
        if not self.pieces or not self.pieces[-1]:
            return
        last = self.pieces[-1]
        composed = unicodedata.normalize("NFC", last[-1] + mark)
        if len(composed) == 1:
            self.pieces[-1] = last[:-1] + composed
        if self.ends[-1] == end - 1:
            self.ends[-1] = end

    def view(self) -> View:
        return View(self.original, "".join(self.pieces), self.starts, self.ends)


_EDGE = r"[*_~`]+"
_ODD = re.compile(
    rf"(?P<placeholder>{PLACEHOLDER_PATTERN})"
    r"|(?P<at></?at(?:\s[^<>]{0,80})?>)"
    r"|(?P<mention><[@#!][^<>\s|]{1,60}(?:\|[^<>]{0,80})?>)"
    r"|<(?P<scheme>mailto:|tel:|(?=https?://))(?P<target>[^<>|\s]{1,2000})(?:\|(?P<label>[^<>\n]{0,400}))?>"
    r"|(?P<tag></?[a-z][a-z0-9]{0,10}\s?/?>)"
    r"|(?P<entity>&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});)"
    r"|(?P<escape>\\u[0-9a-fA-F]{4})"
    rf"|(?P<edge>(?<![A-Za-z0-9]){_EDGE}(?=[A-Za-z0-9(+@\#<\[])|(?<=[A-Za-z0-9).!?:\]>]){_EDGE}(?![A-Za-z0-9]))"
    r"|(?P<rare>[^\x00-\x7f])"
)
_QUICK = re.compile(r"[^\x00-\x7f]|[*_~`<&\[\\]")
_BLOCK_TAGS = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|td|table|h[1-6]|hr|blockquote)\b")
_FOLDED = {
    **dict.fromkeys("\u2018\u2019\u02bc\u02b9\u2032\u00b4\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
    "\u2024": ".",
    "\u2044": "/",
    "\u00ad": "",
}


def normalise(text: str, markup: Markup = "plain") -> View:
    """See `text` without invisible characters, odd widths, entities or markup. Linear in its length."""
    if not _QUICK.search(text):
        return View(text, text, range(len(text)), range(1, len(text) + 1))
    built = _Builder(text)
    _walk(built, 0, len(text), markup)
    return built.view()


def _walk(built: _Builder, start: int, end: int, markup: Markup) -> None:
    at = start
    for odd in _ODD.finditer(built.original, start, end):
        built.keep(at, odd.start())
        _fold(built, odd, markup)
        at = odd.end()
    built.keep(at, end)


def _fold(built: _Builder, odd: re.Match[str], markup: Markup) -> None:
    start, end = odd.span()
    match odd.lastgroup:
        case "placeholder":
            built.put(OBJECT, start, end)
        case "mention":
            built.put(MENTION, start, end)
        case "at":
            built.put("" if odd.group().startswith("</") else MENTION, start, end)
        case "tag":
            _tag(built, odd, markup)
        case "entity":
            _entity(built, odd)
        case "escape":
            built.put(_plain(chr(int(odd.group()[2:], 16))), *odd.span())
        case "edge":
            pass
        case "rare":
            _rare(built, odd)
        case _:
            _link(built, odd, markup)


def _tag(built: _Builder, odd: re.Match[str], markup: Markup) -> None:
    if markup != "teams":
        built.keep(*odd.span())
    elif _BLOCK_TAGS.match(odd.group()):
        built.put("\n", *odd.span())


def _entity(built: _Builder, odd: re.Match[str]) -> None:
    plain = html.unescape(odd.group())
    if len(plain) != 1:
        built.keep(*odd.span())
    elif ord(plain) < 128:
        built.put(plain, *odd.span())
    else:
        built.put(_plain(plain), *odd.span())


def _link(built: _Builder, odd: re.Match[str], markup: Markup) -> None:
    """A Slack link: both what it shows and what it points to can be read by members."""
    _walk(built, *odd.span("target"), markup)
    if odd.group("label") is not None:
        built.put(" ", odd.start("label") - 1, odd.start("label"))
        _walk(built, *odd.span("label"), markup)


def _rare(built: _Builder, odd: re.Match[str]) -> None:
    char = odd.group()
    if unicodedata.category(char) in ("Mn", "Me"):
        built.join_mark(char, odd.end())
    else:
        built.put(_plain(char), *odd.span())


def _plain(char: str) -> str:
    """One code point as detectors read it: at most one character."""
    folded = _FOLDED.get(char)
    if folded is not None:
        return folded
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category == "Cs":  # a lone surrogate cannot be encoded for RE2
        return "\ufffd"
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(char))
    compatible = unicodedata.normalize("NFKC", char)
    return compatible if len(compatible) == 1 else char
