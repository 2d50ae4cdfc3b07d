"""Steps of several ONNX operators that all files write in the same way, whatever holds their numbers.

Tensors are [batch, channel, time]; a complex signal is two channels, I then Q (docs/spec/fixed_point.md).
"""

from collections.abc import Sequence

from pimdeploy.emit.onnx.graph import OnnxGraph

TO_THE_END = (1 << 63) - 1


def padded(g: OnnxGraph, x: str, samples: int) -> str:
    """Return `x` [batch, channel, time] with `samples` zeros before its first sample."""
    return x if samples == 0 else g.op("Pad", [x, g.shape(0, 0, samples, 0, 0, 0)], mode="constant")


def window(g: OnnxGraph, x: str, delay: int, memory: int, axis: int = 2) -> str:
    """Return x[n - delay] from `x` that has `memory` >= delay samples before the first."""
    if memory == 0:
        return x
    return g.op("Slice", [x, g.shape(memory - delay), g.shape(-delay or TO_THE_END), g.shape(axis)])


def block_window(g: OnnxGraph, x: str, rows: range, delay: int, memory: int, axis: int) -> str:
    """Return `window` of the rows `rows` alone, which stand on the axis before time."""
    starts, ends = g.shape(rows.start, memory - delay), g.shape(rows.stop, -delay or TO_THE_END)
    return g.op("Slice", [x, starts, ends, g.shape(axis - 1, axis)])


def total(g: OnnxGraph, terms: Sequence[str]) -> str:
    """Return the sum of `terms`, one Add after another: the Sum operator takes no integers."""
    result = terms[0]
    for term in terms[1:]:
        result = g.op("Add", [result, term])
    return result


def root(g: OnnxGraph, v: str, r: str) -> str:
    """Return floor(sqrt(v)) from `r`, which may be off by one: ONNX does not say how Sqrt rounds. Squares settle it."""
    r = g.op("Sub", [r, g.cast(g.op("Greater", [g.op("Mul", [r, r]), v]), g.dtype)])
    above = g.op("Add", [r, g.scalar(1)])
    return g.op("Add", [r, g.cast(g.op("LessOrEqual", [g.op("Mul", [above, above]), v]), g.dtype)])


def selected(g: OnnxGraph, x: str, channels: Sequence[int]) -> str:
    """Return the named channels of `x`, in the named order."""
    return g.op("Gather", [x, g.shape(*channels)], axis=1)


def part(g: OnnxGraph, x: str, which: int) -> str:
    """Return I (which = 0) or Q (1) of every pair of channels."""
    return g.op("Slice", [x, g.shape(which), g.shape(TO_THE_END), g.shape(1), g.shape(2)])


def interleaved(g: OnnxGraph, parts: Sequence[str], channels: int) -> str:
    """Return the channels of equally many `parts` in turns: of (I, Q), I0 Q0 I1 Q1 ...; `channels` in all."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) == channels:
        return g.op("Concat", parts, axis=1)
    together = g.op("Concat", [g.op("Unsqueeze", [one, g.shape(2)]) for one in parts], axis=2)
    return g.op("Reshape", [together, g.shape(0, channels, -1)])


def complex_product(g: OnnxGraph, a: str, b: str, channels: int) -> str:
    """Return a b of every pair of channels: 4 products, 2 sums."""
    a_i, a_q, b_i, b_q = (part(g, x, which) for x in (a, b) for which in (0, 1))
    in_phase = g.op("Sub", [g.op("Mul", [a_i, b_i]), g.op("Mul", [a_q, b_q])])
    quadrature = g.op("Add", [g.op("Mul", [a_i, b_q]), g.op("Mul", [a_q, b_i])])
    return interleaved(g, [in_phase, quadrature], channels)


def energy(g: OnnxGraph, x: str) -> str:
    """Return I^2 + Q^2 of every pair of channels."""
    squares = g.op("Mul", [x, x])
    return g.op("Add", [part(g, squares, 0), part(g, squares, 1)])


def alpha_beta(g: OnnxGraph, x: str, alpha: float, beta: float) -> str:
    """Return alpha max(|I|, |Q|) + beta min(|I|, |Q|) of every pair of channels."""
    sizes = g.op("Abs", [x])
    i, q = part(g, sizes, 0), part(g, sizes, 1)
    first = g.op("Greater", [i, q])
    larger, smaller = g.op("Where", [first, i, q]), g.op("Where", [first, q, i])
    return g.op("Add", [g.op("Mul", [larger, g.scalar(alpha)]), g.op("Mul", [smaller, g.scalar(beta)])])
