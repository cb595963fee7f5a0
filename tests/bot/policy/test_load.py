"""Policies in YAML: every error by its line, at once; what ships is sound; out and in again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy import load
from bot.policy.dump import dump
from bot.policy.load import PolicyError
from bot.policy.membership import Membership, MembershipRule
from bot.policy.presets import FILES, Assigned, FileRules, Ladder, Policy, Preset, Stance
from bot.policy.verdict import Action, Audience
from detectors.interface import Kind

SMALL = """\
version: 3
default_preset: team
presets:
  team:
    name: Team
    description: Everyday talk.
    kinds:
      any: {redact: 0.5}
      PATIENT_NAME: {warn: 0.35, redact: 0.5}
      AGE: observe
    weak: warn
    membership: {rule: staff_only, guest: remove}
  care:
    name: Care
    description: Approved.
    kinds: {any: observe}
channels:
  C0123: care
  "#Ward-7": care
"""


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load.load(text)
    return [str(p) for p in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_a_policy_is_read() -> None:
    policy = load.load(SMALL)
    team = policy.presets["team"]
    assert (policy.version, policy.default_preset) == (3, "team")
    assert team.always.ladder(Kind.PATIENT_NAME) == Ladder(warn=0.35, redact=0.5)
    assert team.always.ladder(Kind.NHS_NUMBER) == Ladder(redact=0.5)
    assert team.always.ladder(Kind.INITIALS) == team.always.ladder(Kind.AGE) == Ladder()
    assert team.always.weak is Action.WARN
    assert team.membership == Membership(MembershipRule.STAFF_ONLY, guest="remove")
    assert (team.warn_sender, team.urgent_minutes) == (True, 30)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed("AGE:", "NHSNO:"), "line 10: unknown kind 'NHSNO'; did you mean NHS_NUMBER?"),
        (changed("AGE:", "STAFF_NAME:"), "line 10: STAFF_NAME is always kept and cannot be given an action"),
        (changed("AGE: observe", "AGE: hide"), "line 10: `AGE` needs thresholds, such as {redact: 0.5}, or the word observe"),
        (changed("AGE: observe", "AGE: {}"), "line 10: `AGE` needs thresholds, such as {redact: 0.5}, or the word observe"),
        (changed("{redact: 0.5}", "{redcat: 0.5}"), "line 8: unknown setting 'redcat' in any; did you mean redact?"),
        (changed("{redact: 0.5}", "{redact: 50}"), "line 8: `redact` must be from 0.3 to 1, not 50"),
        (changed("{redact: 0.5}", "{redact: .nan}"), "line 8: `redact` must be a number"),
        (changed("{redact: 0.5}", "{warn: 0.1}"), "line 8: `warn` must be from 0.3 to 1, not 0.1"),
        (changed("{redact: 0.5}", "{redact: half}"), "line 8: `redact` must be a number"),
        (changed("warn: 0.35", "warn: 0.8"), "line 9: in `PATIENT_NAME` a stricter action needs the higher confidence: warn, redact, hide"),
        (changed("      AGE", "      any: observe\n      AGE"), "line 10: `any` is given twice in kinds"),
        (changed("weak: warn", "weak: redact"), "line 11: `weak` acts on a whole message: observe, warn or hide; redact is said per kind"),
        (changed("weak: warn", "weak: wran"), "line 11: unknown weak 'wran'; did you mean warn?"),
        (changed("weak: warn", "week: warn"), "line 11: unknown setting 'week' in preset team; did you mean weak?"),
        (changed("weak: warn", "warn_sender: maybe"), "line 11: `warn_sender` must be true or false"),
        (changed("weak: warn", "urgent_minutes: 2.5"), "line 11: `urgent_minutes` must be a whole number"),
        (changed("weak: warn", "urgent_minutes: 9999"), "line 11: `urgent_minutes` must be from 0 to 1440, not 9999"),
        (changed("staff_only", "staff"), "line 12: unknown rule 'staff'; did you mean staff_only?"),
        (changed("rule: staff_only, ", ""), "line 12: membership needs `rule`"),
        (changed("guest: remove", "guest: evict"), "line 12: unknown guest 'evict'; known: tell, remove"),
        (changed("staff_only", "anyone"), "line 12: with the rule anyone nobody is removed or left out; choose staff_and_confirmed or staff_only"),
        (changed("    description: Approved.\n", ""), "line 14: preset care needs `description`"),
        (changed("C0123: care", "C0123: cair"), "line 18: unknown preset 'cair'; did you mean care?"),
        (changed("default_preset: team", "default_preset: teem"), "line 2: unknown default_preset 'teem'; did you mean team?"),
        (changed("version: 3", "version: soon"), "line 1: `version` must be a number"),
        (changed("version: 3\n", ""), "line 1: the policy needs `version`"),
        (changed("    name: Team", "    name: [Team]"), "line 5: `name` must be words"),
        (changed("channels:", "chanels:"), "line 17: unknown setting 'chanels' in the policy; did you mean channels?"),
        (changed("  C0123:", "  [C0123]:"), "line 18: a name in channels must be a plain word"),
        ("", "the policy is empty"),
        ("- one\n- two\n", "line 1: the policy must be a list of `name: value` lines"),
        ("version: 1\n  presets: [", "line 2: not readable as YAML: mapping values are not allowed here"),
        ("a: !!python/object/apply:os.getcwd []\nversion: 1", "line 1: unknown setting 'a' in the policy; known: version, default_preset, memberships, presets, channels"),
        ("[" * 20_000, "not readable as YAML"),
        ("# long\n" * 60_000, "this is too long for a policy"),
        ("\x00", "not readable as YAML"),
        (changed("weak: warn", "files: {redacted: cover}"), "line 11: unknown redacted 'cover'; known: replace, take_away"),
        (changed("weak: warn", "files: {hold: soon}"), "line 11: `hold` must be true or false"),
        (changed("weak: warn", "files: {largest_mb: 500}"), "line 11: `largest_mb` must be from 1 to 100, not 500"),
        (changed("weak: warn", "files: {let_through: video}"), "line 11: `let_through` must be a list, such as [a, b]"),
        (changed("weak: warn", "files: {let_through: [mp4]}"), "line 11: 'mp4' is not a media type, such as video/mp4 or audio/*"),
        ("version: 1\ndefault_preset: a\npresets: {}", "line 3: at least one preset is needed"),
    ],
)  # fmt: skip
def test_an_error_is_named_by_its_line(text: str, words: str) -> None:
    assert words in problems(text)


def test_all_errors_come_at_once_in_order() -> None:
    text = (
        SMALL.replace("AGE", "AEG")
        .replace("rule: staff_only", "rule: none")
        .replace("version: 3", "version: 0")
    )
    assert [p.split(":")[0] for p in problems(text)] == ["line 1", "line 10", "line 12"]


def test_yaml_aliases_do_no_harm() -> None:
    bomb = "a: &a [x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    assert problems(bomb)
    assert problems("version: 1\npresets: &p\n  a: *p\n")


def test_what_ships_is_sound_and_holds_the_four_presets() -> None:
    policy = load.default()
    assert list(policy.presets) == ["clinical-care", "clinical-team", "admin-social", "external-partners"]
    assert policy.default_preset == "clinical-team"
    assert all(len(p.description.split()) >= 8 for p in policy.presets.values())
    care, partners = policy.presets["clinical-care"], policy.presets["external-partners"]
    assert care.membership.rule is MembershipRule.STAFF_ONLY
    assert care.always == Stance(files=FileRules(let_through=()))
    assert partners.always.identifying is Action.HIDE
    assert all(p.membership.unknown == "tell" for p in policy.presets.values())


FILES_SAID = SMALL.replace(
    "weak: warn",
    "files: {let_through: [video/*, audio/*], photographs: allow, largest_mb: 20}\n"
    "    outsider_present: {files: {hold: true, let_through: [audio/*], photographs: quarantine}}",
)


def test_files_are_treated_by_the_strictest_stance_in_force() -> None:
    team = load.load(FILES_SAID).presets["team"]
    inside, before_outsiders = team.files(Audience(staff=3)), team.files(Audience(staff=3, outsiders=1))
    assert inside == replace(FILES, let_through=("video/*", "audio/*"), photographs="allow", largest_mb=20)
    assert before_outsiders == replace(FILES, let_through=("audio/*",), hold=True, largest_mb=20)
    assert inside.lets_through("video/mp4")
    assert not before_outsiders.lets_through("video/mp4")
    assert load.load(SMALL).presets["team"].files(Audience()) == FILES


@pytest.mark.parametrize(
    ("channel", "stored", "name", "preset"),
    [
        ("C0123", "", "", "care"),
        ("C0123", "team", "", "care"),
        ("C9", "care", "", "care"),
        ("C9", "gone", "", "team"),
        ("C9", "", "ward-7", "care"),
        ("C9", "", "#WARD-7", "care"),
        ("C9", "team", "ward-7", "team"),
        ("C9", "", "ward-8", "team"),
        ("C9", "", "", "team"),
    ],
)
def test_which_preset_a_channel_has(channel: str, stored: str, name: str, preset: str) -> None:
    assert load.load(SMALL).preset_for(channel, stored, name).key == preset


MEMBERSHIPS = SMALL.replace(
    "presets:",
    """memberships:
  cardiology: {rule: staff_only, departments: [Cardiology], elsewhere: remove, words: Cardiology staff only}
  no-guests: {rule: staff_and_confirmed, guests: false, guest: remove}
