"""Integers, tables and comments as they are written in C."""

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import bits_for
from pimdeploy.emit.c.placement import Placement, placed_array

WIDTH = 116


def literal(value: int) -> str:
    """Return an integer as a C constant expression; the most negative ones have no literal of their own."""
    if value == -(1 << 63):
        return "(-INT64_C(9223372036854775807) - 1)"
    if bits_for(value, value) > 32:
        return f"INT64_C({value})"
    if value == -(1 << 31):
        return "(-INT32_C(2147483647) - 1)"
    if bits_for(value, value) > 16:
        return f"INT32_C({value})"
    return f"({value})" if value < 0 else str(value)


def stored_bits(bits: int) -> int:
    """Return the width of the smallest C integer type for words of `bits` bits, signed: 8, 16, 32 or 64."""
    return next(width for width in (8, 16, 32, 64) if bits <= width)


def word_type(bits: int) -> str:
    """Return the C type of a table whose words have `bits` bits, signed."""
    return f"int{stored_bits(bits)}_t"


def lookup_type(bits: int) -> str:
    """Return the C type of a table of words of `bits` bits that is read by index."""
    return f"PIM_TABLE{stored_bits(bits)}" if bits <= 16 else word_type(bits)


def largest_bits(values: NDArray[np.int64]) -> int:
    """Return the bits that every one of `values`, and its negative, needs."""
    reach = int(np.abs(values).max(initial=0))
    return bits_for(-reach, reach)


def array(name: str, values: NDArray[np.int64], kind: str, place: Placement, upper: str) -> str:
    """Return the definition of a constant C array, rows together in a line as far as they fit."""
    shape = "".join(f"[{size}]" for size in values.shape)
    head = f"{kind} {name}{shape}"
    return placed_array(place, upper, name, head, _nested(values, 0, len(f"static const {head} = ")))


def _nested(values: NDArray[np.int64], depth: int, used: int) -> str:
    """Return the braces of `values`; on their first line `used` characters stand already."""
    pad = "    " * (depth + 1)
    line = _flat(values)
    if len(line) + used < WIDTH:
        return line
    if values.ndim == 1:
        items = [_item(int(v)) for v in values]
        return "{\n" + "\n".join(filled(items, pad)) + "\n" + "    " * depth + "}"
    if values[0].size == 1:
        return "{\n" + "\n".join(filled([_flat(row) for row in values], pad)) + "\n" + "    " * depth + "}"
    rows = ",\n".join(f"{pad}{_nested(row, depth + 1, len(pad))}" for row in values)
    return "{\n" + rows + "\n" + "    " * depth + "}"


def _flat(values: NDArray[np.int64]) -> str:
    return "{" + ", ".join(_flat(row) if row.ndim else _item(int(row)) for row in values) + "}"


def _item(value: int) -> str:
    return str(value) if abs(value) < 1 << 31 else literal(value)


def filled(items: list[str], pad: str = "") -> list[str]:
    """Return `items`, separated by commas, in lines of at most `WIDTH` characters that begin with `pad`."""
    lines, line = [], pad
    for item in items:
        if len(line) + len(item) + 2 > WIDTH and line != pad:
            lines.append(line.rstrip())
            line = pad
        line += f"{item}, "
    return [*lines, line.rstrip().rstrip(",")]


def comment(*lines: str) -> str:
    """Return `lines` as a C comment of their own."""
    return "/*\n" + "".join(f" * {safe(line)}\n" for line in lines) + " */"


def safe(text: str) -> str:
    """Return `text` as it may stand inside a C comment: ASCII, and nothing that ends or opens one."""
    plain = text.encode("ascii", "backslashreplace").decode()
    return plain.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?").rstrip("\\")
