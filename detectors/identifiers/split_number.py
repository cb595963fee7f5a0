"""Numbers split over consecutive messages: the second half makes the first an identifier too."""

import re
from collections.abc import Iterator

from detectors.digits import mod10, mod11
from detectors.identifiers.chi_number import starts_with_date
from detectors.identifiers.hc_number import begins_like_one
from detectors.interface import Context, Earlier, Finding, Kind
from detectors.normalise import View, normalise
from detectors.rule import Rule

NAME = "split_number"
_HEAD = re.compile(r"(?:[^0-9\n]{0,40}\b|\W{0,4})(?P<n>[0-9](?:[ \-.]?[0-9]){0,10})(?![0-9])(?![.:/][0-9])")
_TAIL = re.compile(r"(?<![0-9/:.])(?P<n>[0-9](?:[ \-.]?[0-9]){1,9})[^A-Za-z0-9]{0,6}$")
_INTERRUPTED = re.compile(
    r"(?i)(?<![0-9/:.])(?P<n>[0-9](?:[ \-.]?[0-9]){2,6})[^0-9\n]{1,3}(?:hang on|hold on|wait|sorry|one sec|1 sec|bear with|and then|then|line'?s|phone'?s|signal|cut|dot|\.\.)[^0-9\n]{0,30}$"
)
_KINDS = (Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER)
_WORDS = r"(?:(?P<NHS_NUMBER>nhs(?! ?111))|(?P<CHI>chi)|(?P<HC_NUMBER>h ?[&+/] ?c|hcn|hsc(?:ni)?|health (?:and|&) care))\b"
_LEADS_OVER = (
    r"(?:no|num|number|is|was|its?|it's|the|first|half|bit|part|starts?|begins?|with|of|reads?|says|goes)"
)
_NAMED = re.compile(rf"(?i)\b{_WORDS}[^0-9A-Za-z\n]{{0,4}}(?:\b{_LEADS_OVER}\b[^0-9A-Za-z\n]{{0,4}}){{0,5}}$")
_NAMED_BEHIND = re.compile(
    rf"(?i)[^0-9\n]{{0,24}}?\b(?:of|for|is|was|whole|all|rest|lot|end)\b[^0-9\n]{{0,16}}?\b{_WORDS}"
)
_LOOK_BACK = 3


def find(view: View, context: Context) -> Iterator[Finding]:
    head = _HEAD.match(view.text)
    if not head or not context.earlier:
        return
    sender = context.sender.user if context.sender else ""
    for earlier in reversed(context.earlier[-_LOOK_BACK:]):
        if sender and earlier.sender and earlier.sender != sender:
            continue
        yield from _joined(view, head, earlier, context)
        return


def _joined(view: View, head: re.Match[str], earlier: Earlier, context: Context) -> Iterator[Finding]:
    before = normalise(earlier.text, context.markup)
    tail = _TAIL.search(before.text, max(0, len(before.text) - 40)) or _INTERRUPTED.search(
        before.text, max(0, len(before.text) - 60)
    )
    if not tail:
        return
    digits = _digits(tail) + _digits(head)
    kind = _whole(digits) or _called(before, view, tail, head, digits)
    if kind:
        evidence = ("checksum", "continued", "fragment")
        yield Finding(kind, view.span(head.start("n"), head.end("n")), 0.93, NAME, evidence)
        first = before.span(tail.start("n"), tail.end("n"))
        yield Finding(kind, first, 0.93, NAME, evidence, message=earlier.message)


def _called(before: View, view: View, tail: re.Match[str], head: re.Match[str], digits: str) -> Kind | None:
    """What the words before the first half or behind the second call it; ten digits then need no check."""
    if len(digits) != 10 or not 3 <= len(_digits(tail)) <= 7:
        return None
    named = _NAMED.search(before.text, max(0, tail.start("n") - 48), tail.start("n"))
    named = named or _NAMED_BEHIND.match(view.text, head.end("n"))
    return next((kind for kind in _KINDS if named and named[kind.value]), None)


def _digits(m: re.Match[str]) -> str:
    return re.sub(r"\D", "", m.group("n"))


def _whole(digits: str) -> Kind | None:
    """What the two halves together are; a chance fit needs the right length as well as the check."""
    if len(digits) == 11 and re.match(r"07[0-9]|01[0-9]|02[0-9]", digits):
        return Kind.PHONE
    if len(digits) != 10:
        return None
    if starts_with_date(digits) and (mod11(digits) or mod10(digits)):
        return Kind.CHI
    if not mod11(digits):
        return None
    return Kind.HC_NUMBER if begins_like_one(digits) else Kind.NHS_NUMBER


RULE = Rule(
    NAME,
    find,
    catches=(),
    spares=("5198 sorry hit send", "2 units given"),
    triggers=(r"^[^0-9\n]{0,40}[0-9]",),
)
