"""Decide what happens to a message: findings, audience and preset in, a verdict with reasons out. Pure."""

from collections.abc import Sequence
from typing import Final

from bot.policy.presets import ONLY_WHEN_SAID, Circumstance, Preset, Stance
from bot.policy.verdict import Action, Audience, Ruled, Verdict
from detectors.interface import Finding, Identifiability, Kind
from detectors.placeholders import WORDS

_Stances = Sequence[tuple[Circumstance, Stance]]

_DOES: Final = {
    Action.WARN: "the sender is asked to check",
    Action.REDACT: "hidden",
    Action.HIDE: "the message is hidden",
}
_SINCE: Final[dict[Circumstance, str]] = {
    "always": "",
    "outsider_present": " while somebody outside the staff directory is here",
    "audience_unclear": " while it cannot be told who reads this channel",
}  # fmt: skip

_LABEL_RISK: Final[dict[Identifiability, int]] = {"clean": 0, "weak": 15, "identifying": 40}
_SERIOUS: Final = frozenset(
    {Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN, Kind.NINO, Kind.DOB, Kind.ADDRESS}
)


def decide(
    findings: Sequence[Finding],
    label: Identifiability,
    audience: Audience,
    preset: Preset,
    *,
    version: str,
) -> Verdict:
    """What the policy says of one message. The strictest of all stances in force wins.

    An outsider, an unclear audience, a higher confidence or a further finding never weakens a verdict.
    Findings below every threshold are observed: recorded for review, nobody is warned. Staff names are
    always kept. `version` is the policy's, for the record.
    """
    stances = tuple(preset.stances(audience))
    ruled = tuple(_rule(f, stances) for f in findings)
    whole, why = _for_label(label, stances)
    action = max((whole, *(r.action for r in ruled)))
    return Verdict(
        action=action,
        label=label,
        ruled=ruled,
        reasons=_reasons(ruled, why, audience),
        warn_sender=preset.warn_sender and action >= Action.WARN,
        policy=f"{preset.key}@{version}",
    )


def risk(verdict: Verdict, audience: Audience) -> int:
    """How soon a reviewer should look, 0..100: what was said, who could read it, what is still readable."""
    kinds = {r.finding.kind for r in verdict.ruled if r.finding.confidence >= 0.5} - {Kind.STAFF_NAME}
    said = _LABEL_RISK[verdict.label] + min(20, 5 * len(kinds & _SERIOUS) + 2 * len(kinds - _SERIOUS))
    if verdict.label == "clean":
        said += round(
            10 * max((r.finding.confidence for r in verdict.ruled if r.finding.kind in kinds), default=0)
        )
    readers = 25 if audience.outsiders else 12 if audience.could_not_tell or audience.shared_outside else 0
    readable = 15 if verdict.action < Action.REDACT else 0
    return min(100, said + (readers + readable if said else 0))


def _rule(finding: Finding, stances: _Stances) -> Ruled:
    if finding.kind is Kind.STAFF_NAME:
        return Ruled(finding, Action.OBSERVE, "Staff names are kept.")
    choices = [(*s.ladder(finding.kind).reached(finding.confidence), since) for since, s in stances]
    action, threshold, since = max(choices, key=lambda choice: choice[0])
    what = WORDS[finding.kind].capitalize() if WORDS[finding.kind].islower() else WORDS[finding.kind]
    sure = f"{what} ({finding.confidence:.0%} sure)"
    if action is not Action.OBSERVE:
        return Ruled(finding, action, f"{sure}: {_DOES[action]} from {threshold:.0%}{_SINCE[since]}.")
    if finding.kind in ONLY_WHEN_SAID:
        return Ruled(finding, action, f"{sure}: kept, staff speak of patients by it.")
    return Ruled(finding, action, f"{sure}: recorded for review, nobody is warned.")


def _for_label(label: Identifiability, stances: _Stances) -> tuple[Action, str]:
    """What the label asks of the whole message; an identifying message is never treated below a weak one."""
    if label == "clean":
        return Action.OBSERVE, ""
    choices = [(s.weak if label == "weak" else max(s.weak, s.identifying), since) for since, s in stances]
    action, since = max(choices, key=lambda choice: choice[0])
    if action is Action.OBSERVE:
        return action, ""
    words = "could point to a patient" if label == "weak" else "identifies a patient"
    return action, f"The message {words}: {_DOES[action]}{_SINCE[since]}."


def _reasons(ruled: Sequence[Ruled], why: str, audience: Audience) -> tuple[str, ...]:
    reasons = [why] if why else []
    reasons += dict.fromkeys(r.reason for r in ruled if r.finding.kind is not Kind.STAFF_NAME)
    if audience.outsiders:
        reasons.append(f"{audience.outsiders} here outside the staff directory, not confirmed.")
    if audience.could_not_tell:
        reasons.append(f"For {audience.could_not_tell} here the directory could not tell.")
    if audience.shared_outside:
        reasons.append("The channel is shared with another organisation.")
    return tuple(reasons)
