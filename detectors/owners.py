"""Whose telephone number or e-mail address it is, by the words before it: a patient's side, or somebody's at work."""

import re
from typing import Literal

from detectors.names.roster import Known
from detectors.names.words import fold, is_name_word

Owner = Literal["staff", "patient", ""]
"""Empty: nothing tells."""

_AT_WORK = (
    r"ward|switch(?:board)?|teams?|fax|on.?call|bleep|ext|extension|dect|secretar(?:y|ies)|sec|pharmac(?:y|ist)|dept|department|"
    r"clinics?|hospice|practice|surgery|help.?desk|desk|rota|bypass|duty|reg|registrar|cons|consultant|locum|labs?|micro|microbiology|"
    r"biochem(?:istry)?|ha?ematology|pathology|histology|blood bank|transfusion|theatres?|hub|coordinator|co-ordinator|bed managers?|"
    r"site manager|site team|site|security|porters?|estates|equipment|loan store|equipment loans|wheelchair services?|services?|rep|engineer|lines?|line's|dial|dial.?in|"
    r"conference|freephone|helpline|hotline|supplier|company|courier|taxi|firm|pizza|takeaway|union|hr|payroll|occ health|line manager|dr|"
    r"doctor|prof|professor|matron|agency|(?:nurse |staff |nhs |the )bank|bank office|nhsp|111|gp|gps|radiology|x-?ray|cath lab|icu|itu|hdu|ccu|a&e|aamu|amu|outreach|crew|"
    r"police|council|interpreter|fleet|facilities|stores|depot|control|control room|transport|mortuary|bereavement|coroner'?s?|"
    r"undertakers?|funeral directors?|pc|dc|sgt|sergeant|care home|nursing home|residential home|nurses?|hca|sho|fy[12]|f[12]|"
    r"ct[12]|(?-i:ST[1-8])|midwi(?:fe|ves)|health visitors?|hvs?|dietiti?ans?|dietetics|physios?|ots?|(?-i:SALT)|podiatry|audiology|orthotics|"
    r"district nurs(?:e|es|ing)|dns?|cpns?|cns|key ?worker|support worker|social workers?|social work|social services|sw|edt|emergency duty|"
    r"crisis|camhs|perinatal|liaison|samaritans|poisons|toxbase|npis|chemist|boots|lloyds|infirmary|hospital|centre|headquarters|hq|"
    r"tertiary|anaesthetist|an[ae]sthetics|surgeon|paramedics?|ambulance|records|chaplain(?:cy)?|rabbi|imam|solicitor|advocate|"
    r"dentist|plumber|electrician|contractor|dispatch(?:er)?|phlebotom(?:y|ist)|(?:housing|probation|welfare) officer|probation|cmht|macmillan|"
    r"advocacy|teacher|headteacher|school nurse|tissue viability|swyddfa|meddygfa|fferyllfa|switsfwrdd|at the (?:general|royal|western|northern|southern|county|city|walton)"
)
_FIRST_PERSON = r"my|our|(?<!gave )(?<!give )(?<!sent )(?<!told )(?<!left )me|mine|i'm|im|i am|us"
_WORKING = re.compile(rf"(?i)(?<![\w'])(?:{_AT_WORK})\b")
STAFF = re.compile(rf"(?i)(?<![\w'])(?:{_FIRST_PERSON}|{_AT_WORK})\b")
_WORKPLACE = re.compile(
    r"(?i)\b(?:work(?:s|ing)?|office|garage|reception|school|shop|university|factory|job)\b"
)
"""Staff's as well as a relative's: "his work number", "daughter's office"."""
_KIN = (
    r"pt|pt's|pts|patients?|patient's|mums?|mum's|mam|mams?|dads?|da|dad's|mother|father|wife|wife's|husband|hubby|sons?|son's|daughters?|"
    r"daughter's|dtr|dtr's|sisters?|sister's|brothers?|brother's|niece|nephew|cousin|aunt(?:ie|y)?|uncle|nok|partner|carers?|carer's|neighbours?|"
    r"neighbour's|granny|gran|nan|nana|grandson|granddaughter|grandma|grandad|grandfather|grandmother|family|mr|mrs|ms|miss|relatives?|parents?|parent's|next of kin|lpa|"
    r"friend|warden|landlord|landlady|lad|lad's|lady|lady's|gentleman|gent|scheme manager|wee|gwraig|wraig|g[wŵ]r|mab|merch|ferch|tad|nain|taid|claf|ei fam|teulu"
)
KIN = re.compile(rf"(?i)(?<![\w'])(?:{_KIN})\b(?! transport)")
_PRONOUN = re.compile(r"(?i)\b(?:his|her|hers|him|them|their)\b")
_KIND_OF_PLACE = (
    r"maternity|labour|delivery|birth|neonatal|postnatal|antenatal|rehab|dialysis|stroke|renal|eye|endoscopy|discharge|doctors'?|"
    r"on-?call|crash|bay|shift|duty|medical|surgical|frailty|rapid|intermediate|safe|urgent|minors?|acute|day|assessment|nic|"
    r"community|paeds|oncology|chemo|cardiac|resp|respiratory|trauma|theatre|recovery"
)
_PLACE = (
    r"units?|suite|triage|sdec|sau|mau|nnu|scbu|nicu|picu|lounge|mess|base|car [0-9]|haven|response|care|casualty|bookings?|"
    r"safeguarding|mash|refuge|vet|ooh|out of hours|lead|nic|phone|room phone|(?-i:IT)"
)
_PLACE_ALONE = re.compile(
    r"(?i)^\W*(?:(?:the|our|ring|call|phone|try|via|or|and|contact|for|number|no|new|direct)\b\W{1,3}){0,4}"
    rf"(?:(?:(?:{_KIND_OF_PLACE}) ){{1,2}}(?:{_PLACE}|booking)|(?!phone\b)(?:{_PLACE}))(?:'s)?\b"
    r"\W{0,3}(?:(?:phone|line|mobile|mob|number|no|tel|desk|is|now|on|direct|contact)\b\W{0,3}){0,4}$"
)
"""A sentence that says a place and no more before the number: "delivery suite on"; "Gunn in triage" is a patient."""
_CALL = re.compile(
    r"(?i)\b(?:ring|rings|rang|ringing|phone|phoned|call|called|text|contact|reach|speak to|e-?mail|write to|through to|get hold of)\b"
)
_FROM = re.compile(r"(?i)\W{0,3}(?:back )?from\b")
_NOT = re.compile(r"(?i)\bnot (?:the |via |through )?\w+")
_ROLE_OF_NAMED = re.compile(
    rf"\b(?i:{_AT_WORK}|secretary|manager|coordinator|pcso)\b[:,(\-]? (?:(?:is|was|called) )?(?:[A-Z][\w'\-]+ ){{0,2}}$"
)
"""Before a name: "social worker is Delyth Maddocks, 01632 …"."""
_NAME_BEFORE = re.compile(
    r"(?P<title>\b(?:Dr|Doctor|Prof|Professor|Sister|Matron)\.? )?(?P<name>[A-Z][a-z][A-Za-z'\-]*)(?:,? please)?[\s,(:\-]{1,4}$"
)
_PAIR = re.compile(r"\b(?=(?P<first>[A-Z][\w'\-]+) (?P<last>[A-Z][\w'\-]+))")
SENTENCE_ENDS = re.compile(r"[.!?\n;](?:\s|$)")
_QUOTED = 600
"""Of a quotation no more is read before a number."""
_A_NAME = 14
"""No longer than a first name and what joins it to "daughter"."""


