"""What stands in a message, from the workspace's own form to Teams' HTML and back."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from connectors.sandbox.rich_text import escape
from connectors.sandbox.teams.places import Places

Json = dict[str, Any]
_STYLES: Final = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}
_BLOCKS: Final = {
    "rich_text_section": "p", "rich_text_quote": "blockquote", "rich_text_preformatted": "pre",
}  # fmt: skip
_BREAKS: Final = ("br", "p", "div", "li", "blockquote", "pre", "tr", "h1", "h2", "h3")


@dataclass
class Written:
    """A body in HTML, and whom it mentions (Graph's `mentions`)."""

    html: str = field(repr=False)
    mentions: list[Json] = field(default_factory=list)
    is_plain: bool = False
    """Nothing but words: Graph then says contentType text."""


def written(places: Places, body: Json) -> Written:
    """The HTML of a message's own words; what was said in Teams' own form stays so until its text is edited."""
    own = body.get("teams", {})
    if "html" in own and own["of"] == body.get("text"):
        return Written(own["html"], list(own.get("mentions", ())))
    blocks = [b for b in body.get("blocks", ()) if b.get("type") == "rich_text"]
    elements = [element for block in blocks for element in block["elements"]]
    mentions: list[Json] = []
    said = "".join(_block(places, element, mentions) for element in elements)
    said = said or html.escape(str(body.get("text", "")), quote=False)
    return Written(said, mentions, "\n" not in str(body.get("text")) and _only_words(elements))


def _only_words(elements: list[Json]) -> bool:
    if len(elements) != 1 or elements[0]["type"] != "rich_text_section":
        return False
    return all(set(run) == {"type", "text"} for run in elements[0]["elements"])


def _block(places: Places, element: Json, mentions: list[Json]) -> str:
    if element["type"] == "rich_text_list":
        tag = "ol" if element["style"] == "ordered" else "ul"
        items = "".join(f"<li>{_runs(places, item, mentions)}</li>" for item in element["elements"])
        return f"<{tag}>{items}</{tag}>"
    tag = _BLOCKS.get(element["type"], "p")
    return f"<{tag}>{_runs(places, element, mentions)}</{tag}>"


def _runs(places: Places, element: Json, mentions: list[Json]) -> str:
    return "".join(_run(places, run, mentions) for run in element["elements"])


def _run(places: Places, run: Json, mentions: list[Json]) -> str:
    if run["type"] == "user" and run["user_id"] in places.workspace.people:
        return mention(places, run["user_id"], mentions)
    said = html.escape(_words(places, run), quote=False).replace("\n", "<br>")
    if run["type"] == "link":
        said = f'<a href="{html.escape(run["url"])}">{said}</a>'
    for style in run.get("style", {}):
        said = f"<{_STYLES[style]}>{said}</{_STYLES[style]}>"
    return said


def _words(places: Places, run: Json) -> str:
    """What is read of a run that has no form of its own in Teams."""
    if run["type"] == "emoji":
        return "".join(chr(int(code, 16)) for code in run["unicode"].split("-"))
    if run["type"] == "channel":
        known = places.workspace.channels.get(run["channel_id"])
        return f"#{known.name if known else run['channel_id']}"
    return str(
        next((run[key] for key in ("text", "url", "user_id", "usergroup_id", "range") if run.get(key)), "")
    )


def mention(places: Places, user: str, mentions: list[Json]) -> str:
    """An `<at>` tag, its entry added to `mentions`."""
    person, number = places.workspace.people[user], len(mentions)
    who: Json = {"application": None, "device": None, "user": None, "conversation": None}
    if user == places.workspace.app.user:
        who["application"] = {
            "id": places.bot, "displayName": person.name, "applicationIdentityType": "bot",
        }  # fmt: skip
    else:
        who["user"] = {
            "id": places.user_id(user), "displayName": person.name, "userIdentityType": "aadUser",
        }  # fmt: skip
    mentions.append({"id": number, "mentionText": person.name, "mentioned": who})
    return f'<at id="{number}">{html.escape(person.name, quote=False)}</at>'


def plain(said: str, *, keep_mentions: bool = False) -> str:
    """The words of an HTML body; `keep_mentions` leaves `<at>` tags, as activities' text has them."""
    reader = _Words(keep_mentions)
    reader.feed(said)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.found)).strip("\n")


def mrkdwn(said: str, text_format: str = "html") -> str:
    """Words that a bot or person gave to Teams, as the workspace keeps them (Slack's escaping)."""
    return escape(plain(said) if text_format == "html" else re.sub(r"</?at[^>]*>", "", said))


def card_words(card: Any) -> Iterator[str]:
    """Everything that can be read on an Adaptive Card, buttons' titles included."""
    if isinstance(card, list):
        for each in card:
            yield from card_words(each)
    elif isinstance(card, dict):
        for key in ("text", "title", "value", "label", "placeholder", "altText", "fallbackText"):
            if isinstance(card.get(key), str) and card.get("type") != "Input.Text":
                yield card[key]
        for key, inner in card.items():
            if key != "data":
                yield from card_words(inner)


class _Words(HTMLParser):
    def __init__(self, keep_mentions: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._keeps = keep_mentions

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or (tag in _BREAKS and self.found and not self.found[-1].endswith("\n")):
            self.found.append("\n")
        if tag == "at" and self._keeps:
            self.found.append("<at>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "at" and self._keeps:
            self.found.append("</at>")

    def handle_data(self, data: str) -> None:
        self.found.append(data)
