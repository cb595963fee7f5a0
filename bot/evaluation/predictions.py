"""Detection alone over marked conversations: each message scanned with what a reader had seen before it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.conversations.spoken import Spoken
from bot.evaluation.corpora import Conversation
from bot.evaluation.measures import Row
from bot.policy import load
from bot.policy.presets import Preset
from bot.policy.rules import decide
from bot.policy.verdict import Action, Audience, Verdict
from bot.settings.sections import Detectors
from detectors.identifiability import identifiability
from detectors.interface import Context, Earlier, Finding, Markup, Person, Roster
from detectors.scan import scan

_SHOWN: Final = 30
"""Earlier messages that a detector sees, as in the bot itself."""

_NOTHING: Final = Detectors()
_MARKUP: Final[dict[str, Markup]] = {"slack": "slack", "teams": "teams"}


@dataclass
class Prediction:
    """What would be hidden of one message once the whole conversation has been seen."""

    row: Row
    verdict: Verdict
    findings: list[tuple[Finding, Action]] = field(default_factory=list)

    def hidden(self) -> list[tuple[int, int]]:
        return [(f.span.start, f.span.end) for f, action in self.findings if action >= Action.REDACT]

    def counted(self) -> list[tuple[int, int]]:
        """What is hidden of the kinds that the corpus marks without exception."""
        kinds = self.row.counted
        return [
            (f.span.start, f.span.end)
            for f, action in self.findings
            if action >= Action.REDACT and (kinds is None or f.kind in kinds)
        ]

    def as_json(self) -> dict[str, Any]:
        spans = [
            {
                "start": f.span.start, "end": f.span.end, "type": str(f.kind),
                "confidence": f.confidence, "action": "redact" if action >= Action.REDACT else "keep",
            }
            for f, action in sorted(self.findings, key=lambda each: each[0].span)
        ]  # fmt: skip
        action = max((a for _, a in self.findings), default=self.verdict.action)
        return {
            "id": self.row.id,
            "action": max(action, self.verdict.action).word,
            "label": self._label(),
            "spans": spans,
        }

    def _label(self) -> str:
        return identifiability(f for f, _ in self.findings)


def replay(
    conversations: Sequence[Conversation], staff: Sequence[Person], particular: Detectors = _NOTHING
) -> tuple[list[Prediction], list[float]]:
    """Scan every message in order with what a reader had seen before it; also the milliseconds each took."""
    policy = load.default()
    preset = policy.presets[policy.default_preset]
    predictions: list[Prediction] = []
    took: list[float] = []
    known = Context(hospital_numbers=particular.hospital_numbers, spared=particular.spared())
    for conversation in conversations:
        predictions += _conversation(conversation, staff, preset, known, took)
    return predictions, took


def _conversation(
    c: Conversation, staff: Sequence[Person], preset: Preset, known: Context, took: list[float]
) -> list[Prediction]:
    roster = _roster(c.members, (*c.staff, *staff))
    earlier: list[Earlier] = []
    spoken = Spoken()
    predictions: dict[str, Prediction] = {}
    for place, row in enumerate(c.rows):
        sender = c.senders[place] if c.senders else ""
        context = replace(
            known, roster=roster, sender=roster.by_user.get(sender), earlier=tuple(earlier[-_SHOWN:]),
            spoken_of=spoken.names(),
            markup=_MARKUP.get(c.platform, "plain"),
        )  # fmt: skip
        began = time.perf_counter()
        findings = scan(row.text, context)
        took.append((time.perf_counter() - began) * 1e3)
        here = tuple(f for f in findings if f.message is None)
        predictions[row.id] = _decided(row, here, preset)
        for f in findings:
            if f.message in predictions:
                predictions[f.message].findings.append((replace(f, message=None), _action(f, preset)))
        if c.senders:
            earlier.append(Earlier(row.id, sender, row.text, here))
            spoken.add(row.id, row.text, here)
    return list(predictions.values())


def _roster(members: Sequence[Person], staff: Sequence[Person]) -> Roster:
    """Members and directory together; an export gives its members by name alone, and the directory the rest."""
    by_name = {p.name: p for p in staff}
    known = [p if p.email else replace(by_name.get(p.name, p), user=p.user, member=True) for p in members]
    inside = {p.email.casefold() for p in known if p.email}
    return Roster((*known, *(p for p in staff if p.email.casefold() not in inside)))


def _decided(row: Row, findings: tuple[Finding, ...], preset: Preset) -> Prediction:
    verdict = decide(findings, identifiability(findings), Audience(), preset, version="")
    return Prediction(row, verdict, [(r.finding, r.action) for r in verdict.ruled])


def _action(finding: Finding, preset: Preset) -> Action:
    return decide((finding,), "clean", Audience(), preset, version="").action
