"""The datapath in Python integers of any size, written from docs/spec alone: what the ONNX files are compared with."""

import math

import numpy as np

from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Input,
    Magnitude,
    Multiply,
    Node,
    Output,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    sources_of,
)

isqrt = np.frompyfunc(math.isqrt, 1, 1)


def run_nodes(graph: Graph, x_q: np.ndarray) -> dict[str, np.ndarray]:
    """Return every node's result [channels, n_samples] for the input integers `x_q`, from reset."""
    done: dict[str, np.ndarray] = {}
    fracs: dict[str, int] = {}
    bits: dict[str, int] = {}
    for node in graph.nodes:
        if isinstance(node, Input):
            y, frac = x_q.astype(object), node.format.frac
        else:
            operands = [(done[source], fracs[source]) for source in sources_of(node)]
            y, frac = result(node, operands, bits.get(sources_of(node)[0], 0))
        done[node.name], fracs[node.name] = y, frac
        if isinstance(node, Input | Requantize):
            bits[node.name] = node.format.bits
        elif isinstance(node, Delay | Select):  # hand their source's format on
            bits[node.name] = bits.get(node.source, 0)
    return {name: y.astype(np.int64) for name, y in done.items()}


def result(node: Node, operands: list[tuple[np.ndarray, int]], bits: int) -> tuple[np.ndarray, int]:
    """Return the integers and the frac of `node`. bits: of its source's format, where a requantizer or the input set it."""
    x, frac = operands[0]
    match node:
        case Convolution():
            return convolve(node, x), frac + node.taps_format.frac
        case Piecewise():
            return piecewise(node, x, bits), frac + node.slopes_format.frac
        case Delay():
            return np.stack([delayed(row, node.samples) for row in x]), frac
        case Magnitude():
            return magnitude(node, x), magnitude_frac(node, frac)
        case Multiply():
            other, other_frac = operands[1]
            return complex_product(x, other) if node.is_complex else x * other, frac + other_frac
        case Add():
            aligned, frac = align(operands)
            return sum(aligned[1:], aligned[0]), frac
        case Concatenate():
            aligned, frac = align(operands)
            return np.concatenate(aligned), frac
        case Rectify(slope_log2=None):
            return np.maximum(x, 0), frac
        case Rectify(slope_log2=k):
            return np.where(x >= 0, x * 2**k, x), frac + k
        case Select():
            return x[list(node.channels)], frac
        case Requantize():
            return requantize(node, x, frac - node.format.frac), node.format.frac
        case Output():
            return x, frac
        case _:
            raise AssertionError(node)


def align(operands: list[tuple[np.ndarray, int]]) -> tuple[list[np.ndarray], int]:
    largest = max(frac for _, frac in operands)
    return [x * 2 ** (largest - frac) for x, frac in operands], largest


def delayed(x: np.ndarray, samples: int) -> np.ndarray:
    return np.concatenate([np.zeros(samples, dtype=object), x])[: len(x)]


def complex_product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    y = np.zeros_like(a)
    y[0::2] = a[0::2] * b[0::2] - a[1::2] * b[1::2]
    y[1::2] = a[0::2] * b[1::2] + a[1::2] * b[0::2]
    return y


def magnitude(node: Magnitude, x: np.ndarray) -> np.ndarray:
    i, q = abs(x[0::2]), abs(x[1::2])
    match node.magnitude.value:
        case "sqrt":
            return isqrt(i * i + q * q)
        case "square":
            return i * i + q * q
        case "alpha_beta":
            return node.alpha * np.maximum(i, q) + node.beta * np.minimum(i, q)
        case other:
            raise AssertionError(other)


def magnitude_frac(node: Magnitude, frac: int) -> int:
    return {"sqrt": frac, "square": 2 * frac, "alpha_beta": frac + node.coefficients_frac}[node.magnitude.value]


def convolve(node: Convolution, x: np.ndarray) -> np.ndarray:
    taps = node.taps.array.astype(object)
    out, per_group, kernel = taps.shape[0], taps.shape[1], taps.shape[-1]
    y = np.zeros((node.channels_out, x.shape[1]), dtype=object)
    for o in range(out):
        first = o // (out // node.groups) * per_group
        for i in range(per_group):
            for k in range(kernel):
                if node.is_complex:
                    re, im = taps[o, i, 0, k], taps[o, i, 1, k]
                    x_i, x_q = (delayed(x[2 * (first + i) + part], node.dilation * k) for part in (0, 1))
                    y[2 * o] += re * x_i - im * x_q
                    y[2 * o + 1] += re * x_q + im * x_i
                else:
                    y[o] += taps[o, i, k] * delayed(x[first + i], node.dilation * k)
    return y if node.bias is None else y + node.bias.array.astype(object)[:, None]


def piecewise(node: Piecewise, a: np.ndarray, bits: int) -> np.ndarray:
    """The basis form, with weights taken as differences of the slopes."""
    tables, first = node.slopes.shape[0] // node.outputs, node.first_bases
    y = np.zeros((a.shape[0] * node.outputs, a.shape[1]), dtype=object)
    for channel in range(a.shape[0]):
        t = a[channel]
        if node.symmetry.value == "plain":
            assert bits, "the oracle knows the format of a plain function's argument behind a requantizer only"
            t = t + 2 ** (bits - 1)
        elif node.symmetry.value != "index":
            t = abs(t)
        for j in range(node.outputs):
            row = channel * tables // a.shape[0] * node.outputs + j
            f = np.zeros_like(t) + (0 if first is None else int(first.array[row]) << node.segment_log2)
            previous = 0
            for k, slope in enumerate(node.slopes.array[row].tolist()):
                f += (slope - previous) * np.maximum(t - (k << node.segment_log2), 0)
                previous = slope
            y[channel * node.outputs + j] = np.where(a[channel] < 0, -f, f) if node.symmetry.value == "odd" else f
    return y


