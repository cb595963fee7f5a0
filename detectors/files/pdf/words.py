"""Strings and streams of a PDF as text."""

import html
import re
from collections.abc import Iterator

from pikepdf import String

_MARKUP = re.compile(r"<[^<>]*>")
_QUOTED = re.compile(r"=\s*(?:\"([^\"<>]+)\"|'([^'<>]+)')")


def text(string: String) -> str:
    """A string as text; bytes that are none (a signature, a digest) are left out."""
    said = str(string)
    return "" if _odd(said) * 5 > len(said) else said.replace("\r\n", "\n").replace("\r", "\n")


def decoded(data: bytes) -> str | None:
    """Bytes as text; None when they are none."""
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "cp1252"):
        try:
            said = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return said if _odd(said) * 50 <= len(said) else None
    return None


def _odd(said: str) -> int:
    return sum(not (c.isprintable() or c.isspace()) for c in said)


def words(said: str) -> Iterator[str]:
    """Lines without their markup; of XML, what stands in attributes too."""
    for line in said.splitlines():
        for found in _QUOTED.finditer(line):
            yield html.unescape(found[1] or found[2])
        if bare := _MARKUP.sub(" ", line).strip():
            yield html.unescape(bare)
