"""Names of files within files: read like text, and masked without losing what kind of file it is."""

import re
from collections.abc import Sequence

from detectors.files.interface import Cut, Passage
from detectors.files.slots import without

LABEL = "file name"
_SUFFIX = re.compile(r"(?:\.[A-Za-z][A-Za-z0-9]{0,5}){1,2}$")


def passages(name: str, where: str) -> list[Passage]:
    """One passage for each part of a path, folders first; an empty part has one too."""
    return [Passage(part, where, LABEL) for part in name.split("/")]


def masked(name: str, cuts: Sequence[Sequence[Cut]]) -> str:
    """The path with the cuts of its `passages` made; the ending (".pdf", ".tar.gz") stays."""
    parts = name.split("/")
    return "/".join(_mask(p, c) for p, c in zip(parts, cuts, strict=True))


def _mask(part: str, cuts: Sequence[Cut]) -> str:
    suffix = _SUFFIX.search(part)
    ends = suffix.start() if suffix else len(part)
    kept = without(part[:ends], [c for c in cuts if c.start < ends])
    return kept.replace("/", "-") + part[ends:]
