"""Old binary formats (Word, Excel and PowerPoint 97, OneNote): read as far as may be, never handed on.

What is found is told, so that a reviewer knows what it is about; that all of it was seen, nobody can say.
"""

import io
from collections.abc import Iterator
from typing import Final

import msoffcrypto
import olefile
import xlrd

from detectors.files.columns import labels
from detectors.files.headings import kind_of
from detectors.files.interface import Desk, Family, File, Found, Outcome, Passage, Protected, Result
from detectors.files.office.strings import strings
from detectors.files.slots import passage

_OLD: Final = (
    "This is an old Office format (before 2007) that can be read only in part, so nobody can tell what else it holds. "
    "Saved anew as .docx, .xlsx or .pptx, it can be checked."
)
_NOTEBOOK: Final = "A OneNote notebook can be read only in part, so nobody can tell what else it holds. Exported as a PDF, it can be checked."
_EXCEL: Final = "application/vnd.ms-excel"
_ONENOTE: Final = "application/onenote"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Quarantined, always. Raises Protected for an encrypted document."""
    if file.data.startswith(_OLE) and _is_encrypted(file.data):
        raise Protected
    passages = _passages(file.data, type)[: desk.limits.passages]
    cuts = desk.look(passages)
    found = (Found(c.kind, p.where) for p, some in zip(passages, cuts, strict=True) for c in some)
    reason = _NOTEBOOK if type == _ONENOTE else _OLD
    return Result(Outcome.QUARANTINED, type, reason, tuple(dict.fromkeys(found)))


def _is_encrypted(data: bytes) -> bool:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage") or ole.exists("EncryptionInfo"):
                return True
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # noqa: BLE001 - both raise whatever a damaged file makes of it; the outcome is the same
        return False


def _passages(data: bytes, type: str) -> list[Passage]:
    try:
        return [*_cells(data)] if type == _EXCEL else [*_streams(data)]
    except Exception:  # noqa: BLE001 - a damaged file; what words it has are told all the same
        return _lines(data, "the file")


def _cells(data: bytes) -> Iterator[Passage]:
    """Excel's cells under their headings, then the words of its other streams."""
    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    for number, sheet in enumerate(book.sheets(), start=1):
        yield Passage(sheet.name, f"the name of sheet {number}")
        rows = [[_shown(cell, book.datemode) for cell in sheet.row(row)] for row in range(sheet.nrows)]
        said = labels([*enumerate(row)] for row in rows)
        for place, (row, known) in enumerate(zip(rows, said, strict=True), start=1):
            for text, label in zip(row, known, strict=True):
                if text.strip():
                    yield passage(text, f"sheet {number}, row {place}", label, kind_of(text, label))
    yield from _streams(data)


def _shown(cell: "xlrd.sheet.Cell", datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return str(xlrd.xldate_as_datetime(cell.value, datemode).strftime("%d/%m/%Y"))
    if cell.ctype == xlrd.XL_CELL_NUMBER and cell.value == int(cell.value):
        return str(int(cell.value))
    return str(cell.value)


def _streams(data: bytes) -> Iterator[Passage]:
    if not data.startswith(_OLE):
        yield from _lines(data, "the file")
        return
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        for path in ole.listdir():
            if path[-1] != "Workbook":
                yield from _lines(ole.openstream(path).read(), "the text")


def _lines(data: bytes, where: str) -> list[Passage]:
    return [Passage(line, where) for line in strings(data).split("\n") if line]


FAMILY: Final = Family(
    "old office formats",
    frozenset(
        {
            "application/msword",
            _EXCEL,
            "application/vnd.ms-powerpoint",
            _ONENOTE,
            "application/x-ole-storage",
        }
    ),
    inspect,
)
