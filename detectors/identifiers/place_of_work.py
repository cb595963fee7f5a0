"""Where a patient or relative works or goes to school: few enough people do that it tells who is meant."""

import re
from collections.abc import Iterator
from typing import Final

import re2

from detectors.homes import is_unusual
from detectors.interface import Context, Finding, Kind
from detectors.normalise import View
from detectors.owners import KIN
from detectors.rule import Rule

NAME = "place_of_work"
_TRADE = (
    r"mill|depot|factory|works|plant|school|primary|college|dental|garage|shop|hotel|inn|office|bakery|brewery|distillery|farm|port|docks|harbour|"
    r"airport|station|supermarket|nursery|salon|butchers?|chippy|takeaway|cabs|taxis|buses|coaches|shipyard|quarry|colliery|pit|library|"
    r"leisure centre|council|bank|post office|prison|barracks|foundry|warehouse|builders|roofing|motors|academy|university|church"
)
_CAPITAL = r"(?!(?:Ward|Unit|Theatres?|NHS|Trust|ED|ICU|ITU|CT|MRI|GP|Dr|Mr|Mrs|Ms|Miss|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mon|Tue|Tues|Wed|Thu|Thurs|Fri|Sat|Sun|January|February|March|April|May|June|July|August|September|October|November|December)\b)[A-Z][\w'&\-]*"
_PLACE = rf"(?P<id>{_CAPITAL}(?: (?:and|&|of|on|the) {_CAPITAL}| {_CAPITAL}){{0,3}}(?: (?:[a-z]{{3,9}} )?(?i:{_TRADE})\b)?)"
_AT_WORK = re.compile(
    r"\b(?:works?|worked|working|employed|porter|drives|drove|teaches|taught|cleans|cooks|head(?: ?teacher)?|manager|chef|driver|baker|barber|"
    r"foreman|receptionist|caretaker|retired|finishe[sd]|job|apprentice(?:ship)?|on (?:nights|days|earlies|lates|shift))\b(?: [a-z]{2,9}){0,3}? (?:at|for|by|from|(?<=manager )of|(?<=head )of) (?:the )?"
    + _PLACE
)
_LOW_TRADE = (
    r"mills?|depot|bearings|stores|foods|biscuits|bakery|brewery|motors|engineering|dental|garage|shipyard|quarry|abattoir|creamery|dairy|timber|"
    r"plastics|textiles|cabs|taxis|buses|coaches|salon|nursery|primary|academy"
)
_NO_NAME = (
    r"(?!(?:the|an?|his|her|their|my|our|your|its?|this|that|which|what|any|some|same|local|another|night|day|head|big|old|new|full|one|two|other|"
    r"medical|nursing|royal|staff|special|neonatal|work|home|school|college|nursery|primary|and|or|in|on|at|to|of|for|is|was|with|he|she|they|"
    r"bus|car|coach|taxi|boarding|catholic|church|sunday|high|secondary|infant|junior|uni|university|good|both|all)\b)"
)
_LOW_WORK = re.compile(
    rf"(?i)\bwork(?:s|ed|ing)? (?:at|for) (?P<id>(?:{_NO_NAME}[a-z][\w'&\-]* ){{1,3}}(?:{_LOW_TRADE}))\b"
)
"""As a name is typed in haste: "works at mallow cold stores"."""
_THEY_WORK = re.compile(rf"\b[Ww]ork(?:s|ed)(?: [a-z]{{2,9}}){{0,2}}? (?:at|for) (?:the )?{_PLACE}")
"""What one says of others."""
_CALLED_AT_WORK = re.compile(
    rf"(?i)\b(?:his|her|their|him|them|she'?s|he'?s|they'?re) (?:is )?(?:at )?work,? (?P<id>(?!tel|mob|ext|phone|number|on |at |is |till|until|so |and |but |today|she |he |they )(?:{_NO_NAME}[a-z][\w'&\-]+)(?: {_NO_NAME}[a-z][\w'&\-]+){{1,2}})(?=$|[\n.,;(])"
)
_WORKPLACE = re.compile(
    r"\b(?i:work ?place|place of work|employers?|employed at|works address)\b(?i:(?:[:,]| is| as| now| -){0,2}) (?:the )?"
    + _PLACE
)
_FIRM = re.compile(
    rf"(?<![\w'&\-])(?P<id>{_CAPITAL}(?: (?:and|&|of) {_CAPITAL}| {_CAPITAL}){{0,3}}(?: (?i:shipyard|dockyard|colliery|pit|quarry|foundry|steel ?works|brewery|"
    r"distillery|pottery|potteries|mill|mills|smelter|factory|works|dairies|dairy|logistics|haulage|foods|bakery|carpets|joinery|motors|engineering|"
    r"textiles|plastics|timber|builders|roofing|scaffolding|salmon|seafoods|meats|poultry|quarries|abattoir|creamery|linen|linoleum|"
    r"ltd|limited|plc|bros|brothers|(?:and|&) (?:sons?|co))){1,2})\b"
)
_WORK_TOLD = re.compile(
    r"(?i)\b(?:occupation\w*|occ hx|employers?|ret'?d|retired|ex[- ][a-z]+(?:er|or|man|hand)|former(?:ly)?|worked|apprentice|(?:his|her|their|dad'?s|mum'?s|husband'?s|wife'?s) (?:work|job|boss|firm)|"
    r"fit ?note|sick ?note|sick ?line|med ?3|^work is|[.,] work is)\b"
)
"""A firm is known by its last word where somebody's work is spoken of: "ret'd welder, 30 yr Cammock & Sons"."""
_SUPPLIES: Final = re2.compile(
    r"(?i)\b(?:orders?|ordered|suppl[a-z]+|deliver[a-z]*|contractors?|invoice|engineer|estates|rep|quote|my|our)\b"
)
_WHERE = re.compile(rf"\b(?:at|in) (?:the )?{_PLACE} where (?:he|she|they|his|her) (?:\w+ )?work")
_SOMEBODY = re.compile(r"(?i)\b(?:he|she|he's|she's|they|his|her|their|hers|him)\b")
_US = re.compile(
    r"(?i)\b(?:i|i'm|we|we're|my|our|you|nurses?|reg|registrar|locum|rep|consultant|doctor|hca|porter|sister on|colleague|anyone)\b"
)
_WHO = re.compile(r"(?i)\b(?:who|that|which|it)\W*$")
_OURS = re.compile(r"(?i)\b(?:my|our) (?:[a-z]+ )?$")
_CHILD = re.compile(
    r"(?i)\b(?:goes? to|(?:school|nursery|playgroup|childminder) (?:is|called)|contacts|cases of|pupils?|twins|inhalers?|epi-?pens?|attends?|attending|pupil|year [0-9]|p[1-7]|aged?|child|children|kids?|boy|girl|dob|born|teaches|head|reception class|he|she|his|her|mum|mam|dad|gran|granny|nan|son|daughter|brother|sister|parents?|at (?:nursery|school))\b|\b[0-9]{1,2} ?(?:m|f|yo|yr old|year old|yrs?|years|y/o|y|months?)\b|\byr [0-9]{1,2}\b"
)
_CARE = re.compile(
    r"(?i)\b(?:hospital|infirmary|clwyd|royal|general|trust|nhs|clinic|surgery|ward|unit|hospice|health|medical|ambulance|theatres?|dialysis|(?<!leisure )centre)\b"
)
_DISTRICT = re.compile(
    r"\b(?:City|Wharf|Quays?|(?:Retail|Business|Science|Trading) Park|(?:Industrial|Trading) Estate|Shopping Centre)$"
)
"""Where thousands work."""
_KIND_OF_SCHOOL = r"nursery|playgroup|pre-?school|primary|infants?|juniors?|high school|academy|grammar|comprehensive|sixth form|college"
_SCHOOL = re.compile(
    r"(?<![A-Za-z])(?P<id>(?!(?:[IiTt]t'?s|That'?s|The|At|H?e's|She'?s|He|They|His|Her|Is|From|To|And|Goes|Attends|School|Nursery)\b)"
    r"(?:[A-Z][A-Za-z'.\-]{1,40} ){1,4}(?:Nursery|Playgroup|Pre-?school|Primary|Infants?|Juniors?|High School|Academy|Grammar|Comprehensive|Sixth Form)(?: (?i:school|unit|class))?"
    r"|(?:Ysgol|Bunscoil|Scoil|Sgoil)(?: (?:[A-Z]|y |yr |na |an )[\w'\-]*){1,3}(?: (?i:sixth form))?)\b"
    r"|\b(?i:nursery|school|playgroup|childminder)(?: (?:at|called|is))?(?::| =| -)? (?P<called>[A-Z][A-Za-z']+(?: [A-Z][A-Za-z']+){1,3})(?P<town>, [A-Z][a-z]+(?=[.,;\n ]|$))?"
)
_LOW_SCHOOL = re.compile(
    rf"(?:\b(?i:at|attends|attending|goes to|pupil of|for|school is|school:|school,|nursery,) |^)(?P<id>(?:{_NO_NAME}[A-Za-z][\w'.\-]* ){{1,3}}(?:{_KIND_OF_SCHOOL})\b(?: (?:school|unit(?! (?:[0-9]|[A-Z]\b))|class))?)"
    r"(?! (?:care|pci|angio|survey|closure|repair|school|nurse|team|bed|cot))(?P<town>, [A-Z][a-z]+(?=[.,;\n ]|$))?",
    re.MULTILINE,
)
_WE_WENT = re.compile(
    r"(?i)\b(?:(?:i|me|we|us) (?:was|were|went|go|taught|teach)|(?:my|our) (?:[a-z]+ )?(?:son|daughter|lad|lass|kids?|child|children|boys?|girls?|niece|nephew|grand(?:son|daughter|kids)|sister|brother|bairn|one|own|two)(?:'s)?"
    r"(?: (?:is|was|goes|went|go|starts|started|teaches|attends))?)(?: (?:to|at|both|all|school))* $"
)
_AT_SCHOOL = re.compile(
    r"(?i)\b(?:together|years ago|when (?:i|we)|as a (?:kid|child|boy|girl|pupil)|same (?:year|class)|with (?:him|her|them))\b|\b(?:my|our) [^.]{2,40}$"
)


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _works(view):
        yield _finding(view, m, "id", "work")
    if _CHILD.search(view.text):
        yield from _schools(view)


