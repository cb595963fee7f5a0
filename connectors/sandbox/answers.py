"""Response URLs: where an app may answer an interaction, five times in half an hour."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.composed import app_body
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
SECONDS = 1800.0
USES = 5


@dataclass(slots=True)
class Target:
    """What an answer goes to: the message or note that was acted on, or only a place and a person."""

    channel: str
    user: str
    about: Message | Ephemeral | None = None
    uses: int = 0
    expires: float = field(default_factory=lambda: time.monotonic() + SECONDS)


class Answers:
    """The response URLs that are open."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.targets: dict[str, Target] = {}

    def url(self, target: Target, kind: str = "actions") -> str:
        """A new response URL; `kind` is the first part of its path, as Slack's (actions, commands)."""
        key = f"{kind}/{self.workspace.team}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        self.targets[key] = target
        return f"{self.workspace.base_url}/{key}"

    def take(self, key: str, body: Json) -> str:
        """An app answers; "ok", or Slack's word for why not."""
        target = self.targets.get(key)
        if target is None or time.monotonic() > target.expires:
            return "expired_url"
        if target.uses >= USES:
            return "used_url"
        target.uses += 1
        if body.get("delete_original"):
            self._replace(target, None)
        elif body.get("replace_original") and target.about is not None:
            self._replace(target, body)
        else:
            self.add(target, body)
        return "ok"

    def add(self, target: Target, body: Json) -> None:
        """Say something new: to the person alone, unless `response_type` is in_channel."""
        about = target.about
        shown, thread = (
            app_body(self.workspace, body),
            body.get("thread_ts") or (about.thread_ts if about else None),
        )
        if body.get("response_type") == "in_channel":
            self.workspace.post_as_app(target.channel, shown, thread_ts=thread, broadcast=False)
        else:
            self.workspace.whisper(target.channel, target.user, shown, thread_ts=thread)

    def _replace(self, target: Target, body: Json | None) -> None:
        workspace, about = self.workspace, target.about
        shown = None if body is None else app_body(workspace, body)
        if isinstance(about, Ephemeral):
            workspace.change_whisper(about, shown)
        elif about is None or about.body is None:
            return
        elif shown is None:
            workspace.delete(about.channel, about.ts, workspace.app.user)
        else:
            parts = {key: shown[key] for key in ("blocks", "attachments") if key in shown}
            workspace.edit(about.channel, about.ts, workspace.app.bot, shown["text"], **parts)
