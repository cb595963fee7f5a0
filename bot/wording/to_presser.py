"""To whoever pressed a button or answered a form: what came of it, or why nothing did."""

from bot.wording.notes import counted, lasting, note, person, place
from connectors.interface import Channel, Note


def thanks() -> Note:
    """After OK."""
    return note("Noted, thank you.")


def urgent_restored(minutes: int) -> Note:
    text = (
        f"Shown again for this channel for {lasting(minutes)}. IG will see a masked copy. "
        "Remember to write the decision in the record."
    )
    return note(text)


def restored_expired() -> Note:
    return note(
        "What you sent is hidden again: the time for urgent care has passed. Continue by the patient record."
    )


def false_positive_restored() -> Note:
    return note("Shown again, as not about a patient. Sorry for the interruption; IG will see a masked copy.")


def not_shown_again() -> Note:
    """A restore was asked for and the platform refused."""
    return note(
        "What you sent could not be shown again here. Please send it once more; IG knows that you asked."
    )


def not_while_outsiders(outsiders: int) -> Note:
    verb = "is" if outsiders == 1 else "are"
    return note(
        f"Not shown again: {counted(outsiders)} here {verb} not in the staff directory. "
        "Please use the patient record or call the team."
    )


def copy_posted() -> Note:
    """After "Post a masked copy"."""
    return note("A copy without identifiers stands in the conversation. Please delete your own message now.")


def copy_not_posted() -> Note:
    """The platform would not take the copy."""
    return note("The copy could not be posted here. Please delete or edit your message.")


def inviter_asked(user: str, incident: str) -> Note:
    text = f"{person(user)} was asked why they need to be here. You will be told the answer."
    return note(text, incident, ("confirm_partner", "remove_member"))


def inviter_unknown(incident: str) -> Note:
    text = "Nobody was asked: it is not known who invited them, or that person is not here."
    return note(text, incident, ("confirm_partner", "remove_member"))


def not_confirmable(channel: Channel) -> Note:
    return note(f"Nothing was changed: {place(channel)} is for staff only, so nobody else can be confirmed.")


def thanks_for_the_reason() -> Note:
    return note("Thank you. The channel's owner and IG have your answer and decide.")


def for_the_sender_only() -> Note:
    """Somebody else pressed."""
    return note("Nothing was changed: only the sender of the message, or IG, can do this.")


def for_the_owner_only() -> Note:
    return note("Nothing was changed: only the channel's owner, or IG, can do this.")


def for_the_inviter_only() -> Note:
    return note("Nothing was changed: only the person who invited them can say why.")


def settled_already() -> Note:
    return note("Nothing was changed: this has been settled already.")
