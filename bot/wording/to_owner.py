"""To a conversation's owner and IG: who is here, whose access ends, what failed."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from bot.wording.notes import NAMED, counted, lasting, named, note, person, place
from bot.wording.to_inviter import NEEDS, Need
from connectors.interface import Channel, Note, Standing

_WHO_JOINED: Final[Mapping[Standing, str]] = {
    "guest": "is a guest",
    "partner": "belongs to another organisation",
    "leaver": "has left the staff directory",
    "unknown": "is not in the staff directory",
    "could_not_tell": "could not be checked against the staff directory",
    "staff": "is staff",
}


def outsider_joined(
    user: str,
    channel: Channel,
    standing: Standing,
    incident: str,
    *,
    confirmable: bool,
    invited: bool = False,
) -> Note:
    """To the owner and to IG. `confirmable`: the membership rule lets somebody confirm them; `invited`: it
    is known who brought them in."""
    text = (
        f"{person(user)} joined {place(channel)} and {_WHO_JOINED[standing]}. "
        f"Identifiers stay hidden {'until you confirm them' if confirmable else 'while they are here'}."
    )
    if confirmable and invited:
        return note(text, incident, ("confirm_partner", "remove_member", "ask_inviter"))
    return note(text, incident, ("confirm_partner", "remove_member") if confirmable else ("remove_member",))


def already_here(
    user: str, channel: Channel, standing: Standing, incident: str, *, confirmable: bool
) -> Note:
    """The same, for somebody whom a check found among the members, such as a leaver."""
    text = (
        f"{person(user)} is in {place(channel)} and {_WHO_JOINED[standing]}. "
        f"Identifiers stay hidden {'until you confirm them' if confirmable else 'while they are here'}."
    )
    return note(text, incident, ("confirm_partner", "remove_member") if confirmable else ("remove_member",))


def several_outside(channel: Channel, count: int) -> Note:
    """Many at once, found by a check: one note instead of one each."""
    return note(
        f"{counted(count)} in {place(channel)} are not in the staff directory. "
        "Identifiers stay hidden while they are here. The review queue lists each of them."
    )


def member_removed(user: str, channel: Channel, standing: Standing) -> Note:
    return note(f"{person(user)} was removed from {place(channel)}: the account {_WHO_JOINED[standing]}.")


def remove_refused(user: str, channel: Channel, incident: str) -> Note:
    return note(
        f"{person(user)} could not be removed from {place(channel)}: the platform refused. "
        "Please remove them by hand. Identifiers stay hidden meanwhile.",
        incident,
        ("ok",),
    )


def last_owner_stays(user: str, channel: Channel, incident: str) -> Note:
    return note(
        f"{person(user)} was not removed from {place(channel)}, as its only owner. "
        "Please name another owner first. Identifiers stay hidden meanwhile.",
        incident,
        ("ok",),
    )


def member_confirmed(user: str, channel: Channel, days: int) -> Note:
    length = "1 day" if days == 1 else f"{days} days"
    return note(f"{person(user)} is confirmed in {place(channel)} for {length}. IG sees who confirmed them.")


def reason_given(
    user: str, channel: Channel, incident: str, *, inviter: str, need: Need, confirmable: bool
) -> Note:
    """To the owner and IG: the inviter answered. Their own words are for the console alone."""
    text = (
        f"{person(inviter)} says why {person(user)} needs {place(channel)}: {NEEDS[need]}. "
        "Their own words stand with the event in the console."
    )
    return note(text, incident, ("confirm_partner", "remove_member") if confirmable else ("remove_member",))


class Ending(NamedTuple):
    """Access that ends in so many days; without users, of a partner who is not here at present; without a
    channel, everywhere."""

    users: tuple[str, ...]
    channel: Channel | None
    days: int
    kind: Literal["person", "organisation", "confirmation"]


def access_ends(ending: Sequence[Ending]) -> Note:
    """To owners, sponsors and IG, while there is time to renew."""
    if len(ending) == 1:
        begin = f"{_ends(ending[0])} {_RENEW}"
        return note(begin)
    shown = [f"• {_ends(e)}" for e in ending[:NAMED]]
    more = [f"And {len(ending) - NAMED} more."] if len(ending) > NAMED else []
    return note("\n".join([f"Access ends soon for {len(ending)} partners. {_RENEW}", *shown, *more]))


_RENEW: Final = "If they are still needed, please confirm them again, or ask IG to admit them for longer."


def _ends(e: Ending) -> str:
    who = f"{named(e.users[:3])}" if e.users else f"a partner{' organisation' * (e.kind == 'organisation')}"
    more = f" and {len(e.users) - 3} more" if len(e.users) > 3 else ""
    where = place(e.channel) if e.channel else "every conversation"
    length = "1 day" if e.days == 1 else f"{e.days} days"
    return f"In {length} the access of {who}{more} to {where} ends."


def only_they_can_hide(channel: Channel, incident: str) -> Note:
    """To IG: somebody of another organisation wrote what only that organisation can hide."""
    return note(
        f"A message in {place(channel)} that identifies somebody stays readable: its sender belongs to another "
        "organisation, which alone can hide it. Please ask them to delete it.",
        incident,
    )


Platform = Literal["slack", "teams"]

_PLATFORMS: Final[Mapping[Platform, str]] = {"slack": "Slack", "teams": "Microsoft Teams"}


def not_told(platform: Platform) -> Note:
    """To IG: what is said there may stand unseen until it is found by reading."""
    return note(
        f"{_PLATFORMS[platform]} does not tell Chaperone everything that is said. "
        "Messages may stay readable for longer. The health page says why, and when it ends."
    )


def told_again(platform: Platform, minutes: int) -> Note:
    """To IG: the end of it."""
    return note(
        f"{_PLATFORMS[platform]} tells Chaperone again what is said, after {lasting(minutes)}. "
        "What was said meanwhile has been read."
    )
