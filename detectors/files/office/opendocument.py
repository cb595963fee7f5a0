"""OpenDocument texts, sheets and slides (OASIS OpenDocument 1.3): every part read, written anew."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from detectors.files.interface import Desk, Family, File, Result, Unreadable
from detectors.files.office import enclosed
from detectors.files.office.addresses import address_of
from detectors.files.office.numbers import Formats
from detectors.files.office.open_package import OpenPackage
from detectors.files.office.package import unpacked
from detectors.files.office.paragraphs import lines
from detectors.files.office.pieces import Done, Line, Node, Piece, hide, local
from detectors.files.office.reading import read
from detectors.files.office.tables import places
from detectors.files.parts import ANEW
from detectors.files.slots import Told

_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALLED: Final = {
    "content.xml": "the text", "styles.xml": "a header or a style", "meta.xml": "the document's properties",
}  # fmt: skip
_TYPES: Final = ("text", "spreadsheet", "presentation", "graphics")


def inspect(file: File, type: str, desk: Desk) -> Result:
    members, loose = unpacked(file.data, desk.limits)
    package, told = OpenPackage.of(members), Told()
    told.found += hide([*_lines(package)], desk)
    if stopped := enclosed.inspect(package, desk, told):
        return replace(stopped, type=type, found=tuple(told.found))
    _leave_out_macros(package, told)
    if loose:
        told.left_out.append(ANEW)
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
        yield from _cells(tree, done)
        yield from read(tree, _CALLED.get(name.rpartition("/")[2], "the document's settings"), done)
    yield from enclosed.lines(package)


def _cells(tree: Node, done: Done) -> Iterator[Line]:
    """The cells of sheets: what is shown, the value behind it, the formula."""
    if next(tree.iter("{*}spreadsheet"), None) is None:
        return
    for cell, (where, label) in places(tree, "", "sheet").items():
        if not local(cell).endswith("table-cell"):
            continue
        become_text = partial(_become_text, cell)
        for paragraph in cell.iterchildren("{*}p"):
            for line in lines(paragraph, where, label, done):
                yield Line(
                    [_also(p, become_text) if isinstance(p, Piece) else p for p in line.pieces], where, label
                )
        for key in [k for k in cell.attrib if _holds_value(k)]:
            done.add((cell, key))
            shown = Formats(None, False).shown(cell.get(key), "", label)
            formula = key.endswith("}formula")
            yield Line([Piece(shown, become_text)], where, "" if formula else label)


def _holds_value(key: str) -> bool:
    return key.endswith("}formula") or key.rpartition("}")[2] in ("value", "date-value", "string-value")


def _also(piece: Piece, then: "partial[None]") -> Piece:
    """The piece, whose cell no longer holds a number or a date once it was written to."""
    write = piece.write

    def both(text: str) -> None:
        write(text)
        then(None)

    piece.write = both
    return piece


def _become_text(cell: Node, text: str | None) -> None:
    """Make a cell one of text (1.3-3, 9.1.4); `text` stands in it where its value was cut, not its own text."""
    for key in [k for k in cell.attrib if _holds_value(k) or k.endswith("}currency")]:
        del cell.attrib[key]
    for key in [k for k in cell.attrib if k.endswith("}value-type")]:
        cell.set(key, "string")
    paragraphs = list(cell.iterchildren("{*}p"))
    if text is not None and paragraphs:
        for child in list(paragraphs[0]):
            paragraphs[0].remove(child)
        paragraphs[0].text = text


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
