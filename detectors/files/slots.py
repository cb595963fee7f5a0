"""Places of a file that hold text: what stands there, and how it is put back without the identifiers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from detectors.files.interface import Cut, Desk, File, Found, Outcome, OverLimit, Passage, Result, Unreadable
from detectors.interface import Kind
from detectors.placeholders import PLACEHOLDER_PATTERN

_PLACEHOLDER: Final = regex.compile(rf"\s*(?:{PLACEHOLDER_PATTERN}\s*)+")

_NAMES: Final = frozenset({Kind.PATIENT_NAME, Kind.RELATIVE_NAME})
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half a character (JSON may escape one), which no detector can take."""


@dataclass(frozen=True)
class Slot:
    """`put` is called with the cuts of the passage's text, in order, and only where there are any."""

    passage: Passage
    put: Callable[[Sequence[Cut]], None]


@dataclass
class Told:
    """What the inspection of one file has come to: findings, and what had to be left out of the copy."""

    found: list[Found] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Plain sentences."""

    rewritten: bool = False
    """A part was made anew, whether or not anything was found in it."""

    @property
    def changed(self) -> bool:
        return bool(self.found or self.left_out or self.rewritten)

    def result(self, type: str, write: Callable[[], bytes]) -> Result:
        """CLEAN, or REDACTED with what `write` gives."""
        if not self.changed:
            return Result(Outcome.CLEAN, type)
        reason = " ".join(dict.fromkeys(self.left_out))
        return Result(Outcome.REDACTED, type, reason, tuple(self.found), write())

    def inside(self, desk: Desk, part: File, what: str) -> bytes | None:
        """A part that is a file itself: its bytes, or those of its redacted copy, or None to leave it out.

        `what` names it for people, with a capital: "A picture on line 3".
        """
        result = desk.inside(part)
        if result.stops:
            raise Unreadable(f"{what}: {result.reason}")
        self.found += (Found(f.kind, f"{what.lower()}, {f.where}") for f in result.found)
        if result.outcome is Outcome.CLEAN:
            return part.data
        if result.outcome is Outcome.REDACTED and result.data is not None:
            self.rewritten = True
            return result.data
        self.left_out.append(f"{what} could not be shown to be safe and was left out.")
        return None


def settle(slots: Sequence[Slot], desk: Desk, told: Told) -> None:
    """Look at all slots at once, put back those that hold something, and tell what was found."""
    if len(slots) > desk.limits.passages:
        raise OverLimit(f"There are more than {desk.limits.passages:,} pieces of text in this file.")
    passages = [slot.passage for slot in slots]
    staff = _Staff(passages)
    for slot, answer in zip(slots, desk.look(passages), strict=True):
        cuts = [c for c in answer if not staff.has(slot.passage, c)]
        if cuts:
            told.found += (Found(cut.kind, slot.passage.where) for cut in cuts)
            slot.put(cuts)


class _Staff:
    """Who is staff because a field of this file says so, and nobody's patient or relative in another."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._people = [_words(p.text) for p in passages if p.kind is Kind.STAFF_NAME]
        self._others = {w for p in passages if p.kind in _NAMES for w in _words(p.text)}

    def has(self, passage: Passage, cut: Cut) -> bool:
        """Whether a cut takes out a clinician's family name, with or without the others."""
        if passage.kind is not None or cut.kind not in _NAMES:
            return False
        words = _words(passage.text[cut.start : cut.end])
        return not self._others.intersection(words) and any(
            person[-1] in words and set(words) <= set(person) for person in self._people if person
        )


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", name.casefold())


def passage(text: str, where: str, label: str = "", kind: Kind | None = None) -> Passage:
    """A passage whose field says what stands in it, unless that has been hidden before."""
    text = _HALF.sub("\ufffd", text)
    return Passage(text, where, label, None if _PLACEHOLDER.fullmatch(text) else kind)


def spread(pieces: Sequence[str], cuts: Sequence[Cut]) -> list[str]:
    """The pieces after the cuts of their joined text; `by` stands in the piece where its cut begins."""
    changed: list[str] = []
    at = first = 0
    for piece in pieces:
        end, kept, read = at + len(piece), "", at
        while first < len(cuts) and cuts[first].end <= at:
            first += 1
        for cut in cuts[first:]:
            if cut.start >= end:
                break
            kept += piece[max(read, at) - at : max(cut.start, at) - at]
            kept += cut.by if cut.start >= at else ""
            read = min(cut.end, end)
        changed.append(kept + piece[read - at :])
        at = end
    return changed


def without(text: str, cuts: Sequence[Cut]) -> str:
    """The text after the cuts."""
    return spread([text], cuts)[0]


@dataclass
class Source:
    """A text that is changed in places; everything else stays to the character."""

    text: str = field(repr=False)
    _changes: dict[tuple[int, int], str] = field(default_factory=dict, repr=False)

    def replace(self, start: int, end: int, by: str) -> None:
        """Put `by` in the place of `text[start:end]`. Of two changes there the later holds; one within
        another is not made."""
        self._changes[start, end] = by

    def cut(self, at: int) -> Callable[[Sequence[Cut]], None]:
        """A slot's `put` for a passage that stands at `at` just as it was given."""

        def put(cuts: Sequence[Cut]) -> None:
            for each in cuts:
                self.replace(at + each.start, at + each.end, each.by)

        return put

    def changed(self) -> str:
        kept, read = [], 0
        for start, end in sorted(self._changes, key=lambda c: (c[0], -c[1])):
            if start >= read:
                kept += [self.text[read:start], self._changes[start, end]]
                read = end
        return "".join([*kept, self.text[read:]])
