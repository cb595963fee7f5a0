"""What a set of predictions hides, leaks and disturbs: the measures of the corpora's own scorer."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from detectors.interface import Kind

MUST_HIDE: Final = frozenset(
    "PATIENT_NAME RELATIVE_NAME PERSON NHS_NUMBER CHI HC_NUMBER MRN DOB ADDRESS POSTCODE PHONE_PATIENT PHONE "
    "EMAIL_PATIENT EMAIL NINO URL_ID FILENAME_ID OTHER_ID ID_OTHER".split()
)
MAY_HIDE: Final = frozenset("AGE INITIALS ORG LOCATION DATE".split())
NOBODY: Final = frozenset({"ORG", "LOCATION"})
"""Of these, what alone still makes a false alarm: a town that was taken for a person."""
_NAMES: Final = ("PATIENT_NAME", "RELATIVE_NAME")
_NUMBERS: Final = ("NHS_NUMBER", "CHI", "HC_NUMBER")
_STAFF_CONTACTS: Final = ("PHONE_STAFF", "EMAIL_STAFF")
_TITLE_WORD = (
    r"\b(?:mr|mrs|ms|miss|mx|dr|doctor|prof|professor|sister|sr|nurse|sir|lady|rev|fr|baby|b/o|mister|missus)"
    r"\b\.?\s*(?:of\s+)?"
)
_TITLE = re.compile(f"(?i){_TITLE_WORD}")
_TITLES_BEFORE = re.compile(f"(?i)(?:{_TITLE_WORD})+$")
_POSSESSIVE = re.compile(r"['’]s\b")


@dataclass(frozen=True, slots=True)
class Marked:
    """An identifier that the corpus marks, `text[start:end]`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One message of a corpus with its truth."""

    id: str
    text: str = field(repr=False)
    marked: tuple[Marked, ...]
    label: str
    source: str
    counted: frozenset[Kind] | None = None
    """The kinds that the corpus marks without exception, where that is not every kind: what is hidden of
    another kind is no false alarm, for perhaps it is right."""


@dataclass
class Tally:
    """Counts over many messages; `add` one after another, then read `measures`."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)

    def add(
        self, row: Row, hidden: Iterable[tuple[int, int]], counted: Iterable[tuple[int, int]] | None = None
    ) -> list[dict[str, Any]]:
        """Count one message, of which `hidden` ranges are hidden; what leaked and what was wrongly hidden.

        `counted` are those of the hidden ranges that make an alarm in a clean message; all where left out.
        """
        hid = {i for start, end in hidden for i in letters_in(row.text, start, end)}
        must, may = obligations(row)
        every = must | may
        leaks = self._identifiers(row, hid)
        self._staff(row, hid, every)
        rest = letters_in(row.text, 0, len(row.text)) - every
        wrong = hid & rest
        alarms = hid if counted is None else {i for s, e in counted for i in letters_in(row.text, s, e)}
        self.counts.update(messages=1, over=len(wrong), plain=len(rest))
        alarmed = bool(alarms - (may - _of(row, NOBODY)))
        self._label(row, covered=not leaks, touched=bool(hid & must), alarmed=alarmed)
        if wrong:
            leaks.append(
                {"id": row.id, "wrongly": "".join(row.text[i] for i in sorted(wrong)), "in": row.text}
            )
        return leaks

    def _identifiers(self, row: Row, hid: set[int]) -> list[dict[str, Any]]:
        leaks = []
        for m in row.marked:
            if m.kind not in MUST_HIDE:
                continue
            letters = core(row.text, m)[0]
            self.kinds[m.kind] += 1
            self.covered[m.kind] += letters <= hid
            self.counts.update(leaked=len(letters - hid), letters=len(letters))
            if not letters <= hid:
                leaks.append(
                    {"id": row.id, "leaked": m.kind, "text": row.text[m.start : m.end], "in": row.text}
                )
        return leaks

    def _staff(self, row: Row, hid: set[int], every: set[int]) -> None:
        for m in row.marked:
            touched = bool((letters_in(row.text, m.start, m.end) - every) & hid)
            if m.kind == "STAFF_NAME":
                self.counts.update(staff=1, staff_hit=touched)
            elif m.kind in _STAFF_CONTACTS:
                self.counts.update(contacts=1, contacts_hit=touched)

    def _label(self, row: Row, *, covered: bool, touched: bool, alarmed: bool) -> None:
        if row.label == "identifying":
            self.counts.update(identifying=1, identifying_covered=covered)
        elif row.label == "weak":
            self.counts.update(weak=1, weak_touched=touched)
        else:
            self.counts.update(clean=1, clean_alarm=alarmed)

    def measures(self) -> dict[str, Any]:
        """Percentages under the scorer's names; None where there was nothing to measure."""
        c = self.counts
        return {
            "messages": c["messages"],
            "without_prediction": 0,
            "hidden": {
                k: [percent(self.covered[k], self.kinds[k]), self.kinds[k]] for k in sorted(self.kinds)
            },
            "names_hidden": self._share(_NAMES),
            "numbers_hidden": self._share(_NUMBERS),
            "leaked_chars": percent(c["leaked"], c["letters"]),
            "identifying_covered": percent(c["identifying_covered"], c["identifying"]),
            "staff_names_hit": percent(c["staff_hit"], c["staff"]),
            "staff_contacts_hit": percent(c["contacts_hit"], c["contacts"]),
            "clean_alarm": percent(c["clean_alarm"], c["clean"]),
            "over_hidden_chars": percent(c["over"], c["plain"], digits=2),
            "weak_touched": percent(c["weak_touched"], c["weak"]),
        }

    def _share(self, kinds: Sequence[str]) -> float | None:
        return percent(sum(self.covered[k] for k in kinds), sum(self.kinds[k] for k in kinds))


def percent(part: int, whole: int, digits: int = 1) -> float | None:
    return round(100 * part / whole, digits) if whole else None


def letters_in(text: str, start: int, end: int) -> set[int]:
    return {i for i in range(start, min(end, len(text))) if text[i].isalnum()}


def _of(row: Row, kinds: frozenset[str]) -> set[int]:
    return {i for m in row.marked if m.kind in kinds for i in letters_in(row.text, m.start, m.end)}


def obligations(row: Row) -> tuple[set[int], set[int]]:
    """The letters that must be hidden, and those that may be."""
    must: set[int] = set()
    may: set[int] = set()
    for m in row.marked:
        letters, soft = core(row.text, m)
        may |= soft
        if m.kind in MUST_HIDE:
            must |= letters
        elif m.kind in MAY_HIDE:
            may |= letters
    return must, may


def core(text: str, m: Marked) -> tuple[set[int], set[int]]:
    """A span's letters; of a name, those without its titles, and the title and possessive round it."""
    if m.kind not in (*_NAMES, "STAFF_NAME"):
        return letters_in(text, m.start, m.end), set()
    start = m.start
    while (title := _TITLE.match(text, start, m.end)) and title.end() < m.end:
        start = title.end()
    before = _TITLES_BEFORE.search(text[:start])
    soft = letters_in(text, before.start(), start) if before else set()
    if _POSSESSIVE.match(text[m.end :]):
        soft |= letters_in(text, m.end, m.end + 2)
    return letters_in(text, start, m.end), soft


def by_source(tallies: Mapping[str, Tally]) -> dict[str, dict[str, Any]]:
    return {source: tally.measures() for source, tally in sorted(tallies.items())}
