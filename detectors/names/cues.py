"""What the words round a name say about who it is: each cue with its weight in log-odds."""

import re
from dataclasses import dataclass
from typing import Final

import re2
import regex

from detectors.normalise import View

RELATION: Final = (
    r"wife|husband|hubby|spouse|partner|daughter|dtr|son|mum|mummy|mother|mam|mammy|ma|dad|daddy|father|da|sister|brother|bro|sis|niece|nephew|"
    r"gran|granny|grandma|nan|nana|nanny|grandmother|grandad|grandpa|grandfather|granda|granddaughter|grandson|grandchild|cousin|uncle|aunt|"
    r"auntie|aunty|sibling|twin|fianc[eé]e?|girlfriend|boyfriend|gf|bf|ex|stepmum|stepdad|stepson|stepdaughter|step-?(?:mother|father|son|daughter)|"
    r"foster (?:mum|mother|dad|carer)|guardian|parent|in-law|nok|next of kin|lpa|carer|neighbour|friend|warden|landlady|landlord|dau|relative"
)
_STAFF_ROLE = (
    r"dr|doctor|prof|professor|matron|(?:charge|staff|student|research|specialist|district|practice|night) nurse|nurse|sn|ssn|consultant|"
    r"cons|reg|registrar|spr|sho|fy1|fy2|f1|f2|physio|physiotherapist|ot|slt|dietitian|pharmacist|porter|hca|hcsw|student|gp|anp|acp|odp|surgeon|"
    r"anaesthetist|anaes|midwife|secretary|manager|cns|radiographer|trainee|starter|colleague|locum|coordinator|co-ordinator|(?:ward|night|new|our|clinic|the) clerk|receptionist|"
    r"agency(?: (?:nurse|hca|midwife|girl|lad))?|bank (?:nurse|hca)|pc|constable|sergeant|sgt|police officer|social worker|duty worker|undertaker|"
    r"fellow|intensivist|paramedic|(?:key|support|case|care|family|youth|outreach|duty|allocated|link)?[ \-]?worker|care coordinator|hv|health visitor|cpn|chaplain|interpreter|domestic|technician|rep|under|named nurse|on call|oncall|bleep holder|site manager|bed manager|"
    r"sonographer|phleb(?:otomist)?|solicitor|coroner'?s officer|amhp|imca|imha|podiatrist|orthotist|optometrist|dentist|psychologist|psychiatrist|"
    r"radiologist|microbiologist|haematologist|cardiologist|neurologist|oncologist|paediatrician|obstetrician|geriatrician|play specialist|"
    r"scrub|circulating"
)
_ROOMS_OF_WORK = (
    r"stores|estates|payroll|procurement|pharmacy|dispensary|infection control|ipc|governance|switch(?:board)?|labs?|path(?:ology)?|micro(?:biology)?|"
    r"biochem(?:istry)?|blood bank|transfusion|bed bureau|linen|hr|comms|finance|portering|hssd|mortuary|bereavement|(?:medical )?records|coding|"
    r"catering|laundry|it"
)
_PLACE_AFTER = (
    r"ward|suite|unit|wing|centre|center|hospital|infirmary|hospice|house|road|rd|street|st|avenue|lane|close|court|drive|terrace|crescent|room|"
    r"building|block|theatre|clinic|surgery|practice|school|park|lodge|hall|day unit|medical|pharmacy|church|university|college|station|depot|"
    r"airport|bridge|corridor|gate|entrance|canteen|lecture|trust|nhs"
)
_EPONYM_AFTER = (
    r"fractures?|#|scores?|criteria|signs?|disease|syndrome|splints?|classification|tests?|scales?|stain|rings?|tubes?|lines?|catheters?|drains?|"
    r"bags?|dressings?|frames?|charts?|types?|grades?|stage|index|manoeuvre|maneuver|procedure|operation|forceps|clamps?|retractors?|screws?|nails?|"
    r"plates?|wires?|pins?|hip|knee|palsy|phenomenon|reflex|contracture|lymphoma|sarcoma|tumou?r|oedema|oesophagus|ulcers?|nodes?|pouch|hernia|"
    r"dementia|bodies|body|thyroiditis|arteritis|purpura|solution|mask|monitor|pump|needle|block|view|position|gel|cream|insulin|trial|study|"
    r"protocol|law|rules?|equation|formula|ratio|collar|cast|boot|bandage|stockings?|mattress|bed|chair|hoist|cup|kit|tray|tap|valve|stent|graft"
)
_IDENTIFIER = (
    r"(?:nhs|chi|mrn|dob|d\.o\.b|h ?[&+] ?c|hosp)\b|[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}|[0-9]{6}[ \-]?[0-9]{4}|[a-z]{1,2} ?[0-9]{6,7}\b|"
    r"[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2}|0[0-9]{4} ?[0-9]{3}|\+44"
)
_AGE = r"(?:aged?|age:)\s?[0-9]{1,3}|[0-9]{1,3}\s?(?:m|f|yo|y/?o|yrs?|years?|y|mo|months?|/12|wks?|weeks?|days?|y[0-9]{1,2}m)\b|d[0-9]{1,2}\b"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_BODY = (
    r"wounds?|dressings?|legs?|toes?|heels?|foot|feet|sacrum|hip|skin|ulcers?|catheter|driver|pump|line|peg|stoma|bag|insulins?|jags?|"
    r"bloods?|obs|bp|sugars?|bms?|sats|meds|tablets|eye ?drops?|pain|swab|urine|records?|stockings|bandages|mattress|pads|key ?safe|"
    r"scan|biopsy|op|discharge|package|carers?|house|home|flat|funeral|family|notes|chest|breathing|swallow"
)
_BARE_NUMBER = r"(?:1[01][0-9]|[1-9][0-9]?)(?=\s*(?:[,;)\]]|$|\s[a-z]))(?!\s?(?:mg|ml|mcg|g|units?|am|pm|min|hrs?|days?|weeks?|x)\b)"


