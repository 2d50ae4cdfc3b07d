"""The arithmetic of a graph in words, for the head of <name>_weights.h, and the numbers that its macros give to rules."""

from typing import assert_never

from pimdeploy.datapath.formats import Overflow, Rounding
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
    Products,
    Rectify,
    Requantize,
    Select,
    Symmetry,
)

ROUNDINGS = (Rounding.FLOOR, Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.HALF_AWAY)
"""<NODE>_ROUNDING is the place in this list."""
OVERFLOWS = (Overflow.SATURATE, Overflow.WRAP)
"""<NODE>_OVERFLOW is the place in this list."""

REQUANTIZER = (
    "Requantizer: y = v / 2^SHIFT rounded (SHIFT_IS_LEFT 0) or v * 2^SHIFT (1), then overflow into [MIN, MAX]. ROUNDING",
    "  0 floor(v / 2^s); 1 half_up floor((v + 2^(s-1)) / 2^s); 2 half_even, ties to the even integer; 3 half_away, |v|",
    "  rounded half_up, then the sign. OVERFLOW 0 saturate: the nearest of [MIN, MAX]; 1 wrap: modulo 2^BITS.",
)
CONVOLUTION = (
    "Convolution: y[o][n] = bias[o] + sum over i, k of TAPS[o][i][k] * x[i'][n - DILATION * k], i' = i plus in / groups",
    "  for each group before that of o. All memory starts as zeros, at each convolution's own input.",
)
COMPLEX_CONVOLUTION = (
    "Complex convolution: the same on pairs of channels with TAPS[o][i][0 re, 1 im][k]:",
    "  I = sum re * x_I - im * x_Q, Q = sum re * x_Q + im * x_I; outputs 2 o and 2 o + 1, inputs 2 i and 2 i + 1.",
)
THREE_PRODUCTS = (
    "In three products, with the same integers: I = S1 - S3, Q = S1 + S2 of S1 = sum re * (x_I + x_Q),",
    "  S2 = sum (im - re) * x_I, S3 = sum (re + im) * x_Q; the accumulator's interval holds these and their operands, too.",
)
PIECEWISE = (
    "Piecewise-linear function, m = SEGMENT_LOG2, S = SEGMENTS: s = min(t / 2^m, S - 1) floored, r = t - s * 2^m,",
    "  y = BASES[f][s] * 2^m + SLOPES[f][s] * r; or, the same on every input,",
    "  y = BASES[f][0] * 2^m + sum over k of WEIGHTS[f][k] * max(t - k * 2^m, 0).",
)
ARGUMENTS = {
    Symmetry.ODD: "  odd: t = |a|, and y is negated where a < 0.",
    Symmetry.EVEN: "  even: t = |a|.",
    Symmetry.PLAIN: "  plain: t = a + OFFSET.",
    Symmetry.INDEX: "  index: t = a, which is not negative.",
}
CONVOLUTION_ENVELOPE = (
    "Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps",
    "at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:",
    "  up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),",
    "  [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],",
    "and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):",
)
FUNCTION_ENVELOPE = (
    "Another function is admitted where, with limits = ENVELOPE_ROWS[row], every t up to limits[0] keeps base * 2^m,",
    "slope * r and their sum in [limits[1], limits[2]], the sums of negative and of positive terms of the basis form keep to",
    "[limits[3], limits[4]], values to [limits[5], limits[6]], and neither a slope nor the difference of two neighbours is",
    "larger than LARGEST_WORD. Surely admitted, a row each (-1: none): |slopes| with base 0; |first base| with slopes 0.",
)
THREE_ENVELOPE = (
    "In three products the same holds of S1, S2 and S3 with their own taps (re; im - re; re + im) and with the inputs",
    "x_I + x_Q, x_I and x_Q, without a bias: [down, up] lies in ENVELOPE_SUMS.",
)
MULTIPLY = ("Product: channel by channel; complex, of pairs (I, Q): I = aI bI - aQ bQ, Q = aI bQ + aQ bI.",)
THREE_MULTIPLY = (
    "In three products: I = S1 - S3, Q = S1 + S2 of S1 = aI (bI + bQ), S2 = (aQ - aI) bI, S3 = (aI + aQ) bQ.",
)


def rules(graph: Graph) -> list[str]:
    """Return the lines of a comment that define what the nodes of `graph` compute, each kind once."""
    found: dict[str, None] = {}
    for node in graph.nodes:
        for line in _rule(node):
            found[line] = None
    return list(found)


def _rule(node: Node) -> tuple[str, ...]:
    match node:
        case Convolution():
            three = THREE_PRODUCTS if node.products is Products.THREE else ()
            return CONVOLUTION + (COMPLEX_CONVOLUTION if node.is_complex else ()) + three
        case Piecewise():
            return (*PIECEWISE, ARGUMENTS[node.symmetry])
        case Requantize():
            return REQUANTIZER
        case Multiply():
            return MULTIPLY + (THREE_MULTIPLY if node.products is Products.THREE else ())
        case Input() | Output() | Delay() | Magnitude() | Add() | Rectify() | Concatenate() | Select():
            return ()  # one line each where the node stands
        case _:
            assert_never(node)
