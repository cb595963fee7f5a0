"""To the sender of a message or a file."""

from collections.abc import Iterable

from bot.wording.notes import FOOTER, LABELS, Press, an, counted, note, sentence
from connectors.interface import Button, Note
from detectors.interface import Kind


def redacted(kinds: Iterable[Kind], incident: str, *, urgent_minutes: int, outsiders: int = 0) -> Note:
    """Identifiers were hidden and the rest was delivered."""
    if outsiders:
        return outsider_present(kinds, incident, outsiders, urgent_minutes=urgent_minutes)
    text = (
        f"{sentence(kinds)} hidden from your message. The rest was delivered. "
        "Use initials and bed, or share by the patient record."
    )
    return note(text, incident, _care(urgent_minutes))


def hidden_whole(kinds: Iterable[Kind], incident: str, *, urgent_minutes: int) -> Note:
    """The whole message was hidden."""
    text = (
        f"Your message is hidden: it shows {an(kinds)}. Nothing else is lost. "
        "Send it again without, or share by the patient record."
    )
    return note(text, incident, _care(urgent_minutes))


def could_not_hide(kinds: Iterable[Kind], incident: str, *, copy: bool = False) -> Note:
    """Nothing could hide it here: say so, and how to put it right. `copy`: a masked copy can be posted for them."""
    text = (
        f"Your message still shows {an(kinds)}: it could not be hidden here. "
        "Please delete or edit your message. Use initials and bed, or the patient record."
    )
    return note(text, incident, ("post_copy", "ok", "not_patient") if copy else ("ok", "not_patient"))


def please_check(kinds: Iterable[Kind], incident: str) -> Note:
    """The policy only warns: the message stands as it was written."""
    text = (
        f"Your message may show {an(kinds)}. It was delivered as you wrote it. "
        "If it is about a patient, please edit it to initials and bed."
    )
    return note(text, incident, ("ok", "not_patient"))


def outsider_present(kinds: Iterable[Kind], incident: str, outsiders: int, *, urgent_minutes: int) -> Note:
    """Hidden because somebody outside the directory can read here."""
    verb = "is" if outsiders == 1 else "are"
    text = (
        f"{sentence(kinds)} hidden from your message: {counted(outsiders)} here {verb} not in the staff directory. "
        "The rest was delivered. Identifiers stay hidden until the owner confirms them or they leave."
    )
    return note(text, incident, _care(urgent_minutes))


def file_redacted(
    kinds: Iterable[str], incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """A copy with the identifiers painted over took the file's place."""
    text = (
        f"{sentence(kinds)} hidden in {_file(number, of)}. A copy without was posted in its place. "
        "The original is safe."
    )
    return note(text, incident, _care(urgent_minutes))


def file_renamed(
    kinds: Iterable[str], incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """Only the name told something."""
    more = [kind for kind in kinds if kind != Kind.FILENAME_ID]
    text = (
        f"The name of {_file(number, of)} shows {an(more) if more else 'who it is about'}. "
        "It was posted again under a safe name, unchanged inside."
    )
    return note(text, incident, _care(urgent_minutes))


def file_edited(kinds: Iterable[str], incident: str, *, number: int = 1, of: int = 1) -> Note:
    """A document that people write in: its identifiers were edited out where they stood."""
    text = (
        f"{sentence(kinds)} hidden in {_file(number, of)}. The rest of it stays as it was written. "
        "The original is safe."
    )
    return note(text, incident, ("ok", "not_patient"))


def file_not_edited(kinds: Iterable[str], incident: str, *, number: int = 1, of: int = 1) -> Note:
    """A document that people write in, which nothing could edit: it is never deleted."""
    text = (
        f"{_file(number, of, first=True)} still shows {an(kinds)}: it could not be hidden here. "
        "Please take it out. Use initials and bed, or the patient record."
    )
    return note(text, incident, ("ok", "not_patient"))


def file_hidden(
    kinds: Iterable[str], incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """Identifiers were found, and no copy could or may be posted."""
    text = (
        f"{_file(number, of, first=True)} shows {an(kinds)}, so it is hidden. "
        "Share it by the patient record or your secure image service. The original is safe."
    )
    return note(text, incident, _care(urgent_minutes))


def file_quarantined(
    reason: str, incident: str, *, urgent_minutes: int, number: int = 1, of: int = 1
) -> Note:
    """It could not be shown to be safe. `reason` is the inspection's own sentence."""
    text = f"{_file(number, of, first=True)} is hidden, to be safe. {reason} Please share it by the patient record."
    return note(text, incident, _care(urgent_minutes))


def file_left(incident: str, *, number: int = 1, of: int = 1) -> Note:
    """It could not be shown to be safe, and the policy leaves it."""
    text = (
        f"{_file(number, of, first=True)} could not be checked and was left as it is. "
        "If it shows a patient, please delete it."
    )
    return note(text, incident, ("ok",))


def file_not_hidden(kinds: Iterable[str], incident: str, *, number: int = 1, of: int = 1) -> Note:
    """Nothing could take it away here: say so, and how to put it right."""
    found = list(kinds)
    what = f"still shows {an(found)}" if found else "could not be checked for patients"
    text = (
        f"{_file(number, of, first=True)} {what}: it could not be hidden here. "
        "Please delete it. Share it by the patient record."
    )
    return note(text, incident, ("ok", "not_patient"))


def file_checking(progress: str, *, hidden: bool) -> Note:
    """While a large file is looked at. `progress` is the inspection's own, such as "page 12 of 80"."""
    held = " It is held back meanwhile." if hidden else ""
    return note(f"Your file is being checked{': ' if progress else ''}{progress}.{held}")


def file_checked() -> Note:
    """In the place of the note before, once it is done."""
    return note("Your file was checked. What came of it stands in the conversation.")


def connect_invitation(url: str) -> Note:
    """Author edit needs the author's own leave, once; the button leads to `url`."""
    text = (
        "With your account connected, only the identifier is hidden and your message keeps its place. "
        "Chaperone edits your own messages for this alone; you can disconnect at any time."
    )
    return Note(text, (Button("connect", LABELS["connect"], "connect", "primary", url),), FOOTER)


def _care(urgent_minutes: int) -> tuple[Press, ...]:
    return ("ok", "urgent", "not_patient") if urgent_minutes else ("ok", "not_patient")


def _file(number: int, of: int, *, first: bool = False) -> str:
    """ "your file", or which of several: a file's own name may tell who it is about."""
    words = "your file" if of == 1 else f"file {number} of {of}"
    return words[0].upper() + words[1:] if first else words
