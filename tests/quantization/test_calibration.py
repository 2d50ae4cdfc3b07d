"""Calibration: formats that hold the signals, weights on the finest grid that fits, accumulators as wide as allowed."""

import numpy as np
import pytest
import torch

from pimdeploy.datapath.bounds import propagate
from pimdeploy.datapath.check import check
from pimdeploy.datapath.formats import quantize_weights
from pimdeploy.datapath.lowering import lower
from pimdeploy.errors import OverflowRefusedError
from pimdeploy.networks.build import build_network
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.quantization.calibration import LEAST_WEIGHT_BITS, activation_peaks, calibrate, grids_of
from pimdeploy.quantization.network import quantized_network


def changed(recipe, acc_bits=32, **quantization):
    spec = recipe.quantization.model_copy(update=quantization)
    datapath = recipe.datapath.model_copy(update={"acc_bits": acc_bits})
    return recipe.model_copy(update={"quantization": spec, "datapath": datapath})


@pytest.fixture(scope="module")
def calibrated(recipe, trained, weights, residual):
    """Formats by word lengths and accumulator, each calibrated once."""
    made = {}

    def at(weight_bits=16, activation_bits=16, acc_bits=32, **more):
        key = (weight_bits, activation_bits, acc_bits, *more.items())
        if key not in made:
            asked = changed(recipe, acc_bits, weight_bits=weight_bits, activation_bits=activation_bits, **more)
            made[key] = calibrate(asked, weights, grids_of(asked, trained.knot_spacing), residual)
        return made[key]

    return at


@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(16, 16), (12, 12), (8, 8), (6, 12)])
def test_word_lengths_are_those_of_the_recipe(calibrated, weight_bits, activation_bits):
    formats = calibrated(weight_bits, activation_bits)
    assert {fmt.bits for fmt in formats.weights.values()} == {weight_bits}
    assert {name: fmt.bits for name, fmt in formats.activations.items()} == {
        "x": 16,
        **dict.fromkeys(("u", "a", "c", "v", "z"), activation_bits),
    }
    assert (formats.activations["x"].frac, formats.rounding, formats.overflow) == (15, "half_up", "saturate")


def test_input_and_output_have_word_lengths_of_their_own(calibrated):
    formats = calibrated(input_bits=12, output_bits=10)
    assert (formats.activations["x"].bits, formats.activations["x"].frac) == (12, 11)
    assert (formats.activations["z"].bits, formats.activations["v"].bits) == (10, 16)


@pytest.mark.parametrize(
    ("weight_bits", "activation_bits", "acc_bits"), [(16, 16, 32), (16, 16, 26), (16, 16, 54), (12, 12, 24), (8, 8, 20)]
)
def test_every_proven_accumulator_of_both_forms_fits(
    calibrated, recipe, weights, weight_bits, activation_bits, acc_bits
):
    graph, _ = lower(recipe.network, weights, calibrated(weight_bits, activation_bits, acc_bits), "brief", 0)
    check(graph, acc_bits)
    bounds = propagate(graph).values()
    widest = max(max(bound.acc_bits, bound.basis_acc_bits or 0) for bound in bounds)
    assert widest <= acc_bits


def test_weights_are_on_the_finest_grid_that_fits(calibrated, recipe, weights):
    """One bit more of fraction would leave the word or the accumulator: nothing is given away."""
    formats = calibrated()
    for name, fmt in formats.weights.items():
        real = np.cumsum(weights[name], axis=1) if name == "f" else weights[name]
        finer = type(fmt)(True, fmt.bits, fmt.frac + 1)
        leaves_word = np.abs(np.rint(real * 2.0**finer.frac)).max() >= fmt.max_q
        leaves_accumulator = False
        try:
            graph, _ = lower(
                recipe.network,
                weights,
                type(formats)(
                    formats.weights | {name: finer},
                    formats.activations,
                    formats.rounding,
                    formats.overflow,
                    formats.knot_log2,
                ),
                "brief",
                0,
            )
            check(graph, 32)
        except OverflowRefusedError:
            leaves_accumulator = True
        assert leaves_word or leaves_accumulator, name


def test_no_weight_saturates(calibrated, weights):
    formats = calibrated(8, 8)
    for name, fmt in formats.weights.items():
        real = np.cumsum(weights[name], axis=1) if name == "f" else weights[name]
        exact = np.rint(real * 2.0**fmt.frac)
        assert np.array_equal(quantize_weights(real, fmt), exact), name


@pytest.mark.parametrize("acc_bits", [16, 17, 18])
def test_accumulators_that_leave_no_weights_are_refused_in_one_line(recipe, trained, weights, residual, acc_bits):
    """A network of zeros fits every accumulator; it is not what was asked for."""
    asked = changed(recipe, acc_bits)
    message = (
        rf"^node '\w+': its accumulator needs [1-9]\d* bits more than the {acc_bits} of datapath\.acc_bits; "
        rf"raise acc_bits or give the activations fewer bits$"
    )
    with pytest.raises(OverflowRefusedError, match=message) as caught:
        calibrate(asked, weights, grids_of(asked, trained.knot_spacing), residual)
    assert caught.value.exit_status == 2


def test_coarsened_weights_keep_some_bits(calibrated, weights):
    formats = calibrated(acc_bits=22)
    for name, fmt in formats.weights.items():
        real = np.cumsum(weights[name], axis=1) if name == "f" else weights[name]
        assert np.abs(quantize_weights(real, fmt)).max() >= 1 << (LEAST_WEIGHT_BITS - 2), name


def test_activations_hold_what_was_seen_but_for_the_range_given_up(calibrated, recipe, trained, weights, residual):
    network = build_network(
        recipe.network, FloatFactory(), {n: torch.from_numpy(w) for n, w in weights.items()}, trained.knot_spacing
    )
    peaks = activation_peaks(network, residual)
    for name, fmt in calibrated().activations.items():
        if name != "x":
            assert fmt.max_q * fmt.lsb > peaks[name] / 2**3, name


def test_the_more_bits_the_less_is_left(calibrated, recipe, weights, residual):
    losses = []
    for bits in (6, 8, 12, 16):
        network = quantized_network(recipe.network, weights, calibrated(bits, bits))
        with torch.no_grad():
            losses.append(float(residual.loss(network(residual.x))))
    assert losses[0] > losses[1] > losses[2]
    assert losses[3] < 1.001 * losses[2]  # both at the float network's: rounding may help by chance
    with torch.no_grad():
        network = build_network(
            recipe.network, FloatFactory(), {n: torch.from_numpy(w) for n, w in weights.items()}, 2.0**-3
        )
        assert losses[-1] < 1.01 * float(residual.loss(network(residual.x)))


def test_calibration_is_deterministic_and_tells_its_progress(recipe, trained, weights, residual, calibrated):
    steps = []
    asked = changed(recipe, weight_bits=8, activation_bits=8)
    again = calibrate(
        asked, weights, grids_of(asked, trained.knot_spacing), residual, lambda *step: steps.append(step[:2])
    )
    assert again == calibrated(8, 8)
    assert steps[-1] == (5, 5)