def is_colleague(first: str, last: str, roster: Known) -> bool:
    """Whether somebody of this first name, or called so, and this surname is on the roster: "Bal Dhaliwal"."""
    return roster.lists(fold(first), fold(last))


def _last_colleague(words: str, roster: Known) -> int:
    ends = (m.end("last") for m in _PAIR.finditer(words) if is_colleague(m["first"], m["last"], roster))
    return max(ends, default=-1)


def at_work(before: str) -> bool:
    """Whether the words before a name say what work its bearer does."""
    return bool(_ROLE_OF_NAMED.search(before))


def owner_before(before: str, roster: Known) -> Owner:
    """Who is nearest before a number: "his GP, 01632 …" is the GP's, "the GP wants his number, 07700 …" is his."""
    name = _NAME_BEFORE.search(before)
    if name and at_work(before[: name.start()]):
        return "staff"
    if _PLACE_ALONE.match(before):
        return "staff"
    if name and _last_colleague(before, roster) == name.end("name"):
        return "staff"
    if name and is_name_word(name["name"]) and fold(name["name"]) not in roster.firsts:
        return "staff" if name["title"] else "patient"
    return _of_the_called(_NOT.sub("", before), roster)


def _of_the_called(before: str, roster: Known) -> Owner:
    """ "Can the evening team phone wee Rena on …": the number is hers who is to be called."""
    calls = list(_CALL.finditer(before))
    if not calls:
        return _nearest(before, roster)
    if _FROM.match(before, calls[-1].end()):  # "wants a call from the consultant on …"
        return _nearest(before[: calls[-1].start()], roster)
    return _nearest(before[calls[-1].end() :], roster) or _nearest(before, roster)


def _nearest(words: str, roster: Known) -> Owner:
    kin = max((m.end() for p in (KIN, _PRONOUN) for m in p.finditer(words)), default=-1)
    staff = max((m.end() for m in STAFF.finditer(words, max(0, len(words) - 44))), default=-1)
    place = max((m.end() for m in _WORKPLACE.finditer(words)), default=-1)
    if place > staff and kin < 0:
        staff = place  # "his work number" is his; "the office" alone is ours
    colleague = _last_colleague(words, roster)
    if colleague > kin:
        return "staff"
    named = roster.last_mention(words)
    if named > kin and named - kin > _A_NAME:
        return "staff"  # "daughter Sue 07700…" is the daughter's, though a colleague is called Sue
    if staff > kin:
        return "staff"
    return "patient" if kin >= 0 else ""


def tells(words: str) -> Owner:
    """Of whom a whole message speaks: of a patient's side if it does at all, pronouns aside."""
    if KIN.search(words):
        return "patient"
    return "staff" if _WORKING.search(words) or _WORKPLACE.search(words) else ""


def quoted_kin(said: str) -> bool:
    """Whether the end of `said` lies in a quotation whose writer is a patient's kin: "ring me on" is theirs."""
    said = said[-_QUOTED:]
    opened = said.rfind('"') if said.count('"') % 2 else -1
    return opened >= 0 and KIN.search(said, opened) is not None
