"""Mutations of MATLAB version 5 files: elements of a type and a length, within each other and compressed."""

import struct
import zlib

from fuzz.mutate_bytes import EDGES, LARGEST, mutated_bytes
from fuzz.source import Source, chance, pick

HEADER_BYTES = 128
COMPRESSED = 15
TYPES = (0, 1, 2, 5, 6, 7, 9, 12, 13, 14, 15, 16, 17, 18, 0x10000, 0x40005, 0xFFFF)


def _elements(data: bytes) -> list[bytes]:
    """Return the elements behind the header, each with its tag, compressed ones unpacked."""
    found, at = [], HEADER_BYTES
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<2I", data, at)
        element = data[at : at + 8 + length]
        found.append(zlib.decompressobj().decompress(element[8:], LARGEST) if kind == COMPRESSED else element)
        at += 8 + length
    return found


def _packed(element: bytes) -> bytes:
    content = zlib.compress(element)
    return struct.pack("<2I", COMPRESSED, len(content)) + content


def _with_tags(source: Source, element: bytes) -> bytes:
    """Return `element` with words of its head changed: tags, flags, shape and name of an array lie in its first bytes."""
    changed = bytearray(element)
    for _ in range(source.integer(1, 3)):
        at = 4 * source.integer(0, max(min(len(element) // 4, 20) - 1, 0))
        value = pick(source, (source.integer(0, 255), pick(source, TYPES), pick(source, EDGES))) & 0xFFFF_FFFF
        changed[at : at + 4] = struct.pack("<I", value)
    return bytes(changed)


def mutated_mat5(source: Source, data: bytes) -> bytes:
    """Return the MATLAB file `data` with an array's head, or any bytes, changed."""
    try:
        elements = _elements(data)
    except (struct.error, zlib.error):
        elements = []
    if not elements or chance(source, 3):
        return mutated_bytes(source, data)
    at = source.integer(0, len(elements) - 1)
    elements[at] = pick(source, (_with_tags, _with_tags, mutated_bytes))(source, elements[at])
    if chance(source, 4):
        elements.append(pick(source, elements))
    packed = chance(source, 2)
    return data[:HEADER_BYTES] + b"".join(_packed(element) if packed else element for element in elements)
