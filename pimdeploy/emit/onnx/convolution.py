"""Causal convolutions of the integer ONNX files: Conv takes no int64 and ONNX Runtime's no float64, so MatMul and Mul.

Three ways to write the same sum; each is the fastest in ONNX Runtime for its sizes. A partial sum of any of them is one
that the bounds of docs/spec/datapath.md, section 4, include.
"""

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import real_taps
from pimdeploy.datapath.nodes import Convolution
from pimdeploy.emit.onnx.graph import OnnxGraph
from pimdeploy.emit.onnx.steps import block_window, total, window

WIDE = 8
"""Inputs of a group from which moving the products costs less than moving K copies of the inputs."""


def convolution(g: OnnxGraph, node: Convolution, x: str) -> str:
    """Append the sum over inputs and taps, and the bias; the result is [batch, out_channels, time].

    `x` has the `node.memory` samples before the first.
    """
    taps: NDArray[np.int64] = real_taps(node)
    inputs, outputs = taps.shape[1], taps.shape[0] // node.groups
    if inputs == outputs == 1:
        y = _by_channel(g, node, taps, x)
    elif node.kernel_length > 1 and WIDE <= inputs >= outputs:
        y = _products_first(g, node, taps, x)
    else:
        y = _stacked(g, node, taps, x)
    return y if node.bias is None else g.op("Add", [y, g.table("bias", node.bias.array[:, None])])


def _by_channel(g: OnnxGraph, node: Convolution, taps: NDArray[np.int64], x: str) -> str:
    """Depthwise: a Mul with the channels' taps for each delay; a MatMul a channel would take twice as long."""
    delays = [window(g, x, k * node.dilation, node.memory) for k in range(node.kernel_length)]
    return total(g, [g.op("Mul", [late, g.table(f"taps{k}", taps[:, :, k])]) for k, late in enumerate(delays)])


def _stacked(g: OnnxGraph, node: Convolution, taps: NDArray[np.int64], x: str) -> str:
    """Few inputs: one MatMul with the delayed inputs stacked on the channel axis, newest first."""
    groups, axis = node.groups, _time_axis(node)
    matrix = taps.transpose(0, 2, 1).reshape(groups, taps.shape[0] // groups, -1)  # [group, out, K * in]
    x = _grouped(g, node, x)
    if node.kernel_length > 1:
        delays = [window(g, x, k * node.dilation, node.memory, axis) for k in range(node.kernel_length)]
        x = g.op("Concat", delays, axis=axis - 1)
    return _ungrouped(g, node, g.op("MatMul", [g.table("taps", matrix[0] if groups == 1 else matrix), x]))


def _products_first(g: OnnxGraph, node: Convolution, taps: NDArray[np.int64], x: str) -> str:
    """Many inputs, not more outputs: one MatMul makes the products of all taps, [K * out] rows, then delay and add them."""
    groups, axis = node.groups, _time_axis(node)
    outputs = taps.shape[0] // groups
    by_tap = taps.reshape(groups, outputs, -1, node.kernel_length).transpose(0, 3, 1, 2)
    matrix = by_tap.reshape(groups, node.kernel_length * outputs, -1)  # [group, K * out, in]
    products = g.op("MatMul", [g.table("taps", matrix[0] if groups == 1 else matrix), _grouped(g, node, x)])
    rows = [range(k * outputs, (k + 1) * outputs) for k in range(node.kernel_length)]
    late = [block_window(g, products, rows[k], k * node.dilation, node.memory, axis) for k in range(node.kernel_length)]
    return _ungrouped(g, node, total(g, late))


def _time_axis(node: Convolution) -> int:
    return 2 if node.groups == 1 else 3


def _grouped(g: OnnxGraph, node: Convolution, x: str) -> str:
    """[batch, channel, time] to [batch, group, channel of the group, time]."""
    if node.groups == 1:
        return x
    return g.op("Reshape", [x, g.shape(0, node.groups, node.channels_in // node.groups, -1)])


def _ungrouped(g: OnnxGraph, node: Convolution, y: str) -> str:
    return y if node.groups == 1 else g.op("Reshape", [y, g.shape(0, node.channels_out, -1)])
