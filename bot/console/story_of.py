"""An event's story as a page tells it, giving away no more than its reader may know."""

from collections.abc import Mapping
from typing import Any

from bot.console.people import STANDINGS
from bot.console.sessions import Visitor
from bot.incidents.queries import Story
from bot.incidents.review import words_of
from bot.vault.keys import Keys


def masked(keys: Keys, story: Story) -> str:
    """The message with its identifiers masked; empty when there was no text."""
    sealed = story.incident["sealed_masked"]
    return keys.open("incident", story.incident["id"], sealed).decode() if sealed else ""


def steps(keys: Keys, story: Story, people: Mapping[str, str]) -> list[dict[str, Any]]:
    """The timeline with who did each step and what they said; the hiding itself is on the incident's row."""
    made = [
        {**row, "who": _who(row["by"], story, people), "said": words_of(keys, row["incident"], row["detail"])}
        for row in story.timeline
    ]
    hidden_at = story.incident["hidden_at"]
    if hidden_at is not None and not story.happened("hidden"):
        reach = {"reach": story.incident["reach"]}
        made.append({"at": hidden_at, "what": "hidden", "who": "", "detail": reach})
    return sorted(made, key=lambda s: s["at"])


def _who(by: str, story: Story, people: Mapping[str, str]) -> str:
    """Who did a step, in words that give no account id away. "sender" stands for the sender."""
    if by in ("", "chaperone", "policy"):
        return ""
    if by == story.incident["sender"]:
        return "sender"
    in_chat = {r["user"]: r["name"] for r in story.audience}
    return people.get(by) or in_chat.get(by) or "somebody in chat"


def is_named(story: Story, visitor: Visitor) -> bool:
    """Whether this visitor may read who it is about: they gave a reason, or it is about somebody's joining."""
    joined = story.incident["kind"] == "membership" and visitor.role != "clinician"
    return joined or bool(story.happened("sender_opened", by=visitor.name))


def groups(story: Story) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Who could have seen it, by standing: those who are not staff first."""
    found = [(s, [r for r in story.audience if r["standing"] == s]) for s in STANDINGS]
    return [(standing, rows) for standing, rows in found if rows]
