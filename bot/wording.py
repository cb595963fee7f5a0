"""Every sentence that a person reads in chat. Takes kinds, counts and ids, never anybody's text.

A note says first what happened, in at most 35 words, with at most three buttons and one of them primary.
`<@id>` and `<#id>` stand for an account and a conversation; the connector shows them as mentions.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from bot.policy.kinds import in_words
from bot.policy.verdict import Audience
from connectors.interface import Button, Channel, Note, Standing
from detectors.interface import Kind

COPY: Final = "Posted by Chaperone for its sender, identifiers hidden."
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

_LABELS: Final[Mapping[Press, str]] = {
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
_PRIMARY: Final = {"ok", "confirm_partner", "say_why", "connect"}
_DANGER: Final = {"remove_member"}

_ID: Final = re.compile(r"(?!\d+\Z)[\w:.@=+/-]{1,200}", re.ASCII)
"""What platforms' ids look like; none is a bare number, as a patient's would be."""


def _note(text: str, incident: str = "", presses: Iterable[Press] = ()) -> Note:
    return Note(text, tuple(_button(p, incident) for p in presses), FOOTER)


def _button(press: Press, incident: str) -> Button:
    style: Literal["default", "primary", "danger"] = "default"
    if press in _PRIMARY:
        style = "primary"
    elif press in _DANGER:
        style = "danger"
    return Button(press, _LABELS[press], incident, style)


def _sentence(kinds: Iterable[str]) -> str:
    words = in_words(kinds)
    return words[0].upper() + words[1:]


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _minutes(minutes: int) -> str:
    if minutes % 60 == 0 and minutes:
        return "1 hour" if minutes == 60 else f"{minutes // 60} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


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


def _care(urgent_minutes: int) -> tuple[Press, ...]:
    return ("ok", "urgent", "not_patient") if urgent_minutes else ("ok", "not_patient")


# --- to the sender of a message ------------------------------------------------------------------------


def redacted(kinds: Iterable[Kind], incident: str, *, urgent_minutes: int, outsiders: int = 0) -> Note:
    """Identifiers were hidden and the rest was delivered."""
    if outsiders:
        return outsider_present(kinds, incident, outsiders, urgent_minutes=urgent_minutes)
    text = (
        f"{_sentence(kinds)} hidden from your message. The rest was delivered. "
        "Use initials and bed, or share by the patient record."
    )
    return _note(text, incident, _care(urgent_minutes))


def hidden_whole(kinds: Iterable[Kind], incident: str, *, urgent_minutes: int) -> Note:
    """The whole message was hidden."""
    text = (
        f"Your message is hidden: it shows {_an(kinds)}. Nothing else is lost. "
        "Send it again without, or share by the patient record."
    )
    return _note(text, incident, _care(urgent_minutes))


def could_not_hide(kinds: Iterable[Kind], incident: str, *, copy: bool = False) -> Note:
    """Nothing could hide it here: say so, and how to put it right. `copy`: a masked copy can be posted for them."""
    text = (
        f"Your message still shows {_an(kinds)}: it could not be hidden here. "
        "Please delete or edit your message. Use initials and bed, or the patient record."
    )
    return _note(text, incident, ("post_copy", "ok", "not_patient") if copy else ("ok", "not_patient"))


def copy_posted() -> Note:
    """After "Post a masked copy"."""
    return _note("A copy without identifiers stands in the conversation. Please delete your own message now.")


def copy_not_posted() -> Note:
    """The platform would not take the copy."""
    return _note("The copy could not be posted here. Please delete or edit your message.")


def please_check(kinds: Iterable[Kind], incident: str) -> Note:
    """The policy only warns: the message stands as it was written."""
    text = (
        f"Your message may show {_an(kinds)}. It was delivered as you wrote it. "
        "If it is about a patient, please edit it to initials and bed."
    )
    return _note(text, incident, ("ok", "not_patient"))


def outsider_present(kinds: Iterable[Kind], incident: str, outsiders: int, *, urgent_minutes: int) -> Note:
    """Hidden because somebody outside the directory can read here."""
    verb = "is" if outsiders == 1 else "are"
    text = (
        f"{_sentence(kinds)} hidden from your message: {_people(outsiders)} here {verb} not in the staff directory. "
        "The rest was delivered. Identifiers stay hidden until the owner confirms them or they leave."
    )
    return _note(text, incident, _care(urgent_minutes))


# --- to the sender of a file ---------------------------------------------------------------------------


def file_redacted(
    kinds: Iterable[str], incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """A copy with the identifiers painted over took the file's place."""
    text = (
        f"{_sentence(kinds)} hidden in {_file(number, of)}. A copy without was posted in its place. "
        "The original is safe."
    )
    return _note(text, incident, _care(urgent_minutes))


