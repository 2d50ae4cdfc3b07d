"""Mutations of bytes, whatever they mean: what any damaged disk, transfer or editor does, and a little more."""

from collections.abc import Callable

from fuzz.hostile import BYTES
from fuzz.source import Source, chance, pick

LARGEST = 1 << 20
"""Bytes that no mutation makes a file longer than: the files that are tried stay small."""
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, (1 << 63) - 1, 1 << 63)
"""Unsigned integers at the edges of their types."""
NEAR = 128
"""Bytes at the head and at the end of a file that are changed more often: there formats keep what matters."""

Mutator = Callable[[Source, bytes], bytes]


def place(source: Source, length: int) -> int:
    """Return a place in a file of `length` bytes, its end included."""
    match source.integer(0, 2):
        case 0:
            return source.integer(0, min(length, NEAR))
        case 1:
            return source.integer(max(length - NEAR, 0), length)
        case _:
            return source.integer(0, length)


def overwritten(source: Source, data: bytes) -> bytes:
    """Return `data` with an integer at the edge of its type, or hostile bytes, in the place of what is there."""
    at, width = place(source, len(data)), pick(source, (1, 2, 4, 8))
    number = (pick(source, EDGES) & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    new = pick(source, (number, number[::-1], pick(source, BYTES)))
    return data[:at] + new + data[at + len(new) :]


def flipped(source: Source, data: bytes) -> bytes:
    """Return `data` with a few bits flipped."""
    changed = bytearray(data)
    for _ in range(source.integer(1, 8) if data else 0):
        changed[min(place(source, len(changed)), len(changed) - 1)] ^= 1 << source.integer(0, 7)
    return bytes(changed)


def cut(source: Source, data: bytes) -> bytes:
    """Return `data` that ends early, or begins late, or has a piece taken out."""
    start, stop = sorted((place(source, len(data)), place(source, len(data))))
    return pick(source, (data[:start], data[stop:], data[:start] + data[stop:]))


def spliced(source: Source, data: bytes) -> bytes:
    """Return `data` with hostile bytes, or a piece of itself, put in."""
    at, start, stop = (place(source, len(data)) for _ in range(3))
    new = data[start:stop] if chance(source, 2) else pick(source, BYTES)
    return (data[:at] + new * pick(source, (1, 1, 2, 100)) + data[at:])[:LARGEST]


def other_bytes(source: Source, data: bytes) -> bytes:
    """Return hostile bytes in the place of all of `data`."""
    del data
    return pick(source, BYTES)


def mutated_bytes(source: Source, data: bytes) -> bytes:
    """Return `data` changed somewhere, or made something else."""
    return pick(source, (overwritten, flipped, cut, spliced, overwritten, flipped, cut, spliced, other_bytes))(
        source, data
    )
