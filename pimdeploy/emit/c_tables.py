"""Integers, tables and comments as they are written in C."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import bits_for
from pimdeploy.datapath.model import Model

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


def small_type(values: NDArray[np.int64]) -> str:
    """Return the smallest C integer type that holds all `values` and their negatives."""
    reach = int(np.abs(values).max(initial=0))
    needed = bits_for(-reach, reach)
    return next(f"int{bits}_t" for bits in (8, 16, 32, 64) if needed <= bits)


def lookup_type(values: NDArray[np.int64]) -> str:
    """Return the C type of a table that is read by index."""
    kind = small_type(values)
    return "pim_table16" if kind in ("int8_t", "int16_t") else kind


def array(name: str, values: NDArray[np.int64], kind: str) -> str:
    """Return the definition of a constant C array, a row of the last dimension starting on a line of its own."""
    shape = "".join(f"[{size}]" for size in values.shape)
    return f"static const {kind} {name}{shape} = {_nested(values, 0)};"


def _nested(values: NDArray[np.int64], depth: int) -> str:
    pad = "    " * (depth + 1)
    if values.ndim == 1:
        items = [_item(int(v)) for v in values]
        line = "{" + ", ".join(items) + "}"
        if len(line) + len(pad) <= WIDTH:
            return line
        return "{\n" + "\n".join(_filled(items, pad)) + "\n" + "    " * depth + "}"
    rows = ",\n".join(f"{pad}{_nested(row, depth + 1)}" for row in values)
    return "{\n" + rows + "\n" + "    " * depth + "}"


def _item(value: int) -> str:
    return str(value) if abs(value) < 1 << 31 else literal(value)


def _filled(items: list[str], pad: str) -> list[str]:
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


def context_lines(model: Model) -> list[str]:
    """Return, for a comment, what prepared the samples: the capture's constants and the receive filter's taps."""
    lines = [f"fs_hz {model.fs_hz!r}"]
    for key in sorted(model.preprocessing):
        value = json.dumps(model.preprocessing[key], sort_keys=True, default=_plain)
        lines += [safe(part) for part in _filled([f"{key} {value}"], "")]
    taps = [f"({float(tap.real)!r}, {float(tap.imag)!r})" for tap in model.receive_filter]
    lines.append(f"receive filter H: {len(taps)} taps as (re, im), the first meets the newest sample")
    return lines + (_filled(taps, "  ") if taps else [])


def _plain(value: Any) -> Any:  # noqa: ANN401  (whatever JSON does not know: NumPy's scalars and arrays, complex)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, complex):
        return [value.real, value.imag]
    return str(value)
