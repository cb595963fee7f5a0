"""Who was spoken of in one conversation: the names of its patients, kept for longer than its texts."""

from collections.abc import Iterable, Mapping

from detectors.interface import Finding, Kind
from detectors.names.memory import names_said

_MESSAGES = 300


class Spoken:
    """Names by the message that said them, the last 300 such messages; in this process only."""

    def __init__(self) -> None:
        self._said: dict[str, Mapping[str, Kind]] = {}

    def add(self, message: str, text: str, findings: Iterable[Finding]) -> None:
        """What a message says, in the place of what it said before."""
        self._said.pop(message, None)
        if names := names_said(text, findings):
            self._said[message] = names
        if len(self._said) > _MESSAGES:
            del self._said[next(iter(self._said))]

    def forget(self, message: str) -> None:
        self._said.pop(message, None)

    def names(self) -> dict[str, Kind]:
        """As `Context.spoken_of` takes them."""
        return {word: kind for names in self._said.values() for word, kind in names.items()}