def rounded(q: np.ndarray, shift: int, rounding: str) -> np.ndarray:
    """fixed_point.md, section 3, for x = q / 2^shift."""
    one, two = 1 << shift, 2 << shift  # 1 and 2 on the grid of q
    match rounding:
        case "floor":
            return q // one
        case "half_up":
            return (2 * q + one) // two
        case "half_even":
            floor, rest = q // one, 2 * (q % one)
            return floor + ((rest > one) | ((rest == one) & (floor % 2 == 1))).astype(object)
        case "half_away":
            return np.where(q < 0, -1, 1).astype(object) * ((2 * abs(q) + one) // two)
        case other:
            raise AssertionError(other)


def requantize(node: Requantize, q: np.ndarray, shift: int) -> np.ndarray:
    v = rounded(q, shift, node.rounding.value) if shift > 0 else q * (1 << -shift)
    least = -(1 << (node.format.bits - 1)) if node.format.signed else 0
    span = 1 << node.format.bits
    if node.overflow.value == "wrap":
        return (v - least) % span + least
    return np.minimum(np.maximum(v, least), least + span - 1)


def run_float(graph: Graph, real_tables: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the unquantized output [channels, n_samples] in float64 for the real input `x`."""
    done: dict[str, np.ndarray] = {}
    grid: dict[str, tuple[int, int]] = {}
    for node in graph.nodes:
        operands = [done[source] for source in sources_of(node)]
        done[node.name] = x if isinstance(node, Input) else _real_result(node, operands, real_tables, grid)
        if isinstance(node, Input | Requantize):
            grid[node.name] = (node.format.bits, node.format.frac)
    return done[graph.output.name]


def _real_result(node: Node, operands: list[np.ndarray], real_tables: dict, grid: dict) -> np.ndarray:
    x = operands[0]
    match node:
        case Convolution():
            return _convolve_float(node, real_tables, x)
        case Piecewise():
            return _piecewise_float(node, real_tables, x, *grid[node.source])
        case Delay():
            return np.pad(x, [(0, 0), (node.samples, 0)])[:, : x.shape[1]]
        case Magnitude():
            i, q = abs(x[0::2]), abs(x[1::2])
            combined = node.alpha * np.maximum(i, q) + node.beta * np.minimum(i, q)
            kinds = {"sqrt": np.hypot(i, q), "square": i**2 + q**2, "alpha_beta": combined / 2**node.coefficients_frac}
            return kinds[node.magnitude.value]
        case Multiply():
            if not node.is_complex:
                return x * operands[1]
            product = (x[0::2] + 1j * x[1::2]) * (operands[1][0::2] + 1j * operands[1][1::2])
            return np.stack([product.real, product.imag], axis=1).reshape(x.shape)
        case Add():
            return sum(operands[1:], x)
        case Concatenate():
            return np.concatenate(operands)
        case Rectify():
            return np.where(x >= 0, x, x * (0.0 if node.slope_log2 is None else 2.0**-node.slope_log2))
        case Select():
            return x[list(node.channels)]
        case _:
            return x


def _piecewise_float(node: Piecewise, real_tables: dict, a: np.ndarray, bits: int, frac: int) -> np.ndarray:
    """A plain function's argument saturates at the ends of its format; right of the last knot the last segment goes on."""
    width, half = 2.0 ** (node.segment_log2 - frac), 2.0 ** (bits - 1 - frac)
    t = {"odd": abs(a), "even": abs(a), "plain": np.clip(a, -half, half) + half, "index": a}[node.symmetry.value]
    slopes = real_tables[f"{node.name}.slopes"]
    first = real_tables.get(f"{node.name}.first_bases", np.zeros(len(slopes)))
    tables = len(slopes) // node.outputs
    y = np.zeros((a.shape[0] * node.outputs, a.shape[1]))
    for o in range(len(y)):
        channel, j = divmod(o, node.outputs)
        row = channel * tables // a.shape[0] * node.outputs + j
        weights = np.diff(slopes[row], prepend=0.0)
        y[o] = first[row] + sum(w * np.maximum(t[channel] - k * width, 0) for k, w in enumerate(weights))
    return y * np.repeat(np.sign(a), node.outputs, axis=0) if node.symmetry.value == "odd" else y


def _convolve_float(node: Convolution, real_tables: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    taps = real_tables[f"{node.name}.taps"]
    if node.is_complex:
        x, taps = x[0::2] + 1j * x[1::2], taps[:, :, 0] + 1j * taps[:, :, 1]
    out, per_group, kernel = taps.shape
    y = np.zeros((out, x.shape[1]), dtype=taps.dtype)
    spread = np.zeros((out, per_group, node.dilation * (kernel - 1) + 1), dtype=taps.dtype)
    spread[:, :, :: node.dilation] = taps
    for o in range(out):
        for i in range(per_group):
            y[o] += np.convolve(x[o // (out // node.groups) * per_group + i], spread[o, i])[: x.shape[1]]
    if node.is_complex:
        y = np.stack([y.real, y.imag], axis=1).reshape(2 * out, -1)
    return y if node.bias is None else y + real_tables[f"{node.name}.bias"][:, None]
