"""The parts of a document in the order in which a person reads them, and what a person calls them."""

import re
from collections.abc import Iterator
from typing import Final

from detectors.files.office.package import Package
from detectors.files.office.pieces import Node, local

_CALLED: Final = {
    "document": "the text", "worksheet": "a sheet", "sst": "a cell", "sld": "a slide", "notes": "a slide's notes",
    "hdr": "a header", "ftr": "a footer", "footnotes": "a footnote", "endnotes": "an endnote",
    "comments": "a comment", "cmLst": "a comment", "ThreadedComments": "a comment",
    "chartSpace": "a chart", "wsDr": "a drawing", "drawing": "a drawing", "dataModel": "a diagram",
    "xml": "a drawing", "table": "a table", "workbook": "the workbook", "presentation": "the presentation",
    "externalLink": "a link to another file", "pivotCacheDefinition": "a pivot table",
    "pivotCacheRecords": "a pivot table", "pivotTableDefinition": "a pivot table",
    "glossaryDocument": "a building block", "sldMaster": "a slide master", "sldLayout": "a slide layout",
    "notesMaster": "the notes' master", "handoutMaster": "the handout's master",
    "people": "the list of reviewers", "personList": "the list of reviewers", "cmAuthorLst": "the list of reviewers",
    "authorLst": "the list of reviewers", "coreProperties": "the document's properties",
    "Properties": "the document's properties",
}  # fmt: skip
"""By the name of a part's first element, in reading order."""

_RANKS: Final = {name: rank for rank, name in enumerate(_CALLED)}


def in_order(package: Package) -> Iterator[tuple[str, Node, str]]:
    """Name, tree and what people call it, for each part but the lists of links."""
    slides = dict(_slides(package))
    parts = [(n, t) for n, t in package.trees.items() if not n.endswith(".rels")]
    for name, tree in sorted(parts, key=lambda p: _rank(p[0], p[1], slides)):
        yield name, tree, slides[name][1] if name in slides else _called(name, tree)


def _rank(name: str, tree: Node, slides: dict[str, tuple[int, str]]) -> tuple[int, int, str]:
    number = re.findall(r"\d{1,9}", name)
    place = slides[name][0] if name in slides else int(number[-1]) if number else 0
    kind = "sld" if name in slides else local(tree)
    return _RANKS.get(kind, len(_RANKS)), place, name


def _called(name: str, tree: Node) -> str:
    if name.startswith("customXml/"):
        return "data that is not shown"
    return _CALLED.get(local(tree), "the document's settings")


def _slides(package: Package) -> Iterator[tuple[str, tuple[int, str]]]:
    """Each slide's and its notes' part, with its place and what it is called."""
    links = [link for link in package.links() if not link.outside]
    for book in [n for n, t in package.trees.items() if local(t) == "presentation"]:
        parts = {link.node.get("Id"): link.target for link in links if link.source == book}
        for number, entry in enumerate(package.trees[book].iterfind("{*}sldIdLst/{*}sldId"), start=1):
            name = next((parts[v] for v in entry.attrib.values() if v in parts), "")
            slide = package.trees.get(name)
            if slide is None:
                continue
            hidden = " (hidden)" if slide.get("show") in ("0", "false") else ""
            yield name, (2 * number, f"slide {number}{hidden}")
            for link in links:
                if link.source == name and link.type == "notesSlide":
                    yield link.target, (2 * number + 1, f"the notes of slide {number}{hidden}")