def file_renamed(
    kinds: Iterable[str], incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """Only the name told something."""
    text = (
        f"{_sentence(kinds)} hidden in the name of {_file(number, of)}. "
        "It was posted again under a safe name, unchanged inside."
    )
    return _note(text, incident, _care(urgent_minutes))


def file_hidden(
    kinds: Iterable[str], incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """Identifiers were found, and no copy could or may be posted."""
    text = (
        f"{_file(number, of, first=True)} shows {_an(kinds)}, so it is hidden. "
        "Share it by the patient record or your secure image service. The original is safe."
    )
    return _note(text, incident, _care(urgent_minutes))


def file_quarantined(
    reason: str, incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """It could not be shown to be safe. `reason` is the inspection's own sentence."""
    text = f"{_file(number, of, first=True)} is hidden, to be safe. {reason} Please share it by the patient record."
    return _note(text, incident, _care(urgent_minutes))


def file_left(incident: str, *, number: int = 1, of: int = 1) -> Note:
    """It could not be shown to be safe, and the policy leaves it."""
    text = (
        f"{_file(number, of, first=True)} could not be checked and was left as it is. "
        "If it shows a patient, please delete it."
    )
    return _note(text, incident, ("ok",))


def file_not_hidden(kinds: Iterable[str], incident: str, *, number: int = 1, of: int = 1) -> Note:
    """Nothing could take it away here: say so, and how to put it right."""
    found = list(kinds)
    what = f"still shows {_an(found)}" if found else "could not be checked for patients"
    text = (
        f"{_file(number, of, first=True)} {what}: it could not be hidden here. "
        "Please delete it. Share it by the patient record."
    )
    return _note(text, incident, ("ok", "not_patient"))


def file_checking(progress: str, *, hidden: bool) -> Note:
    """While a large file is looked at. `progress` is the inspection's own, such as "page 12 of 80"."""
    held = " It is held back meanwhile." if hidden else ""
    return _note(f"Your file is being checked{': ' if progress else ''}{progress}.{held}")


def file_checked() -> Note:
    """In the place of the note before, once it is done."""
    return _note("Your file was checked. What came of it stands in the conversation.")


def _file(number: int, of: int, *, first: bool = False) -> str:
    """ "your file", or which of several: a file's own name may tell who it is about."""
    words = "your file" if of == 1 else f"file {number} of {of}"
    return words[0].upper() + words[1:] if first else words


def connect_invitation(url: str) -> Note:
    """Author edit needs the author's own leave, once; the button leads to `url`."""
    text = (
        "With your account connected, only the identifier is hidden and your message keeps its place. "
        "Chaperone edits your own messages for this alone; you can disconnect at any time."
    )
    return Note(text, (Button("connect", _LABELS["connect"], "connect", "primary", url),), FOOTER)


# --- after a button ------------------------------------------------------------------------------------


def thanks() -> Note:
    """After OK."""
    return _note("Noted, thank you.")


def urgent_restored(minutes: int) -> Note:
    text = (
        f"Shown again for this channel for {_minutes(minutes)}. IG will see a masked copy. "
        "Remember to write the decision in the record."
    )
    return _note(text)


def restored_expired() -> Note:
    return _note(
        "What you sent is hidden again: the time for urgent care has passed. Continue by the patient record."
    )


def false_positive_restored() -> Note:
    return _note(
        "Shown again, as not about a patient. Sorry for the interruption; IG will see a masked copy."
    )


def not_shown_again() -> Note:
    """A restore was asked for and the platform refused."""
    return _note(
        "What you sent could not be shown again here. Please send it once more; IG knows that you asked."
    )


def not_while_outsiders(outsiders: int) -> Note:
    verb = "is" if outsiders == 1 else "are"
    return _note(
        f"Not shown again: {_people(outsiders)} here {verb} not in the staff directory. "
        "Please use the patient record or call the team."
    )


def for_the_sender_only() -> Note:
    """Somebody else pressed."""
    return _note("Nothing was changed: only the sender of the message, or IG, can do this.")


def for_the_owner_only() -> Note:
    return _note("Nothing was changed: only the channel's owner, or IG, can do this.")


def settled_already() -> Note:
    return _note("Nothing was changed: this has been settled already.")


# --- who is here ---------------------------------------------------------------------------------------

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
        return _note(text, incident, ("confirm_partner", "remove_member", "ask_inviter"))
    return _note(text, incident, ("confirm_partner", "remove_member") if confirmable else ("remove_member",))


def already_here(
    user: str, channel: Channel, standing: Standing, incident: str, *, confirmable: bool
) -> Note:
    """The same, for somebody whom a check found among the members, such as a leaver."""
    text = (
        f"{person(user)} is in {place(channel)} and {_WHO_JOINED[standing]}. "
        f"Identifiers stay hidden {'until you confirm them' if confirmable else 'while they are here'}."
    )
    return _note(text, incident, ("confirm_partner", "remove_member") if confirmable else ("remove_member",))


def several_outside(channel: Channel, count: int) -> Note:
    """Many at once, found by a check: one note instead of one each."""
    return _note(
        f"{_people(count)} in {place(channel)} are not in the staff directory. "
        "Identifiers stay hidden while they are here. The review queue lists each of them."
    )


def member_removed(user: str, channel: Channel, standing: Standing) -> Note:
    return _note(f"{person(user)} was removed from {place(channel)}: the account {_WHO_JOINED[standing]}.")


def remove_refused(user: str, channel: Channel, incident: str) -> Note:
    return _note(
        f"{person(user)} could not be removed from {place(channel)}: the platform refused. "
        "Please remove them by hand. Identifiers stay hidden meanwhile.",
        incident,
        ("ok",),
    )


def last_owner_stays(user: str, channel: Channel, incident: str) -> Note:
    return _note(
        f"{person(user)} was not removed from {place(channel)}, as its only owner. "
        "Please name another owner first. Identifiers stay hidden meanwhile.",
        incident,
        ("ok",),
    )


def member_confirmed(user: str, channel: Channel, days: int) -> Note:
    length = "1 day" if days == 1 else f"{days} days"
    return _note(f"{person(user)} is confirmed in {place(channel)} for {length}. IG sees who confirmed them.")


def not_confirmable(channel: Channel) -> Note:
    return _note(f"Nothing was changed: {place(channel)} is for staff only, so nobody else can be confirmed.")


Need = Literal["care", "project", "teaching", "support", "other"]
NEEDS: Final[Mapping[Need, str]] = {
    "care": "shared care of patients", "project": "a joint project or service", "teaching": "training or teaching",
    "support": "technical support", "other": "another reason",
}  # fmt: skip
WHY_TITLE: Final = "Why are they here?"
NEED_LABEL: Final = "What are they here for?"
WHY_LABEL: Final = "Why do they need to be here? No patient details, please."


def ask_why(user: str, channel: Channel, incident: str) -> Note:
    """To whoever invited somebody who is not staff; the button opens the form above."""
    text = (
        f"{person(user)} joined {place(channel)} by your invitation and is not known as staff. "
        "Please say why they need to be here, so that they can be confirmed."
    )
    return _note(text, incident, ("say_why",))


def inviter_asked(user: str, incident: str) -> Note:
    text = f"{person(user)} was asked why they need to be here. You will be told the answer."
    return _note(text, incident, ("confirm_partner", "remove_member"))


def inviter_unknown(incident: str) -> Note:
    text = "Nobody was asked: it is not known who invited them, or that person is not here."
    return _note(text, incident, ("confirm_partner", "remove_member"))


def for_the_inviter_only() -> Note:
    return _note("Nothing was changed: only the person who invited them can say why.")


def thanks_for_the_reason() -> Note:
    return _note("Thank you. The channel's owner and IG have your answer and decide.")


def reason_given(
    user: str, channel: Channel, incident: str, *, inviter: str, need: Need, confirmable: bool
) -> Note:
    """To the owner and IG: the inviter answered. Their own words are for the console alone."""
    text = (
        f"{person(inviter)} says why {person(user)} needs {place(channel)}: {NEEDS[need]}. "
        "Their own words stand with the event in the console."
    )
    return _note(text, incident, ("confirm_partner", "remove_member") if confirmable else ("remove_member",))


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
        return _note(begin)
    shown = [f"• {_ends(e)}" for e in ending[:_NAMED]]
    more = [f"And {len(ending) - _NAMED} more."] if len(ending) > _NAMED else []
    return _note("\n".join([f"Access ends soon for {len(ending)} partners. {_RENEW}", *shown, *more]))


_RENEW: Final = "If they are still needed, please confirm them again, or ask IG to admit them for longer."


def _ends(e: Ending) -> str:
    who = f"{_named(e.users[:3])}" if e.users else f"a partner{' organisation' * (e.kind == 'organisation')}"
    more = f" and {len(e.users) - 3} more" if len(e.users) > 3 else ""
    where = place(e.channel) if e.channel else "every conversation"
    length = "1 day" if e.days == 1 else f"{e.days} days"
    return f"In {length} the access of {who}{more} to {where} ends."


_STANDINGS: Final[Mapping[str, str]] = {
    "unknown": "Not in the directory", "leaver": "Left, by the directory", "guest": "Guests",
    "partner": "Of another organisation", "could_not_tell": "Not checked yet", "staff": "Staff",
}  # fmt: skip
_NAMED: Final = 20
"""Of more people of one standing than this only the first are named in chat; the console has them all."""


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
    lists = [f"{words}: {_named(people[s])}." for s, words in _STANDINGS.items() if people.get(s)]
    return _note("\n".join([counts, *lists]))


def _named(users: Sequence[str]) -> str:
    more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
    return ", ".join(person(user) for user in users[:_NAMED]) + more


def status(reach: str, working: bool) -> Note:
    """`/chaperone status`. `reach` is the connector's answer to what can be hidden here, in plain words."""
    state = (
        "Chaperone is working here." if working else "Chaperone is not working fully here; IG has been told."
    )
    return _note(f"{state} Hiding: {reach}.")


def stored(days: int) -> Note:
    """`/chaperone stored`. `days`: how long an original is kept."""
    return _note(
        f"Stored, sealed: hidden originals, for {days} days; what was found, when, and who could read it. "
        "Reviewers see masked text; reading an original needs a reason and is recorded."
    )


def help_() -> Note:
    return _note(
        "Chaperone hides patient identifiers and leaves the clinical sentence. "
        "`/chaperone who` shows who reads here, `/chaperone status` what can be hidden, `/chaperone connect` "
        "joins your account."
    )


# --- when something fails ------------------------------------------------------------------------------


def failure(channel: Channel, incident: str) -> Note:
    """To IG: the bot could not do its work on a message, which stays as it was."""
    return _note(
        f"A message in {place(channel)} could not be checked and stays as written. "
        "The failure is recorded; please look at it.",
        incident,
    )


# --- what is left in the channel -----------------------------------------------------------------------


def hidden_notice() -> str:
    """In the place of a whole message."""
    return "Message hidden to protect a patient. Please ask its sender, or see the patient record."


def file_notice(user: str) -> str:
    """In the place of a file that was taken away."""
    return f"File hidden to protect a patient. Please ask {person(user)}, or see the patient record."


def copy_context(user: str) -> str:
    """Over a masked copy that had to be posted in another's stead."""
    return f"From {person(user)}, with patient identifiers hidden"


def renamed_context(user: str) -> str:
    """Over a file that was posted again because of its name."""
    return f"From {person(user)}, under a name without patient identifiers"


def back_context(user: str) -> str:
    """Over a file that was held back until it was checked, or is shown again."""
    return f"From {person(user)}, checked and put back"


def restored_notice(minutes: int) -> str:
    """Over a message that is shown again for urgent care."""
    return f"Shown again for urgent care, for {_minutes(minutes)}"


def _an(kinds: Iterable[str]) -> str:
    """ "a name and CHI", "an NHS number", "initials"."""
    words = in_words(kinds)
    if words.startswith("initials"):
        return words
    return f"{'an' if words[:3] in _AN else 'a'} {words}"


_AN: Final = {"NHS", "H&C", "age", "add", "e-m", "ide"}
