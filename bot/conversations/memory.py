"""What was said just before, per conversation: what a bare answer or a first name refers to."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime

from bot.conversations.spoken import Spoken
from connectors.interface import Channel, Message
from detectors.interface import Earlier, Finding, Kind

_KEPT = 60
_SHOWN = 30
_CONVERSATIONS = 500


@dataclass
class Remembered:
    """A message with the text that the detectors saw and what they found there."""

    message: Message
    text: str = field(repr=False)
    findings: tuple[Finding, ...] = ()
    left: frozenset[tuple[str, ...]] = field(default=frozenset(), repr=False)
    """The texts of its parts as each hiding of ours left them: by this our own edit is known."""


class Memory:
    """The last messages of each conversation, and the names said in more, in this process only.

    The messages are rebuilt from the inbox when lost.
    """

    def __init__(self) -> None:
        self._lanes: OrderedDict[Channel, deque[Remembered]] = OrderedDict()
        self._spoken: dict[Channel, Spoken] = {}

    def knows(self, channel: Channel) -> bool:
        return channel in self._lanes

    def begin(self, channel: Channel) -> None:
        """Start remembering; the least used conversation is forgotten when there are too many."""
        self._lanes.setdefault(channel, deque(maxlen=_KEPT))
        while len(self._lanes) > _CONVERSATIONS:
            forgotten, _ = self._lanes.popitem(last=False)
            self._spoken.pop(forgotten, None)

    def add(self, remembered: Remembered) -> None:
        """Remember a message, in the place of an earlier state of the same message."""
        ref = remembered.message.ref
        self.begin(ref.channel)
        self._lanes.move_to_end(ref.channel)
        spoken = self._spoken.setdefault(ref.channel, Spoken())
        spoken.add(ref.ts, remembered.text, remembered.findings)
        lane = self._lanes[ref.channel]
        for n, old in enumerate(lane):
            if old.message.ref.ts == ref.ts:
                lane[n] = remembered
                return
        if lane and remembered.message.posted_at < lane[-1].message.posted_at:
            # Caught up with after something later was seen: it goes where it belongs.
            lane.append(remembered)
            self._lanes[ref.channel] = deque(sorted(lane, key=_when), maxlen=_KEPT)
        else:
            lane.append(remembered)

    def leave(self, message: Message, texts: tuple[str, ...]) -> None:
        """Our hiding left these texts in the place of the message's."""
        for remembered in self._lanes.get(message.ref.channel, ()):
            if remembered.message.ref.ts == message.ref.ts:
                remembered.left |= {texts}

    def forget(self, channel: Channel, ts: str) -> None:
        """A message was deleted by its author."""
        if lane := self._lanes.get(channel):
            self._lanes[channel] = deque((r for r in lane if r.message.ref.ts != ts), maxlen=_KEPT)
        if spoken := self._spoken.get(channel):
            spoken.forget(ts)

    def get(self, channel: Channel, ts: str) -> Remembered | None:
        return next((r for r in self._lanes.get(channel, ()) if r.message.ref.ts == ts), None)

    def before(self, message: Message) -> tuple[Earlier, ...]:
        """What a reader of this message had seen: its thread, and the conversation's own level."""
        thread = message.ref.thread
        seen = [
            r
            for r in self._lanes.get(message.ref.channel, ())
            if r.message.ref.ts != message.ref.ts
            and r.message.posted_at <= message.posted_at
            and (r.message.ref.thread in (None, r.message.ref.ts, thread) or r.message.ref.ts == thread)
        ]
        return tuple(Earlier(r.message.ref.ts, r.message.sender, r.text, r.findings) for r in seen[-_SHOWN:])

    def spoken_of(self, channel: Channel) -> dict[str, Kind]:
        """The names of the patients and relatives of a conversation, of far more messages than `before` gives."""
        spoken = self._spoken.get(channel)
        return spoken.names() if spoken else {}


def _when(remembered: Remembered) -> datetime:
    return remembered.message.posted_at
