"""The ONNX files of a bundle in ONNX Runtime, one thread, graph optimization off and on."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pimdeploy.documents import parse_json
from pimdeploy.errors import BundleError, InputError, MismatchError
from pimdeploy.files import regular
from pimdeploy.verify.backend import Backend, IntArray

CHUNK_VALUES = 32_768
"""Values of the widest node computed at a time: intermediate tensors stay in the cache and memory stays bounded."""
CHUNK_SAMPLES = (512, 4096)
"""Fewest and most samples of such a chunk."""

FILES = {
    "onnx_int": "model_int.onnx",
    "onnx_int_basis": "model_int_basis.onnx",
    "onnx_f64": "model_int_f64.onnx",
    "qdq": "model_qdq.onnx",
}
"""Name of a form to its file under onnx/."""


class OnnxBackend(Backend):
    """One ONNX file of whole signals at one level of graph optimization, named such as "onnx_int_opt_off".

    The files hold no state. A long signal is computed in chunks, each with the `memory_samples` before it as context:
    no sample depends on more, so the result is that of the whole signal at once.
    """

    streams = False

    def __init__(
        self, form: str, optimization: Literal["off", "on"], chunk_samples: int | None = None, file: str | None = None
    ) -> None:
        self.name = f"{form}_opt_{optimization}"
        self._file = file or FILES[form]
        self._optimize = optimization == "on"
        self._chunk_samples = chunk_samples
        self._path = Path()
        self._facts: dict[str, str] = {}
        self._memory = 0
        self._model: Any = None
        self._session: Any = None
        self._tracer: Any = None
        self._stopped_in: str | None = None
        """The node in which ONNX Runtime stopped, if it did."""

    def unavailable(self) -> str | None:
        """See `Backend.unavailable`."""
        missing = [module for module in ("onnx", "onnxruntime") if find_spec(module) is None]
        return f"{missing[0]} is not installed; pip install {missing[0]}" if missing else None

    def unproven(self, bundle: Path) -> str | None:
        """See `Backend.unproven`."""
        return unproven(bundle, self._file)

    def prepare(self, bundle: Path, work: Path) -> None:
        """Load the file. Raises `BundleError` where it is missing or no ONNX file that ONNX Runtime takes."""
        import onnx

        self._path = bundle / "onnx" / self._file
        self._tracer = None
        try:
            self._model = onnx.load(self._path)
            self._facts = {item.key: item.value for item in self._model.metadata_props}
            self._memory = int(self._facts["memory_samples"])
            self._session = self._open(self._model)
        except FileNotFoundError as error:
            raise BundleError(f"{self._path}: missing; export the bundle again") from error
        except Exception as error:  # protobuf and ONNX Runtime each raise their own kinds
            raise BundleError(f"{self._path}: cannot be loaded: {_first_line(error)}") from error

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """See `Backend.run`. Raises `InputError` for a block: the file holds no state."""
        if block is not None:
            raise InputError(f"backend {self.name}: computes whole signals; run it without block")
        return self._in_chunks(self._session, x_q)[0]

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """See `Backend.trace`. The input, which the file does not compute, is absent."""
        try:
            return self._by_node(self._named(self._with_nodes(), x_q))
        except MismatchError:
            if self._stopped_in is None:
                raise
            return self._named(self._with_nodes_before(self._stopped_in), x_q)

    def _named(self, session: Any, x_q: IntArray) -> dict[str, IntArray]:  # noqa: ANN401
        """Return every output of `session` by name."""
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, self._in_chunks(session, x_q), strict=True))

    def _with_nodes(self) -> Any:  # noqa: ANN401
        """Return a session whose outputs are the graph's and every announced node."""
        if self._tracer is None:
            import onnx

            traced = onnx.ModelProto()
            traced.CopyFrom(self._model)
            traced.graph.output.extend(self._model.graph.value_info)
            self._tracer = self._open(traced)
        return self._tracer

    def _with_nodes_before(self, node: str) -> Any:  # noqa: ANN401
        """Return a session whose outputs are the announced nodes before `node` alone: it computes no more."""
        from onnx.utils import Extractor

        order = self._facts["nodes"].split(",")
        before = order[: order.index(node)] if node in order else []
        announced = [info.name for info in self._model.graph.value_info if info.name in before]
        inputs = [port.name for port in self._model.graph.input]
        return self._open(Extractor(self._model).extract_model(inputs, announced))

    def _by_node(self, results: dict[str, IntArray]) -> dict[str, IntArray]:
        """Return `results` in the order of the datapath; the Output hands on what its source computed."""
        order = self._facts["nodes"].split(",")
        results[order[-1]] = results[self._output()]
        return {node: results[node] for node in order if node in results}

    def _output(self) -> str:
        return str(self._model.graph.output[0].name)

    def _chunk(self) -> int:
        """Return how many samples to compute at a time."""
        return self._chunk_samples or _chunk_samples(self._model.graph)

    def _open(self, model: Any) -> Any:  # noqa: ANN401
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised; nothing is printed
        levels = onnxruntime.GraphOptimizationLevel
        options.graph_optimization_level = levels.ORT_ENABLE_ALL if self._optimize else levels.ORT_DISABLE_ALL
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def _in_chunks(self, session: Any, x_q: IntArray) -> list[IntArray]:  # noqa: ANN401
        """Return every output [channels, n_samples] of `session`, computed chunk by chunk."""
        port = session.get_inputs()[0]
        x = self._as_port(x_q, port)
        outputs = session.get_outputs()
        chunk = self._chunk()
        whole = [np.empty((output.shape[1], x.shape[1]), dtype=np.int64) for output in outputs]
        for start in range(0, x.shape[1], chunk):
            first = max(0, start - self._memory)
            end = min(start + chunk, x.shape[1])
            parts = self._computed(session, {port.name: x[None, :, first:end]})
            for result, part in zip(whole, parts, strict=True):
                result[:, start:end] = part[0, :, start - first :]
        return whole

    def _computed(self, session: Any, fed: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:  # noqa: ANN401
        """Return every output of `session`. Raises `MismatchError` where ONNX Runtime stops, with the node where it does."""
        try:
            results: list[NDArray[Any]] = session.run(None, fed)
        except Exception as error:  # ONNX Runtime raises its own kinds
            node = re.search(r"Name:'(\w+)/", str(error))
            self._stopped_in = node[1] if node else None
            where = f"node '{node[1]}': " if node else ""
            raise MismatchError(f"{self.name}: {where}ONNX Runtime stops: {_first_line(error)}") from error
        return results

    def _as_port(self, x_q: IntArray, port: Any) -> NDArray[Any]:  # noqa: ANN401
        """Return `x_q` in the type of the graph's input, refusing what does not fit."""
        dtype = np.dtype(port.type.removeprefix("tensor(").removesuffix(")"))
        if x_q.ndim != 2 or x_q.shape[0] != port.shape[1]:
            raise InputError(f"backend {self.name}: input of shape {x_q.shape}; expected ({port.shape[1]}, samples)")
        if x_q.size and not np.iinfo(dtype).min <= x_q.min() <= x_q.max() <= np.iinfo(dtype).max:
            raise InputError(f"backend {self.name}: input in [{x_q.min()}, {x_q.max()}] leaves {dtype}")
        return x_q.astype(dtype)


def onnx_backends() -> list[Backend]:
    """Return a backend for each ONNX file of whole signals that may be exact, with graph optimization off and on."""
    return [OnnxBackend(form, level) for form in FILES for level in ("off", "on")]


def unproven(bundle: Path, file: str) -> str | None:
    """Return why the certificate of `bundle` does not prove `file` under onnx/ to be exact; None where it does."""
    try:
        stated = parse_json(regular(bundle / "certificate.json").read_bytes())["onnx"]
        if file not in stated:
            return f"certificate.json says nothing of {file}; export the bundle again"
        return None if stated[file]["exact"] else f"not exact by the certificate: {stated[file]['reason']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{bundle}: certificate.json cannot be read: {error}; export the bundle again") from error


def _chunk_samples(graph: Any) -> int:  # noqa: ANN401
    """Return how many samples to compute at a time: the wider the graph, the fewer."""
    tensors = [*graph.input, *graph.value_info, *graph.output]
    widest: int = max(tensor.type.tensor_type.shape.dim[1].dim_value for tensor in tensors)
    fewest, most = CHUNK_SAMPLES
    return min(max(CHUNK_VALUES // widest, fewest), most)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
