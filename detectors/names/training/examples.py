"""Settings -> rows that a model trains on: words, features and the true tag of each word."""

import random
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from detectors.interface import NAMES, Context, Finding, Person, Roster
from detectors.names.features import OTHERS, TAGS, read
from detectors.names.training.decoys import with_decoy
from detectors.names.training.hearsay import Hearsay
from detectors.names.training.read import Line, Setting, contexts, truth
from detectors.names.words import FIRST_NAMES, ORDINARY, RARE_FIRST_NAMES, RARE_SURNAMES, SURNAMES, fold
from detectors.normalise import View, normalise

_WORD = re.compile(r"[^\W\d_]+")
_TITLES = frozenset(
    "mr mrs ms miss mx master dr prof sister sr nurse baby lady sir doctor matron wee mister".split()
)
_TITLED = re.compile(r"(?i)(?:mr|mrs|ms|miss|dr|prof|sister|sr|matron)\b")
_SURGEON = re.compile(r"(?i)(?:mr|mrs|ms|miss)\b")
_LISTED = 0.9
"""How many of the colleagues who are spoken of stand in a directory."""
_SHARED = 0.15
"""How many of those whose other name is made up share it with a patient of the conversation."""
_PATIENTS = ("PATIENT_NAME", "RELATIVE_NAME")
_NUMBERS = frozenset(("NHS_NUMBER", "HC_NUMBER", "MRN", "OTHER_ID", "NINO", "URL_ID"))
_CODE = re.compile(r"(?<![\d.,/:+])[1-9]\d{4,}(?![\d.,/:]\d)|(?<=[A-Za-z][-/])\d{4,}")
"""A number that is marked as nobody's."""
_DIGIT = re.compile(r"(?<![^\W_])[1-9]|(?<=[^\W_])[0-9]")
"""Told anew each time, for the settings' own numbers were never given to anybody and begin alike. A nought stays where a
number begins with it."""
_FIRSTS = sorted(FIRST_NAMES - ORDINARY - RARE_FIRST_NAMES)
_LASTS = sorted(SURNAMES - ORDINARY - FIRST_NAMES - RARE_SURNAMES)
_RARE_FIRSTS = sorted(FIRST_NAMES & RARE_FIRST_NAMES)
_RARE_LASTS = sorted(SURNAMES & RARE_SURNAMES - FIRST_NAMES)
_RARE = 0.4
"""How many of the names that stand for others are rare ones."""
_UNHEARD = 0.08
"""How many are on no list: one vowel is another."""


UNMARKED = -100
"""The tag of a word of which nobody has said whom it names: no loss."""


@dataclass(frozen=True, slots=True)
class Example:
    """One message: its normalised text, where each word starts in it, features, and tags by index."""

    id: str
    text: str = field(repr=False)
    starts: tuple[int, ...]
    rows: tuple[tuple[float, ...], ...] = field(repr=False)
    tags: tuple[int, ...]
    marks: tuple[tuple[int, int, int], ...]
    """What identifies besides names: start and end in the normalised text, and the kind by its index in `OTHERS`."""


def examples(
    setting: Setting, directory: Sequence[Person], rng: random.Random | None = None
) -> list[Example]:
    """The setting as it stands; with `rng`, told anew: other names, some in lower case, staff unlisted."""
    told = _retold(setting, rng) if rng else setting
    roster = roster_of(told, directory, rng)
    if rng is None:
        return [example(line, context) for line, context in contexts(told, roster)]
    return [example(line, context) for line, context in contexts(told, roster, Hearsay(rng).believed)]


def example(line: Line, context: Context) -> Example:
    """One message as it stands, with what is known of it."""
    view = normalise(line.text, context.markup)
    seen = read(view, context)
    names = [f for f in truth(line) if f.kind in NAMES]
    tags = tuple(_tag(names, view.starts[word.start]) for word in seen.words)
    starts = tuple(word.start for word in seen.words)
    return Example(line.id, view.text, starts, tuple(map(tuple, seen.rows)), tags, tuple(_marks(line, view)))


def _marks(line: Line, view: View) -> Iterator[tuple[int, int, int]]:
    for start, end, kind in line.spans:
        if kind in OTHERS:
            yield bisect_left(view.starts, start), bisect_left(view.starts, end), OTHERS.index(kind)


def _tag(names: Sequence[Finding], at: int) -> int:
    kind = next((f.kind for f in names if f.span.start <= at < f.span.end), None)
    return TAGS.index(kind) if kind else 0


def roster_of(setting: Setting, directory: Sequence[Person], rng: random.Random | None) -> Roster:
    """The members, and mostly the organisation's directory, which has nearly all the colleagues who are spoken of and
    many others; sometimes members alone, a directory of strangers, or nobody."""
    if rng is None:
        return setting.roster(tuple(directory))
    case = rng.random()
    if case < 0.05:
        return Roster()
    keep = 1.0 if rng.random() < 0.8 else 0.7
    members = [p for p in setting.members if rng.random() < keep]
    if case < 0.2:
        return Roster(tuple(members))
    others = rng.sample(list(directory), rng.choice((0, 50, 150, len(directory))))
    if case > 0.25:
        others += [p for p in (*setting.staff, *_colleagues(setting, rng)) if rng.random() < _LISTED]
    return Roster((*members, *others))


