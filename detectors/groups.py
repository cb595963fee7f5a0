"""Groups of digits in a text: letters for digits ("29O") and words for digits ("double four") included."""

import re
from itertools import accumulate, pairwise
from typing import NamedTuple

import re2

_WORDS = {
    "zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30",
    "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_TIMES = {"double": 2, "treble": 3, "triple": 3}
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_WORD = (
    rf"(?:(?:(?:{'|'.join(_TIMES)})[ -])?(?:(?:{'|'.join(_WORDS)})\b(?:[ -]hundred\b)?)"
    rf"|(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[ -](?:{_ONES}))?|{'|'.join(w for w in _TENS if not w.endswith('ty'))})\b)"
)
_WRITTEN = re.compile(
    r"(?<![A-Za-z0-9])[OoIl]{0,3}[0-9][0-9OoIl]{0,23}(?![A-Za-z0-9])"
    r"|(?<=[A-Za-z])[0-9]{9,13}(?![0-9A-Za-z])"
)
_SPOKEN = re.compile(rf"{_WRITTEN.pattern}|\b(?i:{_WORD}|o\b)")
_IS_SPOKEN = re2.compile(rf"(?i)\b(?:{_WORD}|o|[0-9]+)[ \t.,\-/()_\x{{b7}}]{{1,3}}(?:{_WORD}|o\b)")
"""Digits in words stand beside others; most texts have none, and need not be read for them."""
_SEPARATORS = " \t.,-/()_;|*+\u00b7"
_DISGUISES = str.maketrans("OoIl", "0011")


class Group(NamedTuple):
    """Digits written without a break, at `start:end` of the text."""

    digits: str
    start: int
    end: int
    disguised: bool = False


class Groups:
    """Every group in order, and which neighbours hold how many digits together."""

    def __init__(self, found: tuple[Group, ...], joined: list[bool]) -> None:
        """`joined`: of each group, whether a number may go on from the one before it."""
        self.all = found
        sizes = [len(g.digits) for g in found]
        # A number given digit by digit begins where the digits begin.
        self._begins = [n for n, size in enumerate(sizes) if not (joined[n] and size == sizes[n - 1] == 1)]
        self._chains = list(accumulate(not j for j in joined))
        until = list(accumulate(sizes, initial=0))
        self._before = until[:-1]
        self._ends = {total: n for n, total in enumerate(until[1:])}

    def runs(self, length: int) -> list[tuple[int, int]]:
        """The first and the last, as indices into `all`, of neighbours that hold `length` digits together."""
        ends, chains, before = self._ends, self._chains, self._before
        found = ((first, ends.get(before[first] + length)) for first in self._begins)
        return [(first, last) for first, last in found if last is not None and chains[first] == chains[last]]


def read_groups(text: str) -> Groups:
    """Linear in the length of the text."""
    pattern = _SPOKEN if _IS_SPOKEN.search(text) else _WRITTEN
    found = tuple(g for m in pattern.finditer(text) if (g := _group(m)) is not None)
    joined = [_is_separator(text[a.end : b.start]) for a, b in pairwise(found)]
    return Groups(found, [False, *joined][: len(found)])


def _is_separator(between: str) -> bool:
    return 0 < len(between) <= 3 and not between.strip(_SEPARATORS)


def _group(m: re.Match[str]) -> Group | None:
    raw = m.group()
    if raw.isdigit() and raw.isascii():
        return Group(raw, m.start(), m.end())
    if raw[0].isalpha() and not any(c.isdigit() for c in raw):
        return _spoken(m)
    letters = sum(c.isalpha() for c in raw)
    # "400l" is a volume; one letter among many digits is a slip or a disguise
    if len(raw) < 3 or letters * 3 > len(raw) or (raw[-1] in "lIo" and len(raw) < 6):
        return None
    return Group(raw.translate(_DISGUISES), m.start(), m.end(), disguised=True)


def _spoken(m: re.Match[str]) -> Group | None:
    said = m.group().lower()
    *times, word = re.split("[ -]", said.removesuffix("hundred").rstrip(" -"))
    if word in _TENS or (times and times[0] in _TENS):
        digits = _TENS[word] if word in _TENS else _TENS[times[0]][0] + _WORDS[word]
        return Group(digits, m.start(), m.end(), disguised=True)
    digit = _WORDS.get("oh" if word == "o" else word)
    if digit is None:
        return None
    digits = digit * (_TIMES[times[0]] if times else 1) + ("00" if said.endswith("hundred") else "")
    return Group(digits, m.start(), m.end(), disguised=True)
