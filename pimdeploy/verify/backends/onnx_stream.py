"""The streamed ONNX files of a bundle in ONNX Runtime: fed block by block, every state handed on."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import MismatchError
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend

FILES = {
    "onnx_int_state": "model_int_state.onnx",
    "onnx_f64_state": "model_int_f64_state.onnx",
    "qdq_state": "model_qdq_state.onnx",
}
"""Name of a form to its file under onnx/."""
UNEQUAL = (1, 64, 7, 3, 200)
"""Samples of the blocks in turn where none are asked for."""


class OnnxStateBackend(OnnxBackend):
    """One streamed file, named such as "onnx_int_state_opt_on". A run begins with states of zeros."""

    streams = True
    awkward_blocks = (1, 7, 64, None)
    awkward_samples = 1024

    def __init__(self, form: str, optimization: Literal["off", "on"]) -> None:
        super().__init__(form, optimization, file=FILES[form])

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """See `Backend.run`. Without `block` the signal goes in blocks of unequal lengths; long blocks are cut."""
        return self._in_blocks(self._session, x_q, self._sizes(block))[self._output()]

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """See `Backend.trace`."""
        try:
            return self.trace_in_blocks(x_q, self._chunk())
        except MismatchError:
            if self._stopped_in is None:
                raise
            return self._named(self._with_nodes_before(self._stopped_in), x_q)

    def trace_in_blocks(self, x_q: IntArray, block: int | None) -> dict[str, IntArray]:
        """See `Backend.trace_in_blocks`."""
        return self._by_node(self._in_blocks(self._with_nodes(), x_q, self._sizes(block)))

    def _named(self, session: Any, x_q: IntArray) -> dict[str, IntArray]:  # noqa: ANN401
        """Return every output of `session` by name, for one block from reset: those before a stop hand no state on."""
        port, *states = session.get_inputs()
        past = {state.name: np.zeros((1, *state.shape[1:]), dtype=_dtype(state.type)) for state in states}
        results = self._computed(session, {port.name: self._as_port(x_q, port)[None]} | past)
        names = [output.name for output in session.get_outputs()]
        return {name: result[0].astype(np.int64) for name, result in zip(names, results, strict=True)}

    def _sizes(self, block: int | None) -> Iterator[int]:
        return itertools.cycle(UNEQUAL) if block is None else itertools.repeat(min(block, self._chunk()))

    def _in_blocks(self, session: Any, x_q: IntArray, sizes: Iterable[int]) -> dict[str, IntArray]:  # noqa: ANN401
        """Return every output of `session` but the states, [channels, n_samples] by name."""
        port, *states = session.get_inputs()
        x = self._as_port(x_q, port)
        names = [output.name for output in session.get_outputs()]
        shown = [name for name in names if name not in {_next(state.name) for state in states}]
        past = {state.name: np.zeros((1, *state.shape[1:]), dtype=_dtype(state.type)) for state in states}
        pieces: dict[str, list[NDArray[Any]]] = {name: [] for name in shown}
        for block in _cut(x, sizes):
            results = dict(zip(names, self._computed(session, {port.name: block[None]} | past), strict=True))
            past = {name: results[_next(name)] for name in past}
            for name in shown:
                pieces[name].append(results[name][0])
        return {name: np.concatenate(found, axis=1).astype(np.int64) for name, found in pieces.items()}


def onnx_state_backends() -> list[Backend]:
    """Return a backend for each streamed ONNX file that may be exact, with graph optimization on."""
    return [OnnxStateBackend(form, "on") for form in FILES]


def _cut(x: NDArray[Any], sizes: Iterable[int]) -> Iterator[NDArray[Any]]:
    """Yield `x` [channels, n_samples] in blocks of `sizes`; one empty block where it has no samples."""
    start = 0
    for size in sizes:
        yield x[:, start : start + size]
        start += size
        if start >= x.shape[1]:
            return


def _next(state: str) -> str:
    return f"{state}_next"


def _dtype(onnx_type: str) -> "np.dtype[Any]":
    return np.dtype(onnx_type.removeprefix("tensor(").removesuffix(")").replace("float", "float32"))