def _works(view: View) -> Iterator[re.Match[str]]:
    text = view.text
    yield from (m for m in _AT_WORK.finditer(text) if _theirs(view, m) and _telling(m["id"]))
    yield from (m for m in _THEY_WORK.finditer(text) if _telling(m["id"]) and not _ours_or_whose(view, m))
    yield from (m for m in _CALLED_AT_WORK.finditer(text) if not _CARE.search(m["id"]))
    yield from (m for m in _LOW_WORK.finditer(text) if _theirs(view, m) or not _US.search(_said(view, m)))
    yield from (m for m in _WORKPLACE.finditer(text) if _telling(m["id"]))
    yield from (m for m in _FIRM.finditer(text) if _is_told_of(view, m))
    yield from (m for m in _WHERE.finditer(text) if _telling(m["id"]))


def _is_told_of(view: View, m: re.Match[str]) -> bool:
    before = view.line_before(m.start(), 80)
    return bool(_WORK_TOLD.search(before)) and not (_SUPPLIES.search(before) or _CARE.search(m["id"]))


def _ours_or_whose(view: View, m: re.Match[str]) -> bool:
    """ "our rep works at", "who works at"."""
    said = _said(view, m)
    return bool(_US.search(said) or _WHO.search(said))


def _schools(view: View) -> Iterator[Finding]:
    for m in (*_SCHOOL.finditer(view.text), *_LOW_SCHOOL.finditer(view.text)):
        if not _ours(view, m):
            for group in ("id", "called", "town"):
                if m.groupdict().get(group) and not (group == "town" and _goes_on(view, m)):
                    yield _finding(view, m, group, "school")


