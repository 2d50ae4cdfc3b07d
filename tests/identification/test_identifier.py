"""The streaming identifier: what the stream, the blocks and the step sizes must not change, and that it identifies."""

import numpy as np
import pytest
import torch
from lms_reference import GROUPS, complex_noise, estimate, random_weights

from pimdeploy.errors import TrainingError
from pimdeploy.identification.identifier import LmsIdentifier
from pimdeploy.identification.network import Parameters, group_of_each
from pimdeploy.identification.steps import POWER, StepRule, StepSizes

SPACING = 0.125
STILL = StepSizes("none", groups=dict.fromkeys(GROUPS, 0.0))
PLAIN_STEPS = StepSizes("none", initial=0.01, final=0.01)
LOW_PASS = np.array([0.25, 0.5, 0.25])


def signals(seed=1, n_tx=2, n_rx=2, n=300, symmetry="odd"):
    rng = np.random.default_rng(seed)
    weights = random_weights(rng, n_tx, n_rx, 3, 2, 4, 6 + (symmetry == "plain"), 4)
    return weights, complex_noise(rng, n_tx, n), complex_noise(rng, n_rx, n)


@pytest.mark.parametrize("window", ["held", "kept"])
@pytest.mark.parametrize("steps", [PLAIN_STEPS, POWER, StepSizes()], ids=["none", "power", "correlation"])
def test_sample_by_sample_is_a_block_of_one(window, steps):
    weights, x, d = signals()
    whole, single = (LmsIdentifier(weights, "odd", SPACING, latency=3, steps=steps, window=window) for _ in range(2))
    made = whole.process(x, d, block=1)
    for n in range(x.shape[1]):
        z, e = single.step(x[:, n], d[:, n])
        np.testing.assert_array_equal(z, made.z[:, n])
        np.testing.assert_array_equal(e, made.e[:, n])
    np.testing.assert_array_equal(single.parameters.flat(), whole.parameters.flat())


@pytest.mark.parametrize("window", ["held", "kept"])
def test_the_stream_may_be_cut_between_blocks(window):
    weights, x, d = signals()
    make = lambda: LmsIdentifier(weights, "odd", SPACING, steps=PLAIN_STEPS, error_filter=LOW_PASS, window=window)  # noqa: E731
    whole, cut = make(), make()
    made = whole.process(x, d, block=20)
    parts = [cut.process(x[:, i:j], d[:, i:j], block=20) for i, j in ((0, 100), (100, 120), (120, 300))]
    np.testing.assert_array_equal(np.concatenate([part.z for part in parts], axis=1), made.z)
    np.testing.assert_array_equal(cut.parameters.flat(), whole.parameters.flat())


@pytest.mark.parametrize("symmetry", ["odd", "even"])
@pytest.mark.parametrize("block", [1, 37, 300])
@pytest.mark.parametrize("window", ["held", "kept"])
def test_with_still_parameters_the_estimate_is_the_network(symmetry, block, window):
    weights, x, d = signals(symmetry=symmetry)
    identifier = LmsIdentifier(weights, symmetry, SPACING, latency=5, steps=STILL, error_filter=LOW_PASS, window=window)
    made = identifier.process(x, d, block=block)
    expected = estimate({name: torch.as_tensor(w) for name, w in weights.items()}, x, symmetry, SPACING).numpy()
    np.testing.assert_allclose(made.z, expected, atol=1e-13)
    np.testing.assert_allclose(identifier.predict(x, block=41), expected, atol=1e-13)
    delayed = np.concatenate([np.zeros((2, 5)), d], axis=1)[:, :300]
    np.testing.assert_allclose(made.e, delayed - expected, atol=1e-13)


