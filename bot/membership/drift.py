"""What a sweep found that no event had told of: kept on the audit, so that a gap in deliveries is seen."""

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.incidents import audit
from connectors.interface import Channel


@dataclass(frozen=True, slots=True)
class Drift:
    """How the platform's own list of members, and what the directories say of them, differ from ours."""

    joined: int = 0
    left: int = 0
    changed: int = 0
    """Those with another standing, or under another rule, than at the last look."""
    conversations: int = 0
    """In how many conversations."""

    def __bool__(self) -> bool:
        return bool(self.joined or self.left or self.changed)

    def __add__(self, other: "Drift") -> "Drift":
        return Drift(
            self.joined + other.joined, self.left + other.left, self.changed + other.changed,
            self.conversations + other.conversations,
        )  # fmt: skip

    @property
    def words(self) -> str:
        if not self:
            return "No difference from the platform's own lists"
        return (
            f"{self.joined} joined unseen, {self.left} left unseen, {self.changed} with another standing, "
            f"in {self.conversations} conversations"
        )


def write(c: Connection, channel: Channel, drift: Drift, at: float) -> None:
    """Add it to the audit. Counts only: who it was stands in the stays and their history."""
    audit.append(
        c, actor="chaperone", what="membership.drift", subject=channel.lane,
        detail={"joined": drift.joined, "left": drift.left, "changed": drift.changed}, at=at,
    )  # fmt: skip
