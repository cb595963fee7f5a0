"""Zip archives (APPNOTE.TXT 6.3.10): every byte must belong to a member or to the one directory."""

import io
import stat
import struct
import zipfile
import zlib

from detectors.files.archives.packed import Member, Meter, Packed, checked
from detectors.files.interface import Limits, Passage, Protected, Unreadable

_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_END_64 = 56 + 20
"""The two records that precede the end of a directory with 64-bit sizes (4.3.14, 4.3.15)."""

_DESCRIBED = 0x0008
_UTF_8 = 0x0800
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_NO_GAP = frozenset({0})
_DESCRIPTORS = frozenset({12, 16, 20, 24})
"""Lengths of a data descriptor: with or without signature, with 32- or 64-bit sizes (4.3.9)."""

_HARMLESS = frozenset({0x0001, 0x000A, 0x5455, 0x5855, 0x7855, 0x7875, 0xCAFE})
"""Extra fields that hold sizes, times and owners' numbers only."""

_MIXED = "The parts of this archive contradict each other, so nobody can tell what it shows."


def read(data: bytes, limits: Limits) -> Packed:
    """Raises Unreadable: encrypted, over a limit, damaged, or not one plain chain of members."""
    meter = Meter(limits, len(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(e.flag_bits & _ENCRYPTED for e in entries):
                raise Protected("This archive")
            meter.expect(e.file_size for e in entries)
            _check_layout(data, entries, archive.start_dir, len(archive.comment))
            members = checked([_member(archive, e, meter) for e in entries])
            return Packed(members, _comments(archive), any(_has_more(e) for e in entries))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, struct.error, zlib.error, OSError) as error:
        raise Unreadable("This archive is damaged or packed in an unusual way.") from error


def write(members: tuple[Member, ...]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            name = member.name if member.data is not None else member.name.rstrip("/") + "/"
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o644 if member.data is not None else 0o755) << 16
            archive.writestr(entry, member.data or b"")
    return out.getvalue()


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, meter: Meter) -> Member:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Unreadable("This archive holds a link or a device instead of a file.")
    if entry.is_dir():
        if entry.file_size:
            raise Unreadable(_MIXED)
        return Member(_name(entry), None)
    with archive.open(entry) as source:
        return Member(_name(entry), meter.read(source))


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as people read it: many programs write UTF-8 without saying so."""
    if entry.filename != entry.orig_filename:  # cut off at a zero byte
        raise Unreadable(_MIXED)
    if entry.flag_bits & _UTF_8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _check_layout(data: bytes, entries: list[zipfile.ZipInfo], directory: int, comment: int) -> None:
    """Members follow each other from the first byte to the directory, and nothing follows its end.

    Overlapping members make a small file unpack without end; a gap, or a member that only its local header
    names, is read by some programs and not by others.
    """
    at, gaps = 0, _NO_GAP
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset - at not in gaps:
            raise Unreadable(_MIXED)
        at = _end_of(data, entry)
        gaps = _DESCRIPTORS if entry.flag_bits & _DESCRIBED else _NO_GAP
    if directory - at not in gaps:
        raise Unreadable(_MIXED)
    _check_end(data, directory, comment)


def _end_of(data: bytes, entry: zipfile.ZipInfo) -> int:
    """Where a member's bytes end, after its local header was compared with the directory's entry."""
    mark, _, flags, method, _, _, _, _, _, name, extra = _LOCAL.unpack_from(data, entry.header_offset)
    begins = entry.header_offset + _LOCAL.size
    encoding = "utf-8" if entry.flag_bits & _UTF_8 else "cp437"
    if (
        mark != b"PK\x03\x04"
        or method != entry.compress_type
        or (flags ^ entry.flag_bits) & (_ENCRYPTED | _DESCRIBED)
        or data[begins : begins + name].decode(encoding, "replace") != entry.orig_filename
    ):
        raise Unreadable(_MIXED)
    return int(begins + name + extra + entry.compress_size)


def _check_end(data: bytes, directory: int, comment: int) -> None:
    end = len(data) - comment - _END.size
    mark, _, _, _, _, size, _, _ = _END.unpack_from(data, end)
    between = end - directory - size
    if mark != b"PK\x05\x06" or data.count(mark, directory) != 1 or between not in (0, _END_64):
        raise Unreadable(_MIXED)


def _comments(archive: zipfile.ZipFile) -> tuple[Passage, ...]:
    """Comments are in no known encoding; every byte becomes a character."""
    texts = [archive.comment, *(e.comment for e in archive.infolist())]
    return tuple(
        Passage(t.decode("utf-8", "replace"), "a comment in the archive", "comment") for t in texts if t
    )


def _has_more(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry carries an extra field of unknown contents, or one that is cut short."""
    rest = entry.extra
    while len(rest) >= 4:
        tag, size = struct.unpack_from("<2H", rest)
        if tag not in _HARMLESS or size > len(rest) - 4:
            return True
        rest = rest[4 + size :]
    return bool(rest)
