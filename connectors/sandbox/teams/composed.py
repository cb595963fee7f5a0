"""What the bot composed as an activity, as the workspace keeps it."""

import html
import re
from typing import Any

from connectors.sandbox.composed import app_body
from connectors.sandbox.teams.content import card_words, mention, mrkdwn
from connectors.sandbox.teams.estate import Estate

Json = dict[str, Any]


def composed(estate: Estate, activity: Json) -> Json:
    """The app's message: its words, and the cards with everything that can be read on them.

    The words of cards stand in `attachments`, so that the workspace's record holds all that was shown.
    """
    text, kind = str(activity.get("text") or ""), activity.get("textFormat", "markdown")
    body = app_body(estate.workspace, {"text": mrkdwn(text, "html" if kind == "xml" else kind)})
    cards = [held for held in activity.get("attachments") or () if "card" in held.get("contentType", "")]
    mentions: list[Json] = []
    shown = text if kind == "xml" else html.escape(text, quote=False).replace("\n", "<br>")
    shown = re.sub(
        r"(?:<|&lt;)at(?:>|&gt;)(.*?)(?:<|&lt;)/at(?:>|&gt;)",
        lambda m: _at(estate, activity, m, mentions),
        shown,
    )
    body["teams"] = {"html": shown, "of": body["text"], "mentions": mentions, "cards": cards}
    if cards:
        body["attachments"] = [_words(number, card) for number, card in enumerate(cards, 1)]
    return body


def _words(number: int, card: Json) -> Json:
    said = "\n".join(card_words(card.get("content")))
    return {"id": number, "fallback": said, "text": said}


def _at(estate: Estate, activity: Json, found: re.Match[str], mentions: list[Json]) -> str:
    """A mention counts only with its entity, which names the account."""
    for entity in activity.get("entities") or ():
        if entity.get("type") == "mention" and found[1] in html.escape(str(entity.get("text")), quote=False):
            try:
                person = estate.places.person(str(entity["mentioned"]["id"]))
            except KeyError:
                break
            return mention(estate.places, person.id, mentions)
    return found[1]
