"""An OpenDocument file as the zip of parts that it is (OpenDocument 1.3-2): its manifest and its links."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from detectors.files.interface import Protected, Unreadable
from detectors.files.office.package import Link, is_xml, parse, written
from detectors.files.office.pieces import Node, local

_MANIFEST: Final = "META-INF/manifest.xml"
_MIMETYPE: Final = "mimetype"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_FOLDERS: Final = {
    "Thumbnails/": "thumbnail", "ObjectReplacements/": "thumbnail", "Basic/": "vbaProject", "Scripts/": "vbaProject",
    "layout-cache": "printerSettings",
}  # fmt: skip
"""What stands in folders of fixed names, in the words of the other kind of package."""


@dataclass
class OpenPackage:
    """The parts by name: `trees` those that are XML, `blobs` the others."""

    mimetype: bytes
    manifest: Node
    trees: dict[str, Node]
    blobs: dict[str, bytes]

    @classmethod
    def of(cls, members: dict[str, bytes]) -> "OpenPackage":
        """Raises Protected for an encrypted document, Unreadable for a damaged one."""
        if _MANIFEST not in members or "content.xml" not in members:
            raise Unreadable("This document says nothing of what its parts are.")
        manifest = parse(members[_MANIFEST])
        if next(manifest.iter("{*}encryption-data"), None) is not None:
            raise Protected("This document")
        package = cls(members.get(_MIMETYPE, b""), manifest, {}, {})
        for name, data in members.items():
            if name in (_MANIFEST, _MIMETYPE):
                continue
            if data.strip() and is_xml(name, package.type(name)):
                package.trees[name] = parse(data)
            elif data:
                package.blobs[name] = data
        return package

    def type(self, name: str) -> str:
        entry = self._entry(name)
        return str(entry.get(_like(entry, "media-type"), "")).lower() if entry is not None else ""

    def links(self) -> Iterator[Link]:
        for name in (*self.trees, *self.blobs):
            kind = next((k for folder, k in _FOLDERS.items() if name.startswith(folder)), "")
            if kind:
                yield Link("", name, kind, False, self.manifest)
        for source, tree in self.trees.items():
            for node in tree.iter("*"):
                if href := node.get(_HREF):
                    target = self._target(source, href)
                    yield Link(source, target or href, "image" if target else "link", not target, node)

    def users(self, link: Link) -> list[Node]:
        return [link.node] if link.source else []

    def remove(self, name: str) -> None:
        for link in [link for link in self.links() if link.target == name and link.source]:
            if link.node.getparent() is not None:
                _take_out(link.node)
        self.trees.pop(name, None)
        self.blobs.pop(name, None)
        if (entry := self._entry(name)) is not None:
            self.manifest.remove(entry)

    def rename(self, name: str, new: str, type: str = "") -> None:
        for link in [link for link in self.links() if link.target == name and link.source]:
            link.node.set(_HREF, new)
        self.blobs[new] = self.blobs.pop(name)
        if (entry := self._entry(name)) is not None:
            entry.set(_like(entry, "full-path"), new)
            entry.set(_like(entry, "media-type"), type or self.type(new))

    def packed(self) -> bytes:
        """The document as bytes; the type comes first and is not compressed (1.3-2, 3.3)."""
        parts = {_MIMETYPE: self.mimetype} if self.mimetype else {}
        parts |= {name: written(tree) for name, tree in self.trees.items()} | self.blobs
        parts[_MANIFEST] = written(self.manifest)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            for name, data in parts.items():
                how = zipfile.ZIP_STORED if name == _MIMETYPE else zipfile.ZIP_DEFLATED
                file.writestr(zipfile.ZipInfo(name), data, how)
        return out.getvalue()

    def _entry(self, name: str) -> Node | None:
        entries = self.manifest.iter("{*}file-entry")
        return next((e for e in entries if e.get(_like(e, "full-path")) == name), None)

    def _target(self, source: str, href: str) -> str:
        """The part that an address names, "" for none."""
        folder = source.rpartition("/")[0]
        path = href.removeprefix("./")
        for name in (path, f"{folder}/{path}"):
            if name in self.blobs or name in self.trees:
                return name
        return ""


def _like(entry: Node, name: str) -> str:
    """An attribute of the manifest, in its element's namespace."""
    return f"{entry.tag.rpartition('}')[0]}}}{name}"


def _take_out(node: Node) -> None:
    """Remove a picture, and the frame that it leaves empty; the text behind it stays."""
    around = node.getparent()
    tail, before = node.tail or "", node.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        around.text = (around.text or "") + tail
    around.remove(node)
    if len(around) == 0 and local(around) == "frame":
        _take_out(around)
