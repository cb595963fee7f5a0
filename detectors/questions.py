"""What the messages before ask for: "DOB?", "what's the key safe", "has anyone got the crime number"."""

import re
from typing import Final, Literal

import re2

from detectors.identifiers.way_in import SAFE
from detectors.interface import Context, Kind

REFERENCE: Final = "reference"
WHOLE_NUMBER: Final = "whole number"
Asked = Kind | Literal["reference", "whole number"]
"""A body's or a laboratory's reference, or a number whose kind was not said, beside the kinds that have a form of their own."""
_NOT_GIVEN = "(?! ?[0-9])"
_ASKED: Final[tuple[tuple[Asked, re.Pattern[str]], ...]] = (
    (
        Kind.DOB,
        re.compile(
            r"(?i)\b(?:d\.?o\.?b|dbo|date of birth|birth ?date|birthday|(?:when|what year|which year|year) (?:was|were) (?:he|she|they) born|year of birth|yob|born (?:on )?(?:the )?[0-9]{1,2}|dyddiad geni)\b"
        ),
    ),
    (
        Kind.NHS_NUMBER,
        re.compile(
            r"(?i)\bnhs\W{0,2}(?:no|num|number|#|id)\b|\bnhs\W{0,2}\?|\brhif gig\b"
            r"|\b(?:rest|other half|second half) of (?:it|the number|that|(?:his|her|their) number)\b"
        ),
    ),
    (
        Kind.CHI,
        re.compile(
            r"(?i)\b(?:the|his|her|their|a|what'?s?|need|send|me|got|give|me)?\W{0,2}(?-i:CHI|chi)\b"
            + _NOT_GIVEN
        ),
    ),
    (Kind.HC_NUMBER, re.compile(r"(?i)\bh ?[&+] ?c\b|\bhcn\b|health (?:and|&) care (?:no|num)")),
    (
        Kind.MRN,
        re.compile(
            r"(?i)\b(?:mrn|hosp(?:ital)? ?(?:no|num|number)|(?:pt|patient) ?(?:id|no|number)|k number|unit number)\b"
        ),
    ),
    (
        Kind.OTHER_ID,
        re.compile(
            rf"(?i)\b(?:{SAFE})\b|\b(?:door|entry|gate|alarm) code\b|\bcode (?:for|to) (?:the |her |his |their )(?:door|house|flat|gate|block|building)"
            r"|\bhow (?:do|does|can|will) \w+ get in\b|\bintercom\b|\bbuzzer\b|\b(?:last|final) (?:four|4|three|3)\b"
            r"|\b(?:nhs|chi|h ?[&+] ?c|hcn|mrn|number|no|it) end(?:s|ing)\b"
        ),
    ),
    (
        REFERENCE,
        re.compile(
            r"(?i)\b(?:specimen|sample|lab(?:oratory)?|histo(?:logy)?|path(?:ology)?|case|police|crime|referral|booking|passport|council|housing|safeguarding|claim|policy|uc|universal credit|"
            r"pip|esa|dwp|benefits?|cad|pals|complaint|court|coroner|insur(?:er|ance)|membership|home office|prison|mash|marac|dols|social (?:care|services|work|worker)|"
            r"sw|asc|mosaic|liquidlogic|ambulance|transport|pts|bupa|axa|licen[cs]e|badge|ehic|ghic|exemption|ppc|tenancy|study|trial|opg|lpa|ehcp)"
            r"(?:'s)?(?:\W(?:journal|claim|log|job|incident|card|badge|application|account|booking|case|cert))?\W(?:no|num|number|ref|reference|id)\b|\bubrn\b|\baccession\b|\bpassport\W{0,2}\?|\brhif y? ?sampl"
        ),
    ),
    (
        WHOLE_NUMBER,
        re.compile(
            r"(?i)\b(?:number|no) for (?:him|her|them|(?:the|this) (?:lady|gent|gentleman|baby|pt|patient|man|woman|lad))\b|\b(?:his|her|their) number\b"
        ),
    ),
    (
        Kind.NINO,
        re.compile(r"(?i)\bnino\b|\bn\.?i\.? ?(?:no|num|number)\b|\bnational insurance\b|\bnat(?:'l)? ins\b"),
    ),
    (Kind.POSTCODE, re.compile(r"(?i)\bpost ?code\b|\bcod post\b")),
    (
        Kind.PHONE,
        re.compile(
            r"(?i)\b(?:phone|mobile|contact|tel|mob|ff[oô]n|symudol)(?: ?(?:no|num|number))?\b[^.\n]{0,30}\?"
        ),
    ),
)
_QUESTIONS = re2.Set.SearchSet()
"""One automaton for the words of every question; RE2 cannot look ahead, which may only add a kind here."""
for _, _pattern in _ASKED:
    _QUESTIONS.Add(_pattern.pattern.replace(_NOT_GIVEN, ""))
_QUESTIONS.Compile()
_ASKING = re2.compile(
    r"(?i)\?|\b(?:what'?s|whats|what year|which year|when (?:was|were)|need|send|give me|gimme|anyone got|anybody got|have you|has anyone|can (?:some|any)(?:one|body)|can (?:you|i)|pls|please|don'?t have|who'?s got|will do|(?:is|are) (?:enough|fine)|enough for|missing|after|wants?|confirm|not opening|(?:won't|wont|doesn't|doesnt|will not|can't) (?:open|work|get in)|not working|locked out)\b|\bwhich(?: one| is right)?\W{0,2}$"
    # a birth date that breaks off: "DOB is the 18th", "born 12"
    r"|\b(?:dob|d\.o\.b|birth|born)\b\D{0,16}[0-9]{1,2}(?:st|nd|rd|th)?\b(?: of)?[^0-9\n]{0,12}$"
)
_ONLY_THE_WORD = 16
"""A message that is little more than "keysafe" asks for it."""
_LOOK_BACK = 4


def asked(context: Context) -> list[Asked]:
    """What the last few messages before ask for; a kind more than once if more than one asks."""
    before = [e.text for e in context.earlier[-_LOOK_BACK:]]
    spoken_of = [_ASKED[i] for i in sorted(_QUESTIONS.Match("\n".join(before)) or ())]
    asking = [t for t in before if _ASKING.search(t) or len(t) <= _ONLY_THE_WORD] if spoken_of else []
    return [kind for text in asking for kind, pattern in spoken_of if pattern.search(text)]
