"""Numbers in cells as a spreadsheet shows them: whole numbers in full, dates as dates."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from detectors.files.office.pieces import Node

_DATES: Final = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
"""Built-in formats that show a day (ECMA-376-1, 18.8.30)."""

_NOT_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_BORN = re.compile(r"(?i)\b(?:d\.?o\.?b|births?|born|geni)\b")
_CHI = re.compile(r"(?i)\bchi\b")
_LAST_DAY = 2_958_465
"""31 December 9999; Excel knows no later one."""


class Formats:
    """Which cell styles of a workbook show a date."""

    def __init__(self, styles: Node | None, from_1904: bool) -> None:
        self._epoch = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a day
        custom = {
            n.get("numFmtId"): n.get("formatCode", "")
            for n in (styles.iter("{*}numFmt") if styles is not None else ())
        }
        self._dated: Sequence[bool] = [
            _shows_day(xf.get("numFmtId", "0"), custom)
            for xf in (styles.iterfind("{*}cellXfs/{*}xf") if styles is not None else ())
        ]

    def shown(self, value: str, style: str, label: str) -> str:
        """A cell's number as text; under a heading for births, any number that can be a day is one."""
        number = _number(value)
        if number is None:
            return value
        dated = style.isdigit() and int(style) < len(self._dated) and self._dated[int(style)]
        if (dated or _BORN.search(label)) and 1 <= number <= _LAST_DAY - 1462:
            return self._day(number)
        if number != int(number) or abs(number) >= 1e15:
            return value
        return str(int(number)).zfill(10 if _CHI.search(label) and number > 1e8 else 1)

    def _day(self, number: float) -> str:
        moment = self._epoch + timedelta(days=number)
        return moment.strftime("%d/%m/%Y" if number == int(number) else "%d/%m/%Y %H:%M")


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


def _shows_day(id: str, custom: dict[str, str]) -> bool:
    if id in custom:
        code = _NOT_CODE.sub("", custom[id]).casefold()
        return "d" in code or "y" in code
    return id.isdigit() and int(id) in _DATES
