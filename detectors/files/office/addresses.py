"""Addresses in links: read unescaped; what is cut from one leaves it an address."""

from typing import Final
from urllib.parse import quote, unquote

from detectors.files.office.pieces import Node, Piece

_STAY: Final = "%:/?#@!$&'()*+,;=~\\"
"""Characters that mean something in an address (RFC 3986, 2.2), but for the brackets of our placeholders."""


def address_of(node: Node, key: str) -> Piece:
    return Piece(unquote(node.get(key)), lambda text: node.set(key, quote(text, safe=_STAY)))
