"""What people do in Teams that Slack's people cannot, called by tests and by the chat page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from connectors.sandbox.files import guess_mimetype
from connectors.sandbox.messages import Ephemeral, Message
from connectors.sandbox.rich_text import linkify
from connectors.sandbox.teams import activities
from connectors.sandbox.teams.call import Room
from connectors.sandbox.teams.composed import composed
from connectors.sandbox.teams.content import mention, mrkdwn
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.hiding import hide
from connectors.sandbox.teams.messenger import Messenger
from connectors.sandbox.teams.targeted import note_id

Json = dict[str, Any]
_AT: Final = re.compile(r"<at>([^<]+)</at>")
CARD_ANSWER: Final = "application/vnd.microsoft.card.adaptive"
WORDS_ANSWER: Final = "application/vnd.microsoft.activity.message"


class PeopleSide:
    """The people of one tenant: `PeopleSide(sandbox.room(estate), sandbox.messenger)`."""

    def __init__(self, room: Room, messenger: Messenger) -> None:
        self._room = room
        self._bot = messenger

    @property
    def estate(self) -> Estate:
        return self._room.estate

    def say(
        self, channel: str, user: str, html: str, *, subject: str = "", thread: str | None = None,
        images: Sequence[tuple[str, bytes]] = (), files: Sequence[tuple[str, bytes]] = (),
    ) -> Message:  # fmt: skip
        """Say something in Teams' own HTML, with inline images (name, bytes) and files in the channel's folder.

        `<at>person's workspace id</at>` mentions that person; `thread` is the ts of the thread's first message.
        """
        workspace, places = self._room.estate.workspace, self._room.estate.places
        kept = [
            workspace.add_file(user, name, data, guess_mimetype(name)) for name, data in (*images, *files)
        ]
        mentions: list[Json] = []
        shown = _AT.sub(lambda found: mention(places, found[1], mentions), html)
        text = linkify(mrkdwn(shown))
        inline = [file.id for file in kept[: len(images)]]
        teams: Json = {"html": shown, "of": text, "mentions": mentions, "inline": inline}
        if subject:
            teams["subject"] = subject
        return workspace.post(channel, user, text, thread_ts=thread, files=kept, extra={"teams": teams})

    def undelete(self, channel: str, ts: str) -> Message:
        """A person takes a deletion back. Raises KeyError when there was none."""
        workspace = self._room.estate.workspace
        message = workspace.channels[channel].messages[ts]
        if message.body is not None:
            raise KeyError(ts)
        before = next(v.body for v in reversed(message.versions) if not v.deleted)
        message.become(before, float(workspace.next_ts()), message.user)
        self._room.feed.changed(message, "updated", undeleted=True)
        workspace.show_people({"type": "message_changed", "channel": channel, "ts": ts}, None)
        return message

    def override(
        self, channel: str, ts: str, *, justification: str = "", false_positive: bool = False
    ) -> Message:
        """The sender of a blocked message overrides the block, so that all can read it again, or reports a
        false positive, which leaves it blocked. Raises KeyError for a message that is not blocked."""
        estate = self._room.estate
        message = estate.workspace.message(channel, ts)
        held = estate.violations[channel, ts]
        action = "reportFalsePositive" if false_positive else "override"
        changed = held | {"userAction": action, "justificationText": justification or None}
        if not false_positive:
            changed["dlpAction"] = "notifySender"
        hide(estate, self._room.feed, message, changed)
        return message

    def share_with(self, channel: str, team: str, users: Sequence[str]) -> None:
        """Share a channel with a team of another organisation, whose people come as indirect members."""
        estate = self._room.estate
        for user in users:
            estate.indirect.setdefault(channel, set()).add(user)
        if team not in estate.workspace.channels[channel].connected_teams:
            estate.workspace.share(channel, team)
        for user in users:
            estate.workspace.join(channel, user)

    async def press(
        self, user: str, on: Message | Ephemeral, action: str, inputs: Mapping[str, str] | None = None
    ) -> tuple[int, Json]:
        """Press the Action.Execute with this verb, id or title on a card; what the bot answers is shown.

        Gives the HTTP status (0: none) and the body of its response. Raises KeyError for no such action.
        """
        estate = self._room.estate
        channel = estate.workspace.channels[on.channel]
        body = (on.body or {}).get("teams", {})
        found = next((a for a in _actions(body.get("cards", [])) if action in _names(a)), None)
        if found is None:
            raise KeyError(action)
        pressed: Json = {key: found[key] for key in found.keys() & {"type", "id", "verb", "title"}}
        data = found.get("data")
        pressed["data"] = (data if isinstance(data, dict) else {}) | dict(inputs or {})
        id = note_id(on) if isinstance(on, Ephemeral) else estate.places.message_id(on)
        thread = estate.places.conversation_id(channel.id)
        if on.thread_ts and not channel.is_direct:
            thread = estate.places.threaded(channel.messages[on.thread_ts])
        invoke = activities.invoke(estate, channel, user, id, thread, pressed)
        status, answer = await self._bot.invoke(estate, invoke)
        if status == 200 and answer.get("statusCode") == 200:
            self._answered(on, answer)
        return status, answer

    def _answered(self, on: Message | Ephemeral, answer: Json) -> None:
        """A card takes the place of the one that was pressed; words are shown to who pressed."""
        estate = self._room.estate
        if answer.get("type") != CARD_ANSWER:
            return
        card = {"contentType": CARD_ANSWER, "content": answer.get("value")}
        body = composed(estate, {"text": "", "attachments": [card]})
        if isinstance(on, Ephemeral):
            estate.workspace.change_whisper(on, body)
        elif on.body is not None:
            on.body = on.body | {"teams": body["teams"]}
            parts = {"attachments": body["attachments"], "blocks": body.get("blocks")}
            estate.workspace.edit(on.channel, on.ts, estate.workspace.app.user, body["text"], **parts)


def _names(action: Json) -> set[str]:
    return {str(action.get(key)) for key in ("verb", "id", "title")}


def _actions(held: Any) -> Iterator[Json]:
    """Every Action.Execute on a card, nested ones included."""
    if isinstance(held, list):
        for each in held:
            yield from _actions(each)
    elif isinstance(held, dict):
        if held.get("type") == "Action.Execute":
            yield held
        for inner in held.values():
            yield from _actions(inner)
