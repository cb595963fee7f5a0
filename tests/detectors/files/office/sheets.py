"""Workbooks as Excel writes them, through openpyxl."""

import io
from collections.abc import Sequence

import openpyxl


class Excel:
    """A workbook to be filled; `data` is the file."""

    def __init__(self, *rows: Sequence[object], title: str = "Ward 7") -> None:
        self.book = openpyxl.Workbook()
        self.sheet = self.book.active
        self.sheet.title = title
        for row in rows:
            self.sheet.append(list(row))

    @property
    def data(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def opened(data: bytes | None) -> "openpyxl.Workbook":
    assert data is not None
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(data: bytes | None, sheet: int = 0) -> list[list[object]]:
    return [[c.value for c in row] for row in opened(data).worksheets[sheet].iter_rows()]
