"""What prepared the samples, for <name>_weights.h: constants of the capture and the receive filter, exact and as integers."""

import json
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.formats import bits_for
from pimdeploy.datapath.model import Model
from pimdeploy.emit.c.placement import Placement
from pimdeploy.emit.c.tables import array, filled, literal, safe

FILTER_BITS = 32
"""Word length of the receive filter's taps as integers."""


def context_lines(model: Model) -> list[str]:
    """Return, for a comment, the constants of the capture's preparation and the receive filter's taps, exactly."""
    lines = [f"fs_hz {model.fs_hz!r}"]
    for key in sorted(model.preprocessing):
        value = json.dumps(model.preprocessing[key], sort_keys=True, default=_plain)
        lines += [safe(part) for part in filled([f"{key} {value}"])]
    taps = [f"({float(tap.real)!r}, {float(tap.imag)!r})" for tap in model.receive_filter]
    lines.append(f"receive filter H: {len(taps)} taps as (re, im), the first meets the newest sample")
    return lines + (filled(taps, "  ") if taps else [])


def context_macros(model: Model, upper: str) -> list[str]:
    """Return the macros of every number among the constants: integers as they are, others as MANTISSA * 2^LOG2, exact."""
    constants = {"fs_hz": float(model.fs_hz), **{key: model.preprocessing[key] for key in sorted(model.preprocessing)}}
    lines = []
    for key, value in constants.items():
        name = f"{upper}_CAPTURE_{re.sub(r'[^A-Z0-9]', '_', key.upper())}"
        lines += _macros(name, value.item() if isinstance(value, np.generic) else value)
    return list(dict.fromkeys(lines))


def _macros(name: str, value: Any) -> list[str]:  # noqa: ANN401  (whatever preparation noted)
    if isinstance(value, int) and bits_for(int(value), int(value)) <= 64:
        return [f"#define {name} {literal(int(value))}"]
    if not isinstance(value, float) or not math.isfinite(value):
        return []
    mantissa, denominator = value.as_integer_ratio()
    log2 = 1 - denominator.bit_length()
    if bits_for(mantissa, mantissa) > 64:
        return []
    shown = f"({log2})" if log2 < 0 else str(log2)
    return [f"#define {name}_MANTISSA {literal(mantissa)}", f"#define {name}_LOG2 {shown}"]


def receive_filter(model: Model, upper: str, place: Placement) -> list[str]:
    """Return the receive filter's taps as integers: RE, and IM where there is one, with their common fraction bits."""
    taps = model.receive_filter
    if not taps.size:
        return []
    name = f"{upper}_RECEIVE_FILTER"
    frac = _filter_frac(float(max(np.abs(taps.real).max(), np.abs(taps.imag).max())))
    parts = {"RE": taps.real} | ({"IM": taps.imag} if taps.imag.any() else {})
    return [
        f"#define {name}_LENGTH {taps.size}",
        f"#define {name}_FRAC {frac if frac >= 0 else f'({frac})'}",
        *(array(f"{name}_{part}", _rounded(values, frac), "int32_t", place, upper) for part, values in parts.items()),
    ]


def _filter_frac(largest: float) -> int:
    """Return the most fraction bits with which `largest`, rounded, still fits the word length."""
    if largest == 0.0:
        return FILTER_BITS - 1
    frac = FILTER_BITS - 1 - math.frexp(largest)[1]
    return frac if math.floor(math.ldexp(largest, frac) + 0.5) < 1 << (FILTER_BITS - 1) else frac - 1


def _rounded(values: NDArray[np.float64], frac: int) -> NDArray[np.int64]:
    return np.floor(np.ldexp(values, frac) + 0.5).astype(np.int64)


def _plain(value: Any) -> Any:  # noqa: ANN401  (whatever JSON does not know: NumPy's scalars and arrays, complex)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, complex):
        return [value.real, value.imag]
    return str(value)
