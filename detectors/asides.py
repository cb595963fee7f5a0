"""What a sentence says of somebody at work without meaning that a number beside it is theirs, and the reverse."""

import re
from typing import Final

import re2

from detectors.owner_words import AT_WORK, KIN_WORDS

_RELATIVE = (
    r"(?:step)?(?:mums?|mam|dad|da|mother|father|wife|husband|husb|hubby|sons?|daughters?|dtr|dau|sisters?|brothers?)|niece|nephew|"
    r"cousin|aunt(?:ie|y)?|uncle|partner|gran(?:ny|d(?:son|daughter|ma|ad))?|neighbour|friend|girlfriend|boyfriend|fianc[eé]e?"
)
_JOB = (
    r"nurse|doctor|dr|gp|solicitor|lawyer|pharmacist|paramedic|police(?:man|woman)?|teacher|social worker|midwife|consultant|"
    r"dentist|physio|ot|hca|surgeon|porter|vet|radiographer|anaesthetist|registrar|electrician|plumber|engineer|"
    r"support worker|councillor|chaplain|receptionist|secretary|driver"
)
_THEIR_JOB = re.compile(
    rf"(?i)\b(?P<kin>{_RELATIVE})(?: (?-i:[A-Z])[a-z]+)?(?:"
    rf" ?\([^()\n]{{0,24}}\b(?:{_JOB})\b[^()\n]{{0,24}}\)"
    r"| ?\((?:not |has |have )?(?:spoke|spoken|seen|saw|told|met|rang|called|aware|updated|knows)\b[^()\n]{0,30}\)"
    rf"|,? (?:(?:is|who'?s|who is|she's|he's) (?:also )?)?an? (?:[a-z\-]+ )?(?:{_JOB})\b(?!'))"
)
"""What a relative does for a living, or whom they have seen: "brother (paramedic in Leeds) mob …"."""
_WISHES = re.compile(
    r"(?i)\b(?:wants?|wanting|would like|(?:he|she|they)'d like|keen|hoping|hopes|asking|asked|needs?|requesting|requests?|waiting)"
    r"(?: (?:to|for|an?|some|the|have|get))*(?: (?:speak|talk|chat|word|meet|meeting|see|hear|update|call|callback|feedback|news))"
    rf"(?: (?:with|to|from|by|back))*(?: (?:the|an?|our|your))? (?:[a-z]+ ){{0,1}}(?:{AT_WORK})\b(?!'| (?:on|at|via|is)\b)"
)
"""Of whoever stands before: "daughter wants to speak to the consultant, 07700 …"; "speak to the consultant, 07700 …" is his."""
_RANG_HERE = re.compile(
    r"(?i)\b(?:rang|phoned|called|telephoned|texted|e-?mailed) (?:the |our )?"
    r"(?:ward|us|switch(?:board)?|reception|team|clinic|secretary|desk|nurses|111)\b(?!'| (?:on|at|via|about|and)\b)"
)
_LETS_IN = re.compile(
    r"(?i)\b(?:lets?|letting|buzz(?:es)?|show) (?:the |our |any )?(?:[a-z]+ )?"
    rf"(?:{AT_WORK}|carers|us|me) (?:in|up|into|through)\b"
)
"""Who opens the door is no member of the crew: "he'll let the ambulance crew in, he's on 07700 …"."""
_SOMEBODYS = re.compile(rf"(?i)(?<![\w'])(?:{KIN_WORDS}|his|hers?|him|their|s?he|they)\b")
_WARD_SISTER = re.compile(
    r"(?i)\b(?:ward|theatre|night|day|clinic|senior|duty|deputy|unit|icu|a&e|ed) sister\b"
    r"|(?<!'s )(?<!his )(?<!her )\bsister (?:in charge|on (?:ward )?[0-9]{1,2}[a-z]?\b|on (?:duty|nights|days))"
)
"""A nurse, nobody's relative."""
_MAY: Final = re2.compile(
    r"(?i)\(|,? an? [a-z]|who| is |want|like|keen|hop(?:ing|es)|ask|need|request|wait|rang|phoned|called|texted|mailed|let|buzz|show|sister"
)
_CALL_THEM = re.compile(
    r"(?i)\b(?:ring|call|phone|contact|get back to|speak to|text|e-?mail)(?P<them> them)(?: back)?(?: (?:on|at|via))?\W*$"
)
_ABOUT_ONE = re.compile(
    r"(?i)\b(?:about|re:?|regarding|for|with) (?:[a-z]+ )?(?:mr|mrs|ms|miss|pt|patient|lady)\b"
)
_WORKING = re.compile(rf"(?i)(?<![\w'])(?:{AT_WORK})\b")
_PLURAL_KIN = re.compile(rf"(?i)(?<![\w'])(?:{KIN_WORDS})\b")
_ONLY_CALL_THEM = re.compile(r"(?i)\W*(?:(?:pls|please|can|could|someone|anyone|you|u|so)\W+){0,4}$")
_TO_IT = re.compile(
    r"(?:[a-z]|/) (?-i:IT)(?: (?:dept|department|support|service desk|on|at|is|direct|are))*\W*$"
)
"""Computers, not the pronoun, after words in small letters."""
_SHORTENED = re.compile(
    r"(?i)(?<![\w'])(?:co|ltd|dept|tel|mob|ext|surg|addr?|(?:tel|phone|mob|mobile|contact|direct|line|his|her|their|new|s) no)\.(?= )"
)


def without_asides(before: str) -> str:
    """The words before a number without what does not tell whose it is."""
    if not _MAY.search(before):
        return before
    before = _WARD_SISTER.sub("matron", _LETS_IN.sub("", _THEIR_JOB.sub(r"\g<kin>", before)))
    for pattern in (_WISHES, _RANG_HERE):
        m = pattern.search(before)
        if m and _SOMEBODYS.search(before, 0, m.start()):
            before = before[: m.start()] + before[m.end() :]
    return before


def of_who_rang(before: str) -> bool:
    """Whether those are to be called back who are at work: "the lab rang about his potassium, ring them on …"."""
    m = _CALL_THEM.search(before)
    if m is None:
        return _TO_IT.search(before) is not None
    said = _ABOUT_ONE.sub("", before[: m.start()])
    return bool(_WORKING.search(said)) and not _PLURAL_KIN.search(said)


def only_calls_them(before: str) -> bool:
    """Whether a sentence says no more than that: who "they" are stands in the one before."""
    m = _CALL_THEM.search(before)
    return m is not None and _ONLY_CALL_THEM.match(before[: m.start()]) is not None


def unshortened(words: str) -> str:
    """`words`, in which no stop of an abbreviation ends a sentence: "secretary tel. 01632 …"."""
    return _SHORTENED.sub(lambda m: m.group()[:-1], words) if "." in words else words
