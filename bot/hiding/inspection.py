"""A message and what is known around it -> what was found in each of its texts, and the verdict."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.conversations.memory import Memory
from bot.conversations.rosters import Rosters
from bot.policy.presets import Policy, Preset
from bot.policy.rules import decide, risk
from bot.policy.verdict import Action, Audience, Ruled, Verdict
from connectors.interface import Channel, Message, TextPart
from detectors.identifiability import identifiability
from detectors.interface import Context, Finding, Kind, Span
from detectors.scan import scan

_LONG = 4000
"""Code points above which a text is scanned off the event loop."""

Found = Mapping[str, tuple[Finding, ...]]


@dataclass(frozen=True)
class Inspection:
    """Findings by the part's location, those in earlier messages, and what the policy makes of it."""

    found: Found
    earlier: tuple[Finding, ...]
    verdict: Verdict
    audience: Audience
    preset: Preset
    risk: int
    text: str = field(repr=False)
    """The main text, as the detectors will see it again in `Context.earlier`."""

    @property
    def here(self) -> tuple[Finding, ...]:
        """The findings in the main text."""
        return self.found.get("", ())

    def hidden(self) -> Found:
        """Only the findings whose text is to be replaced, by location."""
        kept = {id(r.finding) for r in self.verdict.hidden}
        by_part = {loc: tuple(f for f in fs if id(f) in kept) for loc, fs in self.found.items() if loc}
        return {loc: fs for loc, fs in by_part.items() if fs}

    def told(self) -> tuple[Kind, ...]:
        """The kinds that the sender is told of: those that were hidden, or that the warning is about."""
        acted = [r.finding.kind for r in self.verdict.ruled if r.action >= Action.WARN]
        return tuple(dict.fromkeys(acted)) or tuple(self.kinds())

    def kinds(self) -> dict[Kind, int]:
        """How many of each kind, the most in any one text (texts repeat one another); staff left out."""
        counts: dict[Kind, int] = {}
        for location, findings in self.found.items():
            here: dict[Kind, int] = {}
            for f in findings if location else ():
                here[f.kind] = here.get(f.kind, 0) + 1
            counts = {k: max(counts.get(k, 0), here.get(k, 0)) for k in {*counts, *here}}
        return {k: n for k, n in sorted(counts.items()) if k is not Kind.STAFF_NAME}


PresetOf = Callable[[Channel], Preset]


class Inspector:
    """Scans every text of a message in its context and asks the policy."""

    def __init__(
        self, *, policy: Callable[[], Policy], preset_of: PresetOf, rosters: Rosters, memory: Memory,
        hospital_numbers: Sequence[str] = (), spared: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self._policy = policy
        self._preset_of = preset_of
        self._rosters = rosters
        self._memory = memory
        self._hospital_numbers = tuple(hospital_numbers)
        self._spared = spared

    async def inspect(self, message: Message, audience: Audience) -> Inspection:
        """Pure but for the roster; nothing is stored or changed."""
        found = await self.find(message)
        earlier = tuple(f for f in found.get("", ()) if f.message)
        found = {loc: tuple(f for f in fs if not f.message) for loc, fs in found.items()}
        everything = tuple(f for loc, fs in found.items() if loc for f in fs)
        preset = self._preset_of(message.ref.channel)
        version = str(self._policy().version)
        label = identifiability(everything)
        verdict = decide(everything, label, audience, preset, version=version)
        return Inspection(
            found, earlier, verdict, audience, preset, risk(verdict, audience), main_text(message)
        )

    async def context(self, message: Message) -> Context:
        """What is known around a message before its text is read."""
        roster = await self._rosters.of(message.ref.channel)
        return Context(
            roster=roster, sender=roster.by_user.get(message.sender), earlier=self._memory.before(message),
            spoken_of=self._memory.spoken_of(message.ref.channel),
            hospital_numbers=self._hospital_numbers, spared=self._spared,
        )  # fmt: skip

    async def find(self, message: Message) -> Found:
        """Findings by location; under "" those of the main text, with what they show of earlier messages."""
        context = await self.context(message)
        found: dict[str, tuple[Finding, ...]] = {}
        known: dict[tuple[str, str, str], tuple[Finding, ...]] = {}
        main = main_part(message)
        for part in message.parts:
            key = (part.text, _markup(part), part.surface)
            if key not in known:
                known[key] = await _scan(part, replace(context, markup=part.markup, surface=part.surface))
            found[part.location] = known[key]
            if part is main:
                found[""] = known[key]
        return found


def main_part(message: Message) -> TextPart | None:
    """The part that stands for the message in a conversation: its `text`, else its first text."""
    texts = [p for p in message.parts if p.surface == "message" and p.text]
    return next((p for p in texts if p.location == "text"), texts[0] if texts else None)


def main_text(message: Message) -> str:
    part = main_part(message)
    return part.text if part else ""


def worth_recording(inspection: Inspection) -> bool:
    """Whether IG should see an event: something identifying or unsure, not an age or a staff name alone."""
    if inspection.verdict.action > Action.OBSERVE:
        return True
    quiet = (Kind.STAFF_NAME, Kind.AGE, Kind.INITIALS)
    return any(r.finding.kind not in quiet for r in inspection.verdict.ruled)


def as_rows(inspection: Inspection) -> list[dict[str, object]]:
    """The findings as the incident keeps them: never the text."""
    ruled = {id(r.finding): r for r in inspection.verdict.ruled}
    rows: dict[tuple[Kind, Span], dict[str, object]] = {}
    for location, findings in inspection.found.items():
        for f in findings if location else ():
            # Slack says the same words twice, as text and as blocks: the reviewer reads of it once.
            rows.setdefault((f.kind, f.span), _row(ruled[id(f)], location))
    return list(rows.values())


def _row(ruled: Ruled, location: str) -> dict[str, object]:
    f = ruled.finding
    return {
        "kind": str(f.kind), "start": f.span.start, "end": f.span.end, "confidence": round(f.confidence, 3),
        "evidence": list(f.evidence), "action": ruled.action.word, "location": location,
    }  # fmt: skip


def _markup(part: TextPart) -> str:
    """Text without any markup character reads the same as plain text: scan it once."""
    return part.markup if any(c in part.text for c in "<>&*_~`") else "plain"


async def _scan(part: TextPart, context: Context) -> tuple[Finding, ...]:
    if len(part.text) > _LONG:
        return await asyncio.to_thread(scan, part.text, context)
    return scan(part.text, context)
