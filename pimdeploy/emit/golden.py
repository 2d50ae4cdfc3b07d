"""Golden vectors: a stimulus, the output it must give, and every node's output for a short prefix.

They are computed by the firmware reference (firmware_ref), not by anything that an emitter uses.
"""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firmware_ref.reference import Reference
from pimdeploy.datapath import graph as graphs
from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.formats import QFormat
from pimdeploy.datapath.model import Model

IntArray = NDArray[np.int64]


def quantize_stimulus(x: NDArray[np.complex128], fmt: QFormat) -> IntArray:
    """Return complex samples [n_tx, n] as integers [2 n_tx, n] (I0, Q0, ...): HALF_UP, saturated (fixed_point.md, 1)."""
    planes = np.stack([x.real, x.imag], axis=1).reshape(2 * x.shape[0], x.shape[1])
    return np.clip(np.floor(planes * 2.0**fmt.frac + 0.5), fmt.min_q, fmt.max_q).astype(np.int64)


def emit_golden(model: Model, stimulus_q: IntArray, nodes_samples: int) -> dict[str, bytes]:
    """Return golden/: stimulus and expected output as .npy and .hex, and nodes.npz for the first `nodes_samples`.

    stimulus_q: [channels, n_samples] within the input's format. Arrays are int32, [channel, sample]. A .hex file has a
    word a line, channels interleaved sample by sample, two's complement; its first line states the format.
    """
    data = json.loads(graphs.to_json(model.graph))
    expected_q = Reference(data, graphs.tables(model.graph)).process(stimulus_q)
    nodes = Reference(data, graphs.tables(model.graph)).trace(stimulus_q[:, :nodes_samples])
    output = propagate(model.graph)[model.graph.output.name].format
    return {
        "golden/stimulus.npy": _npy(stimulus_q),
        "golden/expected.npy": _npy(expected_q),
        "golden/stimulus.hex": hex_words(stimulus_q, model.graph.input.format),
        "golden/expected.hex": hex_words(expected_q, output),
        "golden/nodes.npz": npz_bytes({name: narrowest(values) for name, values in nodes.items()}),
    }


def _npy(array: IntArray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array.astype(np.int32), allow_pickle=False)
    return stream.getvalue()


def narrowest(values: IntArray, least: int = 32) -> NDArray[np.signedinteger]:
    """Return `values` in the smallest integer type of at least `least` bits that holds all: 16, 32 or 64."""
    reach = (int(values.min(initial=0)), int(values.max(initial=0)))
    for kind in (np.int16, np.int32):
        limits = np.iinfo(kind)
        if limits.bits >= least and limits.min <= reach[0] and reach[1] <= limits.max:
            return values.astype(kind)
    return values


def npz_bytes(arrays: Mapping[str, NDArray[np.signedinteger]]) -> bytes:
    """Return integer arrays as the bytes of an .npz file, the same bytes for the same arrays."""
    stream = io.BytesIO()
    # Without allow_pickle, which older NumPy takes for one more array: integers are never pickled.
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def hex_words(array_q: IntArray, fmt: QFormat) -> bytes:
    """Return integers of `fmt`, [channel, sample], as text that $readmemh takes: a word a line, channels interleaved."""
    digits = (fmt.bits + 3) // 4
    words = (array_q.T.reshape(-1) & ((1 << fmt.bits) - 1)).tolist()
    head = f"// {fmt}, {array_q.shape[0]} channels interleaved, {array_q.shape[1]} samples\n"
    return (head + "\n".join(f"{word:0{digits}x}" for word in words) + "\n").encode()


def describe(model: Model) -> dict[str, Any]:
    """Return what the manifest says of input and output: formats and order of channels."""
    bounds = propagate(model.graph)
    channels_out = len(bounds[model.graph.output.name].ranges)
    return {
        "input": {"format": model.graph.input.format.to_json(), "channels": model.graph.input.channels},
        "output": {"format": bounds[model.graph.output.name].format.to_json(), "channels": channels_out},
        "channel_order": "I0 Q0 I1 Q1 ..., arrays [channel, sample]",
    }
