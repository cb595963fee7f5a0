"""What members could read and for how long, from the workspace's own record: never from the bot's word."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.replay.readable import is_copy, plain, readable_chars, shows_value, strings

MUST_HIDE = frozenset(
    (
        "PATIENT_NAME", "RELATIVE_NAME", "NHS_NUMBER", "CHI", "HC_NUMBER", "MRN", "DOB", "ADDRESS", "POSTCODE",
        "PHONE_PATIENT", "EMAIL_PATIENT", "NINO", "URL_ID", "FILENAME_ID", "OTHER_ID",
    )
)  # fmt: skip
MAY_HIDE = frozenset(("AGE", "INITIALS"))

_BY = re.compile(r"\nshared by [^\n]+ hidden by Chaperone$")
"""Names the sender, whom everybody sees, and who may be called like a patient."""

Spans = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Truth:
    """One message as its author wrote it, state after state (an edit adds one), with the true spans."""

    id: str
    channel: str
    ts: str
    sender: str
    label: str
    states: tuple[tuple[str, Spans], ...] = field(repr=False)

    def identifiers(self) -> list[str]:
        """The words of every true identifier in any state."""
        return [text[s:e] for text, spans in self.states for s, e, kind in spans if kind in MUST_HIDE]


@dataclass(frozen=True)
class Measured:
    """One message's fate. Seconds since the epoch; `open` when it can be read still."""

    id: str
    readable_seconds: float
    open: bool
    disturbed: bool


def measure(history: Mapping[str, Any], truths: Sequence[Truth], end: float) -> list[Measured]:
    """For each truth: for how long an identifier of it could be read by anyone but its sender, anywhere."""
    messages = {(m["channel"], m["ts"]): m for m in history["messages"]}
    own = {(t.channel, t.ts) for t in truths}
    others = [m for key, m in messages.items() if key not in own]
    return [_one(t, messages.get((t.channel, t.ts), {}), others, history, end) for t in truths]


def _one(
    truth: Truth, message: Mapping[str, Any], others: Sequence[Mapping[str, Any]], history: Mapping[str, Any],
    end: float,
) -> Measured:  # fmt: skip
    here = [*_versions([message]), *(_copies(truth, others) if _gone(message) else ())]
    elsewhere = _elsewhere(truth, others, history)
    times = [(s.start, s.end) for s in here if _leaks(truth, s.texts)]
    times += [(s.start, s.end) for s in elsewhere if _leaks_elsewhere(truth, s.texts)]
    seconds = _covered([(a, end if b is None else b) for a, b in times])
    standing = [s for s in here if s.end is None]
    return Measured(truth.id, seconds, any(b is None for _, b in times), _disturbed(truth, standing))


def _gone(message: Mapping[str, Any]) -> bool:
    versions = message.get("versions") or ({"deleted": True},)
    return bool(versions[-1].get("deleted") or versions[-1].get("tombstone"))


def _copies(truth: Truth, others: Iterable[Mapping[str, Any]]) -> "list[_Shown]":
    """What the app posted in the message's stead: its words, with nothing or placeholders in between, and perhaps
    a last line that says whose they are."""
    posted = [m for m in others if m["channel"] == truth.channel and m.get("bot_id") and m["ts"] > truth.ts]
    texts = {text for text, _ in truth.states}
    found = [_as_copy(m, texts) for m in posted]
    return [shown for copy in found if copy for shown in copy]


def _as_copy(message: Mapping[str, Any], texts: Iterable[str]) -> "list[_Shown]":
    """Every version of a copy of one of `texts`, without the line that says whose it is; none when it is no copy."""
    shown = [replace(s, texts=(_BY.sub("", s.texts[0]), *s.texts[1:])) for s in _versions([message])]
    return shown if any(is_copy(t, s.texts[0]) for s in shown for t in texts) else []


@dataclass(frozen=True)
class _Shown:
    """What stood somewhere from `start` until `end` (None: it stands there still)."""

    start: float
    end: float | None
    texts: tuple[str, ...] = field(repr=False)


def _versions(messages: Iterable[Mapping[str, Any]]) -> list[_Shown]:
    return [
        _Shown(v["from"], v["until"], _texts(v))
        for m in messages for v in m.get("versions", ()) if not v.get("deleted")
    ]  # fmt: skip


def _texts(version: Mapping[str, Any]) -> tuple[str, ...]:
    said = str(version.get("text") or "")
    # A notice in the message's place is no remains of it, however many letters they have in common.
    own = ("", said) if version.get("tombstone") else (said,)
    files = [str(f.get(k, "")) for f in version.get("files") or () for k in ("name", "title", "preview")]
    return (*own, *strings(version.get("blocks") or []),
            *strings(version.get("attachments") or []), *files)  # fmt: skip


def _leaks(truth: Truth, texts: Sequence[str]) -> bool:
    """Whether any character of any true identifier stands in the message's own place."""
    return any(_leaks_state(text, spans, texts) for text, spans in truth.states)


def _leaks_state(original: str, spans: Spans, texts: Sequence[str]) -> bool:
    secret = {i for s, e, kind in spans if kind in MUST_HIDE for i in range(s, e) if original[i].isalnum()}
    if not secret:
        return False
    if texts and texts[0] and secret & readable_chars(original, texts[0]):
        return True
    blank = "".join(" " if i in secret else c for i, c in enumerate(original))
    rest = [t for t in texts[1:] if t]
    return any(
        shows_value(original[s:e], [text], allowed=_count(original[s:e], plain(blank)))
        for s, e, kind in spans if kind in MUST_HIDE for text in rest
    )  # fmt: skip


def _leaks_elsewhere(truth: Truth, texts: Sequence[str]) -> bool:
    joined = [plain(t) for t in texts if t]
    return any(_telling(value) and any(_holds(value, t) for t in joined) for value in truth.identifiers())


def _telling(value: str) -> bool:
    """Whether a value is unmistakable outside its message: a first name alone may be anybody's."""
    words = [w for w in value.replace("-", " ").split() if len(w) > 1]
    return len(words) > 1 or sum(c.isdigit() for c in value) >= 5 or "@" in value


def _holds(value: str, text: str) -> bool:
    return value.casefold() in text.casefold()


def _count(value: str, text: str) -> int:
    words = [w for w in value.casefold().split() if len(w) > 1]
    return max((text.casefold().count(w) for w in words), default=0)


def _elsewhere(truth: Truth, others: Iterable[Mapping[str, Any]], history: Mapping[str, Any]) -> list[_Shown]:
    """Everything else that a member other than the sender could see: the app's posts, notes to others,
    files and topics."""
    if not any(_telling(v) for v in truth.identifiers()):
        return []
    shown = _versions(others)
    for note in history.get("ephemerals", ()):
        if note["user"] != truth.sender:
            shown += [_Shown(v["from"], note.get("until"), _texts(v)) for v in note["versions"]]
    for topic in history.get("topics", ()):
        shown.append(_Shown(topic["from"], topic.get("until"), (str(topic["value"]),)))
    return shown


def _covered(times: Sequence[tuple[float, float]]) -> float:
    """The length of the union of intervals."""
    total, reached = 0.0, -math.inf
    for start, end in sorted(times):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _disturbed(truth: Truth, standing: Sequence[_Shown]) -> bool:
    """A message without anything to hide that no longer reads as its author wrote it."""
    return truth.label == "clean" and all(plain(s.texts[0]) != plain(truth.states[-1][0]) for s in standing)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
