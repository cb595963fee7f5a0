"""The HTML of Teams as its readers see it, and edits of what they see put back into the very same HTML.

Only the tags that Teams writes are tags; anything else between angle brackets ("<bed 5>") is somebody's words.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

Cut = tuple[int, int, str]
"""Put the words in the place of `text[start:end]` (code points) of what `read` gave."""

_NAMES = (
    "a|at|attachment|b|blockquote|body|br|code|codeblock|del|div|em|emoji|font|h[1-6]|head|hr|html|i|img|ins|li|"
    "link|meta|ol|p|pre|readonly|s|script|span|strike|strong|style|sub|sup|systemeventmessage|table|tbody|td|"
    "tfoot|th|thead|title|tr|u|ul|video|audio"
)
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    rf"|<(?P<close>/?)(?P<name>{_NAMES})(?=[\s/>])(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*+)>"
    r"|(?P<entity>&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_ALONE = frozenset(("p", "div", "li", "tr", "ul", "ol", "table", "blockquote", "pre", "codeblock", "hr",
                    "h1", "h2", "h3", "h4", "h5", "h6"))  # fmt: skip
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(("head", "script", "style", "title"))
_ADDRESS = ("href", "src")


class Run(NamedTuple):
    """Some text and the piece of HTML that shows it.

    "exact": character by character. "whole": all of it or nothing (an entity, a mention). "address" and "label":
    an attribute's value. "glue": nothing in the HTML shows it (the end of a paragraph).
    """

    kind: Literal["exact", "whole", "address", "label", "glue"]
    text: str
    start: int
    end: int


def read(source: str, mentions: Mapping[str, str] | None = None) -> str:
    """The text that readers see. `mentions` gives the account for the id or the name of an `<at>`, which is then
    shown as `<@account>`."""
    return "".join(run.text for run in _runs(source, mentions or {}))


def edit(source: str, cuts: Iterable[Cut], mentions: Mapping[str, str] | None = None) -> str:
    """The HTML with the cuts put in; whatever no cut touches stays to the character, and so do the tags around
    what is cut (but those of a mention, which would still name its person)."""
    runs = list(_runs(source, mentions or {}))
    changes: list[Cut] = []
    for cut in cuts:
        changes += _changes(runs, cut)
    for start, end, by in sorted(changes, key=lambda c: (c[0], c[1]), reverse=True):
        source = source[:start] + by + source[end:]
    return source


def _changes(runs: Sequence[Run], cut: Cut) -> Iterator[Cut]:
    """A cut of the text as cuts of the HTML; only the first run that it touches gets its words."""
    start, end, words = cut
    at = 0
    for run in runs:
        low, high = max(start - at, 0), min(end - at, len(run.text))
        at += len(run.text)
        if low >= high or run.kind == "glue":
            continue
        if run.kind == "exact":
            yield run.start + low, run.start + high, html.escape(words, quote=False)
        elif run.kind == "whole":
            yield run.start, run.end, html.escape(words, quote=False)
        else:
            yield run.start, run.end, _attribute(run, low, high, words)
        words = ""


def _attribute(run: Run, low: int, high: int, words: str) -> str:
    """An address that was cut leads nowhere: it is no address any more, only words in the form of one."""
    new = run.text[:low] + words + run.text[high:]
    return quote(new, safe="") if run.kind == "address" else html.escape(new)


class _Reader:
    """Gathers the runs of one HTML text."""

    def __init__(self, source: str, mentions: Mapping[str, str]) -> None:
        self._source = source
        self._mentions = mentions
        self._breaks = 0
        self._any = False
        self._cell = False
        self._unseen = ""
        self._at: tuple[int, str, str] | None = None
        self._link: tuple[Run, int] | None = None
        self.runs: list[Run] = []

    def text(self, start: int, end: int) -> None:
        if self._unseen or self._at:
            return
        shown = self._source[start:end]
        if self._breaks or not self._any:
            # Before a block's first word, white space shows nothing.
            shown = shown.lstrip(" \t\r\n\f")
            start = end - len(shown)
        self._put("exact", re.sub(r"[\s\u00a0]", " ", shown), start, end)

    def entity(self, start: int, end: int) -> None:
        if not (self._unseen or self._at):
            shown = html.unescape(self._source[start:end])
            self._put("whole", " " if shown == "\u00a0" else shown, start, end)

    def tag(self, token: re.Match[str]) -> None:
        name, closes = token["name"].lower(), bool(token["close"])
        if self._unseen or name in _UNSEEN:
            self._unseen = "" if closes and name == self._unseen else self._unseen or ("" if closes else name)
        elif name in _ALONE:
            self._breaks = max(self._breaks, 1)
        elif name == "br":
            self._breaks += 1
        elif name in _CELLS:
            self._cell = self._cell or closes
        elif name == "at" or (name == "span" and self._is_mention(token, closes)):
            self._mention(token, closes)
        elif name == "a":
            self._anchor(token, closes)
        elif not closes:
            self._picture(token, name)

    def _is_mention(self, token: re.Match[str], closes: bool) -> bool:
        """A bot is given `<span itemtype="http://schema.skype.com/Mention" itemid="0">Name</span>`."""
        if closes:
            return self._at is not None
        kind = _value(token, "itemtype")
        return kind is not None and kind[0].endswith("/Mention")

    def _mention(self, token: re.Match[str], closes: bool) -> None:
        if not closes:
            self._mention_opens(token)
        elif self._at and self._at[2] == token["name"].lower():
            (start, account, _), self._at = self._at, None
            # Bots' ids of people are longer than what detectors take for a mention.
            self._put("whole", f"<@{account[:58]}>", start, token.end())

    def _mention_opens(self, token: re.Match[str]) -> None:
        """Only one that the payload vouches for; anybody can write `<at>` around any words."""
        value, name = _value(token, "id"), token["name"].lower()
        close = self._source.lower().find(f"</{name}>", token.end(), token.end() + 500)
        inside = self._source[token.end() : close] if close >= 0 else ""
        # Graph numbers its mentions; a bot knows them by their words, though its HTML is numbered too.
        account = self._mentions.get(value[0]) if value else None
        account = account or self._mentions.get(html.unescape(inside).strip())
        if account and close >= 0 and "<" not in inside:
            self._at = token.start(), account, name

    def _anchor(self, token: re.Match[str], closes: bool) -> None:
        """What a link points to can be read as well as what it shows."""
        if not closes:
            found = _value(token, "href")
            self._link = (Run("address", unquote(found[0]), *found[1:]), len(self.runs)) if found else None
        elif self._link:
            (address, since), self._link = self._link, None
            if self._unseen or address.text.strip("/") == "".join(r.text for r in self.runs[since:]).strip(
                "/"
            ):
                return
            self._put("glue", " (", 0, 0)
            self._put(*address)
            self._put("glue", ")", 0, 0)

    def _picture(self, token: re.Match[str], name: str) -> None:
        """An emoji stands for its character; any other picture is read by the text in its place."""
        if name in ("emoji", "img", "video", "audio") and (found := _value(token, "alt")):
            text, start, end = found
            if name != "emoji" and self.runs and not self._breaks and not self.runs[-1].text.endswith(" "):
                self._put("glue", " ", 0, 0)
            self._put("label", text, start, end)

    def _put(
        self, kind: Literal["exact", "whole", "address", "label", "glue"], text: str, start: int, end: int
    ) -> None:
        if not text:
            return
        if self._any and (self._breaks or self._cell):
            self.runs.append(Run("glue", "\n" * min(self._breaks, 2) or "\t", start, start))
        self._breaks, self._cell, self._any = 0, False, True
        self.runs.append(Run(kind, text, start, end))


def _runs(source: str, mentions: Mapping[str, str]) -> list[Run]:
    reader, at = _Reader(source, mentions), 0
    for token in _TOKEN.finditer(source):
        reader.text(at, token.start())
        if token["name"]:
            reader.tag(token)
        elif token["entity"]:
            reader.entity(*token.span())
        at = token.end()
    reader.text(at, len(source))
    return reader.runs


def _value(token: re.Match[str], name: str) -> tuple[str, int, int] | None:
    """An attribute's value, decoded, and where it stands in the HTML; None when it is missing or empty."""
    base = token.start("attributes")
    for found in _ATTRIBUTE.finditer(token["attributes"]):
        group = next((g for g in (2, 3, 4) if found[g]), 0)
        if group and found[1].lower() == name:
            return html.unescape(found[group]), base + found.start(group), base + found.end(group)
    return None
