"""RTF read: runs of text in reading order, each character with its place, and what is enclosed."""

import codecs
import re
from dataclasses import dataclass, field, replace
from typing import Final

from detectors.files.interface import Unreadable
from detectors.files.rtf_tokens import CHARACTERS, ENDS, SIGNS, Token, code_page, tokens

UNREADABLE: Final = "This RTF file could not be read."

_TEXTS: Final = {
    **dict.fromkeys(["header", "headerl", "headerr", "headerf"], "header"),
    **dict.fromkeys(["footer", "footerl", "footerr", "footerf"], "footer"),
    "footnote": "footnote", "annotation": "comment", "atnid": "comment's initials", "atnauthor": "comment's author",
    "fldinst": "field", "revtbl": "list of revisers", "title": "title", "subject": "subject", "author": "author",
    "manager": "manager", "company": "company", "operator": "last author", "category": "category",
    "keywords": "keywords", "comment": "properties", "doccomm": "properties", "hlinkbase": "properties",
    "shptxt": "text box", "sv": "shape's property", "propname": "property's name", "staticval": "property", "bkmkstart": "bookmark",
    "bkmkend": "bookmark", "xe": "index entry", "tc": "contents entry",
}  # fmt: skip
"""Destinations that are read apart from the text round them, with their names for people."""

PROPERTIES: Final = frozenset({"title", "subject", "author", "manager", "company", "last author", "category"})
"""Parts whose names are read before them, as labels."""

_NOT_READ: Final = frozenset(
    "colortbl stylesheet listtable listoverridetable rsidtbl generator panose pnseclvl themedata colorschememapping "
    "latentstyles xmlnstbl pgdsctbl wgrffmtfilter mmathPr blipuid pgptbl filetbl nextfile falt fontemb creatim revtim "
    "printim buptim defchp defpap protusertbl sn oldcprops oldpprops oldsprops oldtprops".split()
)
"""Settings and tables that hold no text of the document."""


_PAGES: Final = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}


@dataclass(frozen=True, slots=True)
class Piece:
    start: int
    end: int
    text: str


@dataclass(eq=False)
class Run:
    """What is read as one passage; `where` names the part of the document that it stands in."""

    where: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    run: Run
    start: int
    page: str
    kind: str = "text"
    """"text", "skip", "fonts", "picture" or "data"."""
    skip: int = 1
    """Characters that stand in for a \\u where that is not understood (\\uc)."""
    own: bool = False
    """Whether the run began with this group."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A group of hexadecimal or binary data: a picture, an object, hidden data."""

    what: str
    start: int
    end: int
    data: bytes = field(repr=False)


