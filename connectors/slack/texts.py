"""Every place of a Slack message that members can read, as text parts.

Walks all of the payload and leaves out what is known to be an id, a switch or an address of Slack's
own, so that a field that Slack adds tomorrow is read rather than missed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from connectors.interface import TextPart
from connectors.slack import richtext

Path = tuple[str | int, ...]
Markup = Literal["plain", "slack", "teams"]
Surface = Literal["message", "file_name", "file_text", "topic"]

NOT_TEXT = frozenset(
    # ids, times and switches
    "type subtype id ts thread_ts event_ts deleted_ts latest_reply last_read client_msg_id user user_team team "
    "source_team channel channel_type channel_id channel_team inviter author_id parent_user_id bot_id app_id "
    "enterprise enterprise_id block_id action_id callback_id task_id usergroup_id color style level status "
    "mrkdwn_in external_type external_id mimetype filetype pretty_type mode file_access media_display_type "
    "event_type service_icon icon align code_language_hint bot_team_id editor editors last_editor quip_thread_id "
    "linked_channel_id canvas_template_mode access org_or_workspace_access teams_shared_with".split()
    # whole objects that are not the message's own words: people, tallies, the thread's parent (which is
    # read as a message of its own) and what stood there before
    + "user_profile bot_profile icons edited reactions reply_users pinned_to pinned_info previous_message root "
    "room headers message_id column_settings workflow filter x_files".split()
    # addresses of Slack's own, made of the file's name, which is read as `name`
    + "permalink permalink_public edit_link url_private url_private_download author_icon footer_icon "
    "deanimate deanimate_gif vtt converted_pdf external_url url_static_preview".split()
)
_NAMES = frozenset(("name", "title", "alt_txt"))
_TOPICS = frozenset(("topic", "purpose", "name", "old_name", "channel_name"))


def parts(message: Mapping[str, Any]) -> tuple[TextPart, ...]:
    """The texts of a message payload; `location` is the path of keys, joined with "/"."""
    return tuple(_walk(message, (), "slack"))


def _walk(value: object, path: Path, markup: Markup) -> Iterator[TextPart]:
    if isinstance(value, str):
        if value.strip():
            yield TextPart("/".join(map(str, path)), value, markup, _surface(path))
    elif isinstance(value, Mapping):
        if value.get("type") == "rich_text":
            yield from _walk(richtext.read(value)[0], path, "plain")
        else:
            yield from _object(value, path, _markup(value, path, markup))
    elif isinstance(value, Sequence):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index), markup)


def _object(value: Mapping[str, Any], path: Path, markup: Markup) -> Iterator[TextPart]:
    for key, item in value.items():
        if key in NOT_TEXT or key.startswith("thumb_"):
            continue
        if key in ("value", "name") and _is_control(value):
            continue  # what a button or option sends back to its app; nobody reads it
        yield from _walk(item, (*path, key), markup)


def _is_control(value: Mapping[str, Any]) -> bool:
    kind = value.get("type")
    return "action_id" in value or kind in ("button", "select") or isinstance(value.get("text"), Mapping)


def _markup(value: Mapping[str, Any], path: Path, markup: Markup) -> Markup:
    if path and path[-1] == "files":
        return "plain"
    match value.get("type"):
        case "mrkdwn" | "message":
            return "slack"
        case "plain_text" | "raw_text":
            return "plain"
    return "plain" if "files" in path else markup


def _surface(path: Path) -> Surface:
    if "files" in path:
        return "file_name" if path[-1] in _NAMES else "file_text"
    return "topic" if path[-1] in _TOPICS and len(path) == 1 else "message"
