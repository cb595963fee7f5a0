"""Addresses in links: what is cut from one leaves it an address, in which no space or bracket may stand."""

import re
from typing import Final
from urllib.parse import quote, unquote

from detectors.files.office.pieces import Node, Piece, attribute_of
from detectors.placeholders import HIDDEN, PLACEHOLDER_PATTERN

_ESCAPED: Final = re.compile(r"%5B(?:[\w'.&-]|%20|%26|%27)*%5D")
_PLACEHOLDER: Final = re.compile(PLACEHOLDER_PATTERN)


def address_of(node: Node, key: str) -> Piece:
    """An address in an attribute; a placeholder in it is shown as one, escaped as it is there."""
    piece = attribute_of(node, key, lambda by: quote(by, safe=""))
    piece.shown = _ESCAPED.sub(_shown, piece.text)
    return piece


def _shown(escaped: re.Match[str]) -> str:
    text = escaped.group()
    return HIDDEN.ljust(len(text)) if _PLACEHOLDER.fullmatch(unquote(text)) else text