@dataclass(frozen=True, slots=True)
class Cue:
    name: str
    patient: float
    relative: float
    staff: float
    pattern: str


def _before(name: str, patient: float, relative: float, staff: float, pattern: str) -> Cue:
    return Cue(name, patient, relative, staff, rf"(?:{pattern})$")


def _after(name: str, patient: float, relative: float, staff: float, pattern: str) -> Cue:
    return Cue(name, patient, relative, staff, pattern)


BEFORE: Final = (
    _before(
        "called",
        4.0,
        0,
        0,
        r"\b(?:first name|forename|surname|middle name|last name|full name|pt name|patient name|known as|aka|goes by|answers to|likes to be called|prefers to be called|maiden name)\W{1,3}(?:(?:is|was|of|now)\s)?",
    ),
    _before(
        "called",
        1.6,
        0,
        0,
        r"\b(?:she's|he's|she is|he is|name is|name's|called|named|his name's|her name's|name)\W{0,2}\s",
    ),
    _before("article", -2.5, -1.0, -1.0, r"\b(?:the|this|that|our|no)\s"),
    _before(
        "bed",
        3.0,
        0,
        0,
        r"\b(?:bed|bay|side ?room|sr|cubicle|cube|chair|trolley|minors|majors|resus|slot|b|room|w)\s?-?[0-9]{1,3}[a-f]?(?: bed [0-9]{1,2})?\s{0,2}[:=,\-(.]?\s{0,2}(?:(?:is|for|has|got|and)\s)?",
    ),
    _before("bed", 2.0, 0, 0, r"(?:^|[\s,;])[0-9]{1,2}[a-f]\s{0,2}[:=\-]\s{0,2}"),
    _before("list", 1.8, 0, 0, r"(?:^|\n)\s*(?:[0-9]{1,2}[.):]?|•|[\-*>])\s{1,2}"),
    _before("list", 1.1, 0, 0, r"(?:^|\s)[1-9][0-9]?\s"),
    _before(
        "to their door",
        1.0,
        1.0,
        0,
        r"\b(?:at|outside|from|past|passing|by|into|in to|(?:out|round|over|back|up|along|down) (?:to|at)|going to|got to|go to|leaving|(?:staying|living|stays|lives) (?:at|with)|door at|in at)\s",
    ),
    _before("a place", -2.5, -2.0, -2.0, r"\b(?:room|suite|ward|theatre|hall|unit)\s"),
    _before("list", 1.0, 0, 0, r"(?:^|[\s:])[0-9]{1,2}[.)]\s?"),
    _before(
        "patient word",
        3.0,
        0,
        0,
        r"\b(?:pts?|patients?|lady|ladies|gentleman|gent|man|woman|chap|fella|boy|lad|lass|girl|teenager|child|baby|infant|toddler|resident|client|namesake|the late|old|poor|little|wee|dear|bless|lovely)\s(?:called |named |is |= ?|,|: ?)?",
    ),
    _before(
        "about",
        1.0,
        0,
        0,
        r"\b(?:re|regarding|about|ref|on behalf of|saw|seen|reviewed|reviewing|review|admit|admitted|admitting|discharge|discharged|discharging|chase|refer|referring|referred|refer to|visits? to|visit|popp?(?:ed|ing)? in(?:to| to)|(?:nip|drop|call)(?:p?ing|p?ed)? in (?:to|on)|see|visiting|consent|consented|scan|bleed|bled|cannulate|catheterise|wristband (?:on|for)|(?:obs|bloods|results?|meds|ttos?|chi|number|form|forms|letter|referral|insulin|notes|echo|ct|mri|scan|angio|consent|aspirate|x-?ray|dressing|driver|catheter|transport|bed|update|plan|op|list|gp summary|epma|summary|nok|family|images|cast)\s(?:for|on|of|re|from)|number (?:on|for)|discuss|clerk|clerked|clerking|nurse|nursing|specialling|turning|moved|transfer|transferred|take|for|on|of)(?: the)?\s",
    ),
    _before(
        "relation",
        -0.5,
        3.2,
        -0.5,
        rf"(?:^|[^a-z'])(?:{RELATION})(?:'s)?(?:\s{{0,2}}[:(=,\-]\s{{0,2}}|\s(?:of\s)?)(?:(?:is|was|called|named|now|name|mrs|mr|ms|miss)\b\s?){{0,2}}\(?",
    ),
    _before(
        "baby of",
        0.5,
        2.5,
        0,
        r"\b(?:baby|child|son|daughter|mother|mum|dad|wife|husband)\s(?:of|to)\s\"?|\bb/o\s(?:of\s)?",
    ),
    _before(
        "staff role",
        -1.0,
        -0.5,
        3.0,
        rf"(?:^|[^a-z'])(?:{_STAFF_ROLE})(?:\s{{0,2}}[:(=,\-]\s{{0,2}}|\s)(?:(?:this week|today|tonight|tomorrow|on call)\s)?(?:(?:is|was|called)\s)?",
    ),
    _before(
        "staff role",
        -1.0,
        -0.5,
        3.0,
        rf"(?:^|[^a-z'])(?:{_STAFF_ROLE})s?\s(?:on|for|from|in|at|this|of the)\s[^.,:;?!\n]{{1,24}}\s(?:is|was)\s(?:(?:called|a)\s)?",
    ),
    _before("staff role", -1.0, -0.5, 3.0, r"\b(?:bleep(?:ed|ing)?|as per|countersigned by)\s"),
    _before("staff role", -1.0, -0.5, 6.0, r"\b(?:agency|bank)\s[^.?!\n]{0,32}(?:\b(?:called|named)|,)\s"),
    _before(
        "greeting",
        -1.0,
        -1.0,
        3.0,
        r"(?:^|[\s(,.!?])(?:thanks?(?: so much| again)?|thank (?:you|u)|thankyou|ta|cheers|tx|thx|hi|hiya|hello|hey|welcome(?: back)?|well done|congrat(?:s|ulations)|happy birthday|nice one|oi|ask for|love you)[,!]?\s|(?:^|[.!?]\s)(?:dear|sorry|(?:good )?(?:morning|afternoon|evening|night)|bye|bless you|aye|yes|no|ok|okay|agreed|agree with|right)[,!]?\s",
    ),
    _before(
        "asked",
        0,
        0,
        1.3,
        r"\b(?:ask(?:ing)?(?: for)?|tell|bleep|text|message|email|cc|with|via|copy|over to|hand(?:ing|ed)? over to|handover (?:from|to|with)|swap(?:ped|ping)?(?: shifts?)?(?: with)?|cover(?:ed|ing)?(?: by| for)?|me and|me,|me \+|and me|says|said|according to|by|joke|rota|shift|shadowing|countersigned by|signed by|from)\s",
    ),
    _before(
        "ask about",
        0.8,
        0.5,
        0,
        r"\b(?:rang|phoned|called|ring|phone|call|spoke to|speak to|spoken to|speaking to|met|chat to|chatted to|told|contact)\s",
    ),
)

AFTER: Final = (
    _after("age", 3.5, 0, -0.5, rf"^\s?[,(\-|\s]{{0,3}}(?:{_AGE})"),
    _after("number", 1.5, 0, -0.3, rf"^(?:,\s?|\s|\s?\()(?:{_BARE_NUMBER})"),
    _after("identifier", 3.6, 0.5, -0.5, rf"^[\s,(:;|?/\-\[]{{0,5}}(?:{_IDENTIFIER})"),
    _after(
        "born",
        3.6,
        0.5,
        -0.5,
        rf"^\W{{1,3}}(?:born |b\.? )?[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)?[ \-]?{_MONTH}[a-z]{{0,6}}[ ,\-]{{1,2}}(?:19|20)?[0-9]{{2}}\b",
    ),
    _after("extension", -1.0, -0.5, 3.5, r"^\s(?:on |ext\.? ?|x)?[0-9]{5}(?![0-9]|\s?[0-9]|[./\-])"),
    _after(
        "their phone",
        2.0,
        2.0,
        0,
        r"^[\s,:(\-]{1,4}(?:(?:on|at|is|tel|mob|phone|re)[\s:]){0,2}\(?(?:\+44|0[127])[0-9 ()]{2}",
    ),
    _after(
        "their body",
        3.5,
        -0.5,
        -0.5,
        rf"^['’]s\s(?:(?:left|right|l|r|new|old|leg|foot|line|iv|syringe|bp)\s){{0,2}}(?:{_BODY})\b",
    ),
    _after(
        "theirs",
        1.0,
        1.0,
        0,
        r"^['’]s(?=\s*(?:[.,?!;)\n]|$|(?:till|until|for|since|is|was|to|and|with|now|today|this|again|yet|but|at|on|just|tonight|tomorrow)\b))",
    ),
    _after(
        "bed",
        2.5,
        0,
        -0.5,
        r"^\W{0,3}(?:is |now |back |still )?(?:\(|in |on |from |to |@ ?)?(?:bed|bay|b|side ?room|sr|room|cubicle|resus|minors|majors)\s?[0-9]",
    ),
    _after(
        "in bed",
        2.0,
        0,
        0,
        r"^\s(?:in|on|@)\s(?:[0-9]{1,3}\b|bay|bed|side|ward|w[0-9]|resus|minors|majors|recovery|the (?:side|corridor)|cdu|amu|ccu|icu|hdu|itu)",
    ),
    _after(
        "relation",
        2.5,
        -0.5,
        -0.3,
        rf"^'?s?\s(?:(?:eldest|youngest|ex|late|elder|older|younger|poor|lovely)\s)?(?:{RELATION})s?\b",
    ),
    _after("family", 3.5, 0, -0.5, r"^\s(?:family|relatives|twins|brothers|sisters|clan)\b"),
    _after(
        "is relation",
        -0.5,
        2.5,
        -0.5,
        rf"^\s?[,(\-]\s?(?:(?:his|her|their|the|is|pt's|mrs|mr)\s)?(?:{RELATION})\b(?!\s[^\W\d_][\w'\-]+[\s,:(]{{1,2}}[0+]\d)",
    ),
    _after(
        "kin of",
        -0.5,
        4.5,
        -0.5,
        rf"^\s?[,(\-]\s?(?:(?:mrs|mr|miss|ms)\s)?(?:[^\W\d_]['\w\-]{{0,20}},?\s){{0,2}}[^\W\d_][\w\-]{{0,20}}['’]s\s(?:{RELATION})\b",
    ),
    _after(
        "state",
        1.0,
        0.2,
        -0.2,
        r"^(?:'s)?(?: is| was| has| had|'s| are)?\s(?:(?:just|now|still|also|again|really|not|no)\s)*(?:needs?|needing|refus\w+|wants?|went|going home|going to|back (?:from|in|to)|done|home|bloods?|catheter|wound|meds|obs|cts?|mri|scan|ctpa|echo|needing|settled|passed|slipped away|died|fell|vomit\w*|unwell|poorly|pain\w*|sore|confused|drowsy|agitated|discharged|admitted|transferred|moved|listed|for (?:theatre|discharge|home|mri|ct|echo|scan|angio|surgery|bloods|tto|physio|review)|keeps|complain\w*|says|said|asking|asked|eating|drinking|mobilis\w+|apyrexial|pyrexial|stable|deteriorat\w+|desat\w*|sats|bp|temp|news|k\+?\s?[0-9]|hb|crp|inr|troponin|trop|insulin|insulins|aspirate|form|clexane|driver|dressing|leg|heel|hip|chi|nhs|dob|number|still|hypo|lives|living|not in|no answer|blocked|off legs|nbm|npo|ready|awake|asleep|post op|intubated|palliative|rang|due|mum|dad|'?s\s(?:bloods|meds|obs))\b",
    ),
    _after(
        "clinical state",
        2.0,
        0,
        -0.5,
        r"^(?:'s)?(?:(?:\s(?:is|was|has|been|now|still|all)){0,3}\s(?:nbm|nil by mouth|post[ -]op|intubated|vomit\w*|spik(?:ed|ing)|febrile|a?pyrexial|"
        r"desat\w*|hypo|on (?:cpap|oxygen)|confused|agitated|drowsy|unwell)\b|\s(?:is|was|has been|being)\s(?:discharged|admitted|transferred|clerked|"
        r"cannulated|catheterised)\b|(?:\s(?:is|was|now|still|ready|booked|listed|due|prepped|consented)){0,3}\s(?:for|to go to)\s(?:theatre|discharge|home|mri|ct|"
        r"echo|scan|angio|surgery|ttos?|physio|endoscopy|x-?ray)\b|\s(?:obs|bloods|ttos?|sats|bp|temp|hb|crp|inr|bms?|abg)\b)",
    ),
    _after("clinical dash", 2.0, 0, -0.5, r"^\s{0,2}(?:[\-=:>]|->)\s{0,2}(?!\s*<?@)[a-z0-9?]"),
    _after(
        "addressed",
        -1.0,
        -0.8,
        2.5,
        r"^\s?,?\s(?:(?:pls|please|plz)?\s?(?:can|could|would|will|do|have|are|did|any chance|if)\s(?:you|u|ya|ye|we|one)\b|you\b|ur\b|x\b|xx\b)",
    ),
    _after(
        "staff role",
        -1.0,
        -1.0,
        3.0,
        r"^,?\s(?:[a-z]+\s)?from (?:the )?(?:nurse )?(?:bank|agency|nhsp|council|ambulance|pharmacy|labs?|stores|estates|it|switch(?:board)?|portering|social services|housing|police|theatres?|radiology|physio|micro)\b",
    ),
    _after(
        "staff role", -1.0, -1.0, 3.0, rf"^,?\s(?:(?:down|over|up)\s)?(?:in|from)\s(?:{_ROOMS_OF_WORK})\b"
    ),
    _after(
        "staff role", -1.0, -1.0, 3.0, rf"^,?\s(?:the|our|your|my)\s(?:[a-z]+\s){{0,2}}(?:{_STAFF_ROLE})\b"
    ),
    _after("staff role", -1.0, -1.0, 3.0, r"^,?\s(?:at|from)\sthe\s(?:council|trust|agency|bank)\b"),
    _after(
        "staff role",
        -1.0,
        -0.5,
        3.0,
        r"^(?:'s|\sis|\swas|\sare)?\s(?:nic|in charge|co-?ordinating|scrubb(?:ed|ing)|covering|on ?call)\b",
    ),
    _after("please", -0.3, -0.2, 1.0, r"^\s?,?\s(?:pls|please|plz)\b"),
    _after(
        "thanks",
        -1.0,
        -1.0,
        2.5,
        r"^[!,]?\s?(?:[.!]|x{1,3}\b|thanks|thank you|cheers|ta\b)?$(?<=[x!])|^\s(?:thanks|thank you|cheers|ta)\b",
    ),
    _after(
        "duty",
        -0.8,
        -0.5,
        2.5,
        r"^(?:'s)?\s(?:is |are |was |will be |has )?(?:on (?:call|leave|nights|days|holiday|lates|earlies|long day|a long day|annual|mat|the rota|bleep|shift|break|lunch|a break|till|until)|off (?:sick|today|tomorrow|next|work|on)|a/l|covering|cover|in charge|coordinating|co-ordinating|the (?:reg|sho|new|nurse|coordinator|consultant|cons|doctor|f[12]|fy[12]|pharmacist|physio|ot)|shift|rota|bleep|ext|clinic|ward round|leave|nights?|annual leave|handing over|scrubbed|taking|doing|bay [a-d]\b|side rooms?|triage|majors and|operating|teaching|wants them by|signing|countersign\w*|can (?:do|take|cover|review)|will (?:do|take|cover|review|see)|reviewed|prescribed|countersigned|lot\b)",
    ),
    _after(
        "list of staff",
        0,
        0,
        1.5,
        r"^\s(?:bay|side|majors|minors|resus|triage|kennoway|north|south|east|west|front|back|upstairs|downstairs|theatre)\b(?!\s?[0-9])",
    ),
    _after("eponym", -4.0, -2.0, -1.5, rf"^(?:'s|s'|')?[\s\-](?:{_EPONYM_AFTER})(?![\w'])"),
    _after("place", -4.0, -2.0, -2.0, rf"^(?:'s|s')?[\s\-](?:{_PLACE_AFTER})(?![\w'])"),
    _after(
        "their secretary",
        -1.0,
        -1.0,
        5.0,
        r"^'?s\s(?:secretary|registrar|reg|sho|firm|fellow|ward round|theatre list)\b",
    ),
    _after("their list", -1.0, -1.0, 5.0, r"^'?s?\s(?:clinic|list|team|pa|rota|shift|bleep)\b"),
    _after("grade", -2.0, -1.0, 0, r"^\s(?:i{1,3}|iv|v|[1-5])(?:[ab])?(?=[\s,.;)/]|$)"),
)