def test_the_rules_as_printed_move_every_parameter_by_its_step_size():
    weights, x, d = signals()
    mu = dict(zip(GROUPS, (0.1, 0.2, 0.3, 0.4, 0.5), strict=True))
    steps = StepSizes("none", initial=0.01, final=0.01, groups=mu)
    identifier = LmsIdentifier(weights, "odd", SPACING, steps=steps)
    identifier.process(x[:, :50], d[:, :50])
    before = identifier.parameters.flat()
    identifier.process(x[:, 50:51], d[:, 50:51])
    factors = 0.01 * np.array(list(mu.values()))[group_of_each(identifier.parameters)]
    assert np.abs(identifier.gradient).max() > 0
    np.testing.assert_array_equal(identifier.parameters.flat(), before - factors * identifier.gradient)


def test_held_and_kept_differ_once_parameters_move():
    """The kept form carries signals of past parameters: close to the held one, not equal."""
    weights, x, d = signals()
    held, kept = (LmsIdentifier(weights, "odd", SPACING, steps=PLAIN_STEPS, window=w) for w in ("held", "kept"))
    for identifier in (held, kept):
        identifier.process(x, d)
    difference = np.abs(held.parameters.flat() - kept.parameters.flat()).max()
    moved = np.abs(held.parameters.flat() - Parameters.from_weights(weights).flat()).max()
    assert 0 < difference < 0.1 * moved


@pytest.mark.parametrize("steps", [PLAIN_STEPS, POWER, StepSizes()], ids=["none", "power", "correlation"])
def test_groups_that_are_not_adapted_stay(steps):
    weights, x, d = signals(n=3000)
    identifier = LmsIdentifier(weights, "odd", SPACING, steps=steps)
    identifier.adapt(("G", "f"))
    identifier.process(x, d, block=32)
    for name, w in identifier.weights.items():
        assert np.array_equal(w, weights[name]) == (name not in ("G", "f")), name


def test_weights_come_back_as_they_went_in():
    weights, _, _ = signals()
    identifier = LmsIdentifier(weights, "odd", SPACING)
    for name, w in identifier.weights.items():
        np.testing.assert_array_equal(w, weights[name])
    one = LmsIdentifier({**weights, "f": weights["f"][0]}, "odd", SPACING)
    assert one.weights["f"].shape == (1, 6)


@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
@pytest.mark.parametrize("window", ["held", "kept"])
def test_a_network_is_identified_from_its_own_output(symmetry, window):
    weights, x, _ = signals(seed=4, n_tx=1, n_rx=2, n=24_000, symmetry=symmetry)
    z = LmsIdentifier(weights, symmetry, SPACING).predict(x)
    rng = np.random.default_rng(5)
    start = {name: w * (1 + 0.2 * rng.standard_normal(w.shape)) for name, w in weights.items()}
    identifier = LmsIdentifier(start, symmetry, SPACING, window=window)
    e = identifier.process(x, z, block=32).e
    power = np.mean(np.abs(z) ** 2)
    assert 10 * np.log10(power / np.mean(np.abs(e[:, :1000]) ** 2)) < 10
    assert 10 * np.log10(power / np.mean(np.abs(e[:, -4000:]) ** 2)) > 27


def test_the_step_falls_from_initial_to_final():
    rule = StepRule(StepSizes("none", initial=0.5, final=0.1), np.zeros(1, dtype=np.int64))
    moves = [float(rule.step(np.ones(1), np.ones(1), 1.0, 1)[0]) for _ in range(12)]
    np.testing.assert_allclose(moves[:3], [-1 / 2, -1 / 3, -1 / 4])
    assert moves[-1] == pytest.approx(-0.1)


@pytest.mark.parametrize("normalization", ["power", "correlation"])
def test_normalized_steps_do_not_depend_on_the_scale_of_a_group(normalization):
    """Gradients of one group 1000 times as large: its parameters are so much smaller, and their relative step is the same."""
    rng = np.random.default_rng(6)
    group_of = np.repeat(np.arange(5), 4)
    scale = np.where(group_of == 2, 1000.0, 1.0)
    moves = []
    for s in (np.ones(20), scale):
        rule = StepRule(StepSizes(normalization, warmup_samples=0, initial=0.1), group_of)
        rng = np.random.default_rng(6)
        for _ in range(40):
            rule.average(rng.standard_normal((1, 20)) * s, 64, 64)
        g = rng.standard_normal(20)
        moves.append(rule.step(g * s, np.ones(20) / s, 100.0, 64) * s)
    assert np.abs(moves[0]).max() > 0
    np.testing.assert_allclose(moves[1], moves[0], rtol=1e-9)


