"""What was read of one message: texts, files, and which of its headers a copy has."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message

from detectors.files.interface import Cut, File, Passage, Result
from detectors.files.slots import without


@dataclass(frozen=True)
class Kept:
    """What may stay: the cuts of each passage and the result for each file, as `Reading` counts them."""

    cuts: Sequence[Sequence[Cut]]
    results: Sequence[Result]


Copy = Callable[[Kept], Message | None]
"""Writes a part anew; None where nothing of it may stay."""


@dataclass
class Reading:
    """Everything in one message whose depth is `depth`.

    `odd`: its form is damaged, unusual or signed, so only a copy written anew may be handed on.
    """

    depth: int
    passages: list[Passage] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    headers: list[tuple[str, int]] = field(default_factory=list)
    """The headers that a copy keeps, each with the place of its passage."""
    texts: int = 0
    odd: bool = False

    def header_lines(self, kept: Kept) -> Iterator[tuple[str, str]]:
        for name, at in self.headers:
            yield name, without(self.passages[at].text, kept.cuts[at])

    def add(self, text: str, where: str, label: str = "") -> int:
        self.passages.append(Passage(text, where, label))
        return len(self.passages) - 1