_AFTER_PATTERNS: Final = tuple(re.compile(c.pattern) for c in AFTER)
_ANY_AFTER: Final = re.compile("|".join(f"(?:{cue.pattern})" for cue in AFTER))
_ROOM: Final = re2.Options()
_ROOM.max_mem = 1 << 25  # with the default its states do not fit
_BEFORE_SET: Final = re2.Set.SearchSet(_ROOM)
"""One automaton: a search for each cue that ends at the name would read the words before it anew."""
for _cue in BEFORE:
    _BEFORE_SET.Add(_cue.pattern)
_BEFORE_SET.Compile()
_LOOKS: Final = regex.compile(r"\(\?<?[=!](?P<inner>[^()\[\]\\]|\\.|\[(?:[^\]\\]|\\.)*\]|\((?&inner)*\))*\)")
_AFTER_SET: Final = re2.Set.MatchSet(_ROOM)
"""Asked first: behind most names stands no cue. RE2 does not look around; what is left finds no less."""
for _cue in AFTER:
    _AFTER_SET.Add(_LOOKS.sub("", _cue.pattern))
_AFTER_SET.Compile()
_THINGS: Final = frozenset({"eponym", "place", "a place", "grade", "article"})
_AT_HOME: Final = frozenset({"to their door", "theirs"})
"""Only together: "outside Gregory's", but not "at Weem" nor "Horner's"."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The cues round one name, added up."""

    names: tuple[str, ...]
    patient: float
    relative: float
    staff: float
    thing: float = 0.0
    """How much speaks against anybody's being named at all: zero or less."""


