"""The words in a binary format that nothing here can read: an account of what is there, never a proof."""

import re
from typing import Final

_LEAST = 4
_BYTES = re.compile(rb"[\t\r\x20-\x7e\x80\x82-\x8c\x8e\x91-\x9c\x9e-\xff]{%d,}" % _LEAST)
_WIDE = re.compile(rb"(?:[\t\r\x20-\x7e\xa0-\xff]\0|[\x80-\xff]\x01|[\x13-\x1f\x20-\x26]\x20){%d,}" % _LEAST)
"""UTF-16, little end first: Latin letters, Welsh ŵ and ŷ, and the dashes and quotes of print."""

_IN_A_ROW = re.compile(r"[A-Za-z]{3}|\d{4}")
_MOST: Final = 2 * 2**20
"""Bytes of text that are looked at: a nurse's document has far fewer."""


def strings(data: bytes) -> str:
    """The runs of letters in either encoding, one a line."""
    wide = [m.group().decode("utf-16-le") for m in _WIDE.finditer(data)]
    narrow = [m.group().decode("cp1252", "replace") for m in _BYTES.finditer(data)]
    lines = (line.strip() for run in (*wide, *narrow) for line in run.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if _is_words(line))[:_MOST]


def _is_words(text: str) -> bool:
    """Whether a run is more than chance: mostly letters, digits and spaces, some of them in a row."""
    plain = sum(c.isalnum() or c == " " for c in text)
    return _IN_A_ROW.search(text) is not None and plain >= 0.7 * len(text)
