"""Graph: messages and replies of channels and chats; hiding them by a policy violation; inline images."""

import re
from datetime import datetime
from typing import Any, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.channels import Channel
from connectors.sandbox.messages import Message
from connectors.sandbox.microsoft.graph import failure
from connectors.sandbox.teams.addresses import hosted_id
from connectors.sandbox.teams.call import Call, listed, page, serves
from connectors.sandbox.teams.estate import millis
from connectors.sandbox.teams.hiding import Foreign, hide
from connectors.sandbox.teams.resources import chat_message, standing

Json = dict[str, Any]
READS_CHANNEL: Final = ("ChannelMessage.Read.All", "ChannelMessage.Read.Group")
READS_CHAT: Final = ("Chat.Read.All", "Chat.ReadWrite.All", "ChatMessage.Read.Chat")
_SINCE: Final = re.compile(r"(?:lastModifiedDateTime|createdDateTime)\s+(gt|lt)\s+(\S+)")


def _message(call: Call) -> Message:
    """The message that the path names. A reply is found only under its root."""
    places, ids = call.estate.places, call.request.path_params
    message = places.message(call.where, ids.get("reply") or ids["message"])
    if not call.where.is_direct and places.root_id(message) != ids["message"]:
        raise KeyError(ids["message"])
    return message


def _shown(call: Call, message: Message) -> Json:
    found = chat_message(call.estate, message)
    if "include-unknown-enum-members" in call.request.headers.get("Prefer", "") and found["eventDetail"]:
        found["messageType"] = "systemEventMessage"
    return found


def _roots(channel: Channel) -> list[Message]:
    every = [m for m in channel.messages.values() if channel.is_direct or not m.thread_ts]
    return list(reversed(every))


def _with_replies(call: Call, message: Message) -> Json:
    found = _shown(call, message)
    if "replies" in call.request.query_params.get("$expand", ""):
        replies = reversed(call.where.replies.get(message.ts, []))
        found["replies"] = [_shown(call, reply) for reply in replies]
    return found


async def _one(call: Call) -> Response:
    message = _message(call)
    found = _shown(call, message) if "reply" in call.request.path_params else _with_replies(call, message)
    return JSONResponse({"@odata.context": f"{call.estate.graph_url}$metadata#chatMessage"} | found)


async def _list(call: Call) -> Response:
    """A chat's can be filtered, and ordered by their last change (`$orderby`)."""
    roots = _roots(call.where)
    if call.where.is_direct:
        roots = [m for m in roots if _within(call, m)]
        if "lastModifiedDateTime" in call.request.query_params.get("$orderby", ""):
            roots.sort(key=call.estate.modified, reverse=True)
    return listed(call, "chatMessage", [_with_replies(call, m) for m in roots])


async def _replies(call: Call) -> Response:
    root = call.estate.places.message(call.where, call.id("message"))
    replies = list(reversed(call.where.replies.get(root.ts, [])))
    return listed(call, "chatMessage", [_shown(call, m) for m in replies])


async def _delta(call: Call) -> Response:
    """Root messages that changed, or whose replies did, since the token; replies only with `$expand`."""
    query = call.request.query_params
    since = float(query.get("$deltatoken", "0"))
    found = [m for m in _roots(call.where) if _thread_changed(call, m) > since and _within(call, m)]
    mark = query.get("$mark") or call.estate.workspace.next_ts()
    answer = page(call, "chatMessage", [_with_replies(call, m) for m in reversed(found)], mark=mark)
    if "@odata.nextLink" not in answer:
        kept = {key: value for key, value in query.items() if key == "$expand"}
        link = call.request.url.replace(query="").include_query_params(**{"$deltatoken": mark}, **kept)
        answer["@odata.deltaLink"] = str(link)
    return JSONResponse(answer)


def _thread_changed(call: Call, root: Message) -> float:
    replies = call.where.replies.get(root.ts, [])
    return max(call.estate.changed_at(m) for m in [root, *replies])


