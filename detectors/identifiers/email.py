"""E-mail addresses, written or spoken; those of staff and NHS organisations are spared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.interface import Context, Finding, Kind
from detectors.names.roster import Known, known
from detectors.normalise import View
from detectors.owners import KIN, Owner, at_work, is_colleague, owner_before, quoted_kin, sentence_before
from detectors.rule import Rule

NAME = "email"
_WRITTEN = re.compile(
    r"(?i)(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+'\-]{0,63} ?@ ?[a-z0-9][a-z0-9\-]{0,62}(?:\.[a-z0-9\-]{1,62}){0,4}\.(?:xn--[a-z0-9\-]{1,59}|[a-z]{2,24})(?![a-z0-9])"
)
_DIGITS = (
    r"(?: (?:[0-9]{1,4}|(?:double )?(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty))"
)
_SPOKEN = re.compile(
    r"(?i)(?<![\w'])(?:[a-z] ){0,2}[a-z0-9][a-z0-9._\-]{0,40}(?: (?:dot|underscore|dash|hyphen) [a-z0-9]{1,30}){0,3}"
    + _DIGITS
    + r"{0,4} ?(?:\(at\)|\[at\]|\bat\b) ?"
    r"[a-z0-9\-]{2,30}(?: ?(?:\(dot\)|\[dot\]|\bdot\b|\.) ?[a-z]{2,12}){1,3}\b"
)
_SPOKEN_DOT = re.compile(r"(?i)\bdot\b|\(dot\)|\[dot\]|(?:\(at\)|\[at\]) ?[a-z0-9\-]{2,30}\.")
_ORGANISATION = re.compile(
    r"(?i)(?:^|[.\-])(?:nhs|hscni|nhslothian|gov|police|mod|parliament)(?:[.\-]|$)|nhs\.(?:net|uk|scot|wales)$"
)
_ROLE = re.compile(
    r"(?i)^(?:[a-z0-9]+[._\-])*(?:hub|teams?|referrals?|admin|office|secretar\w*|bookings?|ward\w*|rota|clinic\w*|reception|enquiries|info|"
    r"desk|help|feedback|comms|communications|queries|orders?|training|education|library|shift\w*|on-?call|handover\w*|alerts?|inbox|lead|managers?|directorate|reps?|payroll|bank|no-?reply|help-?desk|duty|service\w*|support|co-?ordinators?|navigators?|nurses?|specialists?|doctors?|registrars?|physios?|therap\w*|dietetics|records|coding|theatres?|screening|research|trials|pathways?|mdt|imaging|radiology|transport|estates|hr|finance|it|surgery|practice|pals|governance|pharmacy|results|labs?|discharge\w*|appointments?|safeguarding)(?:[._\-][a-z0-9]+)*$"
)
# Where people work; private mailboxes come from providers, or bear their owner's name
_PLACE_OF_WORK = re.compile(
    r"(?i)health|hospital|hosp\b|ward|school|college|university|\.ac\.|law|solicitor|council|hospice|surger|clinic|trust|medic|pharm|physio|"
    r"dental|ambulance|commun|care|nhs|\bendo\b|lists?\b|police|court|housing|laborator"
)
_PRIVATE = re.compile(
    r"(?:^|[a-z\-])(?:e?mail|mailbox|mailbarn|post|postbox|inbox|homebox|broadband|live|online)\.|^(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|me|aol|btinternet|sky|talktalk|proton)\."
)
_OFFICE = re.compile(
    r"(?i)^(?:[a-z0-9]+[._\-])*(?:reception\w*|secretar\w*|ward\w*|referrals?|bookings?|prescriptions?|pharmacy|discharge\w*|rota|admin)(?:[._\-][a-z0-9]+)*$"
)
"""Mailboxes that nobody has at home, and few family firms."""
_NEAR = 30
"""Of the words before an address, those that may say whose it is: "NOK email: …"."""
_MINE = re.compile(r"(?i)\b(?:my|mine|i'm|i am|cc me)\b[^.\n]{0,16}$")
_FIRST_PERSON = re.compile(r"(?i)\b(?:my|mine|me|i'?m|i am)\b")
_RELATED = re.compile(
    r"(?i)\b(?:mum|mam|dad|wife|husband|husb|hubby|son|daughter|dtr|dau|brother|sister|father|mother|partner)\b"
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss) (?:[A-Z][\w'\-]* )?(?P<last>[A-Z][a-z'\-]+)")
_FROM = re.compile(r"(?i)(?:\bfrom:?|\bto:|\bcc:?|[<:]) ?$|\b(?:queries|referrals|forms?|slides|copy|cv)\b")
_NAME = re.compile(r"[A-Z][a-z]+(?:[-' ][A-Z][a-z]+)?")


@dataclass(frozen=True)
class _Message:
    """What a whole message tells of the addresses in it; found out once, however many they are."""

    text: str
    names: frozenset[str]
    of_kin: bool


def find(view: View, context: Context) -> Iterator[Finding]:
    written = list(_WRITTEN.finditer(view.text))
    message = _read(view.text) if written else None
    for m in written:
        ours = message is not None and _is_ours(message, context, m)
        yield _finding(view, m, 0.1 if ours else 0.9, "staff" if ours else "address")
    for m in _SPOKEN.finditer(view.text):
        if _SPOKEN_DOT.search(m.group()):
            yield _finding(view, m, 0.85, "spoken")


def _read(text: str) -> _Message:
    names = frozenset(re.sub(r"[-' ]", "", m.group()).lower() for m in _NAME.finditer(text))
    return _Message(text.strip(), names, bool(_RELATED.search(text)))


def _is_ours(message: _Message, context: Context, m: re.Match[str]) -> bool:
    """Whether an address is a colleague's or an organisation's: by the directory, by whose it is said to be, by its form."""
    staff = known(context.roster)
    address = m.group().replace(" ", "").lower()
    mailbox, _, domain = address.partition("@")
    if address in staff.emails or domain in staff.domains or _ORGANISATION.search(domain):
        return True
    before = sentence_before(m.string, m.start(), 80)
    if not context.roster.people and _FIRST_PERSON.search(before):
        return False  # nobody is known as a colleague: a patient may be speaking
    if _of_somebody(mailbox, staff):
        return True
    if _FIRST_PERSON.search(before) and quoted_kin(m.string[: m.start()]):
        return False
    if _OFFICE.match(mailbox) and not _PRIVATE.search(domain) and not KIN.search(before[-_NEAR:]):
        return True
    if _PRIVATE.search(domain) or re.search(r"[0-9]{2}", mailbox):
        return _MINE.search(before) is not None
    owner = _owner(before, mailbox, domain, staff)
    if owner:
        return owner == "staff"
    # Who writes an e-mail may be a patient; who is named as a sender in chat is somebody's office.
    sent = context.surface == "message" and _FROM.search(before) is not None and not message.of_kin
    return sent or _of_work(message, m, mailbox, domain)


def _owner(before: str, mailbox: str, domain: str, staff: Known) -> Owner:
    if not any(map(str.isalpha, before)):
        return ""
    owner, work = owner_before(before, staff), _PLACE_OF_WORK.search(domain) is not None
    if owner == "patient" and work and _signs(before, mailbox):
        return "staff"
    titled = _TITLED.search(before)
    theirs = titled is not None and titled["last"].lower() in re.split(r"[^a-z]+", mailbox.lower())
    return "patient" if theirs and not work and titled and not at_work(before[: titled.start()]) else owner


def _signs(before: str, mailbox: str) -> bool:
    """Whether nothing but the mailbox's own name stands before it: "P Dodds, p.dodds@heatonroadsurgery.example"."""
    words = [w for w in re.split(r"[^a-z]+", before.lower()) if w]
    return 0 < len(words) <= 3 and words[-1] in re.split(r"[^a-z]+", mailbox.lower())


