"""Write a policy as YAML, for `load` to read."""

from dataclasses import asdict
from typing import Any

import yaml

from bot.policy.membership import Membership
from bot.policy.presets import Assigned, FileRules, Ladder, Policy, Preset, Stance


def dump(policy: Policy) -> str:
    """The policy as YAML; `load(dump(p)) == p`. Comments of the text it was read from are not kept."""
    plain = {
        "version": policy.version,
        "default_preset": policy.default_preset,
        "memberships": {key: _plain_membership(m) for key, m in policy.memberships.items()},
        "presets": {key: _plain_preset(p) for key, p in policy.presets.items()},
        "channels": {key: _plain_assigned(a) for key, a in policy.channels.items()},
    }
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def _plain_preset(preset: Preset) -> dict[str, Any]:
    return {
        "name": preset.name,
        "description": preset.description,
        **_plain_stance(preset.always),
        "outsider_present": _plain_stance(preset.outsider_present),
        "audience_unclear": _plain_stance(preset.audience_unclear),
        "warn_sender": preset.warn_sender,
        "urgent_minutes": preset.urgent_minutes,
        "membership": preset.membership.key or _plain_membership(preset.membership),
    }


def _plain_membership(membership: Membership) -> dict[str, Any]:
    plain = {word: value for word, value in asdict(membership).items() if word != "key"}
    plain["rule"] = membership.rule.value
    return {word: list(v) if isinstance(v, tuple) else v for word, v in plain.items()}


def _plain_assigned(assigned: Assigned) -> str | dict[str, str]:
    if not assigned.membership:
        return assigned.preset
    return {word: value for word, value in asdict(assigned).items() if value}


def _plain_stance(stance: Stance) -> dict[str, Any]:
    ladders = {"any": stance.any, **{kind.value: ladder for kind, ladder in stance.kinds.items()}}
    return {
        "kinds": {word: _plain_ladder(ladder) for word, ladder in ladders.items()},
        "weak": stance.weak.word,
        "identifying": stance.identifying.word,
        "files": _plain_files(stance.files),
    }


def _plain_files(files: FileRules) -> dict[str, Any]:
    plain = asdict(files)
    return {word: list(v) if isinstance(v, tuple) else v for word, v in plain.items() if v is not None}


def _plain_ladder(ladder: Ladder) -> dict[str, float] | str:
    steps = {"warn": ladder.warn, "redact": ladder.redact, "hide": ladder.hide}
    return {word: at for word, at in steps.items() if at is not None} or "observe"
