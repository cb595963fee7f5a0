"""Forms that people have open, the app's home, and the trigger ids that let an app open a form."""

import secrets
import time
from typing import Any

from connectors.sandbox.composed import with_block_ids
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
TRIGGER_SECONDS = 3.0
LARGEST_STACK = 3


class Forms:
    """Views by id, and whose they are."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.views: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        self._owners: dict[str, str] = {}
        self._triggers: dict[str, tuple[str, float]] = {}

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
        """The views this person has open, the lowest first."""
        return [view for view, owner in self._owners.items() if owner == user]

    def open(self, user: str, view: Json, *, onto: str | None = None) -> Json:
        """Show a form to a person, alone or on top of another."""
        view_id = self.workspace.next_id("V")
        shown = self._object(view_id, view)
        if onto:
            shown |= {"root_view_id": self.views[onto]["root_view_id"], "previous_view_id": onto}
        self.views[view_id], self._owners[view_id] = shown, user
        self._show("view_opened", user, view_id)
        return shown

    def change(self, view_id: str, view: Json) -> Json:
        held = self.views[view_id]
        kept = {key: held[key] for key in ("root_view_id", "previous_view_id")}
        self.views[view_id] = self._object(view_id, view) | kept
        self._show("view_opened", self._owners[view_id], view_id)
        return self.views[view_id]

    def close(self, view_id: str) -> None:
        user = self._owners.pop(view_id)
        del self.views[view_id]
        self._show("view_closed", user, view_id)

    def publish_home(self, user: str, view: Json) -> Json:
        self.homes[user] = self._object(self.workspace.next_id("V"), view)
        return self.homes[user]

    def _object(self, view_id: str, view: Json) -> Json:
        workspace, kind = self.workspace, view.get("type", "modal")
        shown = {
            "id": view_id, "team_id": workspace.team, "type": kind,
            "blocks": with_block_ids(workspace, view.get("blocks", [])),
            "private_metadata": view.get("private_metadata", ""), "callback_id": view.get("callback_id", ""),
            "state": {"values": {}}, "hash": f"{time.time():.0f}.{secrets.token_hex(4)}",
            "clear_on_close": bool(view.get("clear_on_close")),
            "notify_on_close": bool(view.get("notify_on_close")),
            "previous_view_id": None, "root_view_id": view_id, "app_id": workspace.app.id,
            "external_id": view.get("external_id", ""), "app_installed_team_id": workspace.team,
            "bot_id": workspace.app.bot,
        }  # fmt: skip
        return shown | (
            {key: view.get(key) for key in ("title", "close", "submit")} if kind == "modal" else {}
        )

    def _show(self, kind: str, user: str, view_id: str) -> None:
        self.workspace.show_people({"type": kind, "view_id": view_id}, (user,))
