"""A gzip file that unpacks to itself, made as Russ Cox explains in "Zip Files All The Way Down" (2010).

A Lempel-Ziv stream is a program of two orders: print what follows, and print again what was printed last.
With both of one length, 5 bytes, a program can be written whose print-out is the program. The checksum at its
end is among what it prints; CRC-32 is linear over bits, so the one that is its own checksum can be solved for.
"""

import struct
import zlib

_HEAD = b"\x1f\x8b\x08\x08" + bytes(4) + b"\x00\x03" + b"r\0"
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"
_ORDER = 5


def quine() -> bytes:
    size = len(_program(bytes(8)))
    plain = _crc(0, size)
    columns = [_crc(1 << bit, size) ^ plain for bit in range(32)]
    return _program(struct.pack("<2L", _fixed_point(columns, plain), size))


def _program(checks: bytes) -> bytes:
    tail = _LAST_BLOCK + checks
    head_again, tail_again = len(_HEAD) + _ORDER, len(tail) + _ORDER
    say_head, one, four, none = (_print(n) for n in (head_again, _ORDER, 4 * _ORDER, 0))
    last_four, last_head, last_tail = _repeat(4 * _ORDER), _repeat(head_again), _repeat(tail_again)
    return b"".join(
        [
            _HEAD, say_head, _HEAD, say_head, last_head, one, last_head, one, one,
            four, last_head, one, one, four, last_four,
            four, last_four, four, last_four, four, last_four,
            four, last_four, none, none, _print(tail_again),
            last_four, none, none, _print(tail_again), last_tail, tail, last_tail, tail,
        ]
    )  # fmt: skip


def _print(size: int) -> bytes:
    """The head of a stored block (RFC 1951, 3.2.4): the next `size` bytes are printed as they stand."""
    return struct.pack("<B2H", 0, size, size ^ 0xFFFF)


def _repeat(size: int) -> bytes:
    """Print the last 17 to 20 bytes again: a block of fixed codes with two copies, which fills 40 bits."""
    code, rest = (8, size - 17) if size < 25 else (9, size - 25)
    bits = "010"  # not the last block, fixed codes: 0, then 01 from its lowest bit
    for length in (10, size - 10):
        bits += f"{length - 2:07b}" + f"{code:05b}" + f"{rest:03b}"[::-1]
    bits += "0000000"
    assert len(bits) == 8 * _ORDER
    return bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))


def _crc(check: int, size: int) -> int:
    return zlib.crc32(_program(struct.pack("<2L", check, size)))


def _fixed_point(columns: list[int], plain: int) -> int:
    """The x for which `plain` and the columns of x's bits add up to x, by elimination over two elements."""
    rows = [(columns[bit] ^ (1 << bit), 1 << bit) for bit in range(32)]
    pivots: list[tuple[int, int]] = []
    for value, made in rows:
        for pivot, by in pivots:
            if value ^ pivot < value:
                value, made = value ^ pivot, made ^ by
        if value:
            pivots.append((value, made))
    left, answer = plain, 0
    for pivot, by in sorted(pivots, reverse=True):
        if left ^ pivot < left:
            left, answer = left ^ pivot, answer ^ by
    assert left == 0
    return answer
