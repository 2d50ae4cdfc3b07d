"""What a node sees of the samples before a block: zeros in the files of a whole signal, a state in the streamed ones."""

import numpy as np
from numpy.typing import DTypeLike

from pimdeploy.emit.onnx.graph import OnnxGraph, State
from pimdeploy.emit.onnx.steps import TO_THE_END, padded


def with_past(g: OnnxGraph, x: str, state: State, dtype: DTypeLike | None = None) -> str:
    """Return `x` [batch, channels, time] behind the `state.samples` samples before it.

    In a streamed file these are the graph's input `state.name`, and the last of the result its output `state.next_name`:
    so many samples that the next block continues where this one ends, however short both are. dtype: the type of `x`,
    the graph's own by default.
    """
    carried = np.dtype(dtype or g.dtype)
    if state.samples == 0:
        return x
    if not g.streamed:
        return padded(g, x, state.samples)
    g.states.append(state)
    past = state.name if state.dtype == carried else g.cast(state.name, carried)
    joined = g.op("Concat", [past, x], axis=2)
    last = g.op("Slice", [joined, g.shape(-state.samples), g.shape(TO_THE_END), g.shape(2)])
    if state.dtype != carried:
        last = g.cast(last, state.dtype)
    g.call(last, state.next_name)
    return joined
