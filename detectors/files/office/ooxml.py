"""Word, Excel and PowerPoint (Office Open XML, ECMA-376): every part read, the same package written anew."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from detectors.files.interface import Desk, Family, File, Limits, Outcome, Result, Unreadable
from detectors.files.office import enclosed, twins
from detectors.files.office.addresses import address_of
from detectors.files.office.excel import Workbook, is_pivot
from detectors.files.office.order import in_order
from detectors.files.office.package import Package, unpacked
from detectors.files.office.pieces import Done, Line, Piece, hide
from detectors.files.office.reading import read
from detectors.files.parts import ANEW
from detectors.files.slots import Told

_OPEN: Final = "application/vnd.openxmlformats-officedocument."
_PLAIN: Final = {
    "application/vnd.ms-word.document.macroenabled": ("wordprocessingml.document", ".docx"),
    "application/vnd.ms-word.template.macroenabledtemplate": ("wordprocessingml.template", ".dotx"),
    "application/vnd.ms-excel.sheet.macroenabled": ("spreadsheetml.sheet", ".xlsx"),
    "application/vnd.ms-excel.template.macroenabled": ("spreadsheetml.template", ".xltx"),
    "application/vnd.ms-powerpoint.presentation.macroenabled": ("presentationml.presentation", ".pptx"),
    "application/vnd.ms-powerpoint.slideshow.macroenabled": ("presentationml.slideshow", ".ppsx"),
    "application/vnd.ms-powerpoint.template.macroenabled": ("presentationml.template", ".potx"),
}
"""The type of a main part with macros -> the type of one without, and its file's ending."""


def inspect(file: File, type: str, desk: Desk) -> Result:
    members, loose = unpacked(file.data, desk.limits)
    package = Package.of(members)
    if any("macrosheet" in package.type(name) for name in package.trees):
        raise Unreadable("This workbook holds macros in an old form, which cannot be read.")
    book, told, pivots = Workbook(package), Told(), list[str]()
    if sum(twins.take_out_unread(tree, desk.limits) for tree in package.trees.values()):
        told.left_out.append("A second copy of a drawing, which cannot be read, was left out.")
    told.found += hide([*_lines(package, book, pivots, desk.limits)], desk)
    if loose:
        told.left_out.append(ANEW)
    if stopped := enclosed.inspect(package, desk, told):
        return replace(stopped, type=type, found=tuple(told.found))
    if pivots:
        book.flatten()
    suffix = _without_macros(package)
    result = told.result(type, lambda: _written(package, book))
    return replace(result, suffix=suffix) if result.outcome is Outcome.REDACTED else result


def _lines(package: Package, book: Workbook, pivots: list[str], limits: Limits) -> Iterator[Line]:
    done: Done = set()
    yield from book.lines(done)
    for name, tree, where in in_order(package):
        for line in read(tree, where, done, own=name.startswith("customXml/")):
            if is_pivot(name):
                _mark(line, pivots)
            yield line
        yield from twins.lines(tree, limits)
    yield from _links(package, done)
    yield from enclosed.lines(package)


def _links(package: Package, done: Done) -> Iterator[Line]:
    """What the lists of links and of types say beside the names of parts, which have lines of their own."""
    for link in package.links():
        done.add((link.node, "Target"))
        if link.outside or link.target not in {**package.trees, **package.blobs}:
            yield Line([address_of(link.node, "Target")], "a link")
    for tree in (package.types, *(t for n, t in package.trees.items() if n.endswith(".rels"))):
        yield from read(tree, "a link", done)


def _mark(line: Line, pivots: list[str]) -> None:
    """A pivot table is not mended: once something in it is to be hidden, it goes as a whole."""
    for piece in line.pieces:
        if isinstance(piece, Piece):
            piece.write = lambda _: pivots.append(line.where)


def _written(package: Package, book: Workbook) -> bytes:
    book.finish()
    for link in list(package.links()):
        if link.type == "origin" and "signature" in link.target:
            package.remove(link.target)  # a signature of what stood there before
    return package.packed()


def _without_macros(package: Package) -> str:
    """Call a document that may have macros one that has none; its new ending, "" where nothing changes."""
    for node in package.types.iterchildren("{*}Override"):
        type = node.get("ContentType", "").lower().removesuffix(".main+xml")
        if type in _PLAIN:
            plain, suffix = _PLAIN[type]
            node.set("ContentType", f"{_OPEN}{plain}.main+xml")
            return suffix
    return ""


FAMILY: Final = Family(
    "office",
    frozenset(f"{_OPEN}{plain}" for plain, _ in _PLAIN.values())
    | frozenset(f"{type.removesuffix('template')}.12" for type in _PLAIN if "ms-word.template" in type)
    | frozenset(f"{type}.12" for type in _PLAIN if "ms-word.template" not in type),
    inspect,
)