def test_one_update_changes_no_group_beyond_the_trust():
    group_of = np.repeat(np.arange(5), 2)
    rule = StepRule(StepSizes("power", initial=1.0, final=1.0, warmup_samples=0, trust=0.05), group_of)
    rule.average(np.full((1, 10), 1e-3), 1, 1)
    change = rule.step(np.ones(10), np.full(10, 0.01), 1e9, 1)
    ratios = np.sqrt(np.bincount(group_of, change**2)) / (0.01 * np.sqrt(2))
    assert ratios.max() == pytest.approx(0.05)


def test_nothing_moves_before_the_averages_are_warm():
    weights, x, d = signals(n=2000)
    identifier = LmsIdentifier(weights, "odd", SPACING, steps=StepSizes(warmup_samples=1280))
    identifier.process(x[:, :1216], d[:, :1216], block=64)
    np.testing.assert_array_equal(identifier.parameters.flat(), Parameters.from_weights(weights).flat())
    identifier.process(x[:, 1216:1280], d[:, 1216:1280], block=64)
    assert np.any(identifier.parameters.flat() != Parameters.from_weights(weights).flat())


@pytest.mark.parametrize("step", [100.0, 1e200])
def test_divergence_stops_with_the_sample(step):
    weights, x, d = signals()
    identifier = LmsIdentifier(weights, "odd", SPACING, steps=StepSizes("none", initial=step, final=step))
    with pytest.raises(
        TrainingError, match=r"^LMS diverged at sample \d+: the error has the power .*smaller step sizes$"
    ):
        identifier.process(x, d)


def test_unequal_lengths_and_empty_blocks_are_refused():
    weights, x, d = signals()
    identifier = LmsIdentifier(weights, "odd", SPACING)
    with pytest.raises(ValueError, match="equal lengths"):
        identifier.process(x, d[:, 1:])
    with pytest.raises(ValueError, match="block = 0"):
        identifier.process(x, d, block=0)
    with pytest.raises(ValueError, match="0 and 0 samples"):
        identifier.process(x[:, :0], d[:, :0])


def test_a_start_without_output_moves_only_what_has_a_gradient():
    """While G is 0 the other groups have no power: no step of theirs is defined, and none is taken."""
    weights, x, d = signals(n=1344)
    weights["G"] *= 0
    identifier = LmsIdentifier(weights, "odd", SPACING, steps=StepSizes(warmup_samples=1280))
    identifier.process(x[:, :1280], d[:, :1280], block=64)
    for name, w in identifier.weights.items():
        assert np.array_equal(w, weights[name]) == (name != "G"), name
    assert np.isfinite(identifier.process(x[:, 1280:], d[:, 1280:], block=64).z).all()


def test_random_gradients_suffice_for_the_matrix():
    rule = StepRule(StepSizes(memory_samples=12_800), np.zeros(800, dtype=np.int64))
    assert (rule.probes(64), rule.probes(256)) == (8, 32)
    assert StepRule(StepSizes(), np.zeros(18, dtype=np.int64)).probes(64) == 1
    assert StepRule(POWER, np.zeros(800, dtype=np.int64)).probes(256) == 1
    assert StepRule(STILL, np.zeros(800, dtype=np.int64)).probes(256) == 0


@pytest.mark.parametrize("wrong", [{"initial": 0.0}, {"final": -1.0}, {"trust": 0.0}, {"groups": {"H": 1.0}}])
def test_step_sizes_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"initial|groups"):
        StepSizes(**wrong)
