"""E-mail addresses, written or spoken; those of staff and NHS organisations are spared."""

import re
from collections.abc import Iterator

from detectors.interface import Context, Finding, Kind
from detectors.names.roster import Known, known
from detectors.names.words import fold
from detectors.normalise import View
from detectors.owners import SENTENCE_ENDS, owner_before
from detectors.rule import Rule

NAME = "email"
_WRITTEN = re.compile(
    r"(?i)(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+'\-]{0,63} ?@ ?[a-z0-9][a-z0-9\-]{0,62}(?:\.[a-z0-9\-]{1,62}){1,5}(?<![.\-])"
)
_SPOKEN = re.compile(
    r"(?i)(?<![\w'])(?:[a-z] ){0,2}[a-z0-9][a-z0-9._\-]{0,40}(?: (?:dot|underscore|dash|hyphen) [a-z0-9]{1,30}){0,3} ?(?:\(at\)|\[at\]|\bat\b) ?"
    r"[a-z0-9\-]{2,30}(?: ?(?:\(dot\)|\[dot\]|\bdot\b|\.) ?[a-z]{2,12}){1,3}\b"
)
_SPOKEN_DOT = re.compile(r"(?i)\bdot\b|\(dot\)|\[dot\]|(?:\(at\)|\[at\]) ?[a-z0-9\-]{2,30}\.")
_ORGANISATION = re.compile(
    r"(?i)(?:^|[.\-])(?:nhs|hscni|nhslothian|gov|police|mod|parliament)(?:[.\-]|$)|nhs\.(?:net|uk|scot|wales)$"
)
_ROLE = re.compile(
    r"(?i)^(?:[a-z0-9]+[._\-])*(?:hub|teams?|referrals?|admin|office|secretar\w*|bookings?|ward\w*|rota|clinic\w*|reception|enquiries|info|"
    r"desk|reps?|payroll|bank|no-?reply|help-?desk|duty|service\w*|support|pals|governance|pharmacy|results|labs?|discharge\w*|appointments?|safeguarding)(?:[._\-][a-z0-9]+)*$"
)
# Where people work; private mailboxes come from providers, or bear their owner's name
_PLACE_OF_WORK = re.compile(
    r"(?i)health|hospital|hosp\b|ward|school|college|university|\.ac\.|law|solicitor|council|hospice|surger|clinic|trust|medic|pharm|physio|"
    r"dental|ambulance|commun|care|nhs|\bendo\b|lists?\b|police|court|housing|laborator"
)
_PRIVATE = re.compile(
    r"(?:^|[a-z\-])(?:e?mail|mailbox|mailbarn|post|postbox|inbox|homebox|broadband|live|online)\.|^(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|me|aol|btinternet|sky|talktalk|proton)\."
)
_MINE = re.compile(r"(?i)\b(?:my|mine|i'm|i am|cc me)\b[^.\n]{0,16}$")
_RELATED = re.compile(
    r"(?i)\b(?:mum|mam|dad|wife|husband|son|daughter|brother|sister|father|mother|partner)\b"
)
_FROM = re.compile(r"(?i)(?:\bfrom:?|\bto:|\bcc:?|[<:]) ?$|\b(?:queries|referrals|forms?|slides|copy|cv)\b")
_NAME = re.compile(r"[A-Z][a-z]+(?:[-' ][A-Z][a-z]+)?")


def find(view: View, context: Context) -> Iterator[Finding]:
    for m in _WRITTEN.finditer(view.text):
        ours = _is_ours(view, context, m)
        yield _finding(view, m, 0.1 if ours else 0.9, "staff" if ours else "address")
    for m in _SPOKEN.finditer(view.text):
        if _SPOKEN_DOT.search(m.group()):
            yield _finding(view, m, 0.85, "spoken")


def _is_ours(view: View, context: Context, m: re.Match[str]) -> bool:
    """Whether an address is a colleague's or an organisation's: by the directory, by whose it is said to be, by its form."""
    staff = known(context.roster)
    address = m.group().replace(" ", "").lower()
    mailbox, _, domain = address.partition("@")
    if (
        address in staff.emails
        or domain in staff.domains
        or _ORGANISATION.search(domain)
        or _of_somebody(mailbox, staff)
    ):
        return True
    before = SENTENCE_ENDS.split(view.text[max(0, m.start() - 80) : m.start()])[-1]
    owner = owner_before(before, staff) if any(map(str.isalpha, before)) else ""
    role = _ROLE.match(mailbox) and view.text.strip() != m.group() and not _named_after(view, domain)
    if _PRIVATE.search(domain) or re.search(r"[0-9]{2}", mailbox):
        return _MINE.search(before) is not None
    if owner:
        return owner == "staff"
    sent = _FROM.search(before) and not _RELATED.search(view.text)
    return bool(_PLACE_OF_WORK.search(domain) or role or sent)


def _of_somebody(mailbox: str, staff: Known) -> bool:
    """Whether a mailbox bears the whole name of somebody on the roster: "lydia.buchanan"."""
    parts = [fold(w) for w in re.split(r"[._\-]", mailbox) if w]
    return len(parts) > 1 and f"{parts[0]} {parts[-1]}" in staff.full


def _named_after(view: View, domain: str) -> bool:
    """Whether a domain is somebody's own: "Sir Geoffrey Hallam-Pyke, via office@hallampyke.example"."""
    label = domain.partition(".")[0].replace("-", "")
    return any(label == re.sub(r"[-' ]", "", m.group()).lower() for m in _NAME.finditer(view.text))


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