_NOTHING: Final = Heard((), 0, 0, 0)


def hear(view: View, start: int, end: int, *, may_be_a_thing: bool) -> Heard:
    """What stands right before and after `start:end` on the same line.

    `may_be_a_thing`: one word alone may be a splint's or a ward's name; "Mrs Garden" is neither.
    """
    before = view.lower[max(0, start - 44) : start]
    line = before[max(0, before.rfind("\n")) :]
    after = view.lower[end : end + 48].partition("\n")[0]
    heard = [BEFORE[i] for i in sorted(_BEFORE_SET.Match(line) or ())] + _behind(after)
    if len(_AT_HOME.intersection([c.name for c in heard])) < len(_AT_HOME):
        heard = [c for c in heard if c.name not in _AT_HOME]
    if not heard:
        return _NOTHING
    of_thing = [c for c in heard if c.name in _THINGS]
    heard = [c for c in heard if c.name not in _THINGS]
    if any(c.name == "family" for c in heard):
        of_thing = [c for c in of_thing if c.name != "article"]  # "the Agnew family"
    if any(c.name == "patient word" for c in heard):
        of_thing = [c for c in of_thing if c.name != "eponym"]  # "wee Amelia's line"
    of_thing = of_thing if may_be_a_thing else []
    return Heard(
        tuple(dict.fromkeys(c.name for c in (*heard, *of_thing))),
        sum(c.patient for c in heard),
        sum(c.relative for c in heard),
        sum(c.staff for c in heard),
        sum(c.patient for c in of_thing),
    )


def _behind(after: str) -> list[Cue]:
    if after.isascii() and after.isprintable():
        near = sorted(_AFTER_SET.Match(after) or ())
    else:  # RE2 knows ASCII's letters and spaces only
        near = list(range(len(AFTER))) if _ANY_AFTER.match(after) else []
    return [AFTER[i] for i in near if _AFTER_PATTERNS[i].match(after)]
