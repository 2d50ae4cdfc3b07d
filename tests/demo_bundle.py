"""A small bundle and the command line in this process: what tests of bundles, of the proof and of the commands run on."""

import contextlib
import io
import json
import os
from dataclasses import dataclass
from unittest import mock

import numpy as np
import pytest
from demo_models import demo_formats, demo_weights

from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.model import Model
from pimdeploy.emit.bundle import Parts
from pimdeploy.recipe import parse_recipe

SIZES = {"M_K": 3, "M_N": 1, "M_a": 2, "N": 4, "M_G": 3}
RECIPE = """
name = "demo"
[receive]
band_hz = [-40e6, 40e6]
filter_taps = 31
[scenario]
[network]
M_K = 3
M_N = 1
M_a = 2
N = 4
M_G = 3
[datapath]
acc_bits = 48
[export]
golden_samples = 512
golden_nodes_samples = 64
"""


# Recipes of a run that takes seconds, for the commands.
TINY = """
name = "tiny"
[receive]
band_hz = [-40e6, 40e6]
filter_taps = 63
[network]
M_K = 3
M_a = 2
N = 4
M_G = 3
[training]
starts = 1
iterations = 3
[quantization]
steps = 2
sweep = ["W8A8"]
[export]
golden_samples = 512
golden_nodes_samples = 64
"""
SCENARIO = TINY + "[scenario]\nn_samples = 16384\n"
CAPTURE = TINY + "[capture]\n"


def small_weights():
    """Weights so large that every requantizer of the small bundle saturates now and then."""
    louder = {"K": 3.0, "Phi": 8.0, "f": 20.0, "Psi": 25.0, "G": 7.0}
    return {name: np.clip(louder[name] * w, -1.9, 1.9) for name, w in demo_weights(1, **SIZES).items()}


def demo_parts(weights=None, formats=None, recipe=RECIPE):
    """What the small bundle is made from."""
    rng = np.random.default_rng(3)
    stimulus_q = np.clip(np.rint(rng.normal(scale=12000.0, size=(2, 512))), -32768, 32767).astype(np.int64)
    weights, formats = weights or small_weights(), formats or demo_formats()
    parsed = parse_recipe(recipe, "recipe")
    graph, real_tables = lower(parsed.network, weights, formats, "demo", 2, parsed.datapath.products)
    taps = np.eye(1, 31, 15, dtype=np.complex128)[0]
    model = Model(graph, real_tables, 491.52e6, taps, {"shift_hz": 0.0, "source": "demo"})
    return Parts(parsed, model, weights, formats, stimulus_q)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON object on stdout; NaN and infinity, which are no JSON, are refused."""
        return json.loads(self.out, parse_constant=pytest.fail)

    @property
    def error(self):
        """The one line of the error, behind the lines of progress; there is no traceback."""
        lines = self.err.splitlines()
        errors = [line for line in lines if line.startswith("pimdeploy: ")]
        assert "Traceback" not in self.err + self.out
        assert errors == lines[-1:], self.err
        return errors[0]


def command(*arguments):
    """Run the command line in this process, away from any terminal: some libraries leave their COLUMNS behind."""
    from pimdeploy.cli.main import _main

    out, err = io.StringIO(), io.StringIO()
    plain = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    surroundings = mock.patch.dict(os.environ, plain, clear=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), surroundings:
        status = _main([str(argument) for argument in arguments])
    return Ended(status, out.getvalue(), err.getvalue())
