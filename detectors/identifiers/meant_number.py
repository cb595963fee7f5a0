"""Hospital numbers that the sentence has for patients, without a label: "merge 0048821 -> 0093714", "taxi for 33 41 87"."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from detectors.identifiers.date_of_birth import DATE
from detectors.interface import Context, Finding, Kind
from detectors.labels import names_another_thing
from detectors.normalise import View
from detectors.rule import Rule

NAME = "meant_number"
_NO_PREFIX = r"(?!(?-i:ECG|INC|REQ|RITM?|CHG|PO|SO|WO|SN|EXT|TEL|REF|TKT|JOB|SR|IT|BP|HR|CT|MRI|XR|WBC|CRP|PLT|HB|NA|BNP|CK) ?[0-9])"
_ID = rf"{_NO_PREFIX}(?:(?-i:[A-Z]{{1,3}})[ \-]?)?[0-9]{{5,8}}(?-i:[A-Z])?"
_SPACED = r"[0-9]{2} [0-9]{2} [0-9]{2}(?: [0-9]{1,2})?|[0-9]{3} [0-9]{3,4}|[0-9](?: [0-9]){5,7}"
_END = r"(?![A-Za-z0-9/:%]|[.\-][0-9]| ?[0-9])"
_ALONE = re.compile(rf"(?<![A-Za-z0-9./:£\-])(?i:{_ID}){_END}")
_NEAR: Final = 12
_MIXED_UP: Final = re.compile(
    r"(?i)\b(?:two|2|both) (?:patients|pts|people|ladies|gents|women|men|babies|twins|siblings|(?:sets? of )?(?:notes|charts|records)|(?:hosp(?:ital)? )?(?:numbers|nos|mrns))\b"
    r"|\b(?:twins?|triplets?|duplicates?|same (?:sur|first |full )?names?|same dob|identical names?|similar names?|namesakes?|wrong (?:pt|patient|notes|record)|mixed up|mix up)\b"
    r"|\b(?:these|those|following) (?:[0-9]{1,2} |two |three |few )?(?:pts?|patients?|notes|records|charts|ladies|gents)\b|\b(?:pull|get out|swap|swop) (?:out )?(?:notes|casenotes|these|for)?"
    r"|\b(?:theatre|clinic|visit|review|discharge) list\b|\b(?:which is right|is it)\b"
)
"""Talk of two patients who are taken for each other, of one with two records, or of whose notes are wanted."""
_OF_BLOOD: Final = re.compile(
    r"(?i)\b(?:units?|bags?|donation|blood|platelets|batch|lot|serial|asset|order|invoice|po|ext|bleep|dect|phone|ring|call|tel|fax|ticket|job|code)\b[^.;\n]{0,24}$"
)
_TWIN = re.compile(
    rf"(?i)\b(?:twin|triplet|baby|bby) ?(?:[1-3]|(?-i:[A-C])|i{{1,3}}|one|two)\b[\s,:=(\-]{{1,3}}(?P<id>{_ID}){_END}"
)
_MERGE = re.compile(
    rf"(?i)\b(?:merg(?:e|ed|ing)|link(?:ed|ing)?|duplicates?|dup|combine|unmerge|split)\b(?![^\n]{{0,20}}\b(?:cells?|branch|columns?|rows?|meetings?|ecgs?|images?|films?|reports?|referrals?|lists?|orders?)\b)[^0-9\n]{{0,32}}?(?P<id>{_ID})"
    rf"[\s,]{{0,2}}(?:->|-{{1,2}}|=>|>|\u2192|/|&|\+|,|\b(?:with|into|to|onto|and|over to|under|from)\b)[\s,]{{0,2}}(?:(?:mrn|no|number)\W{{1,2}})?(?P<other>{_ID}){_END}"
)
_FOR = re.compile(
    r"(?i)\b(?:taxi|transport|ambulance|crew|porters?|chair|trolley|notes|casenotes|bloods|results|tto'?s?|meds|kardex|scan|echo|x-?ray|ct|mri|ecg|bed|slot|appt|letter|wheelchair|interpreter|family|nok)"
    rf"(?: (?:back|please|pls|booked|ready|needed|arranged|here|is|now)){{0,2}} (?:for|of) (?P<id>(?-i:[A-Z]{{1,2}})?[0-9]{{7,8}}|(?-i:[A-Z]{{1,2}}) ?[0-9]{{5,7}}|{_SPACED}){_END}"
    r"(?! ?(?:pts|patients|percent|mmhg|bpm|mg|ml|hrs?|hours|people|units?|steps|users|miles|tests|pages|copies|records)\b)"
)
"""What is sent for, asked for or booked for a patient."""
_ABOUT = re.compile(
    rf"(?i)\b(?:re|regarding|ring(?:ing)? about|call(?:ed|ing)? (?:about|re)|asking about|query (?:about|re|on)|review|discharge|admit|transfer|cancel|re-?book|send (?:for|down)|sending)[:\s]{{1,2}}(?P<id>(?-i:[A-Z]{{1,2}})?[0-9]{{7,8}}){_END}"
    r"(?! ?(?:pts|patients|pages|copies|records|steps)\b)"
)
"""What is said of a patient, by seven digits or eight."""
_ON_PAPER = re.compile(
    rf"(?i)(?<!obs )(?<!observation )(?<!drug )(?<!fluid )(?<!stool )(?<!growth )(?<!sleep )(?<!seizure )(?<!food )(?<!balance )(?<!bp )(?<!bm )(?<!insulin )(?<!inr )(?<!warfarin )(?<!news )(?<!ews )(?<!pain )(?<!release )"
    rf"\b(?:charts?|case ?notes?|(?:paper |old |temp(?:orary)? |green |buff )?notes|folder)\b(?:,? (?:no|number|num|for|vol(?:ume)? ?[0-9]{{1,2}}(?: ?(?:/|of|to|and|&|-) ?[0-9]{{1,2}}(?![0-9 ]))?|of)\b\.?){{0,3}}[\s:#]{{1,2}}(?P<id>(?-i:[A-Z]{{1,3}})?[0-9]{{6,8}}(?-i:[A-Z])?|{_SPACED}){_END}"
    r"(?! ?(?:pts|patients|mg|ml|hrs?|hours|pages|words|sheets)\b)"
)
_SEARCHED = re.compile(
    rf"(?i)\b(?:search(?:ed|ing)?|filed?|listed|registered|known|under|look(?:ed|ing)?|find|found|pull(?:ed)? up)(?: (?:up|for|by|as|under|him|her|them|it|on|with|using|number|no)){{0,3}} (?P<id>(?-i:[A-Z]{{1,3}})[0-9]{{1,4}}[\-/ ][0-9]{{3,6}}|{_ID}){_END}"
    r"(?=[^.\n]{0,24}\b(?:pacs|pas|epr|ehr|epic|cerner|trak|trakcare|emis|systm ?one|system|spine|portal|rio|lorenzo|ecr|encompass|instead|not (?:the|by|under) (?:the )?(?:sur)?name)\b)"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for pattern in (_TWIN, _MERGE, _FOR, _ABOUT, _ON_PAPER, _SEARCHED):
        for m in pattern.finditer(view.text):
            for group in ("id", "other"):
                if m.groupdict().get(group) and _may_be_one(view, *m.span(group)):
                    yield _finding(view, *m.span(group))
    if _MIXED_UP.search(view.text):
        yield from _told_apart(view)


def _told_apart(view: View) -> Iterator[Finding]:
    """Two numbers of one length at the least; one alone may be anything."""
    alone = [m.span() for m in _ALONE.finditer(view.text)]
    alone = [span for span in alone if _digits(view, *span) > 5 and _may_be_one(view, *span)]
    alike = Counter(_digits(view, *span) for span in alone)
    yield from (_finding(view, *span) for span in alone if alike[_digits(view, *span)] > 1)


def _digits(view: View, start: int, end: int) -> int:
    return sum(map(str.isdigit, view.text[start:end]))


def _may_be_one(view: View, start: int, end: int) -> bool:
    said = view.text[start:end]
    if (
        DATE.fullmatch(said)
        or said.replace(" ", "").endswith("000")
        or _are_readings(said)
        or _OF_BLOOD.search(view.line_before(start, 40))
    ):
        return False
    return not names_another_thing(view, start, end)


def _are_readings(said: str) -> bool:
    """Three readings of one thing lie near each other: "chart 37 38 39"."""
    pairs = [int(group) for group in said.split() if len(group) == 2 and group.isdigit()]
    return len(pairs) > 2 and max(pairs) - min(pairs) <= _NEAR


def _finding(view: View, start: int, end: int) -> Finding:
    return Finding(Kind.MRN, view.span(start, end), 0.75, NAME, ("meant",))


RULE = Rule(
    NAME,
    find,
    catches=(
        "please merge 1184027 into 0093715",
        "careful, two ladies with the same name: 4471902 and 4417920",
        "twin 1 8120455 needs a cannula",
        "porter for 44 71 90 please",
        "chart 1 1 8 4 0 2 7, she's reading it to me",
        "casenotes vol 2 of 551873 are at the other site",
        "search under K12-7743 on PAS",
    ),
    spares=(
        "merge cells 1184027 and 0093715",
        "two pts need units 1184027 and 1184028 from the blood fridge",
        "twin 1 2450 g, twin 2 2310 g",
        "porter for 1730 please",
        "obs chart 110 82 98 36",
        "notes for 12 11 25",
        "search for ticket 4471902 on the system",
    ),
    triggers=(
        r"\b(?:re|regarding|about|on|review|discharge|admit|transfer|cancel|re-?book|send for|down|sending)[:\s]{1,2}[a-z]{0,2}[0-9]{7}",
        r"\b(?:these|those|following|pull|get out|swap|swop|list|which is right|is it)\b[^\n]{0,60}[0-9]{6}",
        r"\b(?:two|2|both) (?:patients|pts|people|ladies|gents|women|men|babies|twins|siblings|sets|notes|charts|records|hosp|numbers|nos|mrns)",
        r"\b(?:twins?|triplets?|baby|bby|duplicates?|dup|same|identical|similar|namesakes?|wrong|mixed|mix|merg(?:e|ed|ing)|link(?:ed|ing)?|combine|unmerge|split)\b[^\n]{0,60}[0-9]{5}",
        r"\b(?:for|of) [a-z]{0,2} ?[0-9]",
        r"\b(?:charts?|(?:case ?)?notes?|folder)\b[^\n]{0,32}[0-9]",
        r"\b(?:search|file|list|register|known|under|look|find|found|pull)[a-z]*\b[^\n]{0,40}[a-z]?[0-9][^\n]{2,40}\b(?:pacs|pas|epr|ehr|epic|cerner|trak|trakcare|emis|systm ?one|system|spine|portal|rio|lorenzo|ecr|encompass|instead|not)\b",
    ),
)
