"""The QONNX file through hls4ml: C++ with its ap_fixed types, compiled by g++, gives the datapath's integers.

hls4ml computes in fixed point of its own, as wide as each sum needs: 16-bit files, which float32 rounds, are exact there.
"""

import contextlib
import io
import os
import shutil
from importlib.util import find_spec

import numpy as np
import onnx
import pytest
from demo_graphs import GRAPHS
from demo_models import demo_formats, demo_spec, demo_weights, full_scale_noise
from onnx_files import model_of
from onnx_oracle import run_nodes

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.nodes import MagnitudeKind
from pimdeploy.emit.onnx.qonnx import emit_onnx_qonnx

MISSING = [name for name, found in (("hls4ml", find_spec("hls4ml")), ("g++", shutil.which("g++"))) if not found]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed")


def loud_bfan(symmetry: str):
    """Weights so large that every word is used."""
    sizes = {"M_K": 3, "M_a": 2, "N": 4, "M_G": 3, "symmetry": symmetry}
    louder = {"K": 3.0, "Phi": 4.0, "f": 10.0, "Psi": 10.0, "G": 7.0}
    weights = {name: np.clip(louder[name] * w, -1.9, 1.9) for name, w in demo_weights(1, **sizes).items()}
    spec = demo_spec(**sizes)
    return lower(spec, weights, demo_formats(spec=spec), "demo", delay_samples=2)[0]


MODELS = {
    "odd": lambda: loud_bfan("odd"),
    "even": lambda: loud_bfan("even"),
    "whlut": GRAPHS[f"gain_{MagnitudeKind.ALPHA_BETA}"],
    "layers": GRAPHS["layers"],
}
N_SAMPLES = 12


@pytest.fixture(autouse=True)
def _fast_compiler(tmp_path, monkeypatch):
    """hls4ml compiles with -O3, which takes most of the time; the last of several -O counts."""
    (tmp_path / "g++").write_text(f'#!/bin/sh\nexec {shutil.which("g++")} "$@" -O0\n')
    (tmp_path / "g++").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)


def channels_last(data: bytes, channels: int):
    """Return the file for one length in the layout of hls4ml. Transposes stay where qonnx puts them: moving them past a
    product of two signals, as its ConvertToChannelsLastAndClean does, does not end."""
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.transformation.channels_last import (
        InsertChannelsLastDomainsAndTrafos,
        RemoveConsecutiveChanFirstAndChanLastTrafos,
    )
    from qonnx.transformation.general import GiveUniqueNodeNames
    from qonnx.transformation.infer_shapes import InferShapes
    from qonnx.transformation.quant_constant_folding import FoldTransposeIntoQuantInit
    from qonnx.util.cleanup import cleanup_model

    model = cleanup_model(ModelWrapper(onnx.load_model_from_string(data)), override_inpsize=(1, channels, N_SAMPLES))
    for step in (
        InsertChannelsLastDomainsAndTrafos(),
        RemoveConsecutiveChanFirstAndChanLastTrafos(),
        FoldTransposeIntoQuantInit(),
        GiveUniqueNodeNames(),
        InferShapes(),
    ):
        model = model.transform(step)
    assert model.check_all_tensor_shapes_specified(fix_missing_init_shape=True)
    return model


@pytest.mark.parametrize("name", MODELS)
def test_the_simulation_is_exact(name, tmp_path):
    import hls4ml

    graph = MODELS[name]()
    x_q = full_scale_noise(N_SAMPLES, graph.input.channels)
    with contextlib.redirect_stdout(io.StringIO()):
        model = channels_last(emit_onnx_qonnx(model_of(graph))["onnx/model_qonnx.onnx"], graph.input.channels)
        config = hls4ml.utils.config_from_onnx_model(
            model, granularity="name", backend="Vitis", default_precision="fixed<64,24>"
        )
        made = hls4ml.converters.convert_from_onnx_model(
            model, output_dir=str(tmp_path / "hls"), backend="Vitis", hls_config=config, io_type="io_parallel"
        )
        made.compile()
        z = np.asarray(made.predict(np.ascontiguousarray(x_q[None] * graph.input.format.lsb, dtype=np.float64)))
    expected = run_nodes(graph, x_q)["y"]
    assert np.unique(expected).size > N_SAMPLES // 2
    assert np.array_equal(z.reshape(expected.shape) / propagate(graph)["y"].format.lsb, expected)
