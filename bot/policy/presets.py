"""What a policy says, once read: presets, their stances, and which channel has which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Final, Literal

from bot.policy.membership import Membership
from bot.policy.verdict import Action, Audience
from detectors.interface import Kind

ONLY_WHEN_SAID = frozenset({Kind.AGE, Kind.INITIALS})
"""Kinds that a ward needs to speak of a patient at all: `any` does not cover them."""

LARGEST_MB: Final = 100
"""The most that is ever fetched of a file."""

Redacted = Literal["replace", "take_away"]
Quarantined = Literal["leave", "take_away"]
Photographs = Literal["allow", "quarantine"]
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
class FileRules:
    """What is done about files. As it stands here is the laxest that a policy can say."""

    redacted: Redacted = "replace"
    """A file in which identifiers were found: a copy without takes its place, or it is taken away."""
    quarantined: Quarantined = "leave"
    """A file that could not be shown to be safe: taken away, or left and IG told."""
    photographs: Photographs = "allow"
    """Camera photographs without text or a face: nobody can tell a clinical one from another."""
    hold: bool = False
    """Taken away before it is looked at, and put back when clean."""
    let_through: tuple[str, ...] | None = None
    """Media types ("video/*") that stay although nobody can look inside, unless something was found; None
    when nothing is said."""
    largest_mb: int = LARGEST_MB
    """Larger files are not fetched."""

    def stricter(self, other: "FileRules") -> "FileRules":
        """Each setting the stricter of the two."""
        both = [t for t in (self.let_through, other.let_through) if t is not None]
        return FileRules(
            "take_away" if "take_away" in (self.redacted, other.redacted) else "replace",
            "take_away" if "take_away" in (self.quarantined, other.quarantined) else "leave",
            "quarantine" if "quarantine" in (self.photographs, other.photographs) else "allow",
            self.hold or other.hold,
            tuple(t for t in both[0] if t in both[-1]) if both else None,
            min(self.largest_mb, other.largest_mb),
        )

    def lets_through(self, type: str) -> bool:
        """Whether a file of this media type may stay without anybody having looked into it."""
        return any(
            type == t or (t.endswith("/*") and type.startswith(t[:-1])) for t in self.let_through or ()
        )


FILES = FileRules(quarantined="take_away", photographs="quarantine", let_through=())
"""What holds where a preset says nothing of files."""


@dataclass(frozen=True, slots=True)
class Stance:
    """What holds in one circumstance. `weak` and `identifying` act on a whole message of that label."""

    any: Ladder = Ladder()
    kinds: Mapping[Kind, Ladder] = field(default_factory=dict)
    weak: Action = Action.OBSERVE
    identifying: Action = Action.OBSERVE
    files: FileRules = FileRules()

    def ladder(self, kind: Kind) -> Ladder:
        """The kind's own thresholds, else those for any kind (never for AGE and INITIALS)."""
        fallback = Ladder() if kind in ONLY_WHEN_SAID else self.any
        return self.kinds.get(kind, fallback)


@dataclass(frozen=True)
class Preset:
    """One way to treat a channel. Further circumstances only ever add to what always holds."""

    key: str
    name: str
    description: str
    always: Stance = Stance(files=FILES)
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

    def files(self, audience: Audience) -> FileRules:
        """What is done about files before this audience; the strictest stance wins."""
        return reduce(FileRules.stricter, (stance.files for _, stance in self.stances(audience)))


@dataclass(frozen=True, slots=True)
class Assigned:
    """What the policy says of one channel: the names of a preset and of a membership; "" for nothing."""

    preset: str = ""
    membership: str = ""


@dataclass(frozen=True)
class Policy:
    """A whole policy. `channels` are by conversation id or, failing that, by name."""

    version: int
    default_preset: str
    presets: Mapping[str, Preset]
    channels: Mapping[str, Assigned] = field(default_factory=dict)
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    """Rules of who belongs, by name, for presets and channels to refer to."""

    def preset_for(self, channel: str, stored: str = "", name: str = "") -> Preset:
        """The preset of a channel: by its id here, as set in the register, by its name here, the default;
        with the channel's own membership where one is named.

        Its name comes last since any member may change it; an unknown stored key gives the default.
        """
        by_id, by_name = self.channels.get(channel, Assigned()), self._by_name(name)
        keys = (by_id.preset, stored, by_name.preset, self.default_preset)
        preset = next(self.presets[key] for key in keys if key in self.presets)
        named = next((m for m in (by_id.membership, by_name.membership) if m in self.memberships), "")
        return replace(preset, membership=self.memberships[named]) if named else preset

    def _by_name(self, name: str) -> Assigned:
        named = {_bare(k): assigned for k, assigned in self.channels.items()}
        return named.get(_bare(name), Assigned()) if name else Assigned()


def _bare(name: str) -> str:
    return name.removeprefix("#").strip().casefold()
