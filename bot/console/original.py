"""A kept original, to be seen once: its words for a page, or the file itself."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.console.pages import Console
from bot.files.case import Case, ending

_TAG = re.compile(r"<[^>]+>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\s*/?>", re.IGNORECASE)
_RICH = frozenset({"rich_text_section", "rich_text_preformatted", "rich_text_quote"})


def is_file(kept: Mapping[str, Any]) -> bool:
    return "incident" in kept and bool(kept.get("attachments"))


async def file(console: Console, incident: str, kept: Mapping[str, Any]) -> Response:
    """The file as a download under a name that tells nothing; a browser neither shows nor runs it. Raises
    HTTPException (404) once it is purged."""
    posted = Case.from_json(kept).file
    try:
        data = await console.files.get(incident, posted.id) if console.files else None
    except FileNotFoundError:
        data = None
    if data is None:
        raise HTTPException(404)
    headers = {
        "Content-Disposition": f'attachment; filename="original-{incident}{ending(posted.name)}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


def texts(kept: Mapping[str, Any]) -> tuple[str, ...]:
    """Each text once, in order: what `vault.originals` kept, or else every text of a platform's payload."""
    found = _kept(kept) if "parts" in kept else _walk(kept)
    shown: list[str] = []
    for text in found:
        if _bare(text) and not any(_bare(text) in _bare(before) for before in shown):
            shown.append(text.strip())
    return tuple(shown)


def _kept(kept: Mapping[str, Any]) -> Iterator[str]:
    yield str(kept.get("text") or "")
    yield from (_plain(p["text"]) if p.get("markup") == "teams" else p["text"] for p in kept["parts"])
    yield from (a["name"] for a in kept.get("attachments", ()) if a.get("name"))


def _walk(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item)
    elif isinstance(node, Mapping):
        yield from _own(node)
        if node.get("type") not in _RICH:
            for value in node.values():
                yield from _walk(value)


def _own(node: Mapping[str, Any]) -> Iterator[str]:
    """A node's own words: a rich-text run joined, plain text, Teams' HTML."""
    if node.get("type") in _RICH:
        yield "".join(_run(e) for e in node.get("elements", ()) if isinstance(e, Mapping))
    if isinstance(node.get("text"), str):
        yield node["text"]
    if isinstance(node.get("content"), str):
        yield _plain(node["content"])


def _run(element: Mapping[str, Any]) -> str:
    return str(element.get("text") or element.get("url") or "")


def _plain(markup: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))


def _bare(text: str) -> str:
    return " ".join(text.split())
