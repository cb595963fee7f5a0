"""What the words round a name say about who it is: each cue with its weight in log-odds."""

from dataclasses import dataclass
from typing import Final

from detectors.names.cue_words import (
    AGE,
    BARE_NUMBER,
    BODY,
    EPONYM_AFTER,
    IDENTIFIER,
    MONTH,
    PLACE_AFTER,
    RELATION,
    ROOMS_OF_WORK,
    STAFF_ROLE,
)


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
        rf"(?:^|[^a-z'])(?:{STAFF_ROLE})(?:\s{{0,2}}[:(=,\-]\s{{0,2}}|\s)(?:(?:this week|today|tonight|tomorrow|on call)\s)?(?:(?:is|was|called)\s)?",
    ),
    _before(
        "staff role",
        -1.0,
        -0.5,
        3.0,
        rf"(?:^|[^a-z'])(?:{STAFF_ROLE})s?\s(?:on|for|from|in|at|this|of the)\s[^.,:;?!\n]{{1,24}}\s(?:is|was)\s(?:(?:called|a)\s)?",
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
    _after("age", 3.5, 0, -0.5, rf"^\s?[,(\-|\s]{{0,3}}(?:{AGE})"),
    _after("number", 1.5, 0, -0.3, rf"^(?:,\s?|\s|\s?\()(?:{BARE_NUMBER})"),
    _after("identifier", 3.6, 0.5, -0.5, rf"^[\s,(:;|?/\-\[]{{0,5}}(?:{IDENTIFIER})"),
    _after(
        "born",
        3.6,
        0.5,
        -0.5,
        rf"^\W{{1,3}}(?:born |b\.? )?[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)?[ \-]?{MONTH}[a-z]{{0,6}}[ ,\-]{{1,2}}(?:19|20)?[0-9]{{2}}\b",
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
        rf"^['’]s\s(?:(?:left|right|l|r|new|old|leg|foot|line|iv|syringe|bp)\s){{0,2}}(?:{BODY})\b",
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
    _after("staff role", -1.0, -1.0, 3.0, rf"^,?\s(?:(?:down|over|up)\s)?(?:in|from)\s(?:{ROOMS_OF_WORK})\b"),
    _after(
        "staff role", -1.0, -1.0, 3.0, rf"^,?\s(?:the|our|your|my)\s(?:[a-z]+\s){{0,2}}(?:{STAFF_ROLE})\b"
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
    _after("eponym", -4.0, -2.0, -1.5, rf"^(?:'s|s'|')?[\s\-](?:{EPONYM_AFTER})(?![\w'])"),
    _after("place", -4.0, -2.0, -2.0, rf"^(?:'s|s')?[\s\-](?:{PLACE_AFTER})(?![\w'])"),
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
