"""OpenDocument texts, sheets and slides (OASIS OpenDocument 1.3): every part read, written anew."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from detectors.files.interface import Desk, Family, File, Result, Unreadable
from detectors.files.office import enclosed, open_cells
from detectors.files.office.addresses import address_of
from detectors.files.office.open_package import OpenPackage
from detectors.files.office.package import unpacked
from detectors.files.office.pieces import Done, Line, hide
from detectors.files.office.reading import read
from detectors.files.parts import ANEW
from detectors.files.slots import Told

_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_CALLED: Final = {
    "content.xml": "the text", "styles.xml": "a header or a style", "meta.xml": "the document's properties",
}  # fmt: skip
_TYPES: Final = ("text", "spreadsheet", "presentation", "graphics")


def inspect(file: File, type: str, desk: Desk) -> Result:
    members, loose = unpacked(file.data, desk.limits)
    package, told = OpenPackage.of(members), Told()
    sheets = [(tree, open_cells.names(tree)) for tree in package.trees.values()]
    told.found += hide([*_lines(package)], desk)
    for tree, names in sheets:
        open_cells.rename(tree, names)
    _leave_out_macros(package, told)
    if loose:
        told.left_out.append(ANEW)
    if stopped := enclosed.inspect(package, desk, told):
        return replace(stopped, type=type, found=tuple(told.found))
    return told.result(type, lambda: _written(package))


def _lines(package: OpenPackage) -> Iterator[Line]:
    done: Done = set()
    for link in package.links():
        if link.source:
            done.add((link.node, _HREF))
            if link.outside:
                yield Line([address_of(link.node, _HREF)], "a link")
    for name in sorted(package.trees, key=lambda n: [*_CALLED].index(n) if n in _CALLED else len(_CALLED)):
        tree = package.trees[name]
        if next(tree.iter("{*}binary-data"), None) is not None:
            raise Unreadable("A picture in this document is stored in a form that cannot be read.")
        done.update(n for n in tree.iter("{*}config-item") if "string" not in n.attrib.values())
        yield from open_cells.cells(tree, done)
        yield from read(tree, _CALLED.get(name.rpartition("/")[2], "the document's settings"), done)
    yield from enclosed.lines(package)


def _leave_out_macros(package: OpenPackage, told: Told) -> None:
    scripts = [n for n in package.trees if n.startswith(("Basic/", "Scripts/"))]
    for name in scripts:
        package.remove(name)
    if scripts:
        told.left_out.append("The macros in it were left out.")


def _written(package: OpenPackage) -> bytes:
    for name in [n for n in package.trees if n.startswith("META-INF/") or n == "settings.xml"]:
        package.remove(name)  # signatures of what stood there before; the windows' and printers' settings
    return package.packed()


FAMILY: Final = Family(
    "opendocument",
    frozenset(f"application/vnd.oasis.opendocument.{t}{x}" for t in _TYPES for x in ("", "-template")),
    inspect,
)
