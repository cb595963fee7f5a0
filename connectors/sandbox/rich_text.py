"""What Slack's own client makes of typed text: links in angle brackets and a rich_text block."""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

KNOWN_EMOJI = {
    "+1": "1f44d", "-1": "1f44e", "thumbsup": "1f44d", "heart": "2764-fe0f", "tada": "1f389", "eyes": "1f440",
    "white_check_mark": "2705", "x": "274c", "warning": "26a0-fe0f", "pray": "1f64f", "wave": "1f44b",
    "joy": "1f602", "smile": "1f604", "slightly_smiling_face": "1f642", "sob": "1f62d", "coffee": "2615",
    "cake": "1f370", "clap": "1f44f", "fire": "1f525", "rotating_light": "1f6a8", "bulb": "1f4a1",
    "cat": "1f431", "sweat_smile": "1f605", "thinking_face": "1f914", "see_no_evil": "1f648",
}  # fmt: skip

_BRACKETED = r"<[^<>\n]*>"
_CODE = r"```.*?```|`[^`\n]+`"
_LINK = re.compile(
    rf"(?P<keep>{_BRACKETED}|{_CODE})|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)'\"])"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    re.DOTALL,
)
_MARKUP = re.compile(r"<(?:[@#!][^<>\n]+|(?:https?://|mailto:|tel:)[^<>\n]+)>")
_INLINE = re.compile(
    r"(?P<token><(?:[@#!]|https?://|mailto:|tel:)[^<>\n]+>)"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)
_ITEM = re.compile(r"(?P<bullet>[•◦▪]|[-*](?= ))\s+(?P<text>.*)|(?P<number>\d{1,2})\.\s+(?P<step>.*)")


def escape(typed: str) -> str:
    """Typed text as Slack sends it: `&`, `<` and `>` escaped, markup such as `<@U1>` left whole."""
    parts, at = [], 0
    for markup in _MARKUP.finditer(typed):
        parts += [_escape_plain(typed[at : markup.start()]), markup.group()]
        at = markup.end()
    return "".join([*parts, _escape_plain(typed[at:])])


def _escape_plain(text: str) -> str:
    text = re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Slack's three entities, back to characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def linkify(text: str) -> str:
    """Addresses put in angle brackets, as Slack's servers do: `<https://…>`, `<mailto:a@b|a@b>`."""
    if "://" not in text and "@" not in text:
        return text
    return _LINK.sub(_bracket, text)


def _bracket(found: re.Match[str]) -> str:
    if url := found["url"]:
        return f"<{url}>"
    if mail := found["mail"]:
        return f"<mailto:{mail}|{mail}>"
    return found.group()


def rich_text(text: str, block_id: str) -> Json:
    """One rich_text block with sections, quotes, lists and preformatted parts, as in captured messages."""
    return {"type": "rich_text", "block_id": block_id, "elements": list(_elements(text))}


def _elements(text: str) -> Iterator[Json]:
    for index, part in enumerate(re.split(r"```(.*?)```", text, flags=re.DOTALL)):
        if index % 2:
            yield {"type": "rich_text_preformatted", "elements": _plain(part.strip("\n")), "border": 0}
        elif part:
            yield from _paragraphs(part)


def _paragraphs(text: str) -> Iterator[Json]:
    lines = text.split("\n")
    start = 0
    while start < len(lines):
        kind = _kind(lines, start)
        end = start + 1
        while end < len(lines) and _kind(lines, end) == kind:
            end += 1
        yield from _group(kind, lines[start:end], last=end == len(lines))
        start = end


def _kind(lines: list[str], at: int) -> str:
    line = lines[at]
    if line.startswith((">", "&gt;")):
        return "quote"
    item = _ITEM.match(line)
    if item is None:
        return "section"
    if item["bullet"]:
        return "bullet"
    # "4. bed" on its own is a sentence; a numbered list counts on from one line to the next.
    follows = at > 0 and _number(lines[at - 1]) == int(item["number"]) - 1
    leads = at + 1 < len(lines) and _number(lines[at + 1]) == int(item["number"]) + 1
    return "ordered" if follows or leads else "section"


def _number(line: str) -> int | None:
    item = _ITEM.match(line)
    return int(item["number"]) if item and item["number"] else None


def _group(kind: str, lines: list[str], last: bool) -> Iterator[Json]:
    if kind == "quote":
        bare = "\n".join(re.sub(r"^(?:>|&gt;) ?", "", line) for line in lines)
        yield {"type": "rich_text_quote", "elements": _inline(bare, {})}
    elif kind in ("bullet", "ordered"):
        items = [match["text"] or match["step"] or "" for line in lines if (match := _ITEM.match(line))]
        sections = [{"type": "rich_text_section", "elements": _inline(item, {})} for item in items]
        yield {"type": "rich_text_list", "style": kind, "indent": 0, "border": 0, "elements": sections}
    else:
        said = "\n".join(lines) + ("" if last else "\n")
        if said:
            yield {"type": "rich_text_section", "elements": _inline(said, {})}


def _plain(text: str, style: Json | None = None) -> list[Json]:
    if not text:
        return []
    run: Json = {"type": "text", "text": unescape(text)}
    if style:
        run["style"] = style
    return [run]


def _inline(text: str, style: Json) -> list[Json]:
    runs: list[Json] = []
    at = 0
    for found in _INLINE.finditer(text):
        if (name := found["emoji"]) and name not in KNOWN_EMOJI:
            continue
        runs += _plain(text[at : found.start()], style) + _run(found, style)
        at = found.end()
    return runs + _plain(text[at:], style)


def _run(found: re.Match[str], style: Json) -> list[Json]:
    if token := found["token"]:
        return [_reference(token[1:-1], style)]
    if code := found["code"]:
        return _plain(code, {**style, "code": True})
    if name := found["emoji"]:
        return [{"type": "emoji", "name": name, "unicode": KNOWN_EMOJI[name]}]
    kind = str(found.lastgroup)
    return _inline(found[kind], {**style, kind: True})


def _reference(token: str, style: Json) -> Json:
    target, _, label = token.partition("|")
    run: Json
    if target.startswith("@"):
        run = {"type": "user", "user_id": target[1:]}
    elif target.startswith("#"):
        run = {"type": "channel", "channel_id": target[1:]}
    elif target.startswith("!subteam^"):
        run = {"type": "usergroup", "usergroup_id": target[9:]}
    elif target.startswith("!"):
        run = {"type": "broadcast", "range": target[1:]}
    else:
        run = {"type": "link", "url": unescape(target)}
        if label:
            run["text"] = unescape(label)
    if style:
        run["style"] = style
    return run
