"""The network against its equations written out with NumPy, and its bookkeeping."""

import itertools

import numpy as np
import pytest
import torch

from pimdeploy.datapath.lowering_bfan import bfan_activations
from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import BasisTables, left_end
from pimdeploy.networks.build import (
    build_network,
    default_knot_spacing,
    default_latency,
    parameter_counts,
    warmup_samples,
    weight_shapes,
)
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.networks.piecewise import interpolate, table_bases

SIZES = {"M_K": 3, "M_N": 2, "M_a": 4, "N": 8, "M_G": 4}
SMALL = BfanSpec(**SIZES)
KINDS = [
    BfanSpec(symmetry=symmetry, functions=functions, **SIZES)
    for symmetry, functions in itertools.product(("odd", "even", "plain"), (1, 2, 4))
]


def label(spec):
    return f"{spec.symmetry}-{spec.functions}"


def random_weights(spec: BfanSpec, n_tx: int = 1, n_rx: int = 1, seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = weight_shapes(spec, n_tx, n_rx)
    return {k: torch.randn(s, generator=generator, dtype=torch.float64) for k, s in shapes.items()}


def fir(taps: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.convolve(taps, x)[: len(x)]


def relu(a: np.ndarray) -> np.ndarray:
    return np.maximum(a, 0)


def equation_3(spec: BfanSpec, w: np.ndarray, spacing: float, a: np.ndarray) -> np.ndarray:
    """c of one branch in basis form: the paper's h_k(a) = max(a - x_k, 0) for k < N, h_N = 1."""
    if spec.symmetry == "plain":
        end = left_end(spec, spacing)
        knots = [k * spacing - end for k in range(spec.N)]
        a = np.minimum(a, end)
        return sum(w[k] * relu(a - x) for k, x in enumerate(knots)) + w[spec.N]
    if spec.symmetry == "odd":
        return sum(w[k] * (relu(a - k * spacing) - relu(-a - k * spacing)) for k in range(spec.N))
    f = sum(w[k - 1] * (relu(a - k * spacing) + relu(-a - k * spacing)) for k in range(1, spec.N))
    return a * (f + 2 * w[spec.N - 1])


def equations_4_to_6(spec: BfanSpec, w: dict[str, np.ndarray], spacing: float, x: np.ndarray) -> dict[str, np.ndarray]:
    """The paper's network with complex numbers; x: [T, n]."""
    u = np.stack([fir(w["K"][2 * t] + 1j * w["K"][2 * t + 1], x[t]) for t in range(len(x))])
    parts = np.stack([part for row in u for part in (row.real, row.imag)])
    a = np.stack([sum(fir(Phi[j], parts[j]) for j in range(len(parts))) for Phi in w["Phi"]])
    own = [w["f"][i * spec.functions // spec.M_a] for i in range(spec.M_a)]
    c = np.stack([equation_3(spec, f, spacing, branch) for f, branch in zip(own, a, strict=True)])
    v = (w["Psi"][0::2] + 1j * w["Psi"][1::2]) @ c
    z = np.stack([fir(w["G"][2 * r] + 1j * w["G"][2 * r + 1], v[r]) for r in range(len(v))])
    return {"u": u, "a": a, "c": c, "v": v, "z": z}


def to_complex(real: torch.Tensor) -> np.ndarray:
    array = real.detach().numpy()[0]
    return array[0::2] + 1j * array[1::2]


@pytest.mark.parametrize(("n_tx", "n_rx"), [(1, 1), (2, 3)])
@pytest.mark.parametrize("spec", KINDS, ids=label)
def test_every_activation_follows_the_equations(spec, n_tx, n_rx):
    weights = random_weights(spec, n_tx, n_rx)
    network = build_network(spec, FloatFactory(), weights)
    rng = np.random.default_rng(3)
    x = 0.2 * (rng.standard_normal((n_tx, 200)) + 1j * rng.standard_normal((n_tx, 200)))
    real = torch.from_numpy(np.stack([part for row in x for part in (row.real, row.imag)]))[None]
    trace: dict[str, torch.Tensor] = {}
    z = network(real, trace)
    expected = equations_4_to_6(spec, {k: v.numpy() for k, v in weights.items()}, default_knot_spacing(spec), x)
    assert tuple(trace) == bfan_activations(spec)
    assert torch.equal(trace["z"], z)
    for name in ("u", "v", "z"):
        np.testing.assert_allclose(to_complex(trace[name]), expected[name], rtol=1e-12, atol=1e-12)
    for name in ("a", "c"):
        np.testing.assert_allclose(trace[name].detach().numpy()[0], expected[name], rtol=1e-12, atol=1e-12)
    assert np.ptp(expected["a"]) > 4  # the signal reaches far beyond the last knot


@pytest.mark.parametrize("symmetry", ["odd", "even"])
def test_odd_mapping(symmetry):
    """a f(a) with f even is odd, too; without symmetry it is not."""
    x = torch.randn(1, 2, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    spec = BfanSpec(symmetry=symmetry, **SIZES)
    network = build_network(spec, FloatFactory(), random_weights(spec))
    assert torch.equal(network(-x), -network(x))
    plain = BfanSpec(symmetry="plain", **SIZES)
    network = build_network(plain, FloatFactory(), random_weights(plain))
    assert not torch.allclose(network(-x), -network(x))


@pytest.mark.parametrize("symmetry", ["odd", "even"])
def test_causal_and_zero_state(symmetry):
    spec = BfanSpec(symmetry=symmetry, **SIZES)
    network = build_network(spec, FloatFactory(), random_weights(spec))
    x = torch.randn(1, 2, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    whole = network(x)
    torch.testing.assert_close(network(x[..., :40]), whole[..., :40], rtol=1e-13, atol=1e-13)
    later = network(torch.nn.functional.pad(x, (5, 0)))
    torch.testing.assert_close(later[..., 5:], whole, rtol=1e-13, atol=1e-13)
    assert torch.count_nonzero(later[..., :5]) == 0


def test_tables_are_sums_of_the_basis_weights():
    w = torch.tensor([[0.25, -1.0, 3.0, 0.5]], dtype=torch.float64)
    slopes, first = BasisTables("odd").tables(w)
    assert slopes.tolist() == [[0.25, -0.75, 2.25, 2.75]]
    assert first is None
    assert table_bases(slopes, first, 0.5).tolist() == [[0.0, 0.125, -0.25, 0.875]]
    slopes, first = BasisTables("even").tables(w)
    assert slopes.tolist() == [[0.0, 0.25, -0.75, 2.25]]
    assert first.tolist() == [1.0]
    assert table_bases(slopes, first, 0.5).tolist() == [[1.0, 1.0, 1.125, 0.75]]
    slopes, first = BasisTables("plain").tables(w)
    assert (slopes.tolist(), first.tolist()) == ([[0.25, -0.75, 2.25]], [0.5])


@pytest.mark.parametrize("symmetry", ["odd", "even", "plain"])
def test_tables_and_parameters_belong_together(symmetry):
    w = torch.randn(3, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    tables = BasisTables(symmetry)
    torch.testing.assert_close(tables.parameters(*tables.tables(w)), w)


def test_piecewise_is_continuous_and_goes_on_right_of_the_last_knot():
    slopes = torch.tensor([[0.0, 1.0, 3.0]], dtype=torch.float64)
    t = torch.tensor([[[0.0, 0.25, 0.5, 0.75, 1.0, 7.0]]], dtype=torch.float64)
    assert interpolate(t, slopes, None, 0.5).tolist() == [[[0.0, 0.0, 0.0, 0.25, 0.5, 18.5]]]


def test_functions_and_outputs_take_their_rows():
    """Channel c of 4 reads table c * 2 // 4; its outputs j = 0, 1 are rows 2 * table + j."""
    slopes = torch.arange(1.0, 5.0, dtype=torch.float64)[:, None]
    t = torch.ones(1, 4, 1, dtype=torch.float64)
    first = torch.tensor([0.0, 0.5, 0.0, 0.5], dtype=torch.float64)
    assert interpolate(t, slopes, first, 1.0, outputs=2).flatten().tolist() == [1, 2.5, 1, 2.5, 3, 4.5, 3, 4.5]
    assert interpolate(t, slopes, None, 1.0).flatten().tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("fields", "real", "paper"),
    [
        ({"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9}, 80, 56),
        ({"M_K": 5, "M_N": 2, "M_a": 8, "N": 12, "M_G": 13}, 112, 86),
        ({"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9, "symmetry": "even"}, 80, 56),
        ({"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9, "symmetry": "plain"}, 81, 57),
        ({"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9, "functions": 8}, 192, 168),
    ],
)
def test_parameter_counts(fields, real, paper):
    spec = BfanSpec(**fields)
    assert parameter_counts(spec) == {"real": real, "paper": paper}
    assert sum(p.numel() for p in build_network(spec, FloatFactory()).parameters()) == real


def test_latency_and_warmup():
    assert default_latency(SMALL) == 1 + 1 + 1
    assert default_latency(BfanSpec(latency_samples=0)) == 0
    assert warmup_samples(SMALL) == 2 + 2 + 3


@pytest.mark.parametrize(("n", "spacing"), [(2, 0.5), (12, 1 / 16), (16, 1 / 16), (17, 1 / 32)])
def test_knot_spacing_is_a_power_of_two_with_the_last_knot_below_one(n, spacing):
    assert default_knot_spacing(BfanSpec(N=n)) == spacing
    assert 0.5 <= (n - 1) * spacing < 1


def test_the_knots_of_a_plain_function_span_minus_one_to_one():
    spec = BfanSpec(symmetry="plain", N=16)
    assert (default_knot_spacing(spec), left_end(spec, default_knot_spacing(spec))) == (1 / 8, 1.0)


def test_wrong_shape_and_a_missing_weight_are_named():
    weights = random_weights(SMALL)
    weights["Phi"] = weights["Phi"][:, :, :1]
    with pytest.raises(ValueError, match=r"^weight Phi: got shape \[4, 2, 1\], expected \[4, 2, 3\]$"):
        build_network(SMALL, FloatFactory(), weights)
    del weights["Phi"]
    with pytest.raises(ValueError, match=r"^weight Phi is missing; have K, f, Psi, G$"):
        build_network(SMALL, FloatFactory(), weights)


def test_float_weights_are_copies():
    network = build_network(SMALL, FloatFactory(), random_weights(SMALL))
    assert isinstance(network, Canceller)
    network.float_weights()["K"].zero_()
    assert network.float_weights()["K"].abs().sum() > 0
