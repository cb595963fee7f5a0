"""Numbers as people type them: neighbouring groups of digits read as one, and their check digits."""

from collections.abc import Iterator
from operator import mul
from typing import NamedTuple

from detectors.normalise import View


class Number(NamedTuple):
    """Neighbouring groups read as one number. `shape` is the length of each group."""

    digits: str
    start: int
    end: int
    shape: tuple[int, ...]
    disguised: bool = False

    @property
    def spoken(self) -> bool:
        """Given digit by digit, mostly."""
        parts = len(self.shape)
        in_words = self.disguised and parts * 2 > len(self.digits)
        return (in_words or parts >= len(self.digits) - 2) and len(self.digits) > 5


def numbers(view: View, length: int) -> tuple[Number, ...]:
    """Every run of neighbouring groups that holds exactly `length` digits; read once for each text."""
    if length not in view.numbers:
        view.numbers[length] = tuple(_numbers(view, length))
    return view.numbers[length]


def _numbers(view: View, length: int) -> Iterator[Number]:
    groups = view.groups
    for first, last in groups.runs(length):
        digits, starts, ends, disguised = zip(*groups.all[first : last + 1], strict=True)
        start, end = starts[0], ends[-1]
        if not _cut_off(view.text, start, end, last > first):
            yield Number("".join(digits), start, end, tuple(map(len, digits)), any(disguised))


def _cut_off(text: str, start: int, end: int, grouped: bool) -> bool:
    """Whether the number is only part of a longer one, joined tightly: "1-999-108-9187"."""
    tight = "-." if grouped else "-"
    before = start > 1 and text[start - 1] in tight and text[start - 2].isdigit()
    after = end + 1 < len(text) and text[end] in tight and text[end + 1].isdigit()
    return before or after


def mod11(digits: str) -> bool:
    """The NHS Data Dictionary's modulus 11 check over ten digits (NHS number, CHI, H&C number)."""
    total: int = sum(map(mul, map(int, digits[:9]), range(10, 1, -1)))
    check = (11 - total % 11) % 11
    return check != 10 and check == int(digits[9])


def mod10(digits: str) -> bool:
    """Modulus 10 (Luhn), approved for CHI numbers of exhausted dates from 1 November 2025."""
    total = 0
    for i, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + i % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
