"""Plays a shift: the steps of shift.json, done by the people of the seed."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from connectors.sandbox import acts
from connectors.sandbox.api.call import Sandbox
from connectors.sandbox.drawing import patient_list
from connectors.sandbox.files import guess_mimetype
from connectors.sandbox.inputs import elements
from connectors.sandbox.messages import Ephemeral, Message

Json = dict[str, Any]
SCRIPT = Path(__file__).with_name("shift.json")
BUTTON_WITHIN = 10.0
"""Seconds that a press waits for the app's note to arrive."""


class Shift:
    """One run of the script at a time.

    A step is `{"wait": seconds, "do": …, "as": key, "channel": name, "caption"?: words for the page}` and:
    post `text`, `id`? (a name for later steps) · reply `to`, `text`, `broadcast`? · edit `to`, `text` ·
    file `name`, `content` (or `draw`: patient_list), `text`? · press `button` (its label) · join `by`? · leave `by`? ·
    set `what` (topic, purpose, name), `text`.
    """

    def __init__(self, sandbox: Sandbox, script: Path = SCRIPT) -> None:
        self._sandbox = sandbox
        self._script = script
        self._task: asyncio.Task[None] | None = None
        self._steps: list[Json] = []
        self._step = 0
        self._caption = ""
        self._channel = ""
        self._said: dict[str, str] = {}
        self._acts: dict[str, Callable[[Json, Json], Awaitable[None]]] = {
            "post": self._post, "reply": self._post, "file": self._post, "edit": self._edit,
            "press": self._press, "join": self._join, "leave": self._leave, "set": self._set,
        }  # fmt: skip

    def progress(self) -> Json:
        running = self._task is not None and not self._task.done()
        step, of = self._step, len(self._steps)
        return {
            "running": running,
            "step": step,
            "of": of,
            "caption": self._caption,
            "channel": self._channel,
        }

    async def do(self, action: str, pace: float | None = None) -> Json:
        """`start`, `stop` or `reset`; `pace` is the seconds between steps in place of the script's own."""
        if action not in ("start", "stop", "reset"):
            raise ValueError("A shift can be started, stopped or reset.")
        await self.stop()
        if action == "reset" or self._step >= len(self._steps):
            self._step, self._caption, self._channel, self._said = 0, "", "", {}
        if action == "start":
            self._steps = json.loads(self._script.read_text(encoding="utf-8"))
            self._task = asyncio.get_running_loop().create_task(self._play(pace))
        self._show()
        return self.progress()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _play(self, pace: float | None) -> None:
        while self._step < len(self._steps):
            step = self._steps[self._step]
            await asyncio.sleep(float(step.get("wait", 2.0)) if pace is None else pace)
            await self._take(step)
            self._step += 1
            self._show()
        self._task = None
        self._show()

    async def _take(self, step: Json) -> None:
        workspace = self._sandbox.workspace
        try:
            channel = workspace.channel_called(step["channel"]).id
        except KeyError:
            return  # Teams is not played everywhere.
        where = {"as": workspace.person_called(step["as"]).id, "channel": channel}
        self._caption, self._channel = step.get("caption", self._caption), channel
        try:
            await self._acts[step["do"]](step, where)
        except (acts.Refusal, KeyError):
            # The app may have taken away what a step builds on; the shift goes on without it.
            return

    async def _post(self, step: Json, where: Json) -> None:
        given = where | {"text": step.get("text", "")}
        if "to" in step:
            given |= {"thread_ts": self._said[step["to"]], "broadcast": step.get("broadcast", False)}
        if step["do"] == "file":
            data = patient_list() if "draw" in step else step["content"].encode()
            encoded = base64.b64encode(data).decode()
            file = {"name": step["name"], "mimetype": guess_mimetype(step["name"]), "data_base64": encoded}
            given["files"] = [file]
        answer = await acts.post(self._sandbox, given)
        if "id" in step:
            self._said[step["id"]] = answer["ts"]

    async def _edit(self, step: Json, where: Json) -> None:
        await acts.edit(self._sandbox, where | {"ts": self._said[step["to"]], "text": step["text"]})

    async def _join(self, step: Json, where: Json) -> None:
        inviter = self._sandbox.workspace.person_called(step["by"]).id if "by" in step else None
        self._sandbox.workspace.join(where["channel"], where["as"], inviter)

    async def _leave(self, step: Json, where: Json) -> None:
        by = self._sandbox.workspace.person_called(step["by"]).id if "by" in step else ""
        self._sandbox.workspace.leave(where["channel"], where["as"], by)

    async def _set(self, step: Json, where: Json) -> None:
        await acts.set_lines(self._sandbox, where | {step["what"]: step["text"]})

    async def _press(self, step: Json, where: Json) -> None:
        """Press the button on the newest note to this person; a step passes by when none comes."""
        ends = asyncio.get_running_loop().time() + BUTTON_WITHIN
        while asyncio.get_running_loop().time() < ends:
            for note in self._notes(where["as"]):
                if button := _button(note.body or {}, step["button"]):
                    pressed = {"as": where["as"], "channel": note.channel, "message_ts": note.ts}
                    await acts.press(self._sandbox, pressed | button)
                    return
            await asyncio.sleep(0.1)

    def _notes(self, user: str) -> Iterator[Ephemeral | Message]:
        """What the app told this person, newest first: private notes, then direct messages."""
        workspace = self._sandbox.workspace
        for note in reversed(workspace.ephemerals):
            if note.user == user and note.until is None and not note.lost:
                yield note
        for channel in workspace.channels.values():
            if channel.kind == "im" and set(channel.members) == {user, workspace.app.user}:
                yield from (message for message in reversed(channel.messages.values()) if message.body)

    def _show(self) -> None:
        self._sandbox.workspace.show_people({"type": "shift", **self.progress()}, None)


def _button(content: Json, label: str) -> Json | None:
    for card in content.get("teams", {}).get("cards", ()):
        if any(action["title"] == label for action in card["content"].get("actions", ())):
            return {"verb": label}
    for block_id, element in elements(content):
        if element["type"] == "button" and element["text"]["text"] == label:
            return {"action_id": element["action_id"], "block_id": block_id}
    return None
