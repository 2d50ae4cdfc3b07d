"""An ONNX file of a bundle as nodes of the datapath, so that faults go into a node by its name (docs/spec/onnx.md).

The operators of the datapath node `f` are called `f/...`, and so are its tables; its result is the tensor `f`, or, where
a port has that name, `f/carried`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, load, numpy_helper

from pimdeploy.errors import BundleError

SPOILED = "spoiled"
"""Begins the names of what a fault adds."""
TO_THE_END = (1 << 63) - 1


class OnnxFile:
    """One file in memory, to be altered and written. Integers are int64 in what is added, whatever carries them."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401
        self.model = model
        self._count = 0

    @classmethod
    def load(cls, path: Path) -> "OnnxFile":
        """Read the file at `path`. Raises `BundleError`."""
        try:
            return cls(load(path))
        except Exception as error:  # protobuf raises its own kinds
            raise BundleError(f"{path}: cannot be read: {error}; export the bundle again") from error

    def altered(self, alter: Callable[["OnnxFile"], object]) -> bytes:
        """Return the bytes of a copy that `alter` has changed."""
        copy = ModelProto()
        copy.CopyFrom(self.model)
        alter(OnnxFile(copy))
        data: bytes = copy.SerializeToString(deterministic=True)
        return data

    def operators(self, node: str, *kinds: str) -> list[Any]:
        """Return the operators of the datapath node `node`, in order: all of them, or those of `kinds`."""
        own = (one for one in self.model.graph.node if one.name.startswith(f"{node}/"))
        return [one for one in own if not kinds or one.op_type in kinds]

    def tables(self, node: str) -> dict[str, NDArray[Any]]:
        """Return the tables of `node` by name."""
        own = (t for t in self.model.graph.initializer if t.name.startswith(f"{node}/"))
        return {tensor.name: numpy_helper.to_array(tensor) for tensor in own}

    def result(self, node: str) -> str | None:
        """Return the tensor that holds the integers of `node` as its own operators leave them, or None."""
        made = {name for one in self.operators(node) for name in one.output}
        return next((name for name in (f"{node}/carried", node) if name in made), None)

    def constant(self, name: str) -> NDArray[Any] | None:
        """Return the constant `name`, or None where the tensor is none."""
        found = next((t for t in self.model.graph.initializer if t.name == name), None)
        return None if found is None else numpy_helper.to_array(found)

    def set_table(self, name: str, values: NDArray[Any]) -> None:
        """Put `values` in the place of the table `name`."""
        tensor = next(t for t in self.model.graph.initializer if t.name == name)
        tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), name))

    def new_constant(self, values: NDArray[Any] | int) -> str:
        """Add a constant, int64 where it is an integer, and return its name."""
        self._count += 1
        name = f"{SPOILED}/constant{self._count}"
        array = np.ascontiguousarray(np.asarray(values, dtype=np.int64) if isinstance(values, int) else values)
        self.model.graph.initializer.append(numpy_helper.from_array(array.reshape(np.shape(values)), name))
        return name

    def insert_before(self, operator: Any, kind: str, inputs: Sequence[str], **attributes: Any) -> str:  # noqa: ANN401
        """Put a new operator before `operator` and return its result."""
        return self._insert(list(self.model.graph.node).index(operator), kind, inputs, attributes)

    def replace_result(self, tensor: str, write: Callable[["Steps"], str]) -> None:
        """Let `tensor` hold what `write` makes; the steps it is given know what it held before, as int64 integers."""
        nodes = self.model.graph.node
        at = next(k for k, one in enumerate(nodes) if tensor in one.output)
        sound = f"{SPOILED}/sound"
        outputs = nodes[at].output
        outputs[list(outputs).index(tensor)] = sound
        steps = Steps(self, at + 1, sound)
        steps.close(write(steps), tensor)

    def _insert(self, at: int, kind: str, inputs: Sequence[str], attributes: dict[str, Any]) -> str:
        self._count += 1
        name = f"{SPOILED}/{self._count}"
        self.model.graph.node.insert(at, helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name


class Steps:
    """Operators behind the one whose result is spoiled, on int64 integers."""

    def __init__(self, file: OnnxFile, at: int, sound: str) -> None:
        self._file = file
        self._at = at
        self._sound = sound

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401
        """Append an operator and return its result."""
        name = self._file._insert(self._at, kind, inputs, attributes)
        self._at += 1
        return name

    def number(self, value: int) -> str:
        """Return a constant."""
        return self._file.new_constant(value)

    def integers(self, tensor: str | None = None) -> str:
        """Return `tensor`, by default what was computed without the fault, as int64."""
        return self.op("Cast", tensor or self._sound, to=TensorProto.INT64)

    def close(self, spoiled: str, tensor: str) -> None:
        """Call `spoiled`, in the type that the result has, `tensor`."""
        name = self.op("CastLike", spoiled, self._sound)
        made: NodeProto = next(one for one in self._file.model.graph.node if name in one.output)
        made.output[0] = tensor
