"""Numbers as people type them: groups of digits with separators, letters for digits, words for digits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from detectors.normalise import View

_WORDS = {
    "zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TIMES = {"double": 2, "treble": 3, "triple": 3}
_WORD = rf"(?:(?:{'|'.join(_TIMES)})[ -])?(?:{'|'.join(_WORDS)})"
_GROUP = re.compile(
    r"(?<![A-Za-z0-9])(?=[OoIl]{0,3}[0-9])[0-9OoIl]{1,24}(?![A-Za-z0-9])"
    r"|(?<=[A-Za-z])[0-9]{9,13}(?![0-9A-Za-z])"
    rf"|\b(?i:{_WORD}|o)\b"
)
_SEPARATOR = re.compile(r"[ \t.,\-/()_\u00b7]{1,3}")
_DISGUISES = str.maketrans("OoIl", "0011")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits written without a break, at `start:end` of the view's text."""

    digits: str
    start: int
    end: int
    disguised: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Neighbouring groups read as one number. `shape` is the length of each group."""

    digits: str
    start: int
    end: int
    shape: tuple[int, ...]
    disguised: bool = False

    @property
    def spoken(self) -> bool:
        return len(self.shape) >= len(self.digits) - 2 and len(self.digits) > 5


def groups(view: View) -> list[Group]:
    """Every group of digits in the text, in order. Linear in its length."""
    found = (_group(m) for m in _GROUP.finditer(view.text))
    return [g for g in found if g is not None]


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
    *times, word = re.split("[ -]", m.group().lower())
    digit = _WORDS.get("oh" if word == "o" else word)
    if digit is None:
        return None
    return Group(digit * (_TIMES[times[0]] if times else 1), m.start(), m.end(), disguised=True)


def numbers(view: View, length: int) -> Iterator[Number]:
    """Every run of neighbouring groups that holds exactly `length` digits."""
    found = groups(view)
    joined = [bool(_SEPARATOR.fullmatch(view.text, a.end, b.start)) for a, b in pairwise(found)]
    for first in range(len(found)):
        number = _from(found, joined, first, length)
        if number is not None and not _cut_off(view, number):
            yield number


def _from(found: list[Group], joined: list[bool], first: int, length: int) -> Number | None:
    total, last = 0, first
    while True:
        total += len(found[last].digits)
        if total >= length or last + 1 >= len(found) or not joined[last]:
            break
        last += 1
    if total != length:
        return None
    parts = found[first : last + 1]
    digits = "".join(p.digits for p in parts)
    shape = tuple(len(p.digits) for p in parts)
    return Number(digits, parts[0].start, parts[-1].end, shape, any(p.disguised for p in parts))


def _cut_off(view: View, number: Number) -> bool:
    """Whether the number is only part of a longer one, joined tightly: "1-999-108-9187"."""
    text, start, end = view.text, number.start, number.end
    tight = "-." if len(number.shape) > 1 else "-"
    before = start > 1 and text[start - 1] in tight and text[start - 2].isdigit()
    after = end + 1 < len(text) and text[end] in tight and text[end + 1].isdigit()
    return before or after


def mod11(digits: str) -> bool:
    """The NHS Data Dictionary's modulus 11 check over ten digits (NHS number, CHI, H&C number)."""
    total = sum(int(d) * weight for d, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])


def mod10(digits: str) -> bool:
    """Modulus 10 (Luhn), approved for CHI numbers of exhausted dates from 1 November 2025."""
    total = 0
    for i, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + i % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
