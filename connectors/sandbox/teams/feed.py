"""What happens in the workspace, told to the bot as activities and to subscribers as change notifications."""

from typing import Any, Final

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.teams import activities, members
from connectors.sandbox.teams.addresses import path
from connectors.sandbox.teams.content import written
from connectors.sandbox.teams.estate import Estate
from connectors.sandbox.teams.messenger import Messenger
from connectors.sandbox.teams.notifications import Notifier
from connectors.sandbox.teams.resources import chat_message, is_system, standing

Json = dict[str, Any]
_CHANNEL: Final = {
    "channel_created": ("channelCreated", "created"), "channel_rename": ("channelRenamed", "updated"),
    "group_rename": ("channelRenamed", "updated"), "channel_deleted": ("channelDeleted", "deleted"),
    "group_deleted": ("channelDeleted", "deleted"), "channel_archive": ("", "updated"),
    "channel_shared": ("channelShared", "updated"), "channel_unshared": ("channelUnShared", "updated"),
}  # fmt: skip
_READS_ALL: Final = frozenset({"ChannelMessage.Read.Group", "ChatMessage.Read.Chat"})


class Feed:
    """Listens to one tenant's workspace."""

    def __init__(self, estate: Estate, messenger: Messenger, notifier: Notifier) -> None:
        self.estate = estate
        self._bot = messenger
        self._graph = notifier

    def hear(self, event: Json, channel: Channel | None) -> None:
        """The workspace tells what happened, in Slack's words."""
        kind = event["type"]
        if channel is None or not channel.is_at(self.estate.tenant.id):
            return
        if kind == "message":
            self._message(event, channel)
        elif kind in ("member_joined_channel", "member_left_channel"):
            joined = kind == "member_joined_channel"
            self._member(channel, event["user"], event.get("inviter"), float(event["event_ts"]), joined)
        elif kind in _CHANNEL:
            self._channel(channel, event)

    def _message(self, event: Json, channel: Channel) -> None:
        subtype = event.get("subtype")
        if subtype == "message_deleted":
            self.changed(channel.messages[event["deleted_ts"]], "deleted")
        elif subtype == "message_changed":
            self._edit(channel.messages[event["message"]["ts"]], event)
        elif subtype != "message_replied":
            message = channel.messages[event["ts"]]
            self.estate.places.message_id(message)
            self.changed(message, "created")

    def _edit(self, message: Message, event: Json) -> None:
        if standing(message) is None:
            self.changed(message, "deleted")
            return
        before, now = event["previous_message"], event["message"]
        # A block and its end change the subtype: they are nobody's edit, though `edited` comes and goes with them.
        same = before.get("subtype") == now.get("subtype")
        edited = same and before.get("edited") != now.get("edited")
        if edited and message.before_tombstone is not None:
            self._reword(message)
        self.changed(message, "updated", edited=edited)

    def _reword(self, message: Message) -> None:
        """Whoever edits their blocked message writes a new one, which all can read until it is judged."""
        self.estate.violations.pop((message.channel, message.ts), None)
        message.before_tombstone = None
        message.body = {key: value for key, value in message.said.items() if key != "subtype"}

    def changed(
        self, message: Message, change: str, *, edited: bool = False, undeleted: bool = False
    ) -> None:
        """Tell of a message that was created, updated or deleted.

        The bot hears of what people wrote, changed or took back; a block is told to Graph's subscribers alone.
        """
        estate = self.estate
        channel = estate.workspace.channels[message.channel]
        if self._bot_reads(channel, message):
            if change == "created":
                self._bot.post(estate, activities.message(estate, message), message.ts)
            elif change == "deleted":
                gone = activities.message(estate, message, "messageDelete")
                self._bot.post(estate, activities.with_event(gone, "softDeleteMessage"), message.ts)
            elif edited or undeleted:
                update = activities.message(estate, message, "messageUpdate")
                what = "undeleteMessage" if undeleted else "editMessage"
                self._bot.post(estate, activities.with_event(update, what), message.ts)
        resource = path(estate, message, keyed=True)
        data = {"@odata.type": "#microsoft.graph.chatMessage"} | chat_message(estate, message)
        self._graph.tell(change, "messages", channel, resource, data, ts=message.ts)

    def _bot_reads(self, channel: Channel, message: Message) -> bool:
        estate, app = self.estate, self.estate.workspace.app.user
        if is_system(message) or message.user == app or not estate.stands_in(channel):
            return False
        if channel.kind == "im" or estate.granted(channel) & _READS_ALL:
            return True
        body = standing(message) or message.versions[0].body
        return any(m["mentioned"].get("application") for m in written(estate.places, body).mentions)

    def _member(self, channel: Channel, user: str, by: str | None, at: float, joined: bool) -> None:
        if user == self.estate.workspace.app.user:
            return
        indirect = user in self.estate.indirect.get(channel.id, ())
        if self.estate.stands_in(channel) and not indirect:
            what = "added" if joined else "removed"
            told = activities.members(self.estate, channel, [user], what, by or user, at)
            self._bot.post(self.estate, told)
        self._membership(channel, user, "created" if joined else "deleted", indirect)

    def _membership(self, channel: Channel, user: str, change: str, indirect: bool) -> None:
        """Tell Graph's subscribers; `indirect`: through a team that the channel is shared with."""
        places = self.estate.places
        team, thread = "", places.thread_id(channel.id)
        if not channel.is_direct:
            team = places.team_id(channel.id)
        own = channel.is_shared or channel.id in places.private
        where = thread if own or not team else team
        data = members.member(self.estate, channel, user, where=where)
        base = f"teams('{team}')" if team else f"chats('{thread}')"
        base += f"/channels('{thread}')" if team and own else ""
        resource = f"{base}/members('{data['id']}')"
        self._graph.tell(change, "members", channel, resource, data, indirect=indirect)

    def personal(self, user: str) -> Channel:
        """The personal app comes to somebody; gives their conversation with the bot."""
        estate = self.estate
        place, _ = estate.workspace.open_direct([estate.workspace.app.user, user], estate.tenant.id)
        estate.personal.add(user)
        self.installation(place, "add", user)
        return place

    def installation(self, channel: Channel, action: str, by: str = "") -> None:
        """The bot hears that it was added or removed; with `add` also that it is a member."""
        estate, at = self.estate, float(self.estate.workspace.next_ts())
        by = by or channel.creator or next(iter(estate.people(channel)), estate.workspace.app.user)
        self._bot.post(estate, activities.installation(estate, channel, action, by, at))
        what = "added" if action == "add" else "removed"
        self._bot.post(estate, activities.members(estate, channel, [estate.workspace.app.user], what, by, at))

    def _channel(self, channel: Channel, event: Json) -> None:
        name, change = _CHANNEL[event["type"]]
        estate, at = self.estate, float(event["event_ts"])
        by = event.get("actor_id") or event.get("user") or channel.creator or estate.workspace.app.user
        if name and not channel.is_direct and estate.stands_in(channel):
            self._bot.post(estate, activities.channel_event(estate, channel, name, by, at))
        if not channel.is_direct:
            where = f"teams('{estate.places.team_id(channel.id)}')/channels('{estate.places.thread_id(channel.id)}')"
            data = {"@odata.type": "#microsoft.graph.channel"} | members.channel(estate, channel)
            self._graph.tell(change, "channels", channel, where, data)
