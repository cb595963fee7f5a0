"""Numbers that a system of patients' records is asked for: "EPMA won't open for 1044782", "3610048823 isn't on ECR"."""

import re
from bisect import bisect_left
from collections.abc import Iterator

import re2

from detectors.digits import Number, numbers
from detectors.identifiers.chi_number import starts_with_date
from detectors.identifiers.hc_number import begins_like_one
from detectors.interface import Context, Finding, Kind
from detectors.labels import names_another_thing, places
from detectors.normalise import View
from detectors.rule import Rule

NAME = "looked_up"
_SYSTEM = (
    r"(?:spine|pds|scr|nipacs|pacs|niecr|ecr|encompass|epic|trak(?:care)?|emis(?: web)?|systm?one|s1|h?epma|i?pas|wpas|ipm|epr|ehr"
    r"|cerner|millennium|lorenzo|rio|meditech|careflow|medway|maxims|sci ?store|sci ?gateway|(?:clinical |patient |welsh clinical )?portal"
    r"|wcp|badger(?:net)?|wccis|paris|open exeter|chemo ?care|cito|evolve|sunrise|iep|image exchange|shared record)"
)
_BEFORE = re.compile(
    rf"(?i)\b{_SYSTEM}(?: ?[:=\-]{{1,2}}|\b[^0-9.\n]{{0,40}}?\b(?:find|finds|open|opens|opening|load|loads|loading|recogni[sz]e|accept|like|trace|show|shows|gives?|has|have|her as|him as|into|in to|up|locked|frozen|crashed|blank)\b[^0-9.\n]{{0,24}}?)\s{{0,3}}[(\"']?$"
)
_SHAPES = ((10,), (3, 3, 4), (6, 4))
_SYSTEMS = re2.compile(rf"(?i)\b{_SYSTEM}\b")
_REACH = 90
_RIGHT_BEFORE = re.compile(rf"(?i)\b{_SYSTEM} {{1,2}}$")
"""For ten digits alone: fewer may be a code or a count."""
_ASKED_FOR = re.compile(
    r"(?i)\b(?:look(?:ing|ed)? up|look(?:ing)? for|pull(?:ing)? up|bring(?:ing)? up|search(?:ing|ed)?(?: for)?|find|open(?:ing)?|trac(?:e|ing)|merg(?:e|ing)|get into|check|see)(?: (?:pt|patient|her|him|number|no|this|the|record|on|for|up)\b){0,3}\W{1,3}$"
)
_ON = re.compile(
    rf"(?i)[^0-9A-Za-z\n]{{1,3}}(?:up )?(?:on|in|from|via|through) (?:the |our |nhs )?{_SYSTEM}\b"
)
_NOT_ON = re.compile(
    rf"(?i)[^0-9A-Za-z\n]{{1,4}}(?:(?:is|it)?(?:'?s)?n?'?t? ?(?:not|nothing|no trace|no record|missing|comes? up|showing|showing up|coming up|doesn'?t exist|not showing|not found|won'?t (?:open|load)|wont (?:open|load))\b)[^0-9.\n]{{0,20}}?\b(?:on|in|from) (?:the |our )?{_SYSTEM}\b"
)
_UNIT = re.compile(
    r"(?i) ?(?:images?|studies|scans|times|patients|pts|users|records|mins?|hrs?|mls?|mg|units?|steps|people|%)\b|[./:\-][0-9]"
)
_MACHINES = re.compile(
    r"(?i)\b(?:ext|extension|bleep|log ?in|user|code|helpdesk|support|error|call|ring|phone|dial)\b[^0-9]{0,16}$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for length in (10, 8, 7, 6):
        for number in numbers(view, length):
            kind = _kind(number)
            if kind and _is_looked_up(view, number):
                yield Finding(kind, view.span(number.start, number.end), 0.75, NAME, ("system",))


def _kind(number: Number) -> Kind | None:
    if len(number.digits) < 10:
        # in one piece: groups of two and three are doses, results and times
        return Kind.MRN if len(number.shape) == 1 else None
    if starts_with_date(number.digits):
        return Kind.CHI
    if begins_like_one(number.digits):
        return Kind.HC_NUMBER
    return Kind.NHS_NUMBER if number.digits[0] in "34679" else None


def _is_near(view: View, number: Number) -> bool:
    """Whether a system is named near the number at all; most numbers need then not be read for the rest."""
    systems = places(_SYSTEMS, view).starts
    at = bisect_left(systems, number.start - _REACH)
    return at < len(systems) and systems[at] < number.end + _REACH


def _is_looked_up(view: View, number: Number) -> bool:
    if not _is_near(view, number):
        return False
    before = view.text[max(0, number.start - _REACH) : number.start]
    if _MACHINES.search(before) or _UNIT.match(view.text, number.end):
        return False
    asked = _ASKED_FOR.search(before) is not None and _ON.match(view.text, number.end)
    at_once = len(number.digits) == 10 and number.shape in _SHAPES and _RIGHT_BEFORE.search(before)
    if not (at_once or asked or _BEFORE.search(before) or _NOT_ON.match(view.text, number.end)):
        return False
    return not names_another_thing(view, number.start, number.end)


RULE = Rule(
    NAME,
    find,
    catches=(
        "EPR wont load 1184027",
        "can you trace 9994120871 on the spine",
        "3220041187 isn't showing on ECR",
    ),
    spares=(
        "EPMA won't open, ticket 4471982",
        "PACS won't load, ring 655180",
        "look up order 6004417820 on the spine of the folder",
        "PAS down for 100000 users",
    ),
    triggers=(
        rf"\b{_SYSTEM}\b[^\n]{{0,70}}[0-9](?:[^\n0-9]{{0,2}}[0-9OoIl]){{5}}",
        rf"[0-9](?:[^\n0-9]{{0,2}}[0-9OoIl]){{5}}[^\n]{{0,60}}\b{_SYSTEM}\b",
    ),
)