def _goes_on(view: View, m: re.Match[str]) -> bool:
    """ ", Mum rang" behind a school begins a sentence; ", Carnbrae both have it" is where it stands."""
    return view.text[m.end() : m.end() + 1] == " " and not is_unusual(m["town"][2:])


def _ours(view: View, m: re.Match[str]) -> bool:
    """ "Netta and me were at Charleston Academy together": the writer's school, or a child's of the writer."""
    start = m.start("id") if m["id"] else m.start()
    before = view.text[max(0, start - 60) : start]
    if m.lastgroup != "id" and _OURS.search(before):
        return True  # "our nursery is"
    said = _WE_WENT.search(before)
    return bool(said and _AT_SCHOOL.search(said.group() + view.text[m.end() : m.end() + 40]))


def _theirs(view: View, m: re.Match[str]) -> bool:
    """Whether the sentence is about a patient or a relative, rather than about us."""
    said = _said(view, m)
    they = max((w.start() for w in _people(said)), default=-1)
    return they > max((w.start() for w in _US.finditer(said)), default=-1)


def _said(view: View, m: re.Match[str]) -> str:
    """The sentence up to a match, within reach."""
    return re.split(r"[.!?\n](?:\s|$)", view.text[max(0, m.start() - 60) : m.start()])[-1]


