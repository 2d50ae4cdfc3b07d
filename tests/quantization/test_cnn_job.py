"""Quantization of the CNN cancellers: calibration, fine-tuning, the sweep."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from pimdeploy.datapath.check import check
from pimdeploy.datapath.cnn_plan import ConvLayer, TableLayer, cnn_layers
from pimdeploy.datapath.lowering import lower
from pimdeploy.errors import OverflowRefusedError, RecipeError, TrainingError
from pimdeploy.network_spec import CnnSpec
from pimdeploy.pipeline import load_dataset
from pimdeploy.quantization import cnn_job
from pimdeploy.quantization.cnn_calibration import calibrate_cnn, on_grid
from pimdeploy.quantization.cnn_finetune import finetune_cnn
from pimdeploy.quantization.cnn_job import estimate_in_chunks, quantize_cnn
from pimdeploy.quantization.network import quantized_network
from pimdeploy.recipe import DatapathSpec, QuantizationSpec, parse_recipe
from pimdeploy.training.cnn import train_cnn
from pimdeploy.training.cnn_objective import CnnObjective
from pimdeploy.training.train import estimate

RECIPE = """
name = "brief"
[receive]
band_hz = [-40e6, 40e6]
filter_taps = 63
[scenario]
n_samples = 16384
[network]
family = "cnn"
front = [8]
back = [6]
dilations = [1, 2, 1]
leaky_log2 = 1
[training]
method = "adam"
iterations = 3
learning_rate = 0.02
weight_decay = 0.01
batch_samples = 1536
[quantization]
steps = 50
learning_rate = 0.003
sweep = ["W6A8", "W16A16"]
[datapath]
acc_bits = 40
"""
KERNELS = {
    "lut": {},
    "dense": {"kernel": "dense", "dense": (6, 6), "separable": True, "sigmoid_segments": 16},
}  # fmt: skip


@pytest.fixture(scope="module")
def dataset():
    return load_dataset(parse_recipe(RECIPE, "recipe"))


@pytest.fixture(scope="module", params=KERNELS.values(), ids=KERNELS)
def recipe(request):
    made = parse_recipe(RECIPE, "recipe")
    assert isinstance(made.network, CnnSpec)
    return made.model_copy(update={"network": made.network.model_copy(update=request.param)})


@pytest.fixture(scope="module")
def weights(recipe, dataset):
    network, _ = train_cnn(dataset, recipe, lambda *_: None)
    return {name: value.numpy() for name, value in network.float_weights().items()}


def at(recipe, **fields):
    spec = QuantizationSpec(**(recipe.quantization.model_dump() | fields))
    return recipe.model_copy(update={"quantization": spec})


def calibrated(recipe, dataset, weights, loss=None):
    objective = CnnObjective(dataset, recipe, dtype=torch.float64)
    exact = lambda w, f: -objective.cancellation_db(quantized_network(recipe.network, w, f), "train")  # noqa: E731
    return calibrate_cnn(recipe, weights, objective.x[None, :, :6000], loss or exact)


def layers_of(recipe):
    return cnn_layers(recipe.network, 1, 1)


@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(16, 16), (6, 8)])
def test_formats_hold_the_signals_and_stand_on_their_grids(recipe, dataset, weights, weight_bits, activation_bits):
    recipe = at(recipe, weight_bits=weight_bits, activation_bits=activation_bits)
    formats = calibrated(recipe, dataset, weights)
    assert formats.activations["x"].frac == 15
    for layer in layers_of(recipe):
        fmt = formats.weights[layer.name]
        assert fmt.bits == weight_bits
        if isinstance(layer, TableLayer):
            assert formats.activations[layer.source].frac == activation_bits - 1 - layer.range_log2
        elif layer.bias:
            grid = formats.activations[layer.source].frac + fmt.frac
            assert formats.weights[layer.bias_name].frac == grid
    graph, _ = lower(recipe.network, on_grid(weights, formats, layers_of(recipe)), formats, "a", 0)
    check(graph, recipe.datapath.acc_bits)


def test_weights_take_the_finest_grid_that_fits(recipe, dataset, weights):
    formats = calibrated(recipe, dataset, weights, loss=lambda *_: 0.0)
    for layer in layers_of(recipe):
        if isinstance(layer, ConvLayer):
            fmt, peak = formats.weights[layer.name], np.abs(weights[layer.name]).max()
            assert np.rint(peak * 2.0**fmt.frac) <= fmt.max_q < np.rint(peak * 2.0 ** (fmt.frac + 1))


def test_range_is_given_up_where_the_residual_falls(recipe, dataset, weights):
    kept = calibrated(recipe, dataset, weights, loss=lambda *_: 0.0)
    losses = iter(range(0, -1000, -1))
    given_up = calibrated(recipe, dataset, weights, loss=lambda *_: next(losses))
    free = [name for name in kept.activations if kept.activations[name] != given_up.activations[name]]
    arguments = {layer.source for layer in layers_of(recipe) if isinstance(layer, TableLayer)}
    assert set(free) == set(kept.activations) - arguments - {"x"}
    assert all(given_up.activations[name].frac == kept.activations[name].frac + 2 for name in free)


def test_accumulators_that_do_not_fit_coarsen_weights_and_are_refused_in_the_end(recipe, dataset, weights):
    narrow = recipe.model_copy(update={"datapath": DatapathSpec(acc_bits=26)})
    formats, wide = (calibrated(r, dataset, weights, loss=lambda *_: 0.0) for r in (narrow, recipe))
    assert any(formats.weights[name].frac < wide.weights[name].frac for name in wide.weights)
    graph, _ = lower(recipe.network, weights, formats, "a", 0)
    check(graph, 26)
    with pytest.raises(OverflowRefusedError, match=r"node '\w+': its accumulator needs \d+ bits more than the 16"):
        calibrated(recipe.model_copy(update={"datapath": DatapathSpec(acc_bits=16)}), dataset, weights)


def test_activations_too_narrow_for_a_table_are_refused(recipe, dataset, weights):
    bits = 5 if recipe.network.kernel == "lut" else 4
    calibrated(at(recipe, activation_bits=bits), dataset, weights, loss=lambda *_: 0.0)
    if bits > 4:  # the least that a recipe takes
        with pytest.raises(
            RecipeError, match=r"activation_bits = 4: the table 'lut' has 2\^5 segments; expected at least 5"
        ):
            calibrated(at(recipe, activation_bits=4), dataset, weights)


def test_entries_on_the_grid_give_slopes_on_the_grid(recipe, dataset, weights):
    recipe = at(recipe, weight_bits=8)
    formats = calibrated(recipe, dataset, weights, loss=lambda *_: 0.0)
    rounded = on_grid(weights, formats, layers_of(recipe))
    for layer in layers_of(recipe):
        if isinstance(layer, TableLayer):
            fmt = formats.weights[layer.name]
            slopes = np.diff(rounded[layer.name], axis=1) / 2.0**layer.spacing_log2 / fmt.lsb
            assert np.array_equal(slopes, np.rint(slopes))
            assert np.abs(rounded[layer.name] - weights[layer.name]).max() <= fmt.lsb * 2.0**layer.spacing_log2 / 2


def test_finetuning_mends_what_few_bits_spoil_and_leaves_sigmoids_alone(recipe, dataset, weights):
    recipe = at(recipe, weight_bits=5, activation_bits=8, steps=100)
    formats = calibrated(recipe, dataset, weights, loss=lambda *_: 0.0)
    start = on_grid(weights, formats, layers_of(recipe))
    objective = CnnObjective(dataset, recipe)
    lines = []
    tuned = finetune_cnn(recipe, start, formats, objective, lambda *line: lines.append(line))
    before, after = (objective.cancellation_db(_float32(recipe, w, formats), "val") for w in (start, tuned))
    assert after > before + 0.2
    assert lines[-1][:2] == (100, 100)
    assert f"validation {after:.2f} dB" in lines[-1][2]
    assert all(np.array_equal(start[name], tuned[name]) for name in start if name.startswith("g"))


def _float32(recipe, weights, formats):
    network = quantized_network(recipe.network, weights, formats)
    return lambda x: network(x.double()).float()


def test_a_loss_that_is_no_number_ends_finetuning(recipe, dataset, weights):
    formats = calibrated(recipe, dataset, weights, loss=lambda *_: 0.0)
    objective = CnnObjective(dataset, recipe)
    objective.d[:] = torch.nan
    with pytest.raises(TrainingError, match=r"fine-tuning: the loss is not finite at step 1; lower quantization"):
        finetune_cnn(recipe, weights, formats, objective)


def test_the_job_gives_scores_and_a_sweep(recipe, dataset, weights):
    steps = []
    made = quantize_cnn(recipe, dataset, weights, lambda stage, *_: steps.append(stage))
    assert list(dict.fromkeys(steps)) == ["calibration", "fine-tuning", "word lengths"]
    trained_db = cnn_job.score_estimate(estimate(_network(recipe, weights), dataset.x), dataset, recipe.network)
    assert made.scores.keys() == {"train", "val", "test"}
    assert made.scores["val"].cancellation_db >= made.calibrated["val"].cancellation_db
    assert made.calibrated["test"].cancellation_db == pytest.approx(trained_db["test"].cancellation_db, abs=0.2)
    few, many = made.sweep
    assert (few.word_length, many.word_length) == ("W6A8", "W16A16")
    assert many.finetuned_db == made.scores["test"].cancellation_db
    assert few.calibrated_db < many.calibrated_db
    graph, _ = lower(recipe.network, made.weights, made.formats, "a", 0)
    check(graph, recipe.datapath.acc_bits)


def _network(recipe, weights):
    from pimdeploy.networks.build import build_network
    from pimdeploy.networks.layers import FloatFactory

    return build_network(recipe.network, FloatFactory(), {k: torch.from_numpy(v) for k, v in weights.items()})


def test_chunks_give_the_estimate_of_the_whole(recipe, dataset, weights, monkeypatch):
    monkeypatch.setattr(cnn_job, "CHUNK_SAMPLES", 1000)
    network = _network(recipe, weights)
    start, stop = dataset.splits["val"]
    whole = estimate(network, dataset.x)
    got = estimate_in_chunks(network, recipe.network, dataset, [(start, stop)])
    np.testing.assert_allclose(got[:, start:stop], whole[:, start:stop], atol=1e-12)
    assert not got[:, :start].any()
    everything = estimate_in_chunks(network, recipe.network, replace(dataset), [(0, dataset.n_samples)])
    np.testing.assert_allclose(everything, whole, atol=1e-12)
