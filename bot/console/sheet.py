"""Lines of a spreadsheet as CSV (RFC 4180), none of which a spreadsheet takes for a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@")


def line(cells: Iterable[object]) -> str:
    """One line, with its end. A cell that would be run as a formula gets an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow([plain(str(cell)) for cell in cells])
    return out.getvalue()


def plain(cell: str) -> str:
    """Full-width signs and signs after white space are formulas too, to one program or another."""
    seen = unicodedata.normalize("NFKC", cell[:64]).lstrip()
    return f"'{cell}" if seen.startswith(_FORMULA) or cell.startswith(("\t", "\r")) else cell
