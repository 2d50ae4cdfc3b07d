"""emx-onnx-cgen, a third party's compiler, makes C of the integer files: 0 differences, whole and streamed."""

import ctypes
import shutil
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import onnx
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_model
from onnx_files import corners_and_noise, integer_files
from onnx_oracle import run_nodes

MISSING = [n for n, found in (("emx-onnx-cgen", find_spec("emx_onnx_cgen")), ("gcc", shutil.which("gcc"))) if not found]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed")

LENGTH = 32
MODELS = {"odd": lambda: demo_model(weight_bits=17, M_N=2).graph, **GRAPHS}


def compiled(data: bytes, folder):
    """Return the C function of the file for LENGTH samples; its arguments are the inputs, then the outputs."""
    (folder / "model.onnx").write_bytes(data)
    sizes = ["--input-dim", "batch=1", "--input-dim", f"time={LENGTH}", "--model-name", "model"]
    emx = [sys.executable, "-m", "emx_onnx_cgen", "compile", *sizes, "model.onnx", "model.c"]
    for command in (emx, ["gcc", "-std=c99", "-O1", "-shared", "-fPIC", "-o", "model.so", "model.c", "-lm"]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return ctypes.CDLL(str(folder / "model.so")).model


def arrays_of(values) -> list[np.ndarray]:
    tensors = [value.type.tensor_type for value in values]
    return [
        np.zeros(
            [1, *(dim.dim_value or LENGTH for dim in tensor.shape.dim[1:])],
            dtype=onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type),
        )
        for tensor in tensors
    ]


def call(function, arrays: list[np.ndarray]) -> None:
    function(*(array.ctypes.data_as(ctypes.c_void_p) for array in arrays))


@pytest.mark.parametrize("name", MODELS)
def test_model_int_as_third_party_c(name, tmp_path):
    graph = MODELS[name]()
    x_q = corners_and_noise(40, graph.input.channels)[:, :LENGTH]
    data = integer_files(graph)["onnx/model_int.onnx"]
    proto = onnx.load_model_from_string(data).graph
    x, z = arrays_of([*proto.input, *proto.output])
    x[0] = x_q
    call(compiled(data, tmp_path), [x, z])
    assert np.array_equal(z[0], run_nodes(graph, x_q)["y"])


@pytest.mark.parametrize("name", ["odd", "layers"])
def test_the_streamed_file_as_third_party_c(name, tmp_path):
    """A kernel that takes a block and hands its states on, without one line of ours."""
    graph = MODELS[name]()
    x_q = corners_and_noise(4 * LENGTH, graph.input.channels)[:, : 4 * LENGTH]
    data = integer_files(graph, streamed=True)["onnx/model_int_state.onnx"]
    proto = onnx.load_model_from_string(data).graph
    x, *before = arrays_of(proto.input)
    z, *after = arrays_of(proto.output)
    function, pieces = compiled(data, tmp_path), []
    for start in range(0, x_q.shape[1], LENGTH):
        x[0] = x_q[:, start : start + LENGTH]
        call(function, [x, *before, z, *after])
        before, after = after, before
        pieces.append(z[0].copy())
    assert np.array_equal(np.concatenate(pieces, axis=1), run_nodes(graph, x_q)["y"])
