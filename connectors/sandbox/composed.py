"""What Slack makes of a message that the app composed."""

from typing import Any

from connectors.sandbox.rich_text import linkify, rich_text
from connectors.sandbox.workspace import Workspace

Json = dict[str, Any]
ICONS = "https://a.slack-edge.com/80588/img/plugins/app"


def app_body(workspace: Workspace, given: Json) -> Json:
    """The app's message with the keys Slack adds; without blocks of its own, they follow from the text."""
    app = workspace.app
    text = linkify(str(given.get("text") or ""))
    body: Json = {"bot_id": app.bot, "type": "message", "text": text, "user": app.user, "app_id": app.id}
    if blocks := given.get("blocks"):
        body["blocks"] = with_block_ids(workspace, blocks)
    elif text:
        body["blocks"] = [rich_text(text, workspace.next_id("b")[-5:])]
    body |= {"team": workspace.team, "bot_profile": bot_profile(workspace)}
    if attachments := given.get("attachments"):
        body["attachments"] = with_attachment_ids(attachments)
    return body | ({"metadata": given["metadata"]} if given.get("metadata") else {})


def bot_profile(workspace: Workspace) -> Json:
    app = workspace.app
    icons = {f"image_{size}": f"{ICONS}/bot_{size}.png" for size in (36, 48, 72)}
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


def with_attachment_ids(attachments: list[Json]) -> list[Json]:
    """Slack numbers attachments from 1 and gives each a fallback."""
    numbered = (
        {"id": n, "fallback": held.get("text") or "[no preview available]"}
        for n, held in enumerate(attachments, 1)
    )
    return [given | held for given, held in zip(numbered, attachments, strict=True)]