def _of_work(message: _Message, m: re.Match[str], mailbox: str, domain: str) -> bool:
    """Whether its form is that of a workplace; "Sir Geoffrey Hallam-Pyke, via office@hallampyke.example" is his own."""
    own = domain.partition(".")[0].replace("-", "") in message.names
    role = _ROLE.match(mailbox) and not own and message.text != m.group()
    return bool(_PLACE_OF_WORK.search(domain) or role)


def _of_somebody(mailbox: str, staff: Known) -> bool:
    """Whether a mailbox bears the whole name of somebody on the roster: "lydia.buchanan"."""
    parts = [w for w in re.split(r"[._\-]", mailbox) if w]
    return len(parts) > 1 and is_colleague(parts[0], parts[-1], staff)


def _finding(view: View, m: re.Match[str], confidence: float, why: str) -> Finding:
    return Finding(Kind.EMAIL, view.span(m.start(), m.end()), confidence, NAME, (why,))


RULE = Rule(
    NAME,
    find,
    catches=(
        "imran84@mailbox.example",
        "<mailto:jo.b@postbox.example|jo.b@postbox.example>",
        "m.traba at gmail dot com",
        "Sir Geoffrey Hallam-Pyke, diary via office@hallampyke.example",
    ),
    spares=(
        "email medrota@airevalley.nhs.example",
        "referrals@hospice.example",
        "meet at two on the dot",
        "ceri.hopkin@merthyr-schools.example",
    ),
    triggers=(r"@ ?[a-z0-9]", r"\bdot\b", r"[\[(](?:at|dot)[\])]"),
)
