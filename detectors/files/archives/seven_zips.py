"""7-Zip archives."""

import io
import lzma
import struct
from typing import Any

import py7zr
from py7zr.exceptions import ArchiveError, PasswordRequired
from py7zr.io import Py7zIO, WriterFactory

from detectors.files.archives.packed import Member, Meter, Packed, checked
from detectors.files.interface import Limits, Protected, Unreadable

_HEADER = 32
_NEXT = struct.Struct("<2Q")
_LIGHT: list[dict[str, Any]] = [{"id": py7zr.FILTER_LZMA2, "preset": 3}]
"""A small dictionary: the default one takes more memory than a parser is allowed here."""


def read(data: bytes, limits: Limits) -> Packed:
    """Raises Unreadable: encrypted, over a limit, damaged, with links, or followed by other bytes."""
    meter = Meter(limits, len(data))
    try:
        _check_end(data)
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            if archive.needs_password():
                raise Protected("This archive")
            entries = archive.list()
            meter.expect(e.uncompressed or 0 for e in entries)
            if not all(e.is_file or e.is_directory for e in entries):
                raise Unreadable("This archive holds a link or a device instead of a file.")
            named = [Member(e.filename, None if e.is_directory else b"") for e in entries]
            checked(named)
            shelf = _Shelf(meter)
            archive.extractall(factory=shelf)
            return Packed(tuple(m if m.data is None else Member(m.name, shelf.of(m.name)) for m in named))
    except PasswordRequired as error:
        raise Protected("This archive") from error
    except (ArchiveError, lzma.LZMAError, EOFError, OSError, ValueError, struct.error) as error:
        raise Unreadable("This archive is damaged or packed in an unusual way.") from error


def write(members: tuple[Member, ...]) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=_LIGHT) as archive:
        for member in members:
            if member.data is not None:
                archive.writestr(member.data, member.name)
    return out.getvalue()


def _check_end(data: bytes) -> None:
    """The header at the start tells where the one at the end lies and how long it is."""
    offset, size = _NEXT.unpack_from(data, 12)
    if _HEADER + offset + size != len(data):
        raise Unreadable("Something else follows the end of this archive.")


class _Content(Py7zIO):
    """One member's bytes as they come out, counted before they are kept."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._bytes = io.BytesIO()

    def write(self, s: bytes | bytearray) -> int:
        self._meter.count(len(s))
        return self._bytes.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self._bytes.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._bytes.seek(offset, whence)

    def flush(self) -> None:
        return None

    def size(self) -> int:
        return len(self._bytes.getbuffer())

    def all(self) -> bytes:
        return self._bytes.getvalue()


class _Shelf(WriterFactory):
    """Gives every member a place of its own, by its name."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._contents: dict[str, _Content] = {}

    def create(self, filename: str) -> _Content:
        return self._contents.setdefault(filename, _Content(self._meter))

    def of(self, name: str) -> bytes:
        return self._contents[name].all()
