"""The datapath in Python integers of any size, written from docs/spec alone: what the ONNX files are compared with."""

import numpy as np

from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.nodes import Convolution, Input, Output, Piecewise, Requantize


def run_nodes(graph: Graph, x_q: np.ndarray) -> dict[str, np.ndarray]:
    """Return every node's result [channels, n_samples] for the input integers `x_q`, from reset."""
    done: dict[str, np.ndarray] = {}
    fracs: dict[str, int] = {}
    for node in graph.nodes:
        if isinstance(node, Input):
            y, frac = x_q.astype(object), node.format.frac
        elif isinstance(node, Convolution):
            y, frac = convolve(node, done[node.source]), fracs[node.source] + node.taps_format.frac
        elif isinstance(node, Piecewise):
            y, frac = piecewise(node, done[node.source]), fracs[node.source] + node.slopes_format.frac
        elif isinstance(node, Requantize):
            y, frac = requantize(node, done[node.source], fracs[node.source] - node.format.frac), node.format.frac
        else:
            assert isinstance(node, Output)
            y, frac = done[node.source], fracs[node.source]
        done[node.name], fracs[node.name] = y, frac
    return {name: y.astype(np.int64) for name, y in done.items()}


def delayed(x: np.ndarray, samples: int) -> np.ndarray:
    return np.concatenate([np.zeros(samples, dtype=object), x])[: len(x)]


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


def piecewise(node: Piecewise, a: np.ndarray) -> np.ndarray:
    """The paper's basis form, with weights taken as differences of the slopes."""
    y = np.zeros_like(a)
    for channel in range(a.shape[0]):
        previous = 0
        for k, slope in enumerate(node.slopes.array[0 if node.shared else channel].tolist()):
            knot = k << node.segment_log2
            right, left = np.maximum(a[channel] - knot, 0), np.maximum(-a[channel] - knot, 0)
            y[channel] += (slope - previous) * (right - left)
            previous = slope
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
    fracs: dict[str, int] = {}
    for node in graph.nodes:
        if isinstance(node, Input):
            done[node.name] = x
        elif isinstance(node, Convolution):
            done[node.name] = _convolve_float(node, real_tables, done[node.source])
        elif isinstance(node, Piecewise):
            width = 2.0 ** (node.segment_log2 - fracs[node.source])
            slopes = real_tables[f"{node.name}.slopes"]
            a = done[node.source]
            table = np.broadcast_to(np.diff(slopes, axis=1, prepend=0.0), (a.shape[0], slopes.shape[1]))
            bases = [np.maximum(a - k * width, 0) - np.maximum(-a - k * width, 0) for k in range(slopes.shape[1])]
            done[node.name] = sum(table[:, k, None] * basis for k, basis in enumerate(bases))
        else:
            done[node.name] = done[node.source]
        if isinstance(node, Input | Requantize):
            fracs[node.name] = node.format.frac
    return done[graph.output.name]


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
