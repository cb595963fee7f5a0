"""XML read without entities or a network, as elements, and written again."""

import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from detectors.files.elements import Element
from detectors.files.interface import Unreadable

COMMENT: Final = "#comment"
"""The name of a comment or a processing instruction as an element."""

_UNREADABLE: Final = "This XML file could not be read."


@dataclass(frozen=True)
class Document:
    tree: Any
    declared: bool
    """Whether it begins with an XML declaration."""

    standalone: bool | None

    @property
    def root(self) -> Any:
        return self.tree.getroot()

    def write(self) -> bytes:
        info = self.tree.docinfo
        written: bytes = etree.tostring(
            self.tree,
            encoding=info.encoding or "UTF-8",
            xml_declaration=self.declared,
            standalone=self.standalone,
        )
        return written


def parse(data: bytes) -> Document:
    """Raises Unreadable for what is not well formed, and for a document that defines words of its own
    (entities), since what those show cannot be told without following them."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, strip_cdata=False
    )
    try:
        tree = etree.ElementTree(etree.fromstring(data, parser))
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable(_UNREADABLE) from None
    dtd = tree.docinfo.internalDTD
    defines = dtd is not None and next(dtd.iterentities(), None) is not None
    if defines or next(tree.getroot().iter(etree.Entity), None) is not None:
        raise Unreadable("This XML file defines words of its own, so what it shows cannot be told.")
    standalone = tree.docinfo.standalone if b"standalone" in data[:200] else None
    return Document(tree, bool(re.match(rb"\W{0,8}<\0?\?", data[:32])), standalone)


def elements(document: Document, value: str = "") -> Element:
    """The root with everything in it, comments and processing instructions too.

    Attributes are children before the others; the attribute called `value` is the element's own value (as in
    FHIR). Text beside child elements is a child without a name.
    """
    root = document.root
    top = Element("")
    before = reversed(list(root.itersiblings(preceding=True)))
    for node in [*before, root, *root.itersiblings()]:
        top.children.append(_element(node, value))
    return top


def local(node: Any) -> str:
    """The name without its namespace; "" for a comment or a processing instruction."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _element(node: Any, value: str) -> Element:
    if not isinstance(node.tag, str):
        return Element(COMMENT, node.text, put=lambda text: _set_text(node, text), drop=lambda: _drop(node))
    element = Element(local(node), drop=lambda: _drop(node), node=node)
    for key in node.attrib:
        name = key.rpartition("}")[2]
        owner = element if name == value else Element(name)
        owner.value = node.get(key)
        owner.put = _attribute(node, key)
        if owner is not element:
            owner.drop = lambda key=key: node.attrib.pop(key, None)  # type: ignore[misc]
            element.children.append(owner)
    _content(node, element, value)
    return element


def _content(node: Any, element: Element, value: str) -> None:
    if (node.text or "").strip():
        own = element if element.value is None and not len(node) else Element("")
        own.value = node.text
        own.put = lambda text: setattr(node, "text", text)
        element.children += [own] if own is not element else []
    for child in node:
        element.children.append(_element(child, value))
        if (child.tail or "").strip():
            element.children.append(Element("", child.tail, put=_tail(child)))


def _attribute(node: Any, key: str) -> Any:
    return lambda text: node.set(key, text)


def _tail(node: Any) -> Any:
    return lambda text: setattr(node, "tail", text)


def _set_text(node: Any, text: str) -> None:
    node.text = text.replace("--", "- -")


def _drop(node: Any) -> None:
    """Take an element out, but not the text behind it."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)
