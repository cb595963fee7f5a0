"""Files inside the text of old messages (POSIX uuencode)."""

import binascii
import re

from detectors.files.interface import Unreadable

_BLOCK = re.compile(
    r"(?m)^begin (?:[0-7]{3,4}) (?P<name>[^\r\n]{1,255})\r?\n(?P<lines>(?:[ -`]*\r?\n)*?)end[ \t]*$"
)
_OTHER = re.compile(r"(?m)^(?:begin-base64 [0-7]{3,4} |=ybegin )")


def without_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text outside, and the name and contents of each file. Raises Unreadable for a damaged one."""
    if _OTHER.search(text):
        raise Unreadable("A file stands inside the text of this e-mail in a form that cannot be read.")
    files = [(m["name"].strip(), _contents(m["lines"])) for m in _BLOCK.finditer(text)]
    return (_BLOCK.sub("", text) if files else text), files


def _contents(lines: str) -> bytes:
    try:
        return b"".join(binascii.a2b_uu(line) for line in lines.splitlines() if line.strip())
    except (binascii.Error, ValueError) as error:
        raise Unreadable("A file inside the text of this e-mail is damaged.") from error
