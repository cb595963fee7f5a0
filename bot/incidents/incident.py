"""What an incident is when it is opened; the rows that grow from it are in `store.tables`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.interface import Channel
from detectors.interface import Identifiability

IncidentKind = Literal["message", "file", "topic", "membership", "delivery"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who could read the message when it was posted."""

    user: str
    name: str
    standing: str


@dataclass(frozen=True)
class Opening:
    """Everything known when an incident is opened, before anything is done about it.

    Times are epoch seconds. `masked` is the text with identifiers masked and `original` the platform's
    payload; both are sealed by the ledger.
    """

    kind: IncidentKind
    channel: Channel
    action: str
    thread: str | None = None
    message: str | None = None
    place: str | None = None
    sender: str = ""
    label: Identifiability = "clean"
    risk: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    reasons: Sequence[str] = ()
    policy: str = ""
    masked: str = field(default="", repr=False)
    original: Mapping[str, Any] | None = field(default=None, repr=False)
    audience: Sequence[Reader] = ()
    outsiders: int = 0
    posted_at: float | None = None
    accepted_at: float | None = None
