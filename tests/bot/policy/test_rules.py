"""The rules: what each preset does, and that nothing stricter ever weakens a verdict."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy import load
from bot.policy.presets import Ladder, Preset, Stance
from bot.policy.rules import decide, risk
from bot.policy.verdict import Action, Audience, Verdict
from detectors.identifiability import identifiability
from detectors.interface import Finding, Identifiability, Kind, Span

PRESETS = load.default().presets
STAFF, OUTSIDER, UNCLEAR = (
    Audience(staff=9),
    Audience(staff=9, outsiders=1),
    Audience(staff=9, could_not_tell=1),
)


def finding(kind: Kind, confidence: float = 0.95, evidence: tuple[str, ...] = ()) -> Finding:
    return Finding(kind, Span(0, 5), confidence, "test", evidence)


def ruled(preset: str | Preset, audience: Audience, *findings: Finding) -> Verdict:
    p = PRESETS[preset] if isinstance(preset, str) else preset
    return decide(findings, identifiability(findings), audience, p, version="7")


NAME, NHS = finding(Kind.PATIENT_NAME), finding(Kind.NHS_NUMBER)
AGE, INITIALS = finding(Kind.AGE), finding(Kind.INITIALS)
FRAGMENT = finding(Kind.NHS_NUMBER, evidence=("fragment",))


@pytest.mark.parametrize(
    ("preset", "audience", "findings", "action"),
    [
        ("clinical-team", STAFF, [NAME, NHS], Action.REDACT),
        ("clinical-team", STAFF, [FRAGMENT], Action.REDACT),
        ("clinical-team", STAFF, [AGE, INITIALS], Action.OBSERVE),
        ("clinical-team", OUTSIDER, [AGE, INITIALS], Action.OBSERVE),
        ("clinical-team", STAFF, [finding(Kind.PATIENT_NAME, 0.45)], Action.OBSERVE),
        ("clinical-team", UNCLEAR, [finding(Kind.PATIENT_NAME, 0.45)], Action.REDACT),
        ("clinical-team", OUTSIDER, [finding(Kind.PATIENT_NAME, 0.37)], Action.REDACT),
        ("clinical-team", OUTSIDER, [finding(Kind.PATIENT_NAME, 0.2)], Action.OBSERVE),
        ("clinical-care", STAFF, [NAME, NHS], Action.OBSERVE),
        ("clinical-care", OUTSIDER, [NAME, NHS], Action.REDACT),
        ("clinical-care", UNCLEAR, [NAME], Action.REDACT),
        ("clinical-care", UNCLEAR, [finding(Kind.PATIENT_NAME, 0.7)], Action.OBSERVE),
        ("clinical-care", replace(STAFF, shared_outside=True), [NAME], Action.REDACT),
        ("clinical-care", replace(STAFF, confirmed=1), [NAME], Action.OBSERVE),
        ("admin-social", STAFF, [NAME], Action.REDACT),
        ("admin-social", STAFF, [AGE], Action.WARN),
        ("admin-social", OUTSIDER, [INITIALS], Action.REDACT),
        ("external-partners", STAFF, [NAME], Action.HIDE),
        ("external-partners", STAFF, [AGE], Action.REDACT),
        ("external-partners", STAFF, [FRAGMENT], Action.REDACT),
        ("external-partners", STAFF, [finding(Kind.STAFF_NAME)], Action.OBSERVE),
    ],
)
def test_presets(preset: str, audience: Audience, findings: list[Finding], action: Action) -> None:
    assert ruled(preset, audience, *findings).action is action


def test_staff_names_are_kept_whatever_else_is_said() -> None:
    everything = Preset(
        "x", "", "", always=Stance(any=Ladder(redact=0.3), kinds={Kind.STAFF_NAME: Ladder(hide=0.3)})
    )
    verdict = ruled(everything, OUTSIDER, finding(Kind.STAFF_NAME), NAME)
    assert [r.action for r in verdict.ruled] == [Action.OBSERVE, Action.REDACT]
    assert verdict.hidden == (verdict.ruled[1],)
    assert verdict.hidden[0].finding is NAME


def test_a_low_confidence_hit_is_recorded_and_nobody_is_warned() -> None:
    verdict = ruled("clinical-team", STAFF, finding(Kind.PHONE, 0.35))
    assert (verdict.action, verdict.warn_sender) == (Action.OBSERVE, False)
    assert verdict.ruled[0].reason == "Phone number (35% sure): recorded for review, nobody is warned."


def test_reasons_are_plain_words() -> None:
    verdict = ruled(
        "clinical-team", Audience(staff=3, outsiders=2, shared_outside=True), finding(Kind.NHS_NUMBER, 0.4)
    )
    assert verdict.reasons == (
        "NHS number (40% sure): hidden from 35% while somebody outside the staff directory is here.",
        "2 here outside the staff directory, not confirmed.",
        "The channel is shared with another organisation.",
    )
    assert verdict.policy == "clinical-team@7"


def test_an_unclear_audience_is_never_called_outside() -> None:
    verdict = ruled("clinical-care", UNCLEAR, NAME)
    assert "outside" not in " ".join([*verdict.reasons, verdict.ruled[0].reason])
    assert "cannot be told" in verdict.ruled[0].reason


def test_a_preset_may_leave_the_sender_alone() -> None:
    assert ruled("clinical-team", STAFF, NAME).warn_sender
    assert not ruled(replace(PRESETS["clinical-team"], warn_sender=False), STAFF, NAME).warn_sender


def test_an_empty_message_is_clean() -> None:
    verdict = ruled("external-partners", OUTSIDER)
    assert (verdict.action, verdict.ruled, risk(verdict, OUTSIDER)) == (Action.OBSERVE, (), 0)


# --- whatever the policy: stricter circumstances never weaken -------------------------------------------

confidences = st.floats(0, 1)
findings = st.builds(
    finding, st.sampled_from(Kind), confidences, st.sampled_from([(), ("fragment",), ("checksum",)])
)
ladders = st.lists(st.floats(0.3, 1), min_size=3, max_size=3).map(sorted).map(
    lambda steps: Ladder(*steps)
) | st.builds(Ladder)
for_label = st.sampled_from([Action.OBSERVE, Action.WARN, Action.HIDE])
stances = st.builds(
    Stance, ladders, st.dictionaries(st.sampled_from([k for k in Kind if k is not Kind.STAFF_NAME]), ladders), for_label, for_label
)  # fmt: skip
presets = st.builds(Preset, st.just("p"), st.just("P"), st.just("d"), stances, stances, stances)
audiences = st.builds(Audience, *(st.integers(0, 3) for _ in range(3)), st.booleans())
labels = st.sampled_from(["clean", "weak", "identifying"])


def no_weaker(before: Verdict, after: Verdict) -> bool:
    pairs = zip(before.ruled, after.ruled, strict=False)
    return after.action >= before.action and all(a.action >= b.action for b, a in pairs)


@given(st.lists(findings, max_size=4), labels, audiences, presets)
def test_an_outsider_or_an_unclear_reader_never_weakens(
    found: list[Finding], label: Identifiability, audience: Audience, preset: Preset
) -> None:
    before = decide(found, label, audience, preset, version="1")
    for stricter in (
        replace(audience, outsiders=audience.outsiders + 1),
        replace(audience, could_not_tell=audience.could_not_tell + 1),
        replace(audience, shared_outside=True),
    ):
        after = decide(found, label, stricter, preset, version="1")
        assert no_weaker(before, after)
        assert risk(before, stricter) >= risk(before, audience)


@given(st.lists(findings, min_size=1, max_size=4), labels, audiences, presets, confidences)
def test_higher_confidence_never_weakens(
    found: list[Finding], label: Identifiability, audience: Audience, preset: Preset, confidence: float
) -> None:
    surer = [replace(found[0], confidence=max(confidence, found[0].confidence)), *found[1:]]
    before, after = (decide(f, label, audience, preset, version="1") for f in (found, surer))
    assert no_weaker(before, after)


@given(st.lists(findings, min_size=1, max_size=4), audiences, presets, findings)
def test_a_further_finding_or_a_stronger_label_never_weakens(
    found: list[Finding], audience: Audience, preset: Preset, more: Finding
) -> None:
    before = decide(found, "weak", audience, preset, version="1")
    assert no_weaker(before, decide([*found, more], "weak", audience, preset, version="1"))
    assert no_weaker(before, decide(found, "identifying", audience, preset, version="1"))
    assert no_weaker(decide(found, "clean", audience, preset, version="1"), before)


@given(st.lists(findings, max_size=6), labels, audiences, presets)
def test_verdicts_hold_together(
    found: list[Finding], label: Identifiability, audience: Audience, preset: Preset
) -> None:
    verdict = decide(found, label, audience, preset, version="1")
    assert [r.finding for r in verdict.ruled] == found
    assert verdict.action >= max((r.action for r in verdict.ruled), default=Action.OBSERVE)
    assert all(r.action is Action.OBSERVE for r in verdict.ruled if r.finding.kind is Kind.STAFF_NAME)
    assert all(r.reason.endswith(".") for r in verdict.ruled)
    assert verdict.warn_sender == (verdict.action >= Action.WARN)
    assert 0 <= risk(verdict, audience) <= 100


# --- the queue's order ----------------------------------------------------------------------------------


def test_risk_puts_the_worst_first() -> None:
    order = [
        risk(ruled("external-partners", OUTSIDER, NAME, NHS, finding(Kind.ADDRESS)), OUTSIDER),
        risk(ruled("clinical-team", UNCLEAR, NAME, NHS), UNCLEAR),
        risk(ruled("clinical-team", STAFF, NAME, NHS), STAFF),
        risk(ruled("clinical-team", STAFF, NAME), STAFF),
        risk(ruled("external-partners", STAFF, INITIALS), STAFF),
        risk(ruled("clinical-team", STAFF, finding(Kind.STAFF_NAME)), STAFF),
    ]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == len(order)


def test_still_readable_is_worse_than_hidden() -> None:
    verdict = ruled("clinical-team", STAFF, NAME)
    readable = replace(verdict, action=Action.WARN)
    assert risk(readable, STAFF) > risk(verdict, STAFF)
