"""Read a policy from YAML, naming every error by its line at once.

PolicyError    lists every Problem found; nothing of a policy with a problem is used
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar

from bot.policy.membership import Membership, MembershipRule, OnJoin
from bot.policy.nodes import At, PolicyError, Problem, compose, suggest
from bot.policy.presets import (
    FILES,
    LARGEST_MB,
    Assigned,
    FileRules,
    Ladder,
    Photographs,
    Policy,
    Preset,
    Quarantined,
    Redacted,
    Stance,
)
from bot.policy.verdict import Action
from detectors.interface import Kind

__all__ = ["Policy", "PolicyError", "Problem", "default", "default_text", "load"]

T = TypeVar("T")

SILENT_BELOW: Final = 0.3
"""No threshold may be lower: a hit this unsure goes to the queue and never reaches the sender."""


def load(text: str) -> Policy:
    """The policy that `text` (YAML, see bot/policy/README.md) describes; raises PolicyError."""
    root = compose(text)
    problems: list[Problem] = []
    policy = _policy(At(root, problems, "the policy"))
    if problems:
        raise PolicyError(problems)
    return policy


def default_text() -> str:
    """The policy that ships, comments and all."""
    return files("bot.policy").joinpath("default.yaml").read_text(encoding="utf-8")


@cache
def default() -> Policy:
    """The policy that ships, read."""
    return load(default_text())


_KINDS: Final = {k.value: k for k in Kind if k is not Kind.STAFF_NAME}
_STEPS: Final = ("warn", "redact", "hide")
_STANCE: Final = ("kinds", "weak", "identifying", "files")
_PRESET: Final = (
    "name", "description", *_STANCE, "outsider_present", "audience_unclear",
    "warn_sender", "urgent_minutes", "membership",
)  # fmt: skip
_FOR_LABEL: Final = {"observe": Action.OBSERVE, "warn": Action.WARN, "hide": Action.HIDE}
_ON_JOIN: Final[dict[str, OnJoin]] = {"tell": "tell", "remove": "remove"}
_FILES: Final = ("redacted", "quarantined", "photographs", "hold", "let_through", "largest_mb")
_REDACTED: Final[dict[str, Redacted]] = {"replace": "replace", "take_away": "take_away"}
_QUARANTINED: Final[dict[str, Quarantined]] = {"leave": "leave", "take_away": "take_away"}
_PHOTOGRAPHS: Final[dict[str, Photographs]] = {"allow": "allow", "quarantine": "quarantine"}
_TYPE: Final = re.compile(r"[a-z]+/(\*|[a-z0-9][a-z0-9.+-]*)")
_MEMBERSHIP: Final = (
    "rule", "guest", "unknown", "leaver", "organisations", "departments", "elsewhere", "partners", "guests", "words"
)  # fmt: skip
_RULES: Final = {rule.value: rule for rule in MembershipRule}


def _policy(at: At) -> Policy:
    got = at.fields(
        ("version", "default_preset", "memberships", "presets", "channels"),
        needed=("version", "default_preset", "presets"),
    )
    version = got["version"].whole(1, 10**9, 1) if "version" in got else 1
    entries = got["presets"].entries() if "presets" in got else {}
    if "presets" in got and not entries:
        got["presets"].wrong("at least one preset is needed")
    listed = got["memberships"].entries() if "memberships" in got else {}
    memberships = {key: _membership(place, key) for key, (_, place) in listed.items()}
    presets = {key: _preset(key, place, memberships) for key, (_, place) in entries.items()}
    keys = {key: key for key in presets}
    default_preset = got["default_preset"].choice(keys, "") if "default_preset" in got else ""
    channels = got["channels"].entries() if "channels" in got else {}
    assigned = {k: _assigned(v, keys, {m: m for m in memberships}) for k, (_, v) in channels.items()}
    return Policy(version, default_preset, presets, assigned, memberships)


def _assigned(at: At, presets: Mapping[str, str], memberships: Mapping[str, str]) -> Assigned:
    if not at.is_mapping():
        at.what = "preset"
        return Assigned(at.choice(presets, ""))
    got = at.fields(("preset", "membership"))
    return Assigned(
        _read(got, "preset", lambda a: a.choice(presets, ""), ""),
        _read(got, "membership", lambda a: a.choice(memberships, ""), ""),
    )


def _preset(key: str, at: At, memberships: Mapping[str, Membership]) -> Preset:
    at.what = f"preset {key}"
    got = at.fields(_PRESET, needed=("name", "description", "kinds"))
    plain = Preset(key=key, name="", description="")
    return Preset(
        key=key,
        name=_read(got, "name", At.text, ""),
        description=_read(got, "description", At.text, ""),
        always=_stance(got, FILES),
        outsider_present=_read(got, "outsider_present", _further, Stance()),
        audience_unclear=_read(got, "audience_unclear", _further, Stance()),
        warn_sender=_read(got, "warn_sender", lambda a: a.yes_no(True), True),
        urgent_minutes=_read(
            got, "urgent_minutes", lambda a: a.whole(0, 1440, plain.urgent_minutes), plain.urgent_minutes
        ),
        membership=_read(
            got,
            "membership",
            lambda a: _membership(a) if a.is_mapping() else a.choice(memberships, Membership()),
            plain.membership,
        ),
    )


def _read(got: Mapping[str, At], word: str, read: Callable[[At], T], otherwise: T) -> T:
    return read(got[word]) if word in got else otherwise


def _further(at: At) -> Stance:
    return _stance(at.fields(_STANCE))


def _stance(got: Mapping[str, At], files: FileRules = FileRules()) -> Stance:  # noqa: B008  (frozen)
    """`files`: what holds for files where nothing is said."""
    entries = got["kinds"].entries() if "kinds" in got else {}
    kinds: dict[Kind, Ladder] = {}
    for word, (key, value) in entries.items():
        if word in _KINDS:
            kinds[_KINDS[word]] = _ladder(value)
        elif word == Kind.STAFF_NAME.value:
            key.wrong("STAFF_NAME is always kept and cannot be given an action")
        elif word != "any":
            key.wrong(f"unknown kind {word!r}{suggest(word, ('any', *_KINDS))}")
    return Stance(
        any=_ladder(entries["any"][1]) if "any" in entries else Ladder(),
        kinds=kinds,
        weak=_read(got, "weak", _for_label, Action.OBSERVE),
        identifying=_read(got, "identifying", _for_label, Action.OBSERVE),
        files=_read(got, "files", lambda at: _files(at, files), files),
    )


def _files(at: At, plain: FileRules) -> FileRules:
    got = at.fields(_FILES)
    return FileRules(
        redacted=_read(got, "redacted", lambda a: a.choice(_REDACTED, plain.redacted), plain.redacted),
        quarantined=_read(got, "quarantined", lambda a: a.choice(_QUARANTINED, plain.quarantined), plain.quarantined),
        photographs=_read(got, "photographs", lambda a: a.choice(_PHOTOGRAPHS, plain.photographs), plain.photographs),
        hold=_read(got, "hold", lambda a: a.yes_no(plain.hold), plain.hold),
        let_through=_read(got, "let_through", _types, plain.let_through),
        largest_mb=_read(got, "largest_mb", lambda a: a.whole(1, LARGEST_MB, LARGEST_MB), plain.largest_mb),
    )  # fmt: skip


def _types(at: At) -> tuple[str, ...] | None:
    """Media types, such as "video/mp4" or "audio/*"."""
    words = at.words()
    for word in words:
        if not _TYPE.fullmatch(word):
            at.wrong(f"{word!r} is not a media type, such as video/mp4 or audio/*")
    return words


def _for_label(at: At) -> Action:
    if at.text() == "redact":
        at.wrong(f"`{at.what}` acts on a whole message: observe, warn or hide; redact is said per kind")
        return Action.OBSERVE
    return at.choice(_FOR_LABEL, Action.OBSERVE)


def _ladder(at: At) -> Ladder:
    if at.is_word("observe"):
        return Ladder()
    got = at.fields(_STEPS) if at.is_mapping() else {}
    steps = {word: place.number(SILENT_BELOW, 1.0, 1.0) for word, place in got.items()}
    if not steps:
        at.wrong(f"`{at.what}` needs thresholds, such as {{redact: 0.5}}, or the word observe")
    given = [steps[word] for word in _STEPS if word in steps]
    if given != sorted(given):
        at.wrong(f"in `{at.what}` a stricter action needs the higher confidence: warn, redact, hide")
    return Ladder(**steps)


def _membership(at: At, key: str = "") -> Membership:
    got = at.fields(_MEMBERSHIP, needed=("rule",))

    def on_join(word: str) -> OnJoin:
        return _read(got, word, lambda a: a.choice(_ON_JOIN, "tell"), "tell")

    staff_only = MembershipRule.STAFF_ONLY
    found = Membership(
        rule=_read(got, "rule", lambda a: a.choice(_RULES, staff_only), staff_only),
        guest=on_join("guest"),
        unknown=on_join("unknown"),
        leaver=on_join("leaver"),
        organisations=_read(got, "organisations", At.words, ()),
        departments=_read(got, "departments", At.words, ()),
        elsewhere=on_join("elsewhere"),
        partners=_read(got, "partners", lambda a: a.yes_no(True), True),
        guests=_read(got, "guests", lambda a: a.yes_no(True), True),
        key=key,
        words=_read(got, "words", At.text, ""),
    )
    removes = (found.guest, found.unknown, found.leaver, found.elsewhere)
    if found.rule is MembershipRule.ANYONE and (
        "remove" in removes or found.organisations or found.departments
    ):
        at.wrong(
            "with the rule anyone nobody is removed or left out; choose staff_and_confirmed or staff_only"
        )
    return found
