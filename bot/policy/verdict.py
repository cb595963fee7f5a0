"""What the policy decided about one message, and why."""

from dataclasses import dataclass
from enum import IntEnum

from detectors.interface import Finding, Identifiability


class Action(IntEnum):
    """What to do, weakest first, so that `max` gives the strictest."""

    OBSERVE = 0
    WARN = 1
    REDACT = 2
    HIDE = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can read a conversation at this moment, by standing."""

    staff: int = 0
    outsiders: int = 0
    """Guests, leavers and unknown accounts whom nobody confirmed."""
    could_not_tell: int = 0
    shared_outside: bool = False
    confirmed: int = 0
    """People outside the directory whom the owner or IG confirmed, until a day that is still to come."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """One finding with the action that the policy gives it, and the rule's reason in plain words."""

    finding: Finding
    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`action` is the strictest of `ruled`, or what the label and audience demand."""

    action: Action
    label: Identifiability
    ruled: tuple[Ruled, ...] = ()
    reasons: tuple[str, ...] = ()
    warn_sender: bool = False
    policy: str = ""
    """Preset and version in force, e.g. "clinical-team@1"."""

    @property
    def hidden(self) -> tuple[Ruled, ...]:
        """The findings whose text is to be replaced."""
        return tuple(r for r in self.ruled if r.action >= Action.REDACT)
