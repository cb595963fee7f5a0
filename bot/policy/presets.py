"""What a policy says, once read: presets, their stances, and which channel has which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.policy.verdict import Action, Audience
from detectors.interface import Kind

ONLY_WHEN_SAID = frozenset({Kind.AGE, Kind.INITIALS})
"""Kinds that a ward needs to speak of a patient at all: `any` does not cover them."""

OnJoin = Literal["tell", "remove"]
Circumstance = Literal["always", "outsider_present", "audience_unclear"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The confidence (0..1) from which each action holds; None means never."""

    warn: float | None = None
    redact: float | None = None
    hide: float | None = None

    def reached(self, confidence: float) -> tuple[Action, float]:
        """The strictest action that this confidence reaches, and the threshold that it met."""
        steps = ((Action.HIDE, self.hide), (Action.REDACT, self.redact), (Action.WARN, self.warn))
        return next(
            ((a, at) for a, at in steps if at is not None and confidence >= at), (Action.OBSERVE, 0.0)
        )


@dataclass(frozen=True, slots=True)
class Stance:
    """What holds in one circumstance. `weak` and `identifying` act on a whole message of that label."""

    any: Ladder = Ladder()
    kinds: Mapping[Kind, Ladder] = field(default_factory=dict)
    weak: Action = Action.OBSERVE
    identifying: Action = Action.OBSERVE

    def ladder(self, kind: Kind) -> Ladder:
        """The kind's own thresholds, else those for any kind (never for AGE and INITIALS)."""
        fallback = Ladder() if kind in ONLY_WHEN_SAID else self.any
        return self.kinds.get(kind, fallback)


class MembershipRule(StrEnum):
    """Who belongs in a channel."""

    STAFF_ONLY = "staff_only"
    """Only people whom the directory knows as active staff; nobody can be confirmed."""
    STAFF_AND_CONFIRMED = "staff_and_confirmed"
    """Others too, once the owner or IG confirmed them, until the day that they set."""
    ANYONE = "anyone"
    """Nobody is reported or removed. Outsiders still count for what is hidden."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The rule, and what to do when somebody outside it joins: tell the owner and IG, or remove too."""

    rule: MembershipRule = MembershipRule.STAFF_AND_CONFIRMED
    guest: OnJoin = "tell"
    unknown: OnJoin = "tell"
    leaver: OnJoin = "tell"


@dataclass(frozen=True)
class Preset:
    """One way to treat a channel. Further circumstances only ever add to what always holds."""

    key: str
    name: str
    description: str
    always: Stance = Stance()
    outsider_present: Stance = Stance()
    audience_unclear: Stance = Stance()
    warn_sender: bool = True
    urgent_minutes: int = 30
    """How long "needed for urgent care" shows a message again; 0 when it is not offered."""
    membership: Membership = Membership()

    def stances(self, audience: Audience) -> Iterator[tuple[Circumstance, Stance]]:
        """The stances in force before this audience."""
        yield "always", self.always
        if audience.outsiders:
            yield "outsider_present", self.outsider_present
        if audience.could_not_tell or audience.shared_outside:
            yield "audience_unclear", self.audience_unclear


@dataclass(frozen=True)
class Policy:
    """A whole policy. `channels` gives presets by conversation id or, failing that, by name."""

    version: int
    default_preset: str
    presets: Mapping[str, Preset]
    channels: Mapping[str, str] = field(default_factory=dict)

    def preset_for(self, channel: str, stored: str = "", name: str = "") -> Preset:
        """The preset of a channel: by its id here, as set in the register, by its name here, the default.

        Its name comes last since any member may change it; an unknown stored key gives the default.
        """
        named = {_bare(k): preset for k, preset in self.channels.items()}.get(_bare(name)) if name else None
        for key in (self.channels.get(channel), stored, named):
            if key and key in self.presets:
                return self.presets[key]
        return self.presets[self.default_preset]


def _bare(name: str) -> str:
    return name.removeprefix("#").strip().casefold()