presets:""",
).replace("  C0123: care", "  C0123: {preset: care, membership: cardiology}\n  C7: {membership: no-guests}")


def test_a_channel_has_a_membership_of_its_own() -> None:
    policy = load.load(MEMBERSHIPS)
    mine = policy.preset_for("C0123").membership
    assert (mine.key, mine.said(), mine.elsewhere) == ("cardiology", "Cardiology staff only", "remove")
    assert mine.covers("anywhere", " cardiology ")
    assert not mine.covers("anywhere", "Estates")
    assert policy.preset_for("C0123").key == "care"
    team = policy.preset_for("C7")
    assert (team.key, team.membership.guests, team.membership.said()) == (
        "team",
        False,
        "Staff, and others while confirmed",
    )
    assert policy.preset_for("C9").membership == policy.presets["team"].membership
    (wrong,) = problems(MEMBERSHIPS.replace("membership: no-guests", "membership: no-gests"))
    assert wrong.endswith("unknown membership 'no-gests'; did you mean no-guests?")


# --- out and in again ------------------------------------------------------------------------------------

steps = st.floats(0.3, 1).map(lambda x: round(x, 3))
ladders = st.lists(steps, min_size=3, max_size=3).map(sorted).map(lambda s: Ladder(*s)) | st.builds(
    Ladder, redact=steps | st.none()
)
kinds = st.sampled_from([k for k in Kind if k is not Kind.STAFF_NAME])
words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(
    lambda s: " ".join(s.split())
)
actions = st.sampled_from([Action.OBSERVE, Action.WARN, Action.HIDE])
files = st.builds(
    FileRules, st.sampled_from(["replace", "take_away"]), st.sampled_from(["leave", "take_away"]),
    st.sampled_from(["allow", "quarantine"]), st.booleans(), st.sampled_from([(), ("video/*", "audio/mpeg")]),
    st.integers(1, 100),
)  # fmt: skip
stances = st.builds(Stance, ladders, st.dictionaries(kinds, ladders, max_size=4), actions, actions, files)
rules = st.builds(Membership, st.sampled_from([MembershipRule.STAFF_ONLY, MembershipRule.STAFF_AND_CONFIRMED]),
                  *[st.sampled_from(["tell", "remove"])] * 3,
                  st.sampled_from([(), ("Aire Valley", "Wharfe Community")]), st.sampled_from([(), ("Cardiology",)]),
                  st.sampled_from(["tell", "remove"]), st.booleans(), st.booleans())  # fmt: skip
presets = st.builds(
    Preset, st.just("p"), words, words, stances, stances, stances, st.booleans(), st.integers(0, 1440), rules
)
policies = st.builds(
    Policy, st.integers(1, 999), st.just("p"), presets.map(lambda p: {"p": p}),
    st.dictionaries(words.filter(bool), st.sampled_from([Assigned("p"), Assigned("", "m"), Assigned("p", "m")]), max_size=3),
    rules.map(lambda m: {"m": replace(m, key="m")}),
)  # fmt: skip


@given(policies)
def test_a_policy_comes_back_as_it_went(policy: Policy) -> None:
    assert load.load(dump(policy)) == policy


def test_what_ships_comes_back_as_it_went() -> None:
    policy = load.default()
    assert load.load(dump(policy)) == policy
    assert load.load(dump(replace(policy, version=2))) != policy


@given(st.text())
def test_any_text_gives_a_policy_or_problems(text: str) -> None:
    with pytest.raises(PolicyError):
        load.load(text)
