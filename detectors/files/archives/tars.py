"""Tar archives (POSIX.1-2017 pax, ustar and GNU); compressed ones come here once they are unpacked."""

import io
import tarfile

from detectors.files.archives.packed import Member, Meter, Packed, checked
from detectors.files.interface import Limits, Passage, Unreadable

_BLOCK = 512
_UNUSED = 12
"""Bytes at the end of a member's header that no field takes."""

_PLAIN = frozenset({"path", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "linkpath"})
"""Fields of an extended header that say nothing but what the plain header says too."""


def read(data: bytes, limits: Limits) -> Packed:
    """Raises Unreadable: over a limit, damaged, with links or devices, or followed by other bytes."""
    meter = Meter(limits, len(data))
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            entries = _entries(archive, limits)
            meter.expect(e.size for e in entries)
            if data[archive.offset :].strip(b"\0"):
                raise Unreadable("Something else follows the end of this archive.")
            members = checked([_member(archive, e, meter) for e in entries])
            hidden = any(_has_more(data, e) for e in entries)
            return Packed(members, _owners(entries), hidden or bool(archive.pax_headers))
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Unreadable("This archive is damaged or packed in an unusual way.") from error


def write(members: tuple[Member, ...]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            entry = tarfile.TarInfo(member.name)
            entry.type = tarfile.REGTYPE if member.data is not None else tarfile.DIRTYPE
            entry.mode = 0o644 if member.data is not None else 0o755
            entry.size = len(member.data or b"")
            archive.addfile(entry, io.BytesIO(member.data or b""))
    return out.getvalue()


def _entries(archive: tarfile.TarFile, limits: Limits) -> list[tarfile.TarInfo]:
    entries = []
    while (entry := archive.next()) is not None:
        entries.append(entry)
        if len(entries) > limits.files:
            break
    return entries


def _member(archive: tarfile.TarFile, entry: tarfile.TarInfo, meter: Meter) -> Member:
    if entry.isdir():
        return Member(entry.name, None)
    source = archive.extractfile(entry) if entry.isreg() and not entry.issparse() else None
    if source is None:
        raise Unreadable("This archive holds a link or a device instead of a file.")
    return Member(entry.name, meter.read(source))


def _has_more(data: bytes, entry: tarfile.TarInfo) -> bool:
    """Whether bytes stand in unknown fields, or between a member's end and the next block."""
    ends = entry.offset_data + (entry.size if entry.isreg() else 0)
    padding = data[ends : ends + -ends % _BLOCK] + data[entry.offset_data - _UNUSED : entry.offset_data]
    return bool(padding.strip(b"\0") or entry.linkname) or not _PLAIN.issuperset(entry.pax_headers)


def _owners(entries: list[tarfile.TarInfo]) -> tuple[Passage, ...]:
    names = dict.fromkeys(n for e in entries for n in (e.uname, e.gname) if n)
    return tuple(Passage(n, "an owner's name in the archive", "user") for n in names)
