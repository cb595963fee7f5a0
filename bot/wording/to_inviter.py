"""To whoever brought in somebody who is not staff: the question why, and its form."""

from collections.abc import Mapping
from typing import Final, Literal

from bot.wording.notes import note, person, place
from connectors.interface import Channel, Note

Need = Literal["care", "project", "teaching", "support", "other"]

NEEDS: Final[Mapping[Need, str]] = {
    "care": "shared care of patients", "project": "a joint project or service", "teaching": "training or teaching",
    "support": "technical support", "other": "another reason",
}  # fmt: skip

WHY_TITLE: Final = "Why are they here?"
NEED_LABEL: Final = "What are they here for?"
WHY_LABEL: Final = "Why do they need to be here? No patient details, please."


def ask_why(user: str, channel: Channel, incident: str) -> Note:
    """To whoever invited somebody who is not staff; the button opens the form of these labels."""
    text = (
        f"{person(user)} joined {place(channel)} by your invitation and is not known as staff. "
        "Please say why they need to be here, so that they can be confirmed."
    )
    return note(text, incident, ("say_why",))
