"""Buttons, forms and slash commands: trigger ids, response URLs and the payloads of captured shape."""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from connectors.sandbox.channels import Channel
from connectors.sandbox.events import Delivery
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.people import Person
from connectors.sandbox.rich_text import rich_text
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800.0
RESPONSE_USES = 5
LARGEST_STACK = 3


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer an interaction: five times in half an hour."""

    channel: str
    user: str
    message: Message | None = None
    note: Ephemeral | None = None
    thread_ts: str | None = None
    uses: int = 0
    expires: float = field(default_factory=lambda: time.monotonic() + RESPONSE_SECONDS)


class Interactivity:
    """Open forms and pending answers of one workspace."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self.workspace = workspace
        self.delivery = delivery
        self.views: dict[str, Json] = {}
        self.view_users: dict[str, str] = {}
        self.homes: dict[str, Json] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self._triggers: dict[str, tuple[str, float]] = {}

    # --- trigger ids and forms -------------------------------------------------------------------------

    def trigger(self, user: str) -> str:
        """A trigger id: good once, for three seconds."""
        value = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._triggers[value] = (user, time.monotonic() + TRIGGER_SECONDS)
        return value

    def spend_trigger(self, value: str) -> tuple[str, str]:
        """Whose trigger this was and "", or "" and Slack's error word."""
        user, expires = self._triggers.get(value, ("", 0.0))
        if not user:
            return "", "exchanged_trigger_id" if value in self._triggers else "invalid_trigger_id"
        self._triggers[value] = ("", 0.0)
        return (user, "") if time.monotonic() <= expires else ("", "expired_trigger_id")

    def stack(self, user: str) -> list[str]:
        return [view for view, owner in self.view_users.items() if owner == user]

    def open_view(self, user: str, view: Json, *, onto: str | None = None) -> Json:
        """Show a form to a person, alone or on top of another."""
        view_id = self.workspace.next_id("V")
        shown = self._view_object(view_id, view)
        shown["root_view_id"] = self.views[onto]["root_view_id"] if onto else view_id
        shown["previous_view_id"] = onto
        self.views[view_id] = shown
        self.view_users[view_id] = user
        self._show("view_opened", user, view_id)
        return shown

    def change_view(self, view_id: str, view: Json) -> Json:
        held = self.views[view_id]
        kept = {key: held[key] for key in ("root_view_id", "previous_view_id")}
        self.views[view_id] = self._view_object(view_id, view) | kept
        self._show("view_opened", self.view_users[view_id], view_id)
        return self.views[view_id]

    def close_view(self, view_id: str) -> None:
        user = self.view_users.pop(view_id)
        del self.views[view_id]
        self._show("view_closed", user, view_id)

    def publish_home(self, user: str, view: Json) -> Json:
        self.homes[user] = self._view_object(self.workspace.next_id("V"), view)
        return self.homes[user]

    def _view_object(self, view_id: str, view: Json) -> Json:
        workspace = self.workspace
        return {
            "id": view_id, "team_id": workspace.team, "type": view.get("type", "modal"),
            "blocks": with_block_ids(workspace, view.get("blocks", [])),
            "private_metadata": view.get("private_metadata", ""), "callback_id": view.get("callback_id", ""),
            "state": {"values": {}}, "hash": f"{time.time():.0f}.{secrets.token_hex(4)}",
            "title": view.get("title"), "clear_on_close": bool(view.get("clear_on_close")),
            "notify_on_close": bool(view.get("notify_on_close")), "close": view.get("close"),
            "submit": view.get("submit"), "previous_view_id": None, "root_view_id": view_id,
            "app_id": workspace.app.id, "external_id": view.get("external_id", ""),
            "app_installed_team_id": workspace.team, "bot_id": workspace.app.bot,
        }  # fmt: skip

    def _show(self, kind: str, user: str, view_id: str) -> None:
        for hear in self.workspace.on_view:
            hear({"type": kind, "view_id": view_id}, (user,))

    # --- what people do --------------------------------------------------------------------------------

    async def press(
        self, user: str, action: Json, *, message: Message | Ephemeral | None, view_id: str
    ) -> int:
        """A button press; the app's HTTP status (0: no answer)."""
        person = self.workspace.people[user]
        payload = self._payload("block_actions", person) | {"trigger_id": self.trigger(user)}
        if message is not None:
            payload |= self._about_message(message, user)
        else:
            payload |= {"container": {"type": "view", "view_id": view_id}, "view": self.views[view_id]}
        payload["actions"] = [action | {"action_ts": self.workspace.next_ts()}]
        payload["state"] = {"values": {}}
        status, _ = await self._send(payload)
        return status

    async def submit(self, user: str, view_id: str, values: Json) -> Json:
        """Submit a form; errors by block id keep it open."""
        view = self.views[view_id]
        view["state"] = {"values": values}
        payload = self._payload("view_submission", self.workspace.people[user])
        payload |= {"trigger_id": self.trigger(user), "view": view, "response_urls": []}
        status, answer = await self._send(payload)
        if status != 200:
            return {"": "The app did not answer. Try again."}
        return self._after_submit(user, view_id, answer)

    def _after_submit(self, user: str, view_id: str, answer: Json) -> Json:
        what = answer.get("response_action", "")
        if what == "errors":
            return dict(answer.get("errors", {}))
        if what == "update":
            self.change_view(view_id, answer["view"])
        elif what == "push":
            self.open_view(user, answer["view"], onto=view_id)
        elif view_id in self.views:
            for open_id in self.stack(user) if what == "clear" else [view_id]:
                self.close_view(open_id)
        return {}

    async def close(self, user: str, view_id: str) -> None:
        """A person closes a form; the app hears of it when it asked to."""
        view = self.views[view_id]
        self.close_view(view_id)
        if view["notify_on_close"]:
            payload = self._payload("view_closed", self.workspace.people[user])
            await self._send(payload | {"view": view, "is_cleared": False})

    async def command(self, user: str, channel: Channel, command: str, text: str) -> int:
        """A slash command. External people have none [Slack Connect]."""
        person = self.workspace.people[user]
        names = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}
        fields = {
            "token": self.workspace.app.verification_token, "team_id": self.workspace.team,
            "team_domain": self.workspace.domain, "channel_id": channel.id,
            "channel_name": names.get(channel.kind, channel.name), "user_id": user, "user_name": person.handle,
            "command": command, "text": text, "api_app_id": self.workspace.app.id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(ResponseUrl(channel.id, user), "commands"),
            "trigger_id": self.trigger(user),
        }  # fmt: skip
        status, _, answer = await self._post("commands", fields)
        if status == 200 and (body := _json(answer)):
            self._answer_command(channel, user, body)
        return status

    def _answer_command(self, channel: Channel, user: str, body: Json) -> None:
        shown = self.app_body(body)
        if body.get("response_type") == "in_channel":
            self.workspace.post_as_app(channel.id, shown, thread_ts=None, broadcast=False)
        else:
            self.workspace.whisper(channel.id, user, shown)

    def response_url(self, target: ResponseUrl, kind: str = "actions") -> str:
        key = f"{kind}/{self.workspace.team}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        self.response_urls[key] = target
        return f"{self.workspace.base_url}/{key}"

    def respond(self, key: str, body: Json) -> str:
        """Use a response URL; "ok", or Slack's word for why not."""
        target = self.response_urls.get(key)
        if target is None or time.monotonic() > target.expires:
            return "expired_url"
        if target.uses >= RESPONSE_USES:
            return "used_url"
        target.uses += 1
        if body.get("delete_original"):
            self._replace(target, None)
        elif body.get("replace_original") and (target.note or target.message):
            self._replace(target, body)
        else:
            self._add(target, body)
        return "ok"

    def _replace(self, target: ResponseUrl, body: Json | None) -> None:
        shown = None if body is None else self.app_body(body)
        if target.note is not None:
            self.workspace.change_whisper(target.note, shown)
        elif target.message is not None and target.message.body is not None:
            message, by = target.message, self.workspace.app.user
            if shown is None:
                self.workspace.delete(message.channel, message.ts, by)
            else:
                parts = {key: shown[key] for key in ("blocks", "attachments") if key in shown}
                self.workspace.edit(message.channel, message.ts, by, shown["text"], **parts)

    def _add(self, target: ResponseUrl, body: Json) -> None:
        shown, thread = self.app_body(body), body.get("thread_ts") or target.thread_ts
        if body.get("response_type") == "in_channel":
            self.workspace.post_as_app(target.channel, shown, thread_ts=thread, broadcast=False)
        else:
            self.workspace.whisper(target.channel, target.user, shown, thread_ts=thread)

    # --- payloads --------------------------------------------------------------------------------------

    def app_body(self, body: Json) -> Json:
        """A message that the app composed, with the keys Slack adds."""
        app, team = self.workspace.app, self.workspace.team
        text = str(body.get("text", ""))
        shown: Json = {"bot_id": app.bot, "type": "message", "text": text, "user": app.user, "app_id": app.id}
        blocks = body.get("blocks")
        if blocks or text:
            own = rich_text(text, self.workspace.next_id("b")[-5:])
            shown["blocks"] = with_block_ids(self.workspace, blocks) if blocks else [own]
        shown |= {"team": team, "bot_profile": bot_profile(self.workspace)}
        for key in ("attachments", "metadata"):
            if body.get(key):
                shown[key] = body[key]
        return shown

    def _payload(self, kind: str, person: Person) -> Json:
        workspace = self.workspace
        return {
            "type": kind,
            "user": {
                "id": person.id, "username": person.handle, "name": person.handle, "team_id": person.team,
            },
            "api_app_id": workspace.app.id,
            "token": workspace.app.verification_token,
            "team": {"id": workspace.team, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }  # fmt: skip

    def _about_message(self, message: Message | Ephemeral, user: str) -> Json:
        channel = self.workspace.channels[message.channel]
        ephemeral = isinstance(message, Ephemeral)
        thread = message.thread_ts
        container: Json = {
            "type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": ephemeral,
        }  # fmt: skip
        if thread:
            container["thread_ts"] = thread
        if isinstance(message, Ephemeral):
            target = ResponseUrl(channel.id, user, note=message, thread_ts=thread)
        else:
            target = ResponseUrl(channel.id, user, message=message, thread_ts=thread)
        name = {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
        about: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": name},
            "response_url": self.response_url(target),
        }
        # Slack does not send an ephemeral message's content back.
        return about if ephemeral else about | {"message": message.body}

    async def _send(self, payload: Json) -> tuple[int, Json]:
        status, _, answer = await self._post("interactions", {"payload": json.dumps(payload)})
        return status, _json(answer)

    async def _post(self, where: str, fields: Json) -> tuple[int, dict[str, str], bytes]:
        url = f"{self.delivery.url}/slack/{where}"
        try:
            return await self.delivery.send(
                url, urlencode(fields).encode(), "application/x-www-form-urlencoded"
            )
        except (TimeoutError, aiohttp.ClientError):
            return 0, {}, b""


def bot_profile(workspace: Workspace) -> Json:
    app = workspace.app
    image = "https://a.slack-edge.com/80588/img/plugins/app"
    icons = {f"image_{size}": f"{image}/bot_{size}.png" for size in (36, 48, 72)}
    return {
        "id": app.bot, "deleted": False, "name": app.name, "updated": 1_760_000_000, "app_id": app.id,
        "icons": icons, "team_id": workspace.team,
    }  # fmt: skip


def with_block_ids(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    """Slack names every block that has no id."""
    return [
        block if block.get("block_id") else block | {"block_id": workspace.next_id("b")[-5:]}
        for block in blocks
    ]


def _json(body: bytes) -> Json:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {"text": body.decode("utf-8", "replace")}
    return parsed if isinstance(parsed, dict) else {}
