"""Mutations of safetensors: a JSON header of names, types, shapes and places, with its length before it."""

import json
import struct

from fuzz.mutate_bytes import EDGES, mutated_bytes
from fuzz.mutate_text import mutated_json
from fuzz.source import Source, chance, pick

DTYPES = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "I64", "I8", "U64", "BOOL", "C64", "F4", "nonsense", "")
SHAPES: tuple[list[int], ...] = ([], [0], [1], [-1], [2**32, 2**32], [2**62], [2**64], [1] * 200, [0, 2**40], [3, 5])


def _with_header(source: Source, data: bytes) -> bytes:
    (length,) = struct.unpack_from("<Q", data)
    header, body = data[8 : 8 + length], data[8 + length :]
    tree = json.loads(header)
    names = [name for name in tree if name != "__metadata__"]
    if names and chance(source, 2):
        entry = tree[pick(source, names)]
        entry = entry if isinstance(entry, dict) else {}
        offsets = [pick(source, (0, 8, len(body), len(body) + 8, 2**40, -8)) for _ in range(pick(source, (2, 2, 1, 3)))]
        for key, value in (("dtype", pick(source, DTYPES)), ("shape", pick(source, SHAPES)), ("data_offsets", offsets)):
            if chance(source, 2):
                entry[key] = value
        header = json.dumps(tree).encode()
    else:
        header = mutated_json(source, header)
    stated = pick(source, EDGES) if chance(source, 5) else len(header)
    return struct.pack("<Q", stated) + header + pick(source, (body, body, body[:-8], b"", body + bytes(8)))


def mutated_safetensors(source: Source, data: bytes) -> bytes:
    """Return the tensors `data` with another header, or other bytes."""
    try:
        (length,) = struct.unpack_from("<Q", data)
        sound = isinstance(json.loads(data[8 : 8 + length]), dict)
    except (ValueError, struct.error, RecursionError):
        sound = False
    return _with_header(source, data) if sound and not chance(source, 3) else mutated_bytes(source, data)
