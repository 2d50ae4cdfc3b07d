"""The CNN cancellers: sizes of papers/000, their layers against NumPy written out, norms and their folding."""

import numpy as np
import pytest
import torch
from demo_cnn import LIGHTWEIGHT, SMALL, STATIC, cnn_weights

from pimdeploy.datapath.cnn_plan import ConvLayer, TableLayer, cnn_layers
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.build import (
    antennas,
    build_network,
    default_latency,
    parameter_counts,
    warmup_samples,
    weight_shapes,
)
from pimdeploy.networks.cnn_layers import EntryTables, Norm, convolve, interpolate
from pimdeploy.networks.cnn_trainable import TrainableCnn, start_weights
from pimdeploy.networks.layers import FloatFactory

LUT = TableLayer("lut", "a", "h", channels=6, segments=7, range_log2=1, tables=3, trained=True)


def tensors(weights):
    return {name: torch.from_numpy(value) for name, value in weights.items()}


def noise(channels, n_samples=60, seed=2):
    return np.random.default_rng(seed).normal(size=(channels, n_samples))


@pytest.mark.parametrize(("spec", "count"), [(STATIC, 25_632), (LIGHTWEIGHT, 11_856)], ids=["static", "lightweight"])
def test_the_papers_networks_have_exactly_its_numbers_of_parameters(spec, count):
    assert parameter_counts(spec, 32, 16) == {"real": count, "paper": count}
    start = start_weights(spec, 32, 16, torch.Generator().manual_seed(1))
    trained = TrainableCnn(spec, 32, 16, start).trained()
    assert sum(parameter.numel() for parameter in trained) == count


def test_a_table_a_channel_has_as_many_entries_a_channel():
    spec = STATIC.model_copy(update={"lut_shared": False})
    assert parameter_counts(spec, 32, 16)["real"] == 25_632 + 31 * 32


@pytest.mark.parametrize("spec", SMALL.values(), ids=SMALL)
def test_antennas_and_latency_follow_from_the_sizes(spec):
    shapes = weight_shapes(spec, 3, 2)
    assert antennas(spec, shapes) == (3, 2)
    assert warmup_samples(spec) == (spec.kernel_taps - 1) * sum(spec.dilations)
    assert default_latency(spec) == warmup_samples(spec) // 2
    assert default_latency(spec.model_copy(update={"latency_samples": 1})) == 1


