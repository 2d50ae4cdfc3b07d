"""Fine-tuning lowers what short word lengths cost, the same way every time, and never keeps what is worse."""

import numpy as np
import pytest

from pimdeploy.datapath.formats import quantize_weights
from pimdeploy.errors import TrainingError
from pimdeploy.quantization.calibration import calibrate, grids_of
from pimdeploy.quantization.finetune import finetune
from pimdeploy.quantization.network import quantized_network

STEPS, RATE = 20, 0.1


@pytest.fixture(scope="module")
def formats(recipe, trained, weights, residual):
    """W6A12: where fine-tuning matters."""
    spec = recipe.quantization.model_copy(update={"weight_bits": 6, "activation_bits": 12})
    asked = recipe.model_copy(update={"quantization": spec})
    return calibrate(asked, weights, grids_of(asked, trained.knot_spacing), residual)


@pytest.fixture(scope="module")
def tuned(recipe, weights, formats, samples):
    return finetune(recipe.network, weights, formats, samples, STEPS, RATE)


def loss_of(recipe, weights, formats, samples):
    return samples.loss(quantized_network(recipe.network, weights, formats))


def test_it_lowers_the_loss(tuned, recipe, weights, formats, samples):
    assert tuned.loss_after < 0.9 * tuned.loss_before
    assert tuned.loss_before == pytest.approx(loss_of(recipe, weights, formats, samples))
    assert tuned.loss_after == pytest.approx(loss_of(recipe, tuned.weights, formats, samples))


def test_its_weights_stay_in_their_formats(tuned, formats):
    """What saturates would not be what was tuned."""
    for name, w in tuned.weights.items():
        real = np.cumsum(w, axis=1) if name == "f" else w
        assert np.array_equal(
            quantize_weights(real, formats.weights[name]), np.rint(real / formats.weights[name].lsb)
        ), name


def test_it_is_deterministic(tuned, recipe, weights, formats, samples):
    again = finetune(recipe.network, weights, formats, samples, STEPS, RATE)
    assert again.loss_after == tuned.loss_after
    assert all(np.array_equal(again.weights[name], w) for name, w in tuned.weights.items())


def test_it_does_not_change_what_it_was_given(recipe, weights, formats, samples):
    before = {name: w.copy() for name, w in weights.items()}
    finetune(recipe.network, weights, formats, samples, 2, RATE)
    assert all(np.array_equal(weights[name], w) for name, w in before.items())


def test_no_steps_keep_the_weights(recipe, weights, formats, samples):
    kept = finetune(recipe.network, weights, formats, samples, 0, RATE)
    assert kept.loss_after == kept.loss_before
    assert all(np.array_equal(kept.weights[name], w) for name, w in weights.items())


def test_a_rate_that_is_too_large_keeps_the_best_weights_seen(recipe, weights, formats, samples):
    wild = finetune(recipe.network, weights, formats, samples, 5, 1e3)
    assert wild.loss_after <= wild.loss_before


def test_weights_that_do_nothing_are_one_line(recipe, weights, formats, samples):
    spoiled = {name: np.zeros_like(w) for name, w in weights.items()}
    with pytest.raises(
        TrainingError, match=r"^fine-tuning: the trained weights cancel nothing; train again, with another seed$"
    ):
        finetune(recipe.network, spoiled, formats, samples, 1, RATE)


def test_it_tells_its_progress(recipe, weights, formats, samples):
    told = []
    finetune(recipe.network, weights, formats, samples, 2, RATE, lambda *step: told.append(step))
    assert [step[:2] for step in told] == [(1, 2), (2, 2)]
    assert all(" dB" in text for _, _, text in told)
