"""Every place of a Teams message that members can read, as text parts; and edits put into a copy of it.

For both shapes: the bot's activity and Graph's chatMessage. Walks all of the payload and leaves out what is known
to be an id, a switch or Microsoft's own address, so that a field that is added tomorrow is read, not missed.
"""

import copy
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from connectors.interface import Edit, TextPart
from connectors.teams import markup

Payload = Mapping[str, Any]
Path = tuple[str | int, ...]
Surface = Literal["message", "file_name", "file_text", "topic"]

_TOP = ("text", "subject", "summary", "body", "attachments", "attachmentLayout", "suggestedActions", "speak")
"""What of a payload is the message itself; the rest says who, where and when, or lists mentions that its HTML shows."""
_NOT_TEXT = frozenset(
    "id type contentType contentUrl thumbnailUrl teamsAppId messageId messageSender createdDateTime uniqueId "
    "fileType etag downloadUrl $schema version verb style size weight color spacing horizontalAlignment "
    "verticalContentAlignment height width iconUrl backgroundImage refresh msteams lang fontType data "
    "attachmentLayout conversationId threadId".split()
)
_HTML = ("html", "text/html")
_FILES = ("reference", "application/vnd.microsoft.teams.file.download.info", "file")


def parts(raw: Payload) -> tuple[TextPart, ...]:
    """The texts of a message; `location` is the path of keys, joined with "/"."""
    opened = {k: copy.deepcopy(raw[k]) for k in (*_TOP, "channelData") if raw.get(k)}
    _opened(opened)
    known, found = mentions(raw), []
    for path, holder, key in _places(opened):
        shown = markup.read(holder[key], known) if _is_html(path, holder) else holder[key]
        if shown.strip():
            found.append(TextPart(_location(path), shown, "plain", _surface(path, raw)))
    return tuple(found)


def rewrite(raw: Payload, edits: Iterable[Edit]) -> dict[str, Any]:
    """A copy with the edits put in, and nothing else changed. Raises ValueError for a location that is not in the
    message."""
    new = copy.deepcopy(dict(raw))
    by_place: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_place[edit.location].append(edit)
    if by_place:
        _opened(new)
        _put(new, by_place, mentions(raw))
        _closed(new, raw)
    return new


def mentions(raw: Payload) -> dict[str, str]:
    """Whom an `<at>` names: by its id (Graph's `mentions`) or its text (a bot's `entities`). A bot is "28:…"."""
    known: dict[str, str] = {}
    for one in _objects(raw.get("mentions")):
        who = one.get("mentioned") or {}
        user, app = (str((who.get(kind) or {}).get("id") or "") for kind in ("user", "application"))
        if account := user or (app and f"28:{app}"):
            known[str(one.get("id"))] = account
    for one in _objects(raw.get("entities")):
        who = one.get("mentioned") or {}
        account, shown = str(who.get("aadObjectId") or who.get("id") or ""), one.get("text")
        if one.get("type") == "mention" and account and isinstance(shown, str):
            known[markup.read(shown).strip()] = account
    return known


# --- the walk --------------------------------------------------------------------------------------------


def _places(raw: Payload) -> Iterator[tuple[Path, Any, Any]]:
    """Where each text of an opened message stands: its path, what holds it and under which key."""
    for key in _TOP:
        if raw.get(key):
            yield from _walk(raw, key, (key,))
    data = raw.get("channelData")
    if isinstance(data, Mapping) and isinstance(data.get("subject"), str):
        yield ("channelData", "subject"), data, "subject"


def _walk(holder: Any, key: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    value = holder[key]
    if isinstance(value, str):
        yield path, holder, key
    elif isinstance(value, Mapping):
        for inner in value:
            if inner not in _NOT_TEXT and not str(inner).startswith("@odata"):
                yield from _walk(value, inner, (*path, inner))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from _walk(value, index, (*path, index))


def _put(new: dict[str, Any], by_place: Mapping[str, list[Edit]], known: Mapping[str, str]) -> None:
    places = {_location(path): (path, holder, key) for path, holder, key in _places(new)}
    for location, edits in by_place.items():
        if location not in places:
            raise ValueError("an edit names a place that is not in the message")
        path, holder, key = places[location]
        cuts = [(e.start, e.end, e.by) for e in edits]
        if _is_html(path, holder):
            holder[key] = markup.edit(holder[key], cuts, known)
        else:
            for start, end, by in sorted(cuts, reverse=True):
                holder[key] = holder[key][:start] + by + holder[key][end:]


def _opened(raw: dict[str, Any]) -> None:
    """Graph gives cards and quoted messages as JSON in a string: opened, so that they can be walked."""
    for one in raw.get("attachments") or ():
        if (
            isinstance(one, dict)
            and isinstance(one.get("content"), str)
            and one.get("contentType") not in _HTML
        ):
            try:
                inner = json.loads(one["content"])
            except (ValueError, RecursionError):
                continue
            if isinstance(inner, dict | list):
                one["content"] = inner


def _closed(new: dict[str, Any], raw: Payload) -> None:
    """What `_opened` opened, as the string that it was."""
    for one, was in zip(new.get("attachments") or (), raw.get("attachments") or (), strict=True):
        if (
            isinstance(was, Mapping)
            and isinstance(was.get("content"), str)
            and not isinstance(one["content"], str)
        ):
            unchanged = json.loads(was["content"]) == one["content"]
            one["content"] = was["content"] if unchanged else json.dumps(one["content"], ensure_ascii=False)


def _location(path: Path) -> str:
    return "/".join(map(str, path))


def _is_html(path: Path, holder: Any) -> bool:
    """A message's body says what it is; an activity's own text has `<at>` and entities like HTML."""
    if path == ("text",):
        return True
    if path[-1] != "content" or not isinstance(holder, Mapping):
        return False
    return str(holder.get("contentType", "")).lower() in _HTML


def _surface(path: Path, raw: Payload) -> Surface:
    if path[0] != "attachments" or len(path) < 3:
        return "message"
    one = raw["attachments"][path[1]]
    return "file_name" if path[2] == "name" and one.get("contentType") in _FILES else "message"


def _objects(value: object) -> list[Payload]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []
