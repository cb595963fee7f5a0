"""What a file is, told from its contents alone."""

import io
import zipfile
from dataclasses import dataclass

import filetype
import puremagic

UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Told:
    """`agreed`: whether two opinions, or the format's own marks, say the same. `reason` says why not."""

    type: str
    agreed: bool
    reason: str = ""


def tell(data: bytes, name: str, declared: str = "") -> Told:
    """The media type of the contents."""
    try:
        kind = puremagic.from_string(data[:65536], mime=True, filename=name)
    except Exception:
        kind = UNKNOWN
    return Told(kind, True)
