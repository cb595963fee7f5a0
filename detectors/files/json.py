"""JSON in general, a document or one a line (NDJSON), and FHIR where that is what it holds."""

from collections.abc import Iterator
from typing import Final

from detectors.files import fhir
from detectors.files.elements import Element
from detectors.files.encoding import decode
from detectors.files.headings import kind_under
from detectors.files.inline import carried, rewritten
from detectors.files.interface import Desk, Family, File, Result, Unreadable
from detectors.files.json_tree import Tree
from detectors.files.slots import Slot, Source, Told, settle

_FHIR: Final = "application/fhir+json"


def inspect(file: File, type: str, desk: Desk) -> Result:
    """Raises Unreadable for what is no JSON, and for FHIR that is no resource."""
    decoded = decode(file.data)
    source, told = Source(decoded.text), Told()
    trees = list(_trees(source))
    slots = [s for tree in trees for s in _slots(tree.root, type, desk, told)]
    settle(slots, desk, told)
    for tree in trees:
        tree.finish()
    return told.result(type, lambda: decoded.encode(source.changed()))


def _trees(source: Source) -> Iterator[Tree]:
    tree = Tree(source)
    yield tree
    while tree.end < len(source.text):
        tree = Tree(source, tree.end)
        yield tree


def _slots(root: Element, type: str, desk: Desk, told: Told) -> list[Slot]:
    if fhir.resource_type(root):
        return fhir.slots(root, desk, told)
    if any(fhir.resource_type(c) for c in root.children):
        return [s for c in root.children for s in _slots(c, type, desk, told)]
    if type == _FHIR:
        raise Unreadable("This FHIR resource could not be read.")
    return list(plain(root, "", desk, told))


def plain(element: Element, path: str, desk: Desk, told: Told) -> Iterator[Slot]:
    """Every value with its key as the label; a key may say outright what stands there ("nhsNumber")."""
    text = element.value
    if text and (data := carried(text)) is not None:
        kept = rewritten(text, data, desk, told, f"The file in {path}")
        if kept is None:
            element.drop()
        elif kept != text:
            element.put(kept)
    elif text and text.strip():
        label = element.name if element.name not in ("key", "") else ""
        yield element.slot(path or "the text", label, kind_under(label))
    for child in element.children:
        yield from plain(child, f"{path}.{child.name}" if path else child.name, desk, told)


FAMILY: Final = Family("json", frozenset({"application/json", "application/x-ndjson", _FHIR}), inspect)
