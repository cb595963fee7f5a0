"""Who has been named in the thread so far: first names, surnames and initials of its patients and relatives."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from detectors.interface import Context, Finding, Kind
from detectors.names.roster import known
from detectors.names.words import fold, is_ordinary

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_NOT_NAMES = frozenset(
    "mr mrs ms miss mx master dr prof sister baby of the and late little wee lady sir".split()
)
_NUMBERS = (Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN, Kind.PHONE, Kind.NINO)
_HIDDEN_NAMES = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME)
_SURE = 0.6


@dataclass(frozen=True)
class Memory:
    words: dict[str, Kind]
    """Patients and relatives."""
    initials: frozenset[str]
    staff: frozenset[str] = frozenset()
    """Names of colleagues, listed or not."""
    numbers: dict[str, Kind] = field(default_factory=dict)
    """Identifying numbers, by their digits."""
    recent: dict[str, Kind] = field(default_factory=dict)
    """Those of `words` that the last messages said, of which a slip is known again."""

    def recall(self, low: str, typos: bool) -> Kind | None:
        """The kind of person whom the folded word names in this thread, allowing one slip in a long name."""
        if not self.words:
            return None
        kind = self.words.get(low)
        if kind or not typos or len(low) < 4:
            return kind
        if low.endswith("s") and low[:-1] in self.words:
            return self.words[low[:-1]]
        if low not in self._slips:
            alike = self._by_letter.get(low[0], ())
            self._slips[low] = next((self.recent[w] for w in alike if _one_slip(w, low)), None)
        return self._slips[low]

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        """The longer of the recent names by their first letter, which a slip leaves as it is."""
        letters: dict[str, list[str]] = {}
        for word in self.recent:
            if len(word) > 4:
                letters.setdefault(word[0], []).append(word)
        return letters

    @cached_property
    def _slips(self) -> dict[str, Kind | None]:
        """What was made of words that are nearly a name."""
        return {}


def remembered(context: Context) -> Memory:
    """What the findings of the earlier messages tell, read once for each context.

    "Grace Holroyd" is also Grace, Holroyd, GH and HG.
    """
    memory = context.__dict__.get("_memory")
    if not isinstance(memory, Memory):
        memory = context.__dict__["_memory"] = _read(context)
    return memory


def names_said(text: str, findings: Iterable[Finding]) -> dict[str, Kind]:
    """The folded words of the patients' and relatives' names that `findings` tell of `text`."""
    named = (f for f in findings if f.kind in _HIDDEN_NAMES and _counts(f))
    return {w: f.kind for f in named for w in _words(text[f.span.start : f.span.end]) if len(w) > 2}


def _read(context: Context) -> Memory:
    recent: dict[str, Kind] = {}
    initials: set[str] = set()
    staff: set[str] = set()
    numbers: dict[str, Kind] = {}
    for earlier in context.earlier:
        for f in filter(_counts, earlier.findings):
            text = earlier.text[f.span.start : f.span.end]
            if f.kind in _NUMBERS:
                numbers[re.sub(r"\D", "", text)] = f.kind
            elif f.kind in _HIDDEN_NAMES:
                name = _words(text)
                recent.update((w, f.kind) for w in name if len(w) > 2)
                initials.update(_initials(name))
            elif f.kind is Kind.STAFF_NAME:
                staff.update(n for n in _words(text) if len(n) > 2)
    listed = known(context.roster)
    words = {
        w: kind
        for w, kind in context.spoken_of.items()
        if not (is_ordinary(w) or w in staff or listed.has(w))
    }
    words.update(recent)
    return Memory(words, frozenset(initials), frozenset(staff), numbers, recent)


def _counts(finding: Finding) -> bool:
    return finding.message is None and finding.confidence >= _SURE


def _words(text: str) -> list[str]:
    found = (fold(m.group()) for m in _WORD.finditer(text.replace("\u00ad", "").replace("\u200b", "")))
    return [w for w in found if w not in _NOT_NAMES]


def _initials(names: list[str]) -> set[str]:
    if len(names) < 2:
        return set()
    letters = [n[0] for n in names[:3]]
    both = {"".join(letters), letters[-1] + letters[0]}
    hyphened = "".join(part[0] for n in names for part in n.split("-") if part)
    return both | {hyphened}


def _one_slip(right: str, typed: str) -> bool:
    """One letter too many, too few, wrong or swapped with its neighbour."""
    if right[0] != typed[0] or abs(len(right) - len(typed)) > 1 or is_ordinary(typed):
        return False
    if len(right) == len(typed):
        wrong = [i for i, (a, b) in enumerate(zip(right, typed, strict=True)) if a != b]
        swapped = (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and right[wrong[0]] == typed[wrong[1]]
            and right[wrong[1]] == typed[wrong[0]]
        )
        return len(wrong) == 1 or swapped
    longer, shorter = (right, typed) if len(right) > len(typed) else (typed, right)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
