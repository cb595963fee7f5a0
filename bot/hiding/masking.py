"""Turn a verdict into edits: which words stand in the place of each identifier."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.vault.labels import Labels, Name
from connectors.interface import Channel, Edit, Message, TextPart
from detectors import placeholders
from detectors.interface import Finding, Kind
from detectors.redaction import Replacement, redact

_NOUN = {Kind.PATIENT_NAME: "Patient", Kind.RELATIVE_NAME: "Relative"}
_SAID_BEFORE = {
    Kind.NHS_NUMBER: r"nhs(?:\s*(?:number|num|no|#))?", Kind.CHI: r"chi(?:\s*(?:number|no))?",
    Kind.HC_NUMBER: r"h\s*&(?:amp;)?\s*c(?:\s*(?:number|no))?", Kind.DOB: r"(?:d\.?o\.?b|born|birth)",
    Kind.MRN: r"(?:mrn|hosp\w*(?:\s*(?:number|num|no))?|unit(?:\s*(?:number|no))?)", Kind.NINO: r"(?:nino|ni)",
    Kind.PHONE: r"(?:tel\w*|phone|mob\w*|ring|call)(?:\s*(?:number|no))?", Kind.POSTCODE: r"post\s*code",
    Kind.ADDRESS: r"(?:address|lives at|addr)", Kind.EMAIL: r"e-?mail",
}  # fmt: skip
_BEFORE = {k: re.compile(rf"\b{p}[\s.:=*_#-]*\Z", re.IGNORECASE) for k, p in _SAID_BEFORE.items()}


@dataclass(frozen=True)
class Masked:
    """The edits to make, and the text of each part as it will read."""

    edits: tuple[Edit, ...] = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)


async def mask(message: Message, found: Mapping[str, Sequence[Finding]], labels: Labels) -> Masked:
    """Edits for the findings to be hidden, by part location. Names get a label that is stable in the
    conversation; a number whose label stands before it ("NHS 943…") becomes `[hidden]`."""
    parts = {p.location: p for p in message.parts}
    wanted = [(parts[loc], f) for loc, fs in found.items() if loc in parts for f in fs]
    names = [_name(part, f) for part, f in wanted if f.kind in _NOUN]
    given = iter(await labels.of(scope_of(message.ref.channel), names))
    by = [(part, f, f"[{next(given)}]" if f.kind in _NOUN else _instead(part, f)) for part, f in wanted]
    texts, edits = {}, []
    for location, part in parts.items():
        mine = [Replacement(f.span, words) for p, f, words in by if p.location == location]
        texts[location] = redact(part.text, mine).text if mine else part.text
        edits += [Edit(location, r.span.start, r.span.end, r.by) for r in mine]
    return Masked(tuple(edits), texts)


def placeholder(text: str, finding: Finding) -> str:
    """What stands for a number or contact: `[CHI hidden]`, or `[hidden]` where the text says "CHI" before it."""
    before = _BEFORE.get(finding.kind)
    if before and before.search(text, 0, finding.span.start):
        return "[hidden]"
    return placeholders.placeholder(finding.kind)


def _instead(part: TextPart, finding: Finding) -> str:
    """Everybody sees that a file's name is one: "bloods [hidden].pdf"."""
    bare = finding.kind is Kind.FILENAME_ID and part.surface == "file_name"
    return placeholders.HIDDEN if bare else placeholder(part.text, finding)


def scope_of(channel: Channel) -> str:
    """Where a label means one patient: the conversation with all its threads."""
    return f"{channel.platform}/{channel.tenant}/{channel.id}"


def _name(part: TextPart, finding: Finding) -> Name:
    return Name(part.text[finding.span.start : finding.span.end], _NOUN[finding.kind])
