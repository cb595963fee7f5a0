"""UK telephone numbers: a patient's or relative's is found, a member of staff's or a ward's is spared."""

import re
from collections.abc import Iterator

from detectors.digits import numbers
from detectors.interface import Context, Finding, Kind
from detectors.names.roster import known
from detectors.names.words import fold, is_name_word
from detectors.normalise import View
from detectors.rule import Rule

NAME = "phone"
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?<![0-9][./\-])(?=(?P<number>(?:\(?(?:\+|00) ?44 ?\)?[ .\-]{0,2}(?:\(0\)[ .\-]{0,2})?|\(?[0Oo])"
    r"(?:[ .\-()/]{0,2}[0-9OolI]){8,10}(?![0-9])))"
)
"""Looked for at every place, since a date before the number may be read into it: "04/03/40 0131 496 0412"."""
# Of other countries, in the international form of ITU-T E.164
_ABROAD = re.compile(
    r"(?<![A-Za-z0-9+])(?:\+|00 ?)(?!44)[1-9][0-9]{0,2}(?:[ .\-/]{0,2}\(?0?[0-9]{1,4}\)?){2,6}(?![0-9])"
)
_NATIONAL = re.compile(r"(?:7[0-9]{9}|1[0-9]{8,9}|2[0-9]{9}|3[0-9]{9}|8[0-9]{8,9}|9[0-9]{9}|800[0-9]{6})")
_SUM = re.compile(r"00 ?[0-9]{3,}$|\+[0-9]{1,2}[.][0-9]")
"""A reference that begins with noughts, or a figure with its sign."""
_LABEL = re.compile(
    r"(?i)\b(?:tel|telephone|phone|mob|mobile|number|ring|rang|call|contact|cell|text|on|landline|no|ff[oô]n|symudol|rhif)\b[^A-Za-z0-9\n]{0,6}$"
)
STAFF = re.compile(
    r"(?i)\b(?:my|our|me|i'm|im|office|ward|switch(?:board)?|switch|teams?|fax|on.?call|bleep|secretary|secretaries|sec|reception|pharmacy|the team|dept|"
    r"department|clinic|hospice|practice|surgery|help.?desk|rota|bypass|duty|reg|registrar|cons|consultant|lab|labs|micro|theatres?|"
    r"hub|coordinator|co-ordinator|bed manager|site|security|porters?|estates|equipment|rep|engineer|line|line's|dial|dial.?in|conference|freephone|helpline|supplier|company|courier|taxi|union|hr|payroll|"
    r"occ health|line manager|work(?: phone| mobile)?|dr|doctor|prof|matron|agency|111|gp|radiology|xray|cath lab|icu|itu|"
    r"hdu|outreach|crew|police|council|interpreter|fleet|garage|facilities|swyddfa|meddygfa|fferyllfa|switsfwrdd)\b"
)
_PATIENT = re.compile(
    r"(?i)\b(?:sister|his|her|him|them|their|pt|pt's|pts|patient|patient's|patients|mum|mums|dad|dads|mother|father|wife|wife's|husband|hubby|son|son's|"
    r"sons|daughter|daughter's|daughters|dtr|dtr's|sister's|brother|brother's|niece|nephew|nok|partner|carer|neighbour|neighbour's|"
    r"granny|gran|grandson|granddaughter|grandma|grandad|family|mr|mrs|ms|miss|relative|parents?|next of kin|lpa|friend|warden|gwraig|wraig|g[wŵ]r|mab|merch|ferch|mam|tad|dad|nain|taid|claf|ei fam|teulu)\b"
)


_NAME_BEFORE = re.compile(
    r"(?P<title>\b(?:Dr|Doctor|Prof|Professor|Sister|Matron)\.? )?(?P<name>[A-Z][a-z][A-Za-z'\-]*)(?:,? please)?[\s,(:\-]{1,4}$"
)
# "social worker is Delyth Maddocks, 01632 …": the number of somebody who is named by their work
AT_WORK = re.compile(
    r"\b(?i:social worker|sw|nurse|cns|health visitor|hv|midwife|chaplain|rabbi|imam|coroner'?s? officer|solicitor|tissue viability|teacher|"
    r"dietiti?an|physio|ot|salt|secretary|sec|manager|coordinator|pc|pcso|dc)\b[:,(\-]? (?:(?:is|was|called) )?(?:[A-Z][\w'\-]+ ){0,2}$"
)
SENTENCE_ENDS = re.compile(r"[.!?\n;](?:\s|$)")
_LETTER = re.compile(r"[A-Za-z]")
_THEIRS = re.compile(
    r"\W{0,4}(?:(?:\(|is |for )?(?:pt|patient|wife|husband|son|daughter|nok|mum|dad)|to (?:[a-z]+ ){1,2}(?:him|her|them))\b"
)
_A_NAME = 14
"""No longer than a first name and what joins it to "daughter"."""
_DISGUISES = str.maketrans("OolI", "0011")


def find(view: View, context: Context) -> Iterator[Finding]:
    end = 0
    for m in _NUMBER.finditer(view.text):
        digits = re.sub(r"\D", "", m.group("number").translate(_DISGUISES))
        if m.start() >= end and _NATIONAL.fullmatch(_national(digits)):
            end = m.end("number")
            yield _finding(view, context, m.start(), end)
    for m in _ABROAD.finditer(view.text):
        if 9 <= len(re.sub(r"\D", "", m.group())) <= 17 and not _SUM.match(m.group()):
            yield _finding(view, context, m.start(), m.end())
    for number in numbers(view, 11):
        if number.disguised and _NATIONAL.fullmatch(_national(number.digits)):
            yield _finding(view, context, number.start, number.end)
    for number in numbers(view, 10):
        if _LABEL.search(view.text, max(0, number.start - 16), number.start) and number.digits[:2] == "77":
            yield _finding(view, context, number.start, number.end)


def _national(digits: str) -> str:
    """The number without the country's prefix and the trunk 0."""
    for prefix in ("00440", "0044", "440", "44", "0"):
        if digits.startswith(prefix) and (prefix == "0" or len(digits) > 11):
            return digits[len(prefix) :]
    return digits


def _finding(view: View, context: Context, start: int, end: int) -> Finding:
    staff = _is_staffs(view, context, start, end)
    why = "staff" if staff else "patient"
    return Finding(Kind.PHONE, view.span(start, end), 0.2 if staff else 0.93, NAME, (why,))


def _is_staffs(view: View, context: Context, start: int, end: int) -> bool:
    """Whose number it is, by the nearest word that tells; a number that nothing explains is a patient's."""
    before = SENTENCE_ENDS.split(view.text[max(0, start - 60) : start])[-1]
    if not _LETTER.search(before):
        return False
    roster = known(context.roster)
    name = _NAME_BEFORE.search(before)
    if name and AT_WORK.search(before, 0, name.start()):
        return True
    if name and is_name_word(name.group("name")) and fold(name.group("name")) not in roster.firsts:
        return bool(name.group("title"))
    staff = max((m.end() for m in STAFF.finditer(before, max(0, len(before) - 34))), default=-1)
    patient = max((m.end() for m in _PATIENT.finditer(before)), default=-1)
    named = roster.last_mention(before)
    if named - patient > _A_NAME and named > patient:
        return True  # "daughter Sue 07700…" is the daughter's, though a colleague is called Sue
    return staff > patient and not _THEIRS.match(view.lower[end : end + 32])


RULE = Rule(
    NAME,
    find,
    catches=(
        "wife on 07700900264",
        "07700 900118",
        "+44 7700 900 519",
        "(07700) 900926",
        "NOK 01632 960 417",
        "mob 0044 (0)7700 900477",
        "his son rang from Cork, +353 21 555 0123",
        "+1 312-555-0123",
        "born 04/03/40 0131 496 0064 needs a visit",
        "lift repair from the supplier, 07700 900123 to let her know",
        "oh seven seven double oh nine hundred one two three",
    ),
    spares=(
        "ext 61184",
        "office 0131 496 0412 till 9",
        "ring me on 07700 900555",
        "ref 123456789012",
        "bleep 2217",
        "social worker is Delyth Maddocks, 01632 960552",
        "Tissue viability: Eilidh Sneddon, 01632 960183",
        "ring the overseas team on 01632 960230",
        "BE +3.2, lactate 1.1",
        "order 0012345678",
    ),
    triggers=(
        r"(?:[0-9o][^\n0-9]{0,4}){9}",
        r"(?:zero|oh|o|double)\W+(?:one|two|three|seven|eight|oh|nought)\W",
    ),
)
