"""RTF taken apart (Rich Text Format 1.9.1): control words, groups, characters and where each stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z0-9])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n\0]+)|[\r\n\0]+|\\"
)

CHARACTERS: Final = {
    "tab": "\t", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "emdash": "—", "endash": "–", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n",
    "zwj": "", "zwnj": "", "zwbo": "", "zwnbo": "", "ltrmark": "", "rtlmark": "",
}  # fmt: skip
SIGNS: Final = {"\\~": "\u00a0", "\\_": "-", "\\-": "", "\\\\": "\\", "\\{": "{", "\\}": "}"}
ENDS: Final = frozenset({"par", "sect", "page", "cell", "row", "nestcell", "nestrow", "column"})
"""Control words that end a passage."""

_CHARSETS: Final = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Code pages of a font's \\fcharset; any other is the document's own."""


@dataclass(frozen=True, slots=True)
class Token:
    """`word` is a control word without its backslash, a control symbol with it, or a brace; "" for text."""

    start: int
    end: int
    word: str = ""
    number: int | None = None
    raw: bytes = b""
    """Characters in the code page in force."""


def tokens(text: str) -> Iterator[Token]:
    """`text` holds one character for each byte. The data after \\bin are one token."""
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        number = int(found["number"]) if found["number"] else None
        if found["word"] == "bin" and number is not None:
            end = min(at + max(number, 0), len(text))
            yield Token(found.start(), end, "bin", number, text[at:end].encode("latin-1"))
            at = end
        else:
            yield _token(found, number)


def _token(found: re.Match[str], number: int | None) -> Token:
    if found["hex"]:
        return Token(*found.span(), raw=bytes.fromhex(found["hex"]))
    if found["text"]:
        return Token(*found.span(), raw=found["text"].encode("latin-1"))
    if found["sign"] in ("\r", "\n"):
        return Token(*found.span(), "par")
    sign = f"\\{found['sign']}" if found["sign"] else ""
    return Token(*found.span(), found["word"] or sign or found["brace"] or " ", number)


def code_page(charset: int | None, own: str) -> str:
    return _CHARSETS.get(charset or 0, own) if charset else own


def escaped(text: str) -> str:
    """A text as RTF, in ASCII."""
    return "".join(_escaped(c) for c in text)


def _escaped(character: str) -> str:
    if character in "\\{}":
        return "\\" + character
    if character in "\t\n":
        return "\\tab " if character == "\t" else "\\line "
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-le", "surrogatepass")
    codes = [int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)]
    return "".join(f"{{\\uc0\\u{code} }}" for code in codes)
