"""To everybody: what stands in the conversation in the place of what was hidden, or over what is shown again."""

from typing import Final

from bot.wording.notes import lasting, person

COPY: Final = "Posted by Chaperone for its sender, identifiers hidden."


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
    return f"Shown again for urgent care, for {lasting(minutes)}"
