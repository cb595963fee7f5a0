"""National Insurance numbers (HMRC NIM39110), with the never-issued specimen prefix QQ."""

import re
from collections.abc import Iterator

from detectors.digits import numbers
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "nino"
_SHAPE = re.compile(
    r"(?i)(?:(?<![a-z0-9])|(?<=nino)|(?<=\bni))(?P<prefix>[a-z] ?[a-z])(?:[ \-]{0,3}[0-9OoIl]){6}[ \-]{0,3}(?P<suffix>[a-d])?(?![a-z0-9])"
)
_TWO_LETTERS = re.compile(r"(?i)\b[a-z][ \-]?[a-z][ \-,]{1,2}$")
_ONE_LETTER = re.compile(r"(?i)[ \-,]{1,2}[a-d]\b")
_NEVER = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
_LABEL = re.compile(r"(?i)\b(?:ni|nino|national insurance|n\.i\.?)\b[^\n]{0,24}$")


def find(view: View, context: Context) -> Iterator[Finding]:
    yield from _spoken(view)
    for m in _SHAPE.finditer(view.text):
        labelled = bool(_LABEL.search(view.text, max(0, m.start() - 40), m.start()))
        prefix = m.group("prefix").replace(" ", "").upper()
        letters = sum(c in "oil" for c in m.group()[len(m["prefix"]) :].lower())
        # "NIQQ123456C", but "Nikki 07700 900340"
        glued = view.text[max(0, m.start() - 1) : m.start()].isalpha()
        if letters > (2 if labelled and not glued else 0):
            continue  # a letter for a digit is a slip in a number that its label announces
        if not _may_be_issued(prefix) or (not m.group("suffix") and not labelled):
            continue
        compact = " " not in m.group() or m.group("suffix") is not None
        confidence = 0.98 if labelled else (0.93 if compact and m.group("suffix") else 0.6)
        yield Finding(
            Kind.NINO,
            view.span(m.start(), m.end()),
            confidence,
            NAME,
            ("label:ni",) if labelled else ("shape",),
        )


def _spoken(view: View) -> Iterator[Finding]:
    """ "nino q q one two three four five six c"."""
    for number in numbers(view, 6):
        prefix = _TWO_LETTERS.search(view.text, max(0, number.start - 6), number.start)
        if not (prefix and number.disguised and number.spoken):
            continue
        if _LABEL.search(view.text, max(0, prefix.start() - 40), prefix.start()):
            suffix = _ONE_LETTER.match(view.text, number.end)
            end = suffix.end() if suffix else number.end
            yield Finding(Kind.NINO, view.span(prefix.start(), end), 0.9, NAME, ("label:ni", "spoken"))


def _may_be_issued(prefix: str) -> bool:
    if prefix == "QQ":
        return True
    return prefix not in _NEVER and not set("DFIQUV") & set(prefix) and prefix[1] != "O"


RULE = Rule(
    NAME,
    find,
    catches=(
        "NI number QQ 12 34 56 C",
        "qq123456c",
        "her NINO is QQ-12-34-56-A",
        "NINOQQ123456C",
        "ni no QQ12O456C",
    ),
    spares=("GB 12 34 56 A", "ref BG123456B", "bed 12 34 56", "ni to nil oil"),
    triggers=(
        r"[a-z] ?[a-z](?:[ \-]{0,3}[0-9OoIl]){6}",
        r"\b(?:ni|nino|insurance)\b[^\n]{0,24}\b[a-z][ \-]?[a-z][ \-,]{1,2}(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)",
    ),
)