def _people(said: str) -> Iterator[re.Match[str]]:
    for w in (*KIN.finditer(said), *_SOMEBODY.finditer(said)):
        if not _OURS.search(said, 0, w.start()):
            yield w


def _telling(place: str) -> bool:
    """A firm's name in two words or more, or one that says its trade; a chain by one word is everywhere."""
    return " " in place and not (_CARE.search(place) or _DISTRICT.search(place))


def _finding(view: View, m: re.Match[str], group: str, why: str) -> Finding:
    return Finding(Kind.OTHER_ID, view.span(m.start(group), m.end(group)), 0.6, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "his partner finishes nights at the Upton paper mill at 6",
        "She works at Hillside Dental so after 5.30 only",
        "collapsed at the Carr Lane bus depot where he works",
        "goes to Moss Lane Nursery",
    ),
    spares=(
        "I work at the Royal Infirmary on Fridays",
        "it works at home",
        "he works in theatres",
        "who works at weekends",
        "she works for the Trust",
    ),
    triggers=(
        r"\b(?:work|employ|drives|drove|teach|taught|cleans|cooks|head|manager|chef|driver|baker|barber|foreman|receptionist|caretaker|retired|finishe|job|apprentice|nights|days|earlies|lates|shift)[a-z]*\b[a-z ]{0,30} (?:at|for|by|from|of|with) ",
        r"\bwork,? [a-z]",
        r"\bwork ?place|place of work|\bemploye[dr]|works address",
        r"\b(?:occupation|occ hx|ret'?d\b|ex[- ]|former|worked|fit ?note|sick ?note|sick ?line|med ?3|work is|firm|boss|(?:his|her|their|dad'?s|mum'?s|husband'?s|wife'?s) (?:work|job))",
        r"\bwhere (?:he|she|they|his|her) ",
        r"nursery|playgroup|pre-?school|primary|infants?|juniors?|high school|academy|grammar|comprehensive|sixth form|ysgol|sc?goil|scoil|childminder|school|\bcollege",
    ),
)