def by_hand(spec, weights, x):
    """The network in NumPy, written out sample by sample; x [channels, n_samples]."""
    signals = {"x": x}
    for layer in cnn_layers(spec, 1, 1):
        source, w = signals[layer.source], weights[layer.name]
        if isinstance(layer, TableLayer):
            table = [weights[layer.name][c * layer.tables // layer.channels] for c in range(layer.channels)]
            limited = np.clip(source, layer.knots[0], layer.knots[0] + 2.0 ** (layer.range_log2 + 1))
            y = np.stack([_line_table(limited[c], table[c], layer) for c in range(layer.channels)])
            signals[layer.output] = np.maximum(y, 0) if layer.trained else y
            continue
        y = np.zeros((layer.channels_out, x.shape[1]))
        for o in range(layer.channels_out):
            first = 0 if layer.groups == 1 else o
            for i in range(w.shape[1]):
                for k in range(layer.n_taps):
                    delayed = np.pad(source[first + i], (layer.dilation * k, 0))[: x.shape[1]]
                    y[o] += w[o, i, k] * delayed
        y = y + (weights[layer.bias_name][:, None] if layer.bias else 0)
        signals[layer.output] = np.where(y > 0, y, y * 2.0**-spec.leaky_log2) if layer.leaky else y
    return signals["z"]


def _line_table(a, entries, layer):
    inside = np.interp(a, layer.knots, entries)
    slope = (entries[-1] - entries[-2]) / 2.0**layer.spacing_log2
    return np.where(a > layer.knots[-1], entries[-1] + slope * (a - layer.knots[-1]), inside)


@pytest.mark.parametrize("spec", SMALL.values(), ids=SMALL)
def test_the_network_is_what_its_layers_say(spec):
    weights = cnn_weights(spec)
    network = build_network(spec, FloatFactory(), tensors(weights))
    x = noise(2)
    with torch.no_grad():
        got = network(torch.from_numpy(x)[None])[0].numpy()
    assert np.abs(got).max() > 0.1
    np.testing.assert_allclose(got, by_hand(spec, weights, x), atol=1e-12)


def test_the_order_in_a_separable_block_is_depthwise_activation_pointwise_norm_activation():
    layers = cnn_layers(LIGHTWEIGHT, 32, 16)
    depthwise, pointwise, last = layers[0], layers[1], layers[-1]
    assert isinstance(depthwise, ConvLayer)
    assert isinstance(pointwise, ConvLayer)
    assert isinstance(last, ConvLayer)
    assert (depthwise.groups, depthwise.n_taps, depthwise.leaky, depthwise.normalized) == (64, 5, True, False)
    assert (pointwise.groups, pointwise.n_taps, pointwise.leaky, pointwise.normalized) == (1, 1, True, True)
    assert (last.output, last.leaky, last.normalized, last.bias) == ("z", False, False, False)


@pytest.mark.parametrize("spec", SMALL.values(), ids=SMALL)
def test_an_estimate_depends_on_the_past_within_the_warmup_only(spec):
    network = build_network(spec, FloatFactory(), tensors(cnn_weights(spec)))
    x = torch.from_numpy(noise(2 * 20).reshape(20, 2, -1))  # many signals: rectifiers hide some of what comes through
    changed, at = x.clone(), 20
    changed[:, :, at] += 0.7
    with torch.no_grad():
        difference = (network(x) - network(changed)).abs().sum((0, 1)).numpy()
    reached = np.flatnonzero(difference)
    assert (reached.min(), reached.max()) == (at, at + warmup_samples(spec))


@pytest.mark.parametrize("groups", [1, 6])
@pytest.mark.parametrize("dilation", [1, 3])
def test_convolutions_in_float64_and_float32_are_one(groups, dilation):
    x, taps = torch.from_numpy(noise(6))[None], torch.from_numpy(np.random.default_rng(1).normal(size=(6, 6, 5)))
    taps, bias = taps[:, : 6 // groups], torch.arange(6.0)
    exact = convolve(x, taps, bias.double(), groups, dilation)
    fast = convolve(x.float(), taps.float(), bias, groups, dilation)
    torch.testing.assert_close(fast.double(), exact, atol=1e-4, rtol=1e-5)


def test_the_gradients_of_a_table_are_those_of_its_interpolation():
    a = torch.from_numpy(noise(6, 9)).double()[None].requires_grad_()
    entries = torch.from_numpy(np.random.default_rng(3).normal(size=(3, 8))).requires_grad_()
    tables = EntryTables(2.0**LUT.spacing_log2)
    assert torch.autograd.gradcheck(lambda a, w: interpolate(a, tables.tables(w), LUT), (a, entries))


def test_entries_and_tables_belong_together_both_ways():
    entries = torch.from_numpy(np.random.default_rng(3).normal(size=(3, 8)))
    tables = EntryTables(0.25)
    torch.testing.assert_close(tables.parameters(*tables.tables(entries)), entries)
    torch.testing.assert_close(tables.parameters(torch.ones(1, 4), None), torch.arange(5.0)[None] * 0.25)


def trainable(spec, **options):
    start = start_weights(spec, 2, 1, torch.Generator().manual_seed(4))
    return TrainableCnn(spec, 2, 1, start, dtype=torch.float64, **options)


@pytest.mark.parametrize("spec", SMALL.values(), ids=SMALL)
def test_folding_leaves_the_estimate(spec):
    model = trainable(spec, input_scale=3.0, output_scale=torch.tensor([0.5, 2.0]))
    x = torch.from_numpy(noise(4, 400))[None]
    model.measure_norms(x)
    model.hold_norms()
    folded = build_network(spec, FloatFactory(), tensors(model.fold()))
    with torch.no_grad():
        torch.testing.assert_close(folded(x), model(x), atol=1e-6, rtol=1e-6)


def test_norms_follow_batches_until_they_are_held():
    model = trainable(SMALL["lut"])
    x = torch.from_numpy(noise(4, 400))[None]
    model.train()
    model.measure_norms(x)
    norm = model.norms["c1"]
    assert isinstance(norm, Norm)
    with torch.no_grad():
        y = norm(convolve(x, model.weights["c1"](), None))
        assert (float(y.mean()), float(y.std())) == pytest.approx((0.0, 1.0), abs=1e-3)
        before = norm.mean.clone()
        model(2 * x + 1)
        assert not torch.equal(norm.mean, before)
        model.hold_norms()
        before = norm.mean.clone()
        model(3 * x + 1)
        assert torch.equal(norm.mean, before)
        assert torch.equal(model.eval()(x), model.train()(x))


def test_sigmoids_are_fixed_and_tables_of_the_function():
    spec = SMALL["separable dense"]
    model = trainable(spec)
    assert not model.weights["g1"].weight.requires_grad
    layer = next(layer for layer in model.layers if layer.name == "g1")
    a = torch.linspace(-10, 10, 501, dtype=torch.float64).expand(1, layer.channels, -1)
    y = interpolate(a, model.weights["g1"](), layer)
    limited = a.clamp(-8, 8)
    assert float((y - torch.sigmoid(limited)).abs().max()) < 0.013  # 1 / 8 of the square of the spacing times f''
    assert torch.equal(y[..., 0], y[..., 25])  # saturated


def test_a_weight_of_another_shape_is_refused_by_name():
    weights = tensors(cnn_weights(STATIC))
    weights["c2_bias"] = weights["c2_bias"][:-1]
    with pytest.raises(ValueError, match=r"weight c2_bias: got shape \[31\], expected \[32\]"):
        build_network(STATIC, FloatFactory(), weights)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"dilations": (1, 1)}, "expected one of 1 or more for each of the 4 convolutions"),
        ({"front": ()}, "expected at least one front convolution"),
        ({"lut_entries": 33}, "lut_entries = 33: expected a power of two"),
        ({"kernel": "dense", "dense": ()}, "expected at least one fully connected layer"),
        ({"kernel": "dense", "sigmoid_segments": 48}, "sigmoid_segments = 48: expected a power of two"),
    ],
)
def test_sizes_that_contradict_each_other_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        CnnSpec(**fields)
