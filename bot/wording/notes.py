"""What every note is made of: its buttons, people and places as mentions, kinds, counts and times in words.

`<@id>` and `<#id>` stand for an account and a conversation; the connector shows them as mentions.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from bot.policy.kinds import in_words
from connectors.interface import Button, Channel, Note

FOOTER: Final = "Help, not discipline. What we store: /chaperone stored"

Press = Literal[
    "ok",
    "urgent",
    "not_patient",
    "confirm_partner",
    "remove_member",
    "ask_inviter",
    "say_why",
    "connect",
    "post_copy",
]
"""The action ids of every button of ours; the value is the incident's id."""

LABELS: Final[Mapping[Press, str]] = {
    "ok": "OK",
    "urgent": "Needed for urgent care",
    "not_patient": "Not a patient",
    "confirm_partner": "Confirm as partner",
    "remove_member": "Remove from channel",
    "ask_inviter": "Ask who invited them",
    "say_why": "Say why",
    "connect": "Connect my account",
    "post_copy": "Post a masked copy",
}

_PRIMARY: Final = {"post_copy", "ok", "confirm_partner", "say_why", "connect"}
_DANGER: Final = {"remove_member"}

_ID: Final = re.compile(r"(?!\d+\Z)[\w:.@=+/-]{1,200}", re.ASCII)
"""What platforms' ids look like; none is a bare number, as a patient's would be."""

NAMED: Final = 20
"""Of more people of one standing than this only the first are named in chat; the console has them all."""

_AN: Final = {"NHS", "H&C", "age", "add", "e-m", "ide"}


def note(text: str, incident: str = "", presses: Iterable[Press] = ()) -> Note:
    """A note about an incident, with these buttons."""
    helps = next((p for p in presses if p in _PRIMARY), None)
    return Note(text, tuple(button(p, incident, p == helps) for p in presses), FOOTER)


def button(press: Press, incident: str, helps: bool = True) -> Button:
    """One of ours, in its colour; of those that help most, `helps` says which one stands out in its note."""
    style: Literal["default", "primary", "danger"] = "default"
    if press in _PRIMARY and helps:
        style = "primary"
    elif press in _DANGER:
        style = "danger"
    return Button(press, LABELS[press], incident, style)


def person(user: str) -> str:
    """An account as a mention. Raises ValueError for anything but a platform's id."""
    if not _ID.fullmatch(user):
        raise ValueError("not an account id")
    return f"<@{user}>"


def place(channel: Channel) -> str:
    """A conversation as a mention."""
    if not _ID.fullmatch(channel.id):
        raise ValueError("not a conversation id")
    return f"<#{channel.id}>"


def sentence(kinds: Iterable[str]) -> str:
    """Kinds at the beginning of a sentence: "Name and CHI"."""
    words = in_words(kinds)
    return words[0].upper() + words[1:]


def an(kinds: Iterable[str]) -> str:
    """ "a name and CHI", "an NHS number", "initials"."""
    words = in_words(kinds)
    if words.startswith("initials"):
        return words
    return f"{'an' if words[:3] in _AN else 'a'} {words}"


def counted(count: int) -> str:
    """ "1 person", "3 people"."""
    return "1 person" if count == 1 else f"{count} people"


def lasting(minutes: int) -> str:
    """ "30 minutes", "2 hours"."""
    if minutes % 60 == 0 and minutes:
        return "1 hour" if minutes == 60 else f"{minutes // 60} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def named(users: Sequence[str]) -> str:
    """Accounts as mentions, the first NAMED of them."""
    more = f" and {len(users) - NAMED} more" if len(users) > NAMED else ""
    return ", ".join(person(user) for user in users[:NAMED]) + more