def _colleagues(setting: Setting, rng: random.Random) -> list[Person]:
    """Whoever the messages name as staff, by a whole name: what is not said of it is made up."""
    members = {
        fold(w) for p in (*setting.members, *setting.staff) for w in _WORD.findall(f"{p.name} {p.known_as}")
    }
    patients = [w for said in _said(setting, _PATIENTS) for w in _names(said)] or _LASTS
    people = []
    for said in _said(setting, ("STAFF_NAME",)):
        names = _names(said)
        if len(names) == 1 and fold(names[0]) not in members:
            other = patients if rng.random() < _SHARED else None
            called = fold(names[0]) in FIRST_NAMES and not _TITLED.match(said)
            names = (
                [*names, rng.choice(other or _LASTS)] if called else [rng.choice(other or _FIRSTS), *names]
            )
        if len(names) > 1:
            operates = _SURGEON.match(said) and rng.random() < _LISTED
            people.append(Person(" ".join(names), "", "", role="Consultant surgeon" if operates else ""))
    return people


def _said(setting: Setting, kinds: Sequence[str]) -> list[str]:
    return sorted({line.text[s:e] for line in setting.lines for s, e, kind in line.spans if kind in kinds})


def _names(said: str) -> list[str]:
    return [w for w in _WORD.findall(said) if len(w) > 1 and fold(w) not in _TITLES]


def _retold(setting: Setting, rng: random.Random) -> Setting:
    """The same conversation with other people in it: each name's word becomes another everywhere.

    Words that are ordinary words too keep their sense half the time: they are what is hard.
    """
    swaps: dict[str, str] = {}
    lower = rng.random() < 0.3
    share = rng.choice((0.0, 0.5, 0.9))
    lines = tuple(with_decoy(_swapped(line, swaps, rng, share, lower), rng) for line in setting.lines)
    members = tuple(
        replace(p, name=_swap_all(p.name, swaps), known_as=_swap_all(p.known_as, swaps))
        for p in setting.members
    )
    staff = tuple(replace(p, name=_swap_all(p.name, swaps)) for p in setting.staff)
    return replace(setting, lines=lines, members=members, staff=staff)


def retold(line: Line, rng: random.Random, lower: bool) -> Line:
    """A message by itself with other digits, in lower case or not, and perhaps a decoy beside it."""
    return with_decoy(_swapped(line, {}, rng, 0.0, lower), rng)


def _swapped(line: Line, swaps: dict[str, str], rng: random.Random, share: float, lower: bool) -> Line:
    pieces: list[str] = []
    spans = []
    at = length = 0
    for start, end, kind in line.spans:
        value = line.text[start:end]
        if kind in NAMES:
            value = _WORD.sub(lambda m: _other(m.group(), swaps, rng, share), value)
        elif kind in _NUMBERS:
            value = _recoded(value, rng)
        between = _CODE.sub(lambda m: _recoded(m.group(), rng), line.text[at:start])
        pieces += [between, value]
        begin = length + start - at
        length = begin + len(value)
        spans.append((begin, length, kind))
        at = end
    text = "".join(pieces) + _CODE.sub(lambda m: _recoded(m.group(), rng), line.text[at:])
    # İ and the like change the length when lowered: such a line stays as it is.
    if lower and len(text.lower()) == len(text):
        text = text.lower()
    return replace(line, text=text, spans=tuple(spans))


def _recoded(number: str, rng: random.Random) -> str:
    return _DIGIT.sub(lambda _: rng.choice("0123456789"), number)


def _other(word: str, swaps: dict[str, str], rng: random.Random, share: float) -> str:
    low = fold(word)
    if len(low) < 3 or low in _TITLES:
        return word
    if low not in swaps:
        ordinary = low in ORDINARY
        keeps = rng.random() > (share / 2 if ordinary else share)
        swaps[low] = low if keeps else _any_name(low in FIRST_NAMES, rng)
    new = swaps[low]
    if new == low:
        return word
    return new.upper() if word.isupper() else new.capitalize() if word[0].isupper() else new


def _any_name(first: bool, rng: random.Random) -> str:
    common, rare = (_FIRSTS, _RARE_FIRSTS) if first else (_LASTS, _RARE_LASTS)
    name = rng.choice(rare if rng.random() < _RARE else common)
    vowels = [i for i, letter in enumerate(name) if letter in "aeiou"]
    if vowels and rng.random() < _UNHEARD:
        at = rng.choice(vowels)
        name = name[:at] + rng.choice("aeiou") + name[at + 1 :]
    return name


def _swap_all(name: str, swaps: dict[str, str]) -> str:
    def swap(m: re.Match[str]) -> str:
        new = swaps.get(fold(m.group()), fold(m.group()))
        return m.group() if new == fold(m.group()) else new.capitalize()

    return _WORD.sub(swap, name)


def directory_of(settings: Iterable[Setting]) -> list[Person]:
    """The members of other teams: a trust's staff directory."""
    return [replace(p, user="", member=False) for s in settings for p in (*s.members, *s.staff)]
