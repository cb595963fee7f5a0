"""Damage done to good files: bytes changed, cut, repeated and mixed, also inside packed members."""

import io
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

_EDGES: Final = (
    b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x80\0\0\0", b"-1", b"99999999999999999999",
    b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", b"&b;", b"%n%s", b"]]>", b"\\bin99999999 ", b"/Length -1", b"obj <<",
    b"../../../tmp/x", b"\xed\xa0\x80", b"\xe2\x80\xae", b"{" * 200, b"[" * 5000, b"<a>" * 3000, b"(" * 3000, b"{\\" * 2000,
)  # fmt: skip


def mutated(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """One file made worse in one to eight ways; half the time within a member, where it is a ZIP."""
    if data.startswith(b"PK\x03\x04") and random.random() < 0.5:
        packed = _within(data, others, random)
        if packed is not None:
            return packed
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        data = random.choice(_WAYS)(data, others, random)
    return data[: 8 * 2**20]


def _within(data: bytes, others: Sequence[bytes], random: Random) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError):
        return None
    if not members:
        return None
    at, out = random.randrange(len(members)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, (name, held) in enumerate(members):
            archive.writestr(name, random.choice(_WAYS)(held, others, random) if n == at else held)
    return out.getvalue()


def _flip(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    changed = bytearray(data or b"\0")
    for _ in range(random.choice((1, 4, 64))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _cut(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    return data[: _place(data, random)]


def _without(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    start = _place(data, random)
    return data[:start] + data[start + random.choice((1, 16, 400)) :]


def _repeat(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    start, length = _place(data, random), random.choice((4, 64, 2000))
    return data[:start] + data[start : start + length] * random.choice((2, 50)) + data[start:]


def _put(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    start, edge = _place(data, random), random.choice(_EDGES)
    over = len(edge) if random.random() < 0.5 else 0
    return data[:start] + edge + data[start + over :]


def _mix(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    other = random.choice(others)
    return data[: _place(data, random)] + other[_place(other, random) :]


def _place(data: bytes, random: Random) -> int:
    """Anywhere, and as often near the start, where headers are."""
    return random.randrange(min(len(data), random.choice((200, len(data) or 1))) + 1)


_WAYS: Final[tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...]] = (
    _flip, _flip, _cut, _without, _repeat, _put, _put, _mix,
)  # fmt: skip
