"""One view of JSON and XML: named elements with values, so that the rules of a clinical format stand once."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from detectors.files.interface import Cut
from detectors.files.slots import Slot, passage, without
from detectors.interface import Kind

_OWN_CODE: Final = re.compile(
    r"(?i)(?:urn:(?:oid|uuid):)?(?:\d+(?:\.\d+){3,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))"
)
_MAIN: Final = frozenset({"text", "family", "line", "streetAddressLine"})


def is_code(text: str, digits: int) -> bool:
    """A code for machines: an OID, a UUID, a time, or anything with fewer digits than an identifier has."""
    return sum(c.isdigit() for c in text) < digits or _OWN_CODE.fullmatch(text.strip()) is not None


@dataclass(eq=False)
class Element:
    """A JSON member or array item, an XML element or attribute.

    `name` is the key or local name, `value` its own text. `put` gives it another value; `drop` takes it out,
    with everything in it. `node` is the XML element itself, for markup that is read as running text.
    """

    name: str
    value: str | None = field(default=None, repr=False)
    children: list["Element"] = field(default_factory=list, repr=False)
    put: Callable[[str], None] = field(default=lambda text: None, repr=False)
    drop: Callable[[], None] = field(default=lambda: None, repr=False)
    node: object = field(default=None, repr=False)

    def all(self, *names: str) -> list["Element"]:
        return [c for c in self.children if c.name in names]

    def get(self, *path: str) -> str:
        """The value at the end of a path of names, each the first of its kind; "" where there is none."""
        here = self
        for name in path:
            below = here.all(name)
            if not below:
                return ""
            here = below[0]
        return (here.value or "").strip()

    def walk(self) -> Iterator["Element"]:
        """Itself and everything below, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def slot(self, where: str, label: str = "", kind: Kind | None = None) -> Slot:
        text = self.value or ""
        return Slot(passage(text, where, label, kind), lambda cuts: self.put(without(text, cuts)))

    def emptied(self, where: str, label: str, kind: Kind) -> Slot:
        """For a value that may hold no words (a date): the element goes as a whole."""
        return Slot(passage(self.value or "", where, label, kind), lambda cuts: self.drop())


def collapsed(parts: Sequence[Element], where: str, kind: Kind, label: str = "") -> Slot:
    """Parts that say one thing together (a given and a family name, the lines of an address) as one passage.

    What takes its place stands in one part, the family name or a line; the others go.
    """
    main = next((p for p in parts if p.name in _MAIN), parts[0])

    def put(cuts: Sequence[Cut]) -> None:
        main.put(cuts[0].by)
        for part in parts:
            if part is not main:
                part.drop()

    text = " ".join(p.value.strip() for p in parts if p.value)
    return Slot(passage(text, where, label, kind), put)
