"""The properties in an Outlook item: one stream each, named by number and type (MS-OXMSG 2.4)."""

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import compressed_rtf
import olefile

from detectors.files.encoding import decode
from detectors.files.interface import Unreadable

_STREAM = re.compile(r"(?i)__substg1\.0_(?P<id>[0-9A-F]{4})(?P<type>[0-9A-F]{4})$")
_WIDE, _NARROW, _BINARY = 0x001F, 0x001E, 0x0102
_FIXED = "__properties_version1.0"
_CODE_PAGES = (0x3FDE, 0x3FFD)
_ATTACHED = "__attach_version1.0_"
_MESSAGE = "__substg1.0_3701000d"
_MOST_PARTS = 10_000
_NARROW_RUN = re.compile(rb"[\x20-\x7e]{5,}")
_WIDE_RUN = re.compile(rb"(?:[\x20-\x7e]\x00){5,}")
_CODECS: Final = {65001: "utf-8", 20127: "ascii", 28591: "latin-1", 1200: "utf-16-le"}


@dataclass(frozen=True)
class Item:
    """A message or an attachment. `message` is what an attached Outlook item holds."""

    streams: dict[tuple[int, int], bytes] = field(repr=False)
    rest: tuple[bytes, ...] = field(default=(), repr=False)
    """Lists of texts, and whatever else is in no usual form."""
    codec: str = ""
    attachments: tuple["Item", ...] = ()
    others: tuple["Item", ...] = ()
    """Recipients, named properties and whatever else has properties of its own."""
    message: "Item | None" = None
    unused: bytes = field(default=b"", repr=False)
    """What stands where the file says that nothing does: remains of earlier versions."""

    def text(self, id: int) -> str:
        """A text, or "" where there is none. Raises Unreadable for characters that cannot be told."""
        if (wide := self.streams.get((id, _WIDE))) is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self.streams.get((id, _NARROW), self.streams.get((id, _BINARY), b""))
        return decode(narrow, self.codec).text.rstrip("\0")

    def binary(self, id: int) -> bytes | None:
        return self.streams.get((id, _BINARY))

    def rich_text(self, id: int) -> bytes:
        """Compressed RTF (MS-OXRTFCP), unpacked; it grows to no more than nine times its size."""
        packed = self.binary(id)
        try:
            return bytes(compressed_rtf.decompress(packed)) if packed else b""
        except Exception as error:
            raise Unreadable("The text of this e-mail is damaged.") from error

    def other_texts(self, besides: frozenset[int]) -> Iterator[str]:
        """Every text in the item and what belongs to it, but for some properties of the item's own."""
        loose = [data for (id, type), data in self.streams.items() if type == _BINARY and id not in besides]
        for data in (*loose, *self.rest, self.unused):
            yield from (run.decode() for run in _NARROW_RUN.findall(data))
            yield from (run.decode("utf-16-le") for run in _WIDE_RUN.findall(data))
        yield from (self.text(id) for id, type in self.streams if type != _BINARY and id not in besides)
        for part in (*self.others, *self.attachments, *([self.message] if self.message else [])):
            yield from part.other_texts(besides)


def item_of(data: bytes) -> Item:
    """Raises Unreadable for a damaged container."""
    try:
        with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT) as ole:
            paths = ole.listdir()
            if len(paths) > _MOST_PARTS:
                raise Unreadable("There is too much in this e-mail.")
            tree: _Tree = {}
            for path in paths:
                _put(tree, path, ole.openstream(path).read())
            return replace(_item(tree, ""), unused=_unused(ole))
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise Unreadable("This e-mail is damaged.") from error


def _unused(ole: olefile.OleFileIO) -> bytes:
    free = [sector for sector, next_ in enumerate(ole.fat) if next_ == olefile.FREESECT]
    return b"".join(ole.getsect(sector) for sector in free if sector < ole.nb_sect)


_Tree = dict[str, "bytes | _Tree"]


def _put(tree: _Tree, path: list[str], data: bytes) -> None:
    for folder in path[:-1]:
        inner = tree.setdefault(folder, {})
        if not isinstance(inner, dict):
            raise ValueError
        tree = inner
    tree[path[-1]] = data


def _item(tree: _Tree, codec: str) -> Item:
    streams, rest = dict[tuple[int, int], bytes](), list[bytes]()
    for name, data in tree.items():
        usual = _STREAM.match(name)
        if isinstance(data, bytes) and usual and int(usual["type"], 16) in (_WIDE, _NARROW, _BINARY):
            streams[int(usual["id"], 16), int(usual["type"], 16)] = data
        elif isinstance(data, bytes) and name != _FIXED:
            rest.append(data)
    codec = _codec(tree.get(_FIXED)) or codec
    inner = {name: part for name, part in tree.items() if isinstance(part, dict)}
    attachments = [_item(part, codec) for name, part in inner.items() if name.startswith(_ATTACHED)]
    embedded = next((part for name, part in inner.items() if name.lower() == _MESSAGE), None)
    others = [
        _item(part, codec) for name, part in inner.items()
        if not name.startswith(_ATTACHED) and part is not embedded
    ]  # fmt: skip
    message = _item(embedded, codec) if embedded and _FIXED in embedded else None
    return Item(streams, tuple(rest), codec, tuple(attachments), tuple(others), message)


def _codec(fixed: object) -> str:
    """The item's encoding of narrow texts, from the properties that have no stream of their own."""
    if not isinstance(fixed, bytes):
        return ""
    for at in range(len(fixed) % 16, len(fixed) - 15, 16):
        tag, _, value = struct.unpack_from("<3L", fixed, at)
        if tag >> 16 in _CODE_PAGES and tag & 0xFFFF == 0x0003:
            return _CODECS.get(value, f"cp{value}")
    return ""
