"""What people do with the app's buttons, forms and slash commands, sent on as Slack sends it."""

import json
from typing import Any
from urllib.parse import urlencode

import aiohttp

from connectors.sandbox import inputs
from connectors.sandbox.answers import Answers, Target
from connectors.sandbox.channels import Channel
from connectors.sandbox.events import Delivery
from connectors.sandbox.forms import Forms
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.people import Person
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
NO_ANSWER = "The app did not answer. Try again."
HIDDEN_NAMES = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}
"""What interactions call a conversation whose name Slack does not tell."""


class Interactivity:
    """Sends interactions to the app and carries out its immediate answers."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self.workspace = workspace
        self.delivery = delivery
        self.forms = Forms(workspace)
        self.answers = Answers(workspace)

    async def press(
        self, user: str, block_id: str, action_id: str, value: str, on: Message | Ephemeral | str
    ) -> int:
        """Press a button on a message, a note, or a form (its view id); the app's HTTP status, 0 for none.

        `value` is what was chosen where the element is not a button. Raises KeyError when it is not there.
        """
        content = self.forms.views[on] if isinstance(on, str) else (on.body or {})
        action = inputs.action(content, block_id, action_id, value)
        payload = self._payload("block_actions", user) | {"trigger_id": self.forms.trigger(user)}
        if isinstance(on, str):
            payload |= {"container": {"type": "view", "view_id": on}, "view": self.forms.views[on]}
        else:
            payload |= self._about(on, user)
        payload["actions"] = [action | {"action_ts": self.workspace.next_ts()}]
        payload["state"] = {"values": {}}
        status, _ = await self._send("interactions", {"payload": json.dumps(payload)})
        return status

    async def submit(self, user: str, view_id: str, values: Json) -> Json:
        """Submit a form: what was entered by block and action id; errors by block id keep it open."""
        view = self.forms.views[view_id]
        view["state"] = {"values": inputs.state(view, values)}
        payload = self._payload("view_submission", user)
        payload |= {"trigger_id": self.forms.trigger(user), "view": view}
        status, answer = await self._send("interactions", {"payload": json.dumps(payload)})
        return self._after_submit(user, view_id, answer) if status == 200 else {"": NO_ANSWER}

    def _after_submit(self, user: str, view_id: str, answer: Json) -> Json:
        what = answer.get("response_action", "")
        if what == "errors":
            return dict(answer.get("errors", {}))
        if what == "update":
            self.forms.change(view_id, answer["view"])
        elif what == "push":
            self.forms.open(user, answer["view"], onto=view_id)
        elif view_id in self.forms.views:
            for open_id in self.forms.stack(user) if what == "clear" else [view_id]:
                self.forms.close(open_id)
        return {}

    async def close(self, user: str, view_id: str) -> None:
        """A person closes a form; the app hears of it when it asked to."""
        view = self.forms.views[view_id]
        self.forms.close(view_id)
        if view["notify_on_close"]:
            payload = self._payload("view_closed", user) | {"view": view, "is_cleared": False}
            await self._send("interactions", {"payload": json.dumps(payload)})

    async def command(self, user: str, channel: Channel, command: str, text: str) -> int:
        """A slash command; the app's HTTP status, 0 for none. Its answer is shown as it asks."""
        workspace, target = self.workspace, Target(channel.id, user)
        fields = {
            "token": workspace.app.verification_token, "team_id": workspace.team, "team_domain": workspace.domain,
            "channel_id": channel.id, "channel_name": HIDDEN_NAMES.get(channel.kind, channel.name),
            "user_id": user, "user_name": workspace.people[user].handle, "command": command, "text": text,
            "api_app_id": workspace.app.id, "is_enterprise_install": "false",
            "response_url": self.answers.url(target, "commands"), "trigger_id": self.forms.trigger(user),
        }  # fmt: skip
        status, answer = await self._send("commands", fields)
        if status == 200 and answer:
            self.answers.add(target, answer)
        return status

    def _payload(self, kind: str, user: str) -> Json:
        workspace, person = self.workspace, self.workspace.people[user]
        return {
            "type": kind,
            "user": _user(person),
            "api_app_id": workspace.app.id,
            "token": workspace.app.verification_token,
            "team": {"id": workspace.team, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _about(self, on: Message | Ephemeral, user: str) -> Json:
        channel, private = self.workspace.channels[on.channel], isinstance(on, Ephemeral)
        container = {
            "type": "message",
            "message_ts": on.ts,
            "channel_id": channel.id,
            "is_ephemeral": private,
        }
        about: Json = {
            "container": container | ({"thread_ts": on.thread_ts} if on.thread_ts else {}),
            "channel": {"id": channel.id, "name": HIDDEN_NAMES.get(channel.kind, channel.name)},
            "response_url": self.answers.url(Target(channel.id, user, on)),
        }
        # Slack does not send a private note's content back.
        return about if private else about | {"message": on.body}

    async def _send(self, where: str, fields: Json) -> tuple[int, Json]:
        url = f"{self.delivery.url}/slack/{where}"
        try:
            status, _, answer = await self.delivery.send(
                url, urlencode(fields).encode(), "application/x-www-form-urlencoded"
            )
        except (TimeoutError, aiohttp.ClientError):
            return 0, {}
        return status, _read(answer)


def _user(person: Person) -> Json:
    return {"id": person.id, "username": person.handle, "name": person.handle, "team_id": person.team}


def _read(body: bytes) -> Json:
    """An answer's JSON; plain words count as a text, as Slack takes them."""
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {"text": body.decode("utf-8", "replace")}
    return parsed if isinstance(parsed, dict) else {}
