"""Names that a document itself says are its patient's: a column "Patient", a line "Patient name: ...".

Chat seldom speaks so; forms and letters do, and there the words outweigh that a colleague has the same name.
"""

import re
from collections.abc import Iterator
from typing import Final

from detectors.files.interface import Passage
from detectors.interface import Finding, Kind, Span
from detectors.names.words import fold, is_ordinary

_WHO: Final = r"(?:patient|pt|service user|resident|client)(?:'?s|’s)?"
_PART: Final = r"(?:(?:full |last |first |given |family )?name|surname|forenames?)"
_LABEL = re.compile(rf"{_WHO}(?: {_PART})?|{_PART} of (?:the )?{_WHO}", re.IGNORECASE)
_WORD: Final = r"[^\W\d_a-z][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?"
_NAME: Final = rf"{_WORD}(?:,? {_WORD}){{0,4}}"
_WHOLE = re.compile(_NAME)
_LINE = re.compile(
    rf"(?m)^\W*(?i:{_LABEL.pattern})[ \t]*[:=][ \t]*(?P<name>{_NAME})(?=[ \t]*(?:$|[,;(|\d]|  ))"
)


def named(passage: Passage) -> Iterator[Finding]:
    """The patient's name in a passage, where its label or a line of its text says that it is one."""
    text = passage.text
    if _LABEL.fullmatch(passage.label.strip().rstrip(":").strip()):
        stripped = text.strip()
        if _WHOLE.fullmatch(stripped):
            start = text.index(stripped)
            yield from _finding(text, start, start + len(stripped))
    for line in _LINE.finditer(text):
        yield from _finding(text, *line.span("name"))


def _finding(text: str, start: int, end: int) -> Iterator[Finding]:
    """Unless every word is an ordinary one: "Patient: Stable", "Patient: Yes"."""
    if not all(is_ordinary(fold(word)) for word in re.findall(r"[^\W\d_]+", text[start:end])):
        yield Finding(Kind.PATIENT_NAME, Span(start, end), 0.95, "said", ("label:patient",))
