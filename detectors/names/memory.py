"""Who has been named in the thread so far: first names, surnames and initials of its patients and relatives."""

import re
from dataclasses import dataclass, field

from detectors.interface import Context, Kind
from detectors.names.words import fold, is_ordinary

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_NOT_NAMES = frozenset(
    "mr mrs ms miss mx master dr prof sister baby of the and late little wee lady sir".split()
)
_NUMBERS = (Kind.NHS_NUMBER, Kind.CHI, Kind.HC_NUMBER, Kind.MRN, Kind.PHONE, Kind.NINO)
_HIDDEN_NAMES = (Kind.PATIENT_NAME, Kind.RELATIVE_NAME)


@dataclass(frozen=True)
class Memory:
    words: dict[str, Kind]
    """Patients and relatives."""
    initials: frozenset[str]
    staff: frozenset[str] = frozenset()
    """Names of colleagues, listed or not."""
    numbers: dict[str, Kind] = field(default_factory=dict)
    """Identifying numbers, by their digits."""

    def recall(self, low: str, typos: bool) -> Kind | None:
        """The kind of person whom the folded word names in this thread, allowing one slip in a long name."""
        kind = self.words.get(low)
        if kind or not typos or len(low) < 4:
            return kind
        if low.endswith("s") and low[:-1] in self.words:
            return self.words[low[:-1]]
        return next((k for w, k in self.words.items() if len(w) > 4 and _one_slip(w, low)), None)


def remembered(context: Context) -> Memory:
    """What the findings of the earlier messages tell, read once for each context.

    "Grace Holroyd" is also Grace, Holroyd, GH and HG.
    """
    memory = context.__dict__.get("_memory")
    if not isinstance(memory, Memory):
        memory = context.__dict__["_memory"] = _read(context)
    return memory


def _read(context: Context) -> Memory:
    words: dict[str, Kind] = {}
    initials: set[str] = set()
    staff: set[str] = set()
    numbers: dict[str, Kind] = {}
    for earlier in context.earlier:
        for f in earlier.findings:
            if f.message is not None or f.confidence < 0.6:
                continue
            text = earlier.text[f.span.start : f.span.end]
            if f.kind in _NUMBERS:
                numbers[re.sub(r"\D", "", text)] = f.kind
                continue
            names = _words(text)
            if f.kind in _HIDDEN_NAMES:
                words.update({name: f.kind for name in names if len(name) > 2})
                initials.update(_initials(names))
            elif f.kind is Kind.STAFF_NAME:
                staff.update(n for n in names if len(n) > 2)
    return Memory(words, frozenset(initials), frozenset(staff), numbers)


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
