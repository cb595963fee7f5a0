"""Ages as clinicians write them: 82F, 14mo, 2y4m, D12, 9/12, "88 year old"."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "age"
AGE: Final = (
    r"(?:(?<![A-Za-z0-9./])(?:"
    r"(?:1[01][0-9]|[1-9]?[0-9]) ?(?:[MFmf]|♂|♀|y/?o[mf]?|yr ?old|[Yy](?:ea)?rs?|[Yy](?:[0-9]{1,2}m)?|YO|mo|months?|weeks?|wks?|/12|/52|m/o)(?:[ \-]?old)?"
    r"(?: ?[MFmf])?(?![A-Za-z0-9])"
    r"|[Dd]ay ?[0-9]{1,2} ?old|D[0-9]{1,2}(?![A-Za-z0-9])"
    r"))"
)
_WORDED = re.compile(
    r"(?i)\b(?:aged?|turned|turning)\b[ :]{0,2}(?P<worded>[0-9]{1,3})(?![0-9.%/])"
    r"|(?<![0-9.])(?P<old>[0-9]{1,3}(?:[ \-](?:years?|yrs?|yr|months?|weeks?|days?))?[ \-]?(?:-| )?olds?)\b"
    r"|,\s(?P<comma>(?:1[01][0-9]|[1-9]?[0-9])),"
)
_AGE = re.compile(AGE)
_DURATION = re.compile(
    r"(?i)(?:\b(?:for|over|in|every|after|within|last|past|next|the|about|under|of|than|x|since|review|wk|week|d/c|tds|days?|f/u|"
    r"post|per|home|futura|wires out|out|to|at|least|bd|od|by)\s*)$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _AGE.finditer(view.text):
        lasts = bool(_DURATION.search(view.text, max(0, m.start() - 12), m.start()))
        unsure = lasts or not re.search(r"(?i)[mfo]|♂|♀|old|y", m.group())
        yield Finding(Kind.AGE, view.span(m.start(), m.end()), 0.3 if unsure else 0.8, NAME, ("shape",))
    for m in _WORDED.finditer(view.text):
        group = m.lastgroup or ""
        sure = 0.6 if group == "comma" else 0.85
        yield Finding(Kind.AGE, view.span(m.start(group), m.end(group)), sure, NAME, (group,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "82F in 14",
        "the 88 year old in bay 2",
        "14mo fall from a table",
        "age 3, bead up the nose",
        "Zara 2y4m off feeds",
    ),
    spares=("14Fr catheter", "K 3.4 replaced", "review in 6 weeks", "BP 132/70"),
    triggers=(
        r"[0-9] ?(?:[mf♂♀/]|y|mo|w|d)",
        r"\bage",
        r"turn",
        r"[0-9][ -]*old",
        r"\bd[0-9]",
        r"day ?[0-9]",
        r", [0-9]{1,3},",
    ),
)
