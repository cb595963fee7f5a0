"""National Insurance numbers (HMRC NIM39110), with the never-issued specimen prefix QQ."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "nino"
_SHAPE = re.compile(
    r"(?i)(?<![a-z0-9])(?P<prefix>[a-z] ?[a-z])(?:[ \-]{0,3}[0-9]){6}[ \-]{0,3}(?P<suffix>[a-d])?(?![a-z0-9])"
)
_NEVER = frozenset({"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"})
_LABEL = re.compile(r"(?i)\b(?:ni|nino|national insurance|n\.i\.?)\b[^\n]{0,24}$")


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _SHAPE.finditer(view.text):
        labelled = bool(_LABEL.search(view.text, max(0, m.start() - 40), m.start()))
        prefix = m.group("prefix").replace(" ", "").upper()
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


def _may_be_issued(prefix: str) -> bool:
    if prefix == "QQ":
        return True
    return prefix not in _NEVER and not set("DFIQUV") & set(prefix) and prefix[1] != "O"


RULE = Rule(
    NAME,
    find,
    catches=("NI number QQ 12 34 56 C", "qq123456c", "her NINO is QQ-12-34-56-A"),
    spares=("GB 12 34 56 A", "ref BG123456B", "bed 12 34 56"),
    triggers=(r"[a-z] ?[a-z](?:[ \-]{0,3}[0-9]){6}",),
)
