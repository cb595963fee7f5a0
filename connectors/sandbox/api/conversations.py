"""conversations.*: lists, membership and what a channel is called."""

from typing import Any

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.channels import SLACK, Channel, channel_object, listed_object, opened_object
from connectors.sandbox.events import READ_SCOPE
from connectors.sandbox.people import Person

Json = dict[str, Any]
TYPES = {"public": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}
READ = " ".join(READ_SCOPE.values())
MANAGE = "channels:manage groups:write im:write mpim:write"
WRITE = "channels:write groups:write im:write mpim:write"
TOPIC = "channels:write.topic groups:write.topic mpim:write.topic im:write.topic"
INVITES = "channels:write.invites groups:write.invites"
LONGEST_LINE = 250
LONGEST_NAME = 80


def wanted_kinds(call: Call) -> set[str]:
    """The kinds asked for with `types`, public channels when none is named."""
    wanted = {part.strip() for part in call.text("types", "public_channel").split(",")}
    if not wanted <= set(TYPES.values()):
        raise SlackError("invalid_types")
    kinds = {kind for kind, name in TYPES.items() if name in wanted}
    for kind in kinds:
        call.allow(READ_SCOPE[kind])
    return kinds


def _described(call: Call) -> Channel:
    """The conversation named, if the token may read about its kind."""
    channel = call.channel()
    call.allow(READ_SCOPE[channel.kind])
    return channel


@method("conversations.list", 2, READ)
def list_(call: Call) -> Json:
    kinds, viewer = wanted_kinds(call), call.token.user
    seen = [
        channel
        for channel in call.workspace.at(SLACK)
        if channel.kind in kinds and (not channel.is_private or viewer in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]  # fmt: skip
    page, metadata = call.page(seen)
    shown = [listed_object(channel, viewer, counted=True) for channel in page]
    return {"channels": shown, "response_metadata": metadata}


@method("conversations.info", 3, READ)
def info(call: Call) -> Json:
    counted = call.flag("include_num_members")
    return {"channel": opened_object(_described(call), call.token.user, counted=counted)}


@method("conversations.members", 4, READ)
def members(call: Call) -> Json:
    page, metadata = call.page(list(_described(call).members))
    return {"members": page, "response_metadata": metadata}


@method("conversations.join", 3, "channels:join", "channels:write")
def join(call: Call) -> Json:
    channel = call.channel()
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    answer: Json = {}
    if call.token.user in channel.members:
        answer = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    call.workspace.join(channel.id, call.token.user)
    return {"channel": opened_object(channel, call.token.user)} | answer


@method("conversations.invite", 3, f"{INVITES} {MANAGE}", f"{INVITES} {WRITE}")
def invite(call: Call) -> Json:
    channel = _inside(call)
    guests = [call.workspace.people.get(user) for user in call.needed("users").split(",")]
    for person in guests:
        if person is None:
            raise SlackError("user_not_found")
        _check_invitee(call, channel, person)
    for person in guests:
        if person is not None:
            call.workspace.join(channel.id, person.id, call.token.user)
    return {"channel": channel_object(channel, call.token.user)}


def _check_invitee(call: Call, channel: Channel, person: Person) -> None:
    if person.id == call.token.user:
        raise SlackError("cant_invite_self")
    if person.id in channel.members:
        raise SlackError("already_in_channel")
    if person.deleted:
        raise SlackError("user_not_found")


@method("conversations.kick", 3, "groups:write channels:manage", "groups:write channels:write")
def kick(call: Call) -> Json:
    channel = _inside(call)
    person = call.who()
    if person.id == call.token.user:
        raise SlackError("cant_kick_self")
    if person.id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_general:
        raise SlackError("cant_kick_from_general")
    if person.is_owner:
        raise SlackError("restricted_action")
    call.workspace.leave(channel.id, person.id, by=call.token.user)
    return {"errors": {}}


@method("conversations.leave", 3, MANAGE, WRITE)
def leave(call: Call) -> Json:
    channel = call.channel()
    if channel.is_general:
        raise SlackError("cant_leave_general")
    if call.token.user not in channel.members:
        return {"not_in_channel": True}
    if channel.kind == "private" and len(channel.members) == 1:
        raise SlackError("last_member")
    call.workspace.leave(channel.id, call.token.user)
    return {}


@method("conversations.open", 3, MANAGE, WRITE)
def open_(call: Call) -> Json:
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    users = [user for user in call.text("users").split(",") if user]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 8:
        raise SlackError("too_many_users")
    people = [call.workspace.people.get(user) for user in users]
    if any(person is None for person in people):
        raise SlackError("user_not_found")
    if any(person.deleted for person in people if person):
        raise SlackError("user_disabled")
    channel, there = call.workspace.open_direct([call.token.user, *users], SLACK)
    answer: Json = {"no_op": True, "already_open": True} if there else {}
    shown = channel_object(channel, call.token.user) if call.flag("return_im") else {"id": channel.id}
    return answer | {"channel": shown}


@method("conversations.setTopic", 2, f"{TOPIC} {MANAGE}", f"{TOPIC} {WRITE}")
def set_topic(call: Call) -> Json:
    return _set_line(call, "topic")


@method("conversations.setPurpose", 2, f"{TOPIC} {MANAGE}", f"{TOPIC} {WRITE}")
def set_purpose(call: Call) -> Json:
    return _set_line(call, "purpose")


def _set_line(call: Call, what: str) -> Json:
    channel, value = _inside(call), call.text(what)
    if len(value) > LONGEST_LINE:
        raise SlackError("too_long")
    call.workspace.set_line(channel.id, what, value, call.token.user)
    return {"channel": channel_object(channel, call.token.user)}


@method("conversations.rename", 2, MANAGE, WRITE)
def rename(call: Call) -> Json:
    channel, name = _inside(call), _name(call)
    if call.is_bot and channel.creator != call.token.user:
        raise SlackError("not_authorized")
    call.workspace.rename(channel.id, name, call.token.user)
    return {"channel": channel_object(channel, call.token.user)}


@method("conversations.create", 2, MANAGE, WRITE)
def create(call: Call) -> Json:
    name = _name(call)
    private, creator = call.flag("is_private"), call.token.user
    channel = call.workspace.create_channel(name, private=private, creator=creator, home=SLACK)
    return {"channel": channel_object(channel, call.token.user)}


def _name(call: Call) -> str:
    name = call.text("name")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if any(not (letter.isalnum() or letter in "-_") or letter.isupper() for letter in name):
        raise SlackError("invalid_name_specials")
    if any(channel.name == name for channel in call.workspace.at(SLACK)):
        raise SlackError("name_taken")
    return name


@method("conversations.archive", 2, MANAGE, WRITE)
def archive(call: Call) -> Json:
    if call.channel().is_archived:
        raise SlackError("already_archived")
    channel = _inside(call)
    if channel.is_general:
        raise SlackError("cant_archive_general")
    call.workspace.archive(channel.id, call.token.user)
    return {}


@method("conversations.unarchive", 2, MANAGE, WRITE)
def unarchive(call: Call) -> Json:
    channel = call.channel()
    if not channel.is_archived:
        raise SlackError("not_archived")
    call.workspace.archive(channel.id, call.token.user, undo=True)
    return {}


def _inside(call: Call) -> Channel:
    """A conversation that the caller is in and that can be changed."""
    channel = call.channel()
    if channel.is_direct:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.token.user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


METHODS = (
    list_, info, members, join, invite, kick, leave, open_, set_topic, set_purpose, rename, create, archive, unarchive,
)  # fmt: skip
