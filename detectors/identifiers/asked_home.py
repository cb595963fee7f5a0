"""Bare answers to where somebody lives: "which flat is it?" and then "flat 6b, buzzer sticks"."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.homes import PLACE
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.rule import Rule

NAME = "asked_home"
_ASKS_WHERE: Final = re.compile(
    r"(?i)\baddress\b[^.\n]{0,40}\?|\baddress\W{0,3}$|\bwhere (?:do|does|is|are|am|did)\b[^.\n?]{0,30}\b(?:live|stay|bide|going|staying|living)\b|\bhas (?:he|she|they) moved\b|\baddress for\b|\b(?:discharge|home|new) address\b"
)
_ASKS_WHICH: Final = re.compile(
    r"(?i)\b(?:which|what|wot)(?:'?s| is)?(?: (?:his|her|their|the))? (?:flat|apartment|house|door)(?:'s| is|s)?(?: (?:number|no))?\b(?! (?:officer|elf|under))[^\n]{0,24}$"
    r"|\b(?:which|what) number (?:house|flat|on|is (?:he|she|it))\b|\b(?:flat|house|door) (?:number|no\.?)\b[^\n]{0,16}\?"
)
_ADDRESS = re.compile(
    r"\s*(?i:(?:it'?s|its|now at|at|now|think|still|she'?s at|he'?s at) )?(?P<a>(?:(?i:flat|apt) ?[0-9A-Za-z]{1,4},? )?(?:[Nn]o\.? ?)?[0-9]{1,4}[A-Da-d]?(?:/[0-9]{1,2})?,? (?:[A-Za-z][\w'’\-]+)(?: [A-Za-z][\w'’\-]+){0,3}(?:, [A-Za-z][\w'’\-]+(?: [A-Za-z][\w'’\-]+){0,2})?)\s*(?:$|[.!,(\n])"
)
_HOUSE = re.compile(
    rf"\s*(?P<a>(?:The )?{PLACE}(?: {PLACE}){{0,2}}, (?:the )?[\w'’\- ]{{4,50}})\s*(?:$|[.!(\n])"
)
_DOOR = re.compile(
    r"\s*(?i:(?:it'?s|its|think|maybe|she'?s|he'?s|they'?re|in|at) ){0,3}(?P<a>(?i:flat|apt|apartment|no\.?|number|house) ?[0-9]{1,4}(?:[/\-][0-9]{1,3})?[A-Za-z]?)(?=\s*(?:$|[,.;!?(\n])| (?:[Ii] think|think|on|by|buzzer|top|bottom|pls|please|ta)\b)"
)
_BUSY = re.compile(
    r"(?i)\b(?:mg|ml|patients?|pts|beds?|units?|hours?|hrs|mins?|minutes|days?|weeks?|chairs?|doses?|bloods|discharges|pm|am|is|will|are|was|can|not|ask|have|has)\b"
)
"""In what is no home: "4 patients"."""
_LOOK_BACK = 3


def find(view: View, context: Context) -> Iterator[Finding]:
    before = [e.text for e in context.earlier[-_LOOK_BACK:]]
    forms: list[re.Pattern[str]] = []
    if any(map(_ASKS_WHERE.search, before)):
        forms += (_ADDRESS, _HOUSE)
    if any(map(_ASKS_WHICH.search, before)):
        forms.append(_DOOR)
    answers = (m for form in forms if (m := form.match(view.text)) and not _BUSY.search(m["a"]))
    if answer := next(answers, None):
        yield Finding(Kind.ADDRESS, view.span(*answer.span("a")), 0.7, NAME, ("asked",))


RULE = Rule(
    NAME,
    find,
    catches=(),
    spares=("flat 6b", "12 shearers fold", "The Old Forge, past the church"),
    triggers=(
        r"^\s*(?:[a-z']+ ){0,3}(?:(?:flat|apt|apartment|no\.?|number|house) ?)?[0-9]",
        r"^\s*(?:the )?[a-z]+[a-z ]{0,20}, ",
    ),
)
