"""A small writer of compound files (MS-CFB), in which Outlook keeps its items."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

Tree = Mapping[str, "bytes | Tree"]

_SECTOR, _SMALL_SECTOR, _SMALL = 512, 64, 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_ROOT, _STORAGE, _STREAM = 5, 1, 2


class _Chains:
    """Sectors of one size, and for each the number of the one that follows it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.sectors: list[bytes] = []
        self.next: list[int] = []

    def store(self, data: bytes, free: bool = False) -> int:
        first = len(self.sectors)
        parts = [data[i : i + self.size].ljust(self.size, b"\0") for i in range(0, len(data), self.size)]
        self.sectors += parts
        self.next += (
            [_FREE] * len(parts) if free else [*range(first + 1, first + len(parts)), _END][: len(parts)]
        )
        return first if parts else _END

    def table(self) -> bytes:
        return struct.pack(f"<{len(self.next)}L", *self.next)


@dataclass
class _Entry:
    name: str
    kind: int
    start: int = _END
    size: int = 0
    right: int = _NONE
    child: int = _NONE

    def written(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        links = (_NONE, self.right, self.child)
        return struct.pack(
            "<64sH2B3L16x4x16xLQ", name, len(name), self.kind, 1, *links, self.start, self.size
        )


def compound(tree: Tree, left_over: bytes = b"") -> bytes:
    """A file of streams and folders. `left_over` stands in sectors that are marked as free."""
    large, small = _Chains(_SECTOR), _Chains(_SMALL_SECTOR)
    entries: list[_Entry] = []

    def add(name: str, kind: int, node: "bytes | Tree") -> int:
        entry, place = _Entry(name, kind), len(entries)
        entries.append(entry)
        if isinstance(node, bytes):
            entry.start, entry.size = (small if len(node) < _SMALL else large).store(node), len(node)
            return place
        last = None
        for child, inner in node.items():
            number = add(child, _STREAM if isinstance(inner, bytes) else _STORAGE, inner)
            if last is None:
                entry.child = number
            else:
                last.right = number
            last = entries[number]
        return place

    add("Root Entry", _ROOT, tree)
    contents = b"".join(small.sectors)
    entries[0].start, entries[0].size = large.store(contents), len(contents)
    directory = large.store(
        b"".join(e.written() for e in entries) + _Entry("", 0).written() * (-len(entries) % 4)
    )
    small_table = large.store(small.table().ljust(-(-len(small.next) // 128) * _SECTOR, b"\xff"))
    large.store(left_over, free=True)
    count = 1
    while len(large.next) + count > count * _SECTOR // 4:
        count += 1
    places = range(len(large.next), len(large.next) + count)
    large.next += [_FAT] * count
    table = large.table().ljust(count * _SECTOR, b"\xff")
    head = struct.pack(
        "<8s16x5H6x9L", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6, 0, count, directory, 0, _SMALL,
        small_table, -(-len(small.next) // 128), _END, 0,
    )  # fmt: skip
    return (
        (head + struct.pack(f"<{count}L", *places)).ljust(_SECTOR, b"\xff") + b"".join(large.sectors) + table
    )
