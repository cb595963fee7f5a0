"""Words before and around a number that say what it is, in English and Welsh; typing slips allowed."""

import re
from typing import Final

import regex

from detectors.normalise import View

_TAIL = r"[^A-Za-z0-9\n]{0,6}(?:\b(?:is|was|yw|ydy|oedd|as|of|no|num|number|then|still|reads?|ending)\b[^A-Za-z0-9\n]{0,4}){0,2}[^A-Za-z0-9]{0,4}$"
_NUMBER = r"(?:\W{0,3}(?:no|num|nos|nbr|id|ref|(?:number|numbers){e<=2})\b\.?)?"


def _label(words: str) -> "regex.Pattern[str]":
    return regex.compile(
        rf"(?i)(?<![a-z0-9])(?:{words})\b{_NUMBER}(?:[^A-Za-z0-9\n]{{0,3}}(?:for\W+)?[A-Z][\w'.-]{{1,20}}){{0,0}}{_TAIL}"
    )


NHS: Final = _label(r"n\.?\s?h\.?\s?s\.?|nsh|hns|nhsn|nhs(?:no|num|number)|nhs\s?#|(?:rhif )?g\.?i\.?g")
CHI: Final = _label(r"c\.?h\.?i\.?|chis|chi(?:no|num|number)|(?:community health index){e<=2}")
HC: Final = _label(r"h\s?(?:&|\+|and|n|/)?\s?c|hcn|hcns|health\s?(?:&|\+|and)\s?(?:social\s?)?care")
HOSPITAL: Final = _label(
    r"mrns?|m\.r\.n\.?|(?:hospital|hosp)(?=\W{0,3}(?:n|i|#))|hospital(?:no|num|number)|hosp|unit\W?(?=n)|pas|crn|epr|"
    r"(?:medical|health|hospital|patient|pt|case)\W?(?:record|rec|note|notes)s?|(?:patient|pt)\W?(?=id|no|num)|"
    r"district\W?(?=n)|k\W?(?=num|no\b)|x\W?(?=num|no\b)|d\W?(?=num|no\b)|record\W?(?=n)|casenotes?|notes(?=\W{0,3}(?:n|#))|(?:hospital number){e<=2}|"
    r"patient\W?identifier|rhif (?:yr )?ysbyty|rhif y? ?claf|idpas|id|emis|systmone|ehr|pas|rio|lorenzo|cerner|hospno|pacs id"
)
_NOT_WORDS = " \t\r.,:;=#-()[]*_/\"'>|\ufffc"
OTHER_THING: Final = re.compile(
    r"(?i)\b(?:orders?|ordered|ref|refs|reference|consignment|parcel|courier|delivery|delivered|tracking|accession|booking|"
    r"po|purchase|invoice|account|acct|pin|gmc|nmc|hcpc|gphc|asset|serial|s/n|batch|lot|ticket|job|datix|"
    r"incident|requisition|req|case ref|call ref|helpdesk|requests?|stock|barcode|sku|catalogue|cat no|digit ref|quote|"
    r"meeting id|webex|zoom|teams id|passcode|extension|smartcard|device|pump|model|version|isbn|doi|pmid|trial|nct)\b"
)


def stands_before(label: "regex.Pattern[str]", view: View, start: int, reach: int = 48) -> bool:
    """Whether `label` is the last thing before `start`, on at most `reach` characters."""
    close = view.text[max(0, start - 4) : start].rstrip(_NOT_WORDS)
    if close and close[-1].isdigit():
        return False  # a number stands between
    before = view.text[max(0, start - reach) : start]
    spoken = before.rstrip(_NOT_WORDS)
    if not spoken or spoken[-1].isdigit():
        return False  # a number stands between, or nothing does
    return label.search(before, concurrent=False) is not None


def names_another_thing(view: View, start: int, end: int) -> bool:
    """Whether the words round a number call it an order, a consignment, a booking."""
    before = view.text[max(0, start - 40) : start].rpartition("\n")[2]
    after = view.text[end : end + 24].partition("\n")[0]
    return bool(OTHER_THING.search(before) or OTHER_THING.search(after))