def _within(call: Call, message: Message) -> bool:
    """`$filter` on lastModifiedDateTime with gt and lt (milliseconds, as they are shown)."""
    at = millis(call.estate.modified(message))
    for sign, said in _SINCE.findall(call.request.query_params.get("$filter", "")):
        bound = millis(datetime.fromisoformat(said).timestamp())
        if not (at > bound if sign == "gt" else at < bound):
            return False
    return True


@serves("ChannelMessage.Read.All")
async def team_export(call: Call) -> Response:
    """getAllMessages of a team: every message, replies included, oldest first."""
    places = call.estate.places.team(call.id("team"))
    found = [m for place in places for m in place.messages.values() if _within(call, m)]
    return _export(call, found)


@serves("Chat.Read.All", "Chat.ReadWrite.All")
async def user_export(call: Call) -> Response:
    """getAllMessages of a person's chats."""
    person = call.estate.places.person(call.id("user"))
    chats = [c for c in call.estate.channels if c.is_direct and person.id in c.members]
    return _export(call, [m for place in chats for m in place.messages.values() if _within(call, m)])


def _export(call: Call, found: list[Message]) -> Response:
    found.sort(key=call.estate.modified)
    return listed(call, "chatMessage", [_shown(call, m) for m in found], top=50)


async def _patch(call: Call) -> Response:
    """An application may change policyViolation alone, and only of messages from its own tenant."""
    given = await call.json()
    if set(given) != {"policyViolation"}:
        return failure("Forbidden", 403)
    try:
        hide(call.estate, call.room.feed, _message(call), given["policyViolation"])
    except Foreign:
        return failure("Forbidden", 403)
    return Response(status_code=204)


async def _hosted(call: Call) -> Response:
    files = (standing(_message(call)) or {}).get("teams", {}).get("inline", ())
    found = [{"id": hosted_id(id), "contentBytes": None, "contentType": None} for id in files]
    return listed(call, "chatMessageHostedContent", found)


async def _hosted_value(call: Call) -> Response:
    files = (standing(_message(call)) or {}).get("teams", {}).get("inline", ())
    id = next((id for id in files if hosted_id(id) == call.id("hosted")), "")
    file = call.estate.workspace.files[id]
    if file.deleted_at is not None:
        raise KeyError(id)
    return Response(file.data, media_type=file.mimetype)


def routes() -> list[Route]:
    """Channel, reply and chat forms of each."""
    channel, chat = (
        "/graph/v1.0/teams/{team}/channels/{channel}/messages",
        "/graph/v1.0/chats/{chat}/messages",
    )
    read_channel, read_chat = serves(*READS_CHANNEL), serves(*READS_CHAT)
    hide_channel = serves("ChannelMessage.UpdatePolicyViolation.All")(_patch)
    hide_chat = serves("Chat.UpdatePolicyViolation.All", "Chat.ReadWrite.All")(_patch)
    found = [
        Route(f"/graph/v1.0/teams/{{team}}/channels/getAllMessages{end}", team_export) for end in ("", "()")
    ]
    found += [
        Route(f"/graph/v1.0/users/{{user}}/chats/getAllMessages{end}", user_export) for end in ("", "()")
    ]
    found += [Route(f"{channel}/delta{end}", read_channel(_delta)) for end in ("", "()")]
    for base, reads, hides in ((channel, read_channel, hide_channel), (chat, read_chat, hide_chat)):
        found.append(Route(base, reads(_list)))
        one = f"{base}/{{message}}"
        for at in (one, f"{one}/replies/{{reply}}")[: 2 if base is channel else 1]:
            found += [
                Route(at, reads(_one)), Route(at, hides, methods=["PATCH"]),
                Route(f"{at}/hostedContents", reads(_hosted)),
                Route(f"{at}/hostedContents/{{hosted}}/$value", reads(_hosted_value)),
            ]  # fmt: skip
    return [*found, Route(f"{channel}/{{message}}/replies", read_channel(_replies))]
