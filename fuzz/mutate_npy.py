"""Mutations of .npy: its header says what the bytes behind it are, and need not be right."""

import ast
import struct

from fuzz.mutate_bytes import mutated_bytes
from fuzz.source import Source, chance, pick

MAGIC = b"\x93NUMPY"
SHAPES = (
    *("()", "(0,)", "(1,)", "(1, 0)", "(0, 1000000000)", "(1000000000000,)", "(1, 4294967296)", "(-1,)", "(-1, 16)"),
    *(
        "(2, 2, 2)",
        "(65536, 65536, 65536, 65536)",
        "(1,) * 9",
        "(" + "1, " * 100 + ")",
        "(True,)",
        "(1.0,)",
        "5",
        "None",
    ),
    *("(9223372036854775807,)", "(9223372036854775808,)", "(" + "9" * 5000 + ",)", "((1,),)", "'a'", "()()"),
)
DTYPES = (
    *(
        "'<i4'",
        "'>i4'",
        "'<i8'",
        "'<u8'",
        "'|i1'",
        "'|b1'",
        "'<f2'",
        "'<f4'",
        "'<f8'",
        "'<f16'",
        "'<c8'",
        "'<c16'",
        "'|O'",
    ),
    *(
        "'<U4'",
        "'|S8'",
        "'<U536870911'",
        "'|S2147483647'",
        "'|V8'",
        "'|V0'",
        "'<M8[s]'",
        "'<m8'",
        "'i'",
        "'nonsense'",
        "''",
    ),
    *("[('real', '<f8'), ('imag', '<f8')]", "[('a', '<i4', (1000, 1000))]", "[]", "None", "1", "{}", "'<i4,<i4'"),
)
HEADERS = (
    *("", "{}", "[]", "None", "{'descr': '<i4'}", "{" * 5000, "(" * 5000, "__import__('os')", "1+1", "-" * 5000 + "1"),
    *(
        "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "'" * 9999,
        "\x00",
        "# -*- coding: nonsense -*-",
    ),
    "{'descr': '<i4', 'fortran_order': 7, 'shape': (1,)}",
)
VERSIONS = ((1, 0), (2, 0), (3, 0), (0, 0), (255, 255))
LENGTHS = (0, 1, 65535, 2**31, 2**32 - 1)


def _split(data: bytes) -> tuple[dict[str, str], bytes] | None:
    """Return the fields of the header of an .npy of version 1, as texts, and what lies behind it; None of none."""
    if len(data) < 10 or data[:8] != MAGIC + b"\x01\x00":
        return None
    (length,) = struct.unpack("<H", data[8:10])
    try:
        fields = ast.literal_eval(data[10 : 10 + length].decode("latin-1"))
        return {str(key): repr(value) for key, value in fields.items()}, data[10 + length :]
    except (ValueError, SyntaxError, TypeError, AttributeError, MemoryError, RecursionError):
        return None


def _joined(text: str, body: bytes, version: tuple[int, int], length: int | None) -> bytes:
    header = text.encode("latin-1", "replace")
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    size = len(header) if length is None else length
    packed = struct.pack("<H", size & 0xFFFF) if version[0] == 1 else struct.pack("<I", size)
    return MAGIC + bytes(version) + packed + header + body


def mutated_npy(source: Source, data: bytes) -> bytes:
    """Return the array `data` with another header, or other bytes."""
    found = _split(data)
    if found is None or chance(source, 3):
        return mutated_bytes(source, data)
    fields, body = found
    choices = {"shape": SHAPES, "descr": DTYPES, "fortran_order": ("True", "False", "1", "None")}
    for _ in range(source.integer(1, 2)):
        key = pick(source, ("shape", "shape", "descr", "descr", "fortran_order"))
        fields[key] = pick(source, choices[key])
    text = "{" + ", ".join(f"'{name}': {value}" for name, value in fields.items()) + ", }"
    if chance(source, 4):
        text = pick(source, HEADERS)
    version = pick(source, VERSIONS) if chance(source, 4) else (1, 0)
    length = pick(source, LENGTHS) if chance(source, 6) else None
    return _joined(text, body[: pick(source, (len(body), len(body), 0, len(body) // 2))], version, length)
