"""Play a shift: an invented ward hour, step by step, as if its people sat at their keyboards.

`shift.json` is a list of steps:

    {"wait": 1.5, "do": "post", "as": "priya", "channel": "ward-7-team", "text": "…", "id": "okafor",
     "caption": "what a newcomer sees happening"}

`wait` is in seconds at pace 1, before the step. `as` is a person's script key or id, `channel` a name,
`id` a name for what the step made, `to` such a name. A caption stays until the next one.

    post    text [id]                              reply   to text [broadcast] [id]
    edit    to text                                file    text name content [id] [to]
    set     what ("topic" or "purpose") text       join    [by: the inviter]
    leave   [by: who takes them out]               invite  name email kind [id]  (kind: member, guest, external)
    press   button ("Not a patient") [to]: on the newest note that this person got (after `to` was said)
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.sandbox.messages import Ephemeral
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
Step = Mapping[str, Any]

SCRIPT = Path(__file__).with_name("shift.json")
PATIENCE = 6.0
"""Seconds to wait for the note whose button is to be pressed; a shift without a bot goes on without it."""

NEEDS = {
    "post": {"text"},
    "reply": {"to", "text"},
    "edit": {"to", "text"},
    "file": {"text", "name", "content"},
    "set": {"what", "text"},
    "join": set[str](),
    "leave": set[str](),
    "invite": {"name", "email", "kind"},
    "press": {"button"},
}


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the shift stands: `step` of `of` (1 is the first), and the channel where it happens."""

    step: int
    of: int
    caption: str
    channel: str


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button on a note, as the page would send it. `button` is the Block Kit element."""

    user: str
    note: Ephemeral
    block_id: str
    button: Json = field(repr=False)


def read_shift(path: Path = SCRIPT) -> tuple[Step, ...]:
    """The steps of a script. Raises ValueError that names every step it cannot play."""
    steps = json.loads(path.read_text("utf-8"))
    problems = [f"step {at}: {problem}" for at, step in enumerate(steps, 1) if (problem := _problem(step))]
    if problems:
        raise ValueError(f"{path.name}: {'; '.join(problems)}")
    return tuple(steps)


def _problem(step: Step) -> str:
    if step.get("do") not in NEEDS:
        return f"unknown `do` {step.get('do')!r}"
    missing = ({"as", "channel"} | NEEDS[step["do"]]) - step.keys()
    return f"{step['do']} needs {', '.join(sorted(missing))}" if missing else ""


async def play(
    workspace: Workspace,
    steps: Sequence[Step],
    pace: float,
    progress: Callable[[Progress], None],
    press: Callable[[Press], Awaitable[object]],
) -> None:
    """Play the steps; `pace` stretches every wait (0: none). A step whose message is gone is passed over."""
    stage = _Stage(workspace, press)
    caption = ""
    for number, step in enumerate(steps, 1):
        await asyncio.sleep(float(step.get("wait", 0)) * pace)
        caption = step.get("caption", caption)
        channel = workspace.channel_called(step["channel"]).id
        progress(Progress(number, len(steps), caption, channel))
        user = stage.user(step["as"])
        with suppress(KeyError):  # an earlier message was taken away meanwhile: the shift goes on without it
            await stage.take(step, user, channel)


@dataclass(frozen=True, slots=True)
class _Stage:
    """The workspace during one shift, and what its steps made so far, by their `id`."""

    workspace: Workspace
    press: Callable[[Press], Awaitable[object]]
    made: dict[str, str] = field(default_factory=dict)

    async def take(self, step: Step, user: str, channel: str) -> None:
        if step["do"] == "press":
            await self._press(step, user, channel)
            return
        made = self._ACTS[step["do"]](self, step, user, channel)
        if "id" in step:
            self.made[step["id"]] = made

    def user(self, key: str) -> str:
        """The id of a person of the seed, or of one invited during the shift. Raises KeyError."""
        return self.made.get(key) or self.workspace.person_called(key).id

    def _post(self, step: Step, user: str, channel: str) -> str:
        thread = self.made[step["to"]] if "to" in step else None
        broadcast = bool(step.get("broadcast"))
        return self.workspace.post(channel, user, step["text"], thread_ts=thread, broadcast=broadcast).ts

    def _edit(self, step: Step, user: str, channel: str) -> str:
        return self.workspace.edit(channel, self.made[step["to"]], user, step["text"]).ts

    def _file(self, step: Step, user: str, channel: str) -> str:
        thread = self.made[step["to"]] if "to" in step else None
        file = self.workspace.add_file(user, step["name"], step["content"].encode(), "text/plain")
        return self.workspace.post(channel, user, step["text"], thread_ts=thread, files=[file]).ts

    def _set(self, step: Step, user: str, channel: str) -> str:
        self.workspace.set_line(channel, step["what"], step["text"], user)
        return ""

    def _join(self, step: Step, user: str, channel: str) -> str:
        self.workspace.join(channel, user, self.user(step["by"]) if "by" in step else None)
        return user

    def _leave(self, step: Step, user: str, channel: str) -> str:
        self.workspace.leave(channel, user, self.user(step["by"]) if "by" in step else "")
        return user

    def _invite(self, step: Step, user: str, channel: str) -> str:
        kind = step["kind"]
        person = self.workspace.invite(
            step["name"], step["email"], guest=kind == "guest", external=kind == "external"
        )
        self.workspace.join(channel, person.id, user)
        return person.id

    _ACTS = {
        "post": _post, "reply": _post, "edit": _edit, "file": _file, "set": _set,
        "join": _join, "leave": _leave, "invite": _invite,
    }  # fmt: skip

    async def _press(self, step: Step, user: str, channel: str) -> None:
        since = self.made.get(step.get("to", ""), "")
        for _ in range(int(PATIENCE / 0.05)):
            found = next(_buttons(self.workspace, user, channel, since, step["button"]), None)
            if found:
                await self.press(found)
                return
            await asyncio.sleep(0.05)


def _buttons(workspace: Workspace, user: str, channel: str, since: str, label: str) -> Iterator[Press]:
    """Buttons with this label on the notes that a person has in a channel, newest first."""
    for note in reversed(workspace.ephemerals):
        if (note.user, note.channel) != (user, channel) or note.until or note.lost or note.ts < since:
            continue
        for block in note.body.get("blocks", ()):
            for element in block.get("elements", ()) if block["type"] == "actions" else ():
                if element.get("text", {}).get("text") == label:
                    yield Press(user, note, block["block_id"], element)
