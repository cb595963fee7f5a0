"""Put edits into a copy of a Slack message, and change nothing else."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from connectors.interface import Edit
from connectors.slack import richtext

_WRITABLE = ("text", "blocks", "attachments", "metadata")
_ADDRESSES = ("url", "link")


class Rewritten(NamedTuple):
    """What to send to chat.update: None where the message had no such thing."""

    text: str
    blocks: list[Any] | None
    attachments: list[Any] | None
    metadata: dict[str, Any] | None = None


def rewrite(raw: Mapping[str, Any], edits: Iterable[Edit]) -> Rewritten:
    """The message's text, blocks and attachments with the edits put in.

    Edits of what chat.update cannot change (a file's name, a channel's topic) are left out: those need
    the file deleted or the message hidden. Raises ValueError for a location that is not in the message.
    """
    new = {key: copy.deepcopy(raw[key]) for key in _WRITABLE if raw.get(key)}
    by_place: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.location.split("/")[0] in _WRITABLE:
            by_place[edit.location].append(edit)
    for location, here in by_place.items():
        _put(new, location.split("/"), here)
    return Rewritten(new.get("text", ""), new.get("blocks"), new.get("attachments"), new.get("metadata"))


def escape(text: str) -> str:
    """Slack's three characters, as mrkdwn wants them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _put(node: Any, path: list[str], edits: list[Edit]) -> None:
    *way, last = path
    try:
        for step in way:
            node = node[_step(node, step)]
        key = _step(node, last)
        node[key] = _edited(node, key, edits)
    except (KeyError, IndexError, TypeError):
        raise ValueError("an edit names a place that is not in the message") from None


def _step(node: Any, step: str) -> Any:
    return int(step) if isinstance(node, list) else step


def _edited(node: Any, key: Any, edits: list[Edit]) -> Any:
    value = node[key]
    if isinstance(value, dict):
        return richtext.apply(value, [(e.start, e.end, e.by) for e in edits])
    written = _writer(node, key)
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        value = value[: edit.start] + written(edit.by) + value[edit.end :]
    return value


def _writer(node: Any, key: Any) -> Any:
    """How words are written at a place: an address keeps the form of one, mrkdwn is escaped."""
    if str(key).endswith(_ADDRESSES):
        return lambda by: quote(by, safe="")
    if isinstance(node, dict) and node.get("type") in ("plain_text", "raw_text"):
        return str
    return escape
