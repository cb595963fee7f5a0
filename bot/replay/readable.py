"""Which characters of an original text can still be read in what stands there now."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

_PLACEHOLDER = re.compile(r"\[(?:Patient|Relative) [A-Z]{1,3}\]|\[(?:[^\[\]\n]{1,40} )?hidden\]")
_MARKUP = re.compile(r"<(?:mailto:|tel:|https?:)[^|>]*\|([^>]*)>|<((?:mailto:|tel:|https?:)[^>]*)>")
_MENTION = re.compile(r"</?at>")
_TOKEN = re.compile(r"\w+")
_SHORTEST_RUN = 3


def readable_chars(original: str, shown: str) -> frozenset[int]:
    """Offsets (code points) of `original` that `shown` lets one read.

    Where `shown` is `original` with some ranges replaced by placeholders, this is exact; otherwise every
    common run of at least three characters counts as readable.
    """
    if shown == original:
        return frozenset(range(len(original)))
    return _aligned(original, shown)


@lru_cache(maxsize=4096)
def _aligned(original: str, shown: str) -> frozenset[int]:
    literals = _PLACEHOLDER.split(shown)
    pattern = "(.+?)".join(re.escape(text) for text in literals)
    if len(literals) > 1 and (match := re.fullmatch(pattern, original, re.DOTALL)):
        hidden = {i for group in range(1, len(literals)) for i in range(*match.span(group))}
        return frozenset(i for i in range(len(original)) if i not in hidden)
    blocks = SequenceMatcher(
        None, original, _PLACEHOLDER.sub("\x00", shown), autojunk=False
    ).get_matching_blocks()
    return frozenset(i for b in blocks if b.size >= _SHORTEST_RUN for i in range(b.a, b.a + b.size))


def is_copy(original: str, shown: str) -> bool:
    """Whether `shown` is `original` word for word, but for placeholders."""
    literals = _PLACEHOLDER.split(shown)
    if not "".join(literals).strip():
        return False
    return re.fullmatch("(.+?)".join(map(re.escape, literals)), original, re.DOTALL) is not None


def shows_value(value: str, texts: Iterable[str], allowed: int = 0) -> bool:
    """Whether any word of an identifier stands in `texts` more often than `allowed` explains."""
    words = [w.casefold() for w in _TOKEN.findall(value) if len(w) > 1]
    shown = Counter(w.casefold() for text in texts for w in _TOKEN.findall(text))
    return any(shown[w] > allowed for w in words)


def plain(text: str) -> str:
    """A message as its reader sees it: entities, link markup and mentions by name resolved."""
    return html.unescape(_MENTION.sub("", _MARKUP.sub(lambda m: m.group(1) or m.group(2), text)))


def strings(value: Any) -> list[str]:
    """Every text inside blocks or attachments; runs of one rich-text block joined."""
    if isinstance(value, Mapping):
        if value.get("type") == "rich_text":
            return ["".join(_runs(value))]
        return [s for key, item in value.items() if key not in _NOT_TEXT for s in strings(item)]
    if isinstance(value, list):
        return [s for item in value for s in strings(item)]
    return [value] if isinstance(value, str) else []


_NOT_TEXT = frozenset(
    ("type", "block_id", "action_id", "value", "style", "id", "ts", "bot_id", "url", "image_url")
)


def _runs(value: Any) -> list[str]:
    if isinstance(value, list):
        return [s for item in value for s in _runs(item)]
    if not isinstance(value, Mapping):
        return []
    if "elements" in value:
        tail = ["\n"] if value.get("type") in ("rich_text_section", "rich_text_preformatted") else []
        return [*_runs(value["elements"]), *tail]
    if value.get("type") == "user":
        return [f"<@{value.get('user_id', '')}>"]
    return [str(value.get("text") or value.get("url") or "")]
