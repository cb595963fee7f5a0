"""What looks like a patient's name and is none: an organisation's own words (wards, sites, rooms, systems, nicknames of
drugs), and whom Teams itself mentions."""

import re
from typing import Final

from detectors.interface import Context, Finding, Kind
from detectors.names.words import fold
from detectors.normalise import View

KINDS: Final = ("ward", "site", "place", "room", "team", "system", "drug", "word")
_LINE = re.compile(rf"\s*(?:{'|'.join(KINDS)})\s*:\s*(?P<words>[^:#]{{2,80}}?)\s*(?:#.*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s$")
# "Byron ward", "Edith unit": the word that says what it is may be taken into a finding
_GENERIC = re.compile(r" (?:ward|unit|room|suite|team|house)$")
_MAY_BE_SPARED = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.INITIALS, Kind.ADDRESS})
_NAMED: Final = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME, Kind.INITIALS})
_MENTION: Final = re.compile(r"<at(?:\s[^<>]{0,80})?>[^<>]{0,200}</at>")
_TITLE_BEFORE = re.compile(
    r"(?i)\b(?:mr|mrs|ms|miss|mx|master|baby|b/o|sir|lady|pt|patient|named|called)\b\.?\s{1,2}$"
)


class Unreadable(ValueError):
    """A file of words is not in the format; the words say which line, and quote nothing of it."""


def read_words(text: str) -> frozenset[str]:
    """The phrases of a file: `ward: Edith`, one a line, `#` before a remark. Raises Unreadable.

    A phrase spares exactly itself: with `ward: Edith` and `ward: Byron`, "Edith Byron" is still a person.
    """
    phrases: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        m = _LINE.fullmatch(line)
        if not m or not (phrase := _phrase(m["words"])):
            raise Unreadable(f"line {number} is not `kind: words`, where kind is one of {', '.join(KINDS)}")
        phrases.add(phrase)
    return frozenset(phrases)


def is_spared(finding: Finding, view: View, context: Context) -> bool:
    """Whether a finding is one of the organisation's own words, with no patient's title before it, or begins in a mention:
    Teams writes those itself, of members and tags alone."""
    if context.markup == "teams" and finding.kind in _NAMED and _is_in_mention(finding, view):
        return True
    if not context.spared or finding.kind not in _MAY_BE_SPARED or finding.message is not None:
        return False
    start, end = finding.span.start, finding.span.end
    phrase = _phrase(view.original[start:end])
    if phrase not in context.spared and _GENERIC.sub("", phrase) not in context.spared:
        return False
    return not _TITLE_BEFORE.search(view.original, max(0, start - 12), start)


def _is_in_mention(finding: Finding, view: View) -> bool:
    if finding.message is not None or "<at" not in view.original:
        return False
    start = finding.span.start
    near = _MENTION.finditer(view.original, max(0, start - 300), start + 300)
    return any(m.start() <= start < m.end() for m in near)


def _phrase(words: str) -> str:
    return " ".join(_WORD.findall(fold(_POSSESSIVE.sub("", words.strip()))))
