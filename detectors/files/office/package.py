"""A document as the zip of parts that it is: read, its links kept in order, written anew."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from detectors.files.archives import zips
from detectors.files.archives.packed import Member
from detectors.files.interface import Limits, OverLimit, Protected, Unreadable
from detectors.files.office.pieces import Node, local

_XML = re.compile(r"(?i)\.(?:xml|rels|vml|rdf)$")
_NOT_OURS = ("svg+xml", "xhtml+xml")
"""XML that is a file in its own right."""

TYPES = "[Content_Types].xml"


def parse(data: bytes) -> Node:
    """The root of an XML part. Raises Unreadable where it is no plain XML: definitions of entities could
    hide text, or grow without end."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("A part of this document is damaged.") from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("This document carries definitions that could hide text.")
    return root


def is_xml(name: str, type: str) -> bool:
    return bool(_XML.search(name)) or (type.endswith(("+xml", "/xml")) and not type.endswith(_NOT_OURS))


def unpacked(data: bytes, limits: Limits) -> tuple[dict[str, bytes], bool]:
    """The members by name, folders left out, and whether the zip carries bytes beside them."""
    try:
        packed = zips.read(data, limits)
    except Protected as error:
        raise Protected("This document") from error
    except OverLimit:
        raise
    except Unreadable as error:
        raise Unreadable("This document is damaged or packed in an unusual way.") from error
    return {m.name: m.data for m in packed.members if m.data is not None}, packed.hidden or bool(packed.more)


def written(root: Node) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship (ECMA-376-2, 6.5): from a part to another, or to a place outside."""

    source: str
    target: str
    """A part's name, or the address when `outside`."""
    type: str
    """The last word of its type: "image", "vbaProject"."""
    outside: bool
    node: Node = field(repr=False)


@dataclass
class Package:
    """The parts of an Office Open XML document, by name: `trees` those that are XML, `blobs` the others."""

    trees: dict[str, Node]
    blobs: dict[str, bytes]
    types: Node

    @classmethod
    def of(cls, members: dict[str, bytes]) -> "Package":
        """Raises Unreadable for a damaged part or a missing list of types."""
        if TYPES not in members:
            raise Unreadable("This document says nothing of what its parts are.")
        package = cls({}, {}, parse(members[TYPES]))
        for name, data in members.items():
            if name != TYPES and is_xml(name, package.type(name)):
                package.trees[name] = parse(data)
            elif name != TYPES:
                package.blobs[name] = data
        return package

    def type(self, name: str) -> str:
        """The media type that the package gives a part; "" for none (ECMA-376-2, 6.2.3)."""
        part, ending = f"/{name}".casefold(), posixpath.splitext(name)[1][1:].casefold()
        for node in self.types.iterchildren("{*}Override"):
            if node.get("PartName", "").casefold() == part:
                return str(node.get("ContentType", "")).lower()
        for node in self.types.iterchildren("{*}Default"):
            if node.get("Extension", "").casefold() == ending:
                return str(node.get("ContentType", "")).lower()
        return ""

    def links(self) -> Iterator[Link]:
        for name, tree in list(self.trees.items()):
            if not name.endswith(".rels"):
                continue
            folder, _, base = name.removesuffix(".rels").rpartition("_rels/")
            for node in list(tree.iter("{*}Relationship")):
                outside = node.get("TargetMode", "").casefold() == "external"
                target = node.get("Target", "")
                type = node.get("Type", "").rpartition("/")[2]
                yield Link(
                    folder + base, target if outside else self._part(folder, target), type, outside, node
                )

    def _part(self, folder: str, target: str) -> str:
        path = unquote(target.partition("#")[0])
        name = posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
        if name in self.trees or name in self.blobs:
            return name
        return next((n for n in (*self.trees, *self.blobs) if n.casefold() == name.casefold()), name)

    def remove(self, name: str) -> None:
        """Take a part out, with what points at it and what only it pointed at."""
        mine = [link for link in self.links() if link.source == name and not link.outside]
        for link in self.links():
            if link.target == name and not link.outside:
                self._unlink(link)
        for gone in (name, _links_of(name)):
            self.trees.pop(gone, None)
            self.blobs.pop(gone, None)
        for node in [n for n in self.types.iterchildren("{*}Override") if n.get("PartName") == f"/{name}"]:
            self.types.remove(node)
        wanted = {link.target for link in self.links()}
        for link in mine:
            if link.target not in wanted and (link.target in self.blobs or link.target in self.trees):
                self.remove(link.target)

    def _unlink(self, link: Link) -> None:
        for user in self.users(link):
            inside = next((a for a in user.iterancestors("{*}ext")), None)
            leave = inside if inside is not None else user
            if inside is None and local(user) == "pageSetup":
                for key in _references(user, link.node.get("Id")):
                    del user.attrib[key]
            elif leave.getparent() is not None:
                _take_out(leave)
        link.node.getparent().remove(link.node)

    def users(self, link: Link) -> list[Node]:
        """The elements of the source part that use a link."""
        tree = self.trees.get(link.source)
        if tree is None:
            return []
        return [n for n in tree.iter("*") if _references(n, link.node.get("Id"))]

    def rename(self, name: str, new: str, type: str = "") -> None:
        """Give a part another name, and another type where one is told."""
        for link in self.links():
            if link.target == name and not link.outside:
                link.node.set("Target", f"/{new}")
        type = type or self.type(name)
        for old, now in ((name, new), (_links_of(name), _links_of(new))):
            for part in (self.trees, self.blobs):
                if old in part:
                    part[now] = part.pop(old)
        for node in [n for n in self.types.iterchildren("{*}Override") if n.get("PartName") == f"/{name}"]:
            self.types.remove(node)
        namespace = self.types.tag.rpartition("}")[0] + "}"
        etree.SubElement(self.types, f"{namespace}Override", PartName=f"/{new}", ContentType=type)

    def packed(self) -> bytes:
        """The document as bytes: only the parts that are left, no dates, nothing beside them."""
        endings = {posixpath.splitext(name)[1][1:].casefold() for name in (*self.trees, *self.blobs)}
        for node in list(self.types.iterchildren("{*}Default")):
            if node.get("Extension", "").casefold() not in endings:
                self.types.remove(node)
        parts = {TYPES: written(self.types)}
        parts |= {name: written(tree) for name, tree in self.trees.items()} | self.blobs
        return zips.write(tuple(Member(name, data) for name, data in parts.items()))


def _links_of(name: str) -> str:
    """The part that lists a part's links (ECMA-376-2, 6.5.2.3)."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _references(node: Node, id: str) -> list[str]:
    return [k for k, v in node.attrib.items() if v == id and k.rpartition("}")[0].endswith("relationships")]


def _take_out(node: Node) -> None:
    """Remove an element, and a list around it that it leaves empty."""
    around = node.getparent()
    around.remove(node)
    if len(around) == 0 and local(around) in ("extLst", "tableParts", "pivotCaches", "externalReferences"):
        _take_out(around)
