"""To whoever asks: `/chaperone who`, `status`, `stored` and `help`."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.policy.verdict import Audience
from bot.wording.notes import named, note
from connectors.interface import Note


def who(audience: Audience, preset: str, rule: str, people: Mapping[str, Sequence[str]]) -> Note:
    """`/chaperone who`. `preset` and `rule` are the policy's own words; `people` are accounts by standing, for
    an owner or IG to see, else empty."""
    parts = [f"{audience.staff} staff here", f"{audience.outsiders} outside the directory"]
    if audience.confirmed:
        parts.append(f"{audience.confirmed} confirmed")
    if audience.could_not_tell:
        parts.append(f"{audience.could_not_tell} not checked yet")
    shared = " Shared with another organisation." if audience.shared_outside else ""
    counts = f"{', '.join(parts)}.{shared} Treated as: {preset}. Who belongs: {rule.rstrip('.')}."
    lists = [f"{words}: {named(people[s])}." for s, words in _STANDINGS.items() if people.get(s)]
    return note("\n".join([counts, *lists]))


_STANDINGS: Final[Mapping[str, str]] = {
    "unknown": "Not in the directory", "leaver": "Left, by the directory", "guest": "Guests",
    "partner": "Of another organisation", "could_not_tell": "Not checked yet", "staff": "Staff",
}  # fmt: skip


def status(reach: str, working: bool) -> Note:
    """`/chaperone status`. `reach` is the connector's answer to what can be hidden here, in plain words."""
    state = (
        "Chaperone is working here." if working else "Chaperone is not working fully here; IG has been told."
    )
    return note(f"{state} Hiding: {reach}.")


def stored(days: int) -> Note:
    """`/chaperone stored`. `days`: how long an original is kept."""
    return note(
        f"Stored, sealed: hidden originals, for {days} days; what was found, when, and who could read it. "
        "Reviewers see masked text; reading an original needs a reason and is recorded."
    )


def help_(connects: bool) -> Note:
    """`connects`: people can let Chaperone edit their messages here."""
    joins = ", `/chaperone connect` joins your account" if connects else ""
    return note(
        "Chaperone hides patient identifiers and leaves the clinical sentence. "
        f"`/chaperone who` shows who reads here, `/chaperone status` what can be hidden{joins}."
    )
