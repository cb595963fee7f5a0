"""files.*: the three-step upload, reading and deleting."""

from typing import Any

from connectors.sandbox.api.call import Call, SlackError, method
from connectors.sandbox.channels import SLACK
from connectors.sandbox.files import StoredFile

Json = dict[str, Any]


@method("files.getUploadURLExternal", 4, "files:write")
def get_upload_url(call: Call) -> Json:
    name = call.needed("filename")
    if call.number("length", 0) <= 0:
        raise SlackError("invalid_arguments")
    file_id, url = call.sandbox.uploads.reserve(call.workspace, call.token.user, name, call.text("alt_txt"))
    return {"upload_url": url, "file_id": file_id}


@method("files.completeUploadExternal", 4, "files:write")
def complete_upload(call: Call) -> Json:
    workspace, wanted = call.workspace, call.structure("files")
    if not wanted:
        raise SlackError("invalid_arguments")
    channel = call.channel("channel_id") if call.text("channel_id") else None
    if channel and call.token.user not in channel.members:
        raise SlackError("not_in_channel")
    files = [
        call.sandbox.uploads.finish(workspace, item.get("id", ""), item.get("title", "")) for item in wanted
    ]
    found = [file for file in files if file is not None]
    if len(found) < len(files):
        raise SlackError("file_not_found")
    if channel:
        thread_ts = call.text("thread_ts") or None
        if thread_ts and thread_ts not in channel.messages:
            raise SlackError("invalid_arguments")
        extra = {"bot_id": workspace.app.bot} if call.is_bot else {}
        comment = call.text("initial_comment")
        workspace.post(
            channel.id, call.token.user, comment, thread_ts=thread_ts, files=found, typed=False, extra=extra
        )
    return {"files": [workspace.file_json(file) for file in found]}


@method("files.info", 4, "files:read")
def info(call: Call) -> Json:
    file = _visible(call)
    metadata = {"next_cursor": ""}
    return {"file": _detailed(call, file), "comments": [], "response_metadata": metadata}


def _visible(call: Call) -> StoredFile:
    file = call.workspace.files.get(call.needed("file"))
    if file is None:
        raise SlackError("file_not_found")
    if file.deleted_at is not None:
        raise SlackError("file_deleted")
    places = [c for c in call.workspace.at(SLACK) if c.id in file.channels]
    mine = file.user == call.token.user
    if not mine and not any(not place.is_private or call.token.user in place.members for place in places):
        raise SlackError("file_not_found")
    return file


def _detailed(call: Call, file: StoredFile) -> Json:
    """The file with where it is shared, as only files.info tells."""
    shown = call.workspace.file_json(file)
    if file.is_tombstoned:
        return shown
    by_kind: Json = {"channels": [], "groups": [], "ims": []}
    shares: Json = {}
    for channel_id, ts in file.channels.items():
        channel = call.workspace.channels[channel_id]
        place = "ims" if channel.kind == "im" else "groups" if channel.is_private else "channels"
        by_kind[place].append(channel_id)
        if not ts:
            continue  # a canvas that is a tab of its own
        share = {
            "ts": ts,
            "reply_users": [],
            "reply_users_count": 0,
            "reply_count": 0,
            "channel_name": channel.name,
        }
        share |= {"team_id": call.workspace.team, "share_user_id": file.user}
        shares.setdefault("private" if channel.is_private else "public", {})[channel_id] = [share]
    return shown | {"comments_count": 0, "shares": shares} | by_kind


@method("files.list", 3, "files:read")
def list_(call: Call) -> Json:
    channel, user = call.text("channel"), call.text("user")
    seen = [
        file
        for file in call.workspace.files.values()
        if file.deleted_at is None
        and (not channel or channel in file.channels)
        and (not user or file.user == user)
    ]
    count, page = call.number("count", 100), call.number("page", 1)
    shown = [call.workspace.file_json(file) for file in seen[(page - 1) * count : page * count]]
    pages = -(-len(seen) // count)
    return {"files": shown, "paging": {"count": count, "total": len(seen), "page": page, "pages": pages}}


@method("files.delete", 3, "files:write")
def delete(call: Call) -> Json:
    file = _visible(call)
    admin = not call.is_bot and (call.person.is_admin or call.person.is_owner)
    if file.user != call.token.user and not admin:
        raise SlackError("cant_delete_file")
    if file.team != call.workspace.team:
        raise SlackError("cant_delete_file")
    call.workspace.delete_file(file.id, call.token.user)
    return {}


METHODS = (get_upload_url, complete_upload, info, list_, delete)
