"""The quantized network itself, evaluated in float64 by PyTorch and Brevitas, as a backend of the proof.

It is rebuilt from the bundle's recipe, weights and formats: what lowering could get wrong shows here.
"""

import importlib.util
import threading
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.graph import Graph
from pimdeploy.errors import BundleError
from pimdeploy.verify.backend import Backend, IntArray

CHUNK_SAMPLES = 16_384
"""Samples computed at a time: eight times as many no longer fit the caches, and take a CNN three times as long."""


class NetworkBackend(Backend):
    """The Brevitas network in eval mode. Long signals run in chunks that overlap by the network's memory."""

    name = "brevitas_network"
    streams = False

    def unavailable(self) -> str | None:
        """See `Backend.unavailable`."""
        for module in ("torch", "brevitas"):
            if importlib.util.find_spec(module) is None:
                return f"{module} is not installed; pip install 'pimdeploy[train]'"
        return None

    def prepare(self, bundle: Path, work: Path) -> None:
        """See `Backend.prepare`."""
        from pimdeploy.quantization.network import quantized_network

        opened = Bundle.open(bundle, check_bytes=False)
        self._graph: Graph = opened.graph
        self._frac = {name: fmt.frac for name, fmt in opened.formats.activations.items()}
        try:
            self._network = quantized_network(opened.recipe.network, opened.weights, opened.formats)
        except (KeyError, ValueError) as error:
            raise BundleError(f"{self.name}: recipe, weights and formats do not fit together: {error}") from error

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """See `Backend.run`."""
        context = self._graph.memory
        pieces = []
        for start in range(0, x_q.shape[1], CHUNK_SAMPLES):
            first = max(0, start - context)
            z = self._integers("z", self._evaluate(x_q[:, first : start + CHUNK_SAMPLES])["z"])
            pieces.append(z[:, start - first :])
        return np.concatenate(pieces, axis=1) if pieces else x_q[:, :0]

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """See `Backend.trace`: the requantized activations."""
        return {name: self._integers(name, value) for name, value in self._evaluate(x_q).items()}

    def _evaluate(self, x_q: IntArray) -> dict[str, Any]:
        """Return the requantized activations [1, channels, n_samples], as torch has them."""
        import torch

        _one_thread(torch)
        x = torch.from_numpy(x_q.astype(np.float64) * 2.0 ** -self._frac["x"]).unsqueeze(0)
        trace: dict[str, Any] = {}
        with torch.no_grad():
            self._network(x, trace)
        return trace

    def _integers(self, name: str, value: Any) -> IntArray:  # noqa: ANN401
        found: IntArray = np.rint(value[0].numpy() * 2.0 ** self._frac[name]).astype(np.int64)
        return found


def _one_thread(torch: Any) -> None:  # noqa: ANN401
    # Small convolutions lose more to thread hand-over than they gain.
    if threading.current_thread() is threading.main_thread() and torch.get_num_threads() != 1:
        torch.set_num_threads(1)
