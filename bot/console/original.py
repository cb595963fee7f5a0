"""The words that people could read in a kept original, for the page that shows it once."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

_TAG = re.compile(r"<[^>]+>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\s*/?>", re.IGNORECASE)
_RICH = frozenset({"rich_text_section", "rich_text_preformatted", "rich_text_quote"})


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
