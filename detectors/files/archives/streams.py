"""One file made smaller: gzip (RFC 1952), bzip2, xz. A tar inside is inspected as a file of its own."""

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from detectors.files import file_names
from detectors.files.archives.packed import CHUNK, Meter
from detectors.files.interface import Desk, Family, File, Outcome, Passage, Result, Unreadable
from detectors.files.parts import ANEW, found_in, inspect_parts

_MEMORY = 64 * 2**20
"""What an xz stream may ask for; `xz -6` needs 9 MiB, `xz -9` 65."""

_DAMAGED = "This archive is damaged or packed in an unusual way."
_SUFFIX = re.compile(r"(?i)\.(?:gz|bz2?|xz|(?P<tar>t(?:gz|bz2?|xz)))$")


@dataclass(frozen=True)
class _Format:
    """`open` makes a decompressor of the standard library; `texts` reads what a stream's head says."""

    open: Callable[[], Any]
    pack: Callable[[bytes], bytes]
    texts: Callable[[bytes], list[str]] = lambda stream: []


def _inspect(form: _Format, file: File, type: str, desk: Desk) -> Result:
    try:
        streams = _unpacked(form, file.data, Meter(desk.limits, len(file.data)))
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        raise Unreadable(_DAMAGED) from error
    texts = [t for head, _ in streams for t in form.texts(head)]
    passages = [Passage(t, "the name in the archive", file_names.LABEL) for t in texts]
    cuts = desk.look(passages)
    content = b"".join(data for _, data in streams)
    parts = inspect_parts([File(_name(file.name), content, depth=file.depth + 1)], desk)
    inner = parts.results[0]
    found = (*found_in(passages, cuts), *inner.found)
    if parts.bad:
        return Result(Outcome.QUARANTINED, type, inner.reason, found, stops=inner.stops)
    if not any(cuts) and not parts.changed and len(streams) == 1:
        return Result(Outcome.CLEAN, type)
    data = form.pack(content if inner.data is None else inner.data)
    return Result(Outcome.REDACTED, type, inner.reason or ("" if found else ANEW), found, data)


def _unpacked(form: _Format, data: bytes, meter: Meter) -> list[tuple[bytes, bytes]]:
    """Each stream's packed bytes and what came out of it. All three formats allow several in a row."""
    streams = []
    while data:
        opened = form.open()
        chunks = _chunks(opened, data, meter)
        streams.append((data, b"".join(chunks)))
        data = opened.unused_data.lstrip(b"\0")
    return streams


def _chunks(opened: Any, data: bytes, meter: Meter) -> list[bytes]:
    chunks = []
    while not opened.eof:
        chunk = opened.decompress(data, CHUNK)
        data = getattr(opened, "unconsumed_tail", b"")  # only zlib hands back what it has not used
        if not chunk and not data and not opened.eof:
            raise EOFError
        meter.count(len(chunk))
        chunks.append(chunk)
    return chunks


def _name(name: str) -> str:
    """What the file in it is called: "notes.txt" for "notes.txt.gz"."""
    return _SUFFIX.sub(lambda m: ".tar" if m["tar"] else "", name)


def _gzip_texts(stream: bytes) -> list[str]:
    """The name and the comment in a gzip header, and its further fields as they are."""
    flags, at, texts = stream[3], 10, []
    if flags & 0x04:
        size = int.from_bytes(stream[at : at + 2], "little")
        texts.append(stream[at + 2 : at + 2 + size].decode("latin-1"))
        at += 2 + size
    for flag in (0x08, 0x10):
        if flags & flag:
            end = stream.index(b"\0", at)
            texts.append(stream[at:end].decode("latin-1"))
            at = end + 1
    return texts


def _family(name: str, form: _Format, *types: str) -> Family:
    return Family(name, frozenset(types), partial(_inspect, form))


FAMILIES = (
    _family(
        "bzip2 files", _Format(bz2.BZ2Decompressor, bz2.compress), "application/x-bzip2", "application/bzip2"
    ),
    _family(
        "gzip files",
        _Format(partial(zlib.decompressobj, 31), partial(gzip.compress, mtime=0), _gzip_texts),
        "application/gzip",
        "application/x-gzip",
    ),
    _family(
        "xz files",
        _Format(partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _MEMORY), lzma.compress),
        "application/x-xz",
    ),
)
