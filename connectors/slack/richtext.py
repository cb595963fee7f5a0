"""A rich_text block as one text, and edits of that text back into the block's runs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Key = Literal["text", "url", "fixed", "glue"]


@dataclass(frozen=True, slots=True)
class Run:
    """`text[start:end]` of the joined text, and the element (indices from the block) that it came from.

    A "fixed" run (mention, emoji, date) can only be replaced whole; "glue" belongs to no element.
    """

    start: int
    end: int
    path: tuple[int, ...]
    key: Key
    text: str = field(repr=False)


def read(block: Mapping[str, Any]) -> tuple[str, tuple[Run, ...]]:
    """The block's runs joined, sections on lines of their own; offsets are code points."""
    runs: list[Run] = []
    at = 0
    for path, key, text in _pieces(block, ()):
        if key == "glue" and path == () and (not runs or runs[-1].text.endswith("\n")):
            continue
        runs.append(Run(at, at + len(text), path, key, text))
        at += len(text)
    return "".join(r.text for r in runs), tuple(runs)


def apply(block: Mapping[str, Any], edits: Iterable[tuple[int, int, str]]) -> dict[str, Any]:
    """The block with each half-open range of its joined text replaced; what no edit touches is kept.

    An edit over several runs puts its words into the first and takes the rest away.
    """
    _, runs = read(block)
    changes: dict[tuple[int, ...], dict[Key, str]] = {}
    for run in runs:
        cuts = sorted(_cuts(run, runs, edits), reverse=True)
        if cuts and run.key != "glue":
            changes.setdefault(run.path, {})[run.key] = _cut(run, cuts)
    return _rebuilt(block, (), changes)


def _pieces(node: Mapping[str, Any], path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Key, str]]:
    for index, element in enumerate(node.get("elements") or ()):
        if not isinstance(element, Mapping):
            continue
        if "elements" in element:
            yield (), "glue", "\n"
            yield from _pieces(element, (*path, index))
        else:
            for key, text in _element(element):
                yield (*path, index), key, text


def _element(element: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    url, text = element.get("url"), element.get("text")
    if isinstance(url, str) and isinstance(text, str) and text and text != url:
        yield from (("text", text), ("glue", " ("), ("url", url), ("glue", ")"))
    elif isinstance(url, str):
        yield "url", url
    elif isinstance(text, str):
        if text:
            yield "text", text
    elif shown := _shown(element):
        yield "fixed", shown


def _shown(element: Mapping[str, Any]) -> str:
    """A mention, emoji or date as Slack writes it in `text`."""
    match element:
        case {"type": "user", "user_id": user}:
            return f"<@{user}>"
        case {"type": "channel", "channel_id": channel}:
            return f"<#{channel}>"
        case {"type": "usergroup", "usergroup_id": group}:
            return f"<!subteam^{group}>"
        case {"type": "broadcast", "range": reach}:
            return f"<!{reach}>"
        case {"type": "emoji", "name": name}:
            return f":{name}:"
        case {"type": "date"}:
            return str(element.get("fallback") or _day(element.get("timestamp")))
        case {"value": str(value)}:
            return value
    return ""


def _day(timestamp: object) -> str:
    try:
        return datetime.fromtimestamp(int(str(timestamp)), UTC).strftime("%d/%m/%Y")
    except (ValueError, OverflowError, OSError):
        return ""


def _cuts(
    run: Run, runs: Sequence[Run], edits: Iterable[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """The edits that touch this run, in its own offsets; only an edit's first run gets its words."""
    for start, end, by in edits:
        touched = [r for r in runs if r.key != "glue" and r.start < end and start < r.end]
        if run in touched:
            words = by if run == touched[0] else ""
            yield max(start - run.start, 0), min(end, run.end) - run.start, words


def _cut(run: Run, cuts: Iterable[tuple[int, int, str]]) -> str:
    text = run.text
    if run.key == "fixed":
        return "".join(by for _, _, by in sorted(cuts))
    for start, end, by in cuts:
        text = text[:start] + by + text[end:]
    return text


def _rebuilt(
    node: Mapping[str, Any], path: tuple[int, ...], changes: Mapping[tuple[int, ...], Mapping[Key, str]]
) -> dict[str, Any]:
    kept: list[Any] = []
    for index, element in enumerate(node.get("elements") or ()):
        here = (*path, index)
        if isinstance(element, Mapping) and "elements" in element:
            kept.append(_rebuilt(element, here, changes))
        elif here not in changes:
            kept.append(element)
        elif changed := _changed(element, changes[here]):
            kept.append(changed)
    return {**node, "elements": kept}


def _changed(element: Mapping[str, Any], new: Mapping[Key, str]) -> dict[str, Any] | None:
    """The element with its new words; a link whose address was cut becomes text, as it leads nowhere now."""
    label = new.get("text", element.get("text", ""))
    if "url" in new:
        address = new["url"]
        labelled = label and label != element.get("url") and address
        words = f"{label} ({address})" if labelled else address or label
    elif "fixed" in new:
        words = new["fixed"]
    else:
        return {**element, "text": label} if label else None
    style = {"style": element["style"]} if "style" in element else {}
    return {"type": "text", "text": words, **style} if words else None