class Reader:
    """One reading of a document: its runs of text and its blobs."""

    def __init__(self, text: str) -> None:
        self.runs: list[Run] = []
        self.blobs: list[Blob] = []
        self._fonts: dict[int, int] = {}
        self._font = 0
        self._base = "cp1252"
        self._starred = False
        self._to_skip = 0
        self._decoder = codecs.getincrementaldecoder("cp1252")("replace")
        self._decoder_page = "cp1252"
        self._pending: int | None = None
        self._hex: list[str] = []
        self._binary = b""
        self._states = [_State(Run("the text"), 0, self._base)]
        for token in tokens(text):
            self._take(token)
        if len(self._states) != 1:
            raise Unreadable(UNREADABLE)
        self._flush()

    @property
    def _state(self) -> _State:
        return self._states[-1]

    def _set(self, state: _State) -> None:
        self._states[-1] = state

    def _take(self, token: Token) -> None:
        if token.word == "{":
            self._to_skip = 0
            self._states.append(replace(self._state, start=token.start, own=False))
        elif token.word == "}":
            self._close(token.end)
        elif token.word == "\\*":
            self._starred = True
        elif self._to_skip and (token.raw or token.word in CHARACTERS or token.word in SIGNS):
            self._skip(token)
        elif token.word == "bin":
            self._binary += token.raw
        elif token.raw:
            self._characters(token)
        elif token.word:
            self._control(token)

    def _close(self, end: int) -> None:
        if len(self._states) < 2:
            raise Unreadable(UNREADABLE)
        state = self._states.pop()
        self._to_skip = 0
        if state.own and state.kind in ("picture", "object", "data"):
            self.blobs.append(Blob(state.kind, state.start, end, self._enclosed()))
        elif state.own:
            self.runs.append(state.run)

    def _enclosed(self) -> bytes:
        digits = re.sub("[^0-9a-fA-F]", "", "".join(self._hex))
        data = self._binary + bytes.fromhex(digits[: len(digits) // 2 * 2])
        self._hex, self._binary = [], b""
        return data

    def _flush(self) -> None:
        """End the passage, and begin the next in the same part of the document."""
        run = self._state.run
        self.runs.append(Run(run.where, run.pieces))
        run.pieces = []

    def _control(self, token: Token) -> None:
        word, starred, self._starred = token.word, self._starred, False
        if word in CHARACTERS or word in SIGNS:
            self._add(token, CHARACTERS.get(word, SIGNS.get(word, "")))
        elif word in ENDS:
            self._flush()
        elif word == "u" and token.number is not None:
            self._unicode(token)
        elif kind := _opens(word, starred):
            self._open(word, kind)
        else:
            self._setting(word, token.number)

    def _open(self, word: str, kind: str) -> None:
        state = self._state
        if state.kind in ("object", "data", "skip") or (state.kind == "picture" and state.own):
            return
        if state.own and state.kind == "text":
            self.runs.append(state.run)  # a second destination in one group
        run = Run(_TEXTS.get(word, "a part that does not show")) if kind == "text" else self._state.run
        self._set(replace(self._state, run=run, kind=kind, own=True))

    def _setting(self, word: str, number: int | None) -> None:
        if word in _PAGES or (word == "ansicpg" and number):
            self._base = _PAGES.get(word) or _known(f"cp{number}")
            self._set(replace(self._state, page=self._base))
        elif word == "uc" and number is not None:
            self._set(replace(self._state, skip=max(0, number)))
        elif word == "f" and self._state.kind == "fonts":
            self._font = number or 0
        elif word == "fcharset":
            self._fonts[self._font] = number or 0
        elif word in ("f", "plain", "deff"):
            charset = self._fonts.get(number or 0) if word == "f" else None
            self._set(replace(self._state, page=code_page(charset, self._base)))

    def _characters(self, token: Token) -> None:
        if self._state.kind in ("picture", "data"):
            self._hex.append(token.raw.decode("latin-1"))
        if self._state.kind != "text":
            return
        if self._decoder_page != self._state.page:
            self._decoder_page = self._state.page
            self._decoder = codecs.getincrementaldecoder(self._state.page)("replace")
        text = self._decoder.decode(token.raw)
        start = token.start if self._pending is None else self._pending
        self._pending = None if text else start  # the first half of a character of two bytes
        if text:
            self._state.run.pieces.append(Piece(start, token.end, text))

    def _unicode(self, token: Token) -> None:
        unit = chr((token.number or 0) % 0x10000)
        self._to_skip = self._state.skip
        pieces = self._state.run.pieces
        if "\udc00" <= unit <= "\udfff" and pieces and "\ud800" <= pieces[-1].text <= "\udbff":
            pair = (pieces[-1].text + unit).encode("utf-16", "surrogatepass").decode("utf-16")
            pieces[-1] = Piece(pieces[-1].start, token.end, pair)
        else:
            self._add(token, unit)

    def _skip(self, token: Token) -> None:
        """What stands in for a \\u belongs to it."""
        count = min(self._to_skip, len(token.raw) or 1)
        self._to_skip -= count
        pieces = self._state.run.pieces
        if pieces and self._state.kind == "text":
            pieces[-1] = replace(pieces[-1], end=token.start + count if len(token.raw) > 1 else token.end)
        if len(token.raw) > count:
            self._characters(Token(token.start + count, token.end, raw=token.raw[count:]))

    def _add(self, token: Token, text: str) -> None:
        if self._state.kind == "text":
            self._state.run.pieces.append(Piece(token.start, token.end, text))


def _opens(word: str, starred: bool) -> str:
    """What kind of group a control word begins; "" for none."""
    kind = {"pict": "picture", "object": "object", "objdata": "data", "datastore": "data", "fonttbl": "fonts"}
    if word in kind:
        return kind[word]
    if word in _NOT_READ:
        return "skip"
    return "text" if word in _TEXTS or (starred and word not in _INLINE) else ""


_INLINE: Final = frozenset({"shppict", "shpinst", "cs", "ts", "nonesttables", "do", "bkmkcolf"})
"""Starred words whose groups belong to the text round them."""


def _known(page: str) -> str:
    try:
        return codecs.lookup(page).name
    except LookupError:
        raise Unreadable("The characters of this RTF file could not be read for certain.") from None
