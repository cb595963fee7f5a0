"""An Excel workbook: its sheets and their names, and what must change with them."""

import re
from collections.abc import Iterator
from functools import partial

from detectors.files.interface import Unreadable
from detectors.files.office.cells import Cells
from detectors.files.office.formulas import rename_sheet
from detectors.files.office.numbers import Formats
from detectors.files.office.package import Package
from detectors.files.office.pieces import Done, Line, Node, Piece, local

_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_PIVOT = re.compile(r"(?i)(?:^|/)pivot(?:Cache|Table)s?/")


class Workbook:
    """Reads nothing from a package that is no workbook."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._books = [n for n, t in package.trees.items() if local(t) == "workbook"]
        self._names: list[tuple[Node, str]] = []

    def lines(self, done: Done) -> Iterator[Line]:
        for book in self._books:
            tree = self._package.trees[book]
            links = {x.node.get("Id"): x.target for x in self._package.links() if x.source == book}
            cells = self._cells(tree)
            entries = list(tree.iterfind("{*}sheets/{*}sheet"))
            self._names = [(entry, entry.get("name", "")) for entry in entries]
            yield from self._sheet_names(done)
            for number, entry in enumerate(entries, start=1):
                sheet = self._package.trees.get(
                    next((links[v] for v in entry.attrib.values() if v in links), "")
                )
                if sheet is not None:
                    yield from cells.lines(sheet, _where(number, entry), done)

    def finish(self) -> None:
        """Carry over what the cuts mean elsewhere: new names of sheets, formulas that are gone."""
        for entry, old in self._names:
            new = entry.get("name", "")
            for tree in self._package.trees.values() if new != old else ():
                rename_sheet(tree, old, new)
        for name in [n for n in self._package.trees if n.endswith("calcChain.xml")]:
            self._package.remove(name)  # Excel builds it anew

    def flatten(self) -> None:
        """Turn pivot tables into plain cells: their caches repeat the source's rows."""
        if any("slicer" in n.lower() or "timeline" in n.lower() for n in self._package.trees):
            raise Unreadable("The pivot tables in this workbook cannot be redacted.")
        for name in [n for n in self._package.trees if is_pivot(n) and not n.endswith(".rels")]:
            self._package.remove(name)

    def _cells(self, book: Node) -> Cells:
        roots = {local(t): t for t in self._package.trees.values()}
        settings = book.find("{*}workbookPr")
        from_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        strings = roots.get("sst")
        return Cells(
            list(strings.iterchildren("{*}si")) if strings is not None else [],
            Formats(roots.get("styleSheet"), from_1904),
        )

    def _sheet_names(self, done: Done) -> Iterator[Line]:
        for number, (entry, name) in enumerate(self._names, start=1):
            done.add((entry, "name"))
            yield Line([Piece(name, partial(_rename, entry))], f"the name of sheet {number}")


def is_pivot(part: str) -> bool:
    return bool(_PIVOT.search(part))


def _where(number: int, entry: Node) -> str:
    """By its place, since a sheet's name may be a patient's."""
    return f"sheet {number}" if entry.get("state", "visible") == "visible" else f"sheet {number} (hidden)"


def _rename(entry: Node, name: str) -> None:
    """Give a sheet a name that Excel accepts and that no other sheet has."""
    clean = _NOT_IN_NAME.sub("", name).strip()[:_LONGEST_NAME] or "Sheet"
    taken = {e.get("name", "").casefold() for e in entry.getparent() if e is not entry}
    new, number = clean, 1
    while new.casefold() in taken:
        number += 1
        new = f"{clean[: _LONGEST_NAME - 4]} {number}"
    entry.set("name", new)
