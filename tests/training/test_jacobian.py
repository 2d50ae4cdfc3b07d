"""The solver's derivatives against automatic differentiation of the network."""

import itertools

import pytest
import torch
from torch.func import functional_call, jacfwd

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.build import build_network
from pimdeploy.networks.layers import FloatFactory
from pimdeploy.training.families import family_of
from pimdeploy.training.normal_equations import normal_equations, residual_at
from pimdeploy.training.objective import make_objective
from pimdeploy.training.parameters import flatten, unflatten
from pimdeploy.training.spectra import Spectra

SIZES = {"M_K": 3, "M_N": 2, "M_a": 4, "N": 4, "M_G": 4}
KINDS = [
    {"symmetry": symmetry, "functions": functions}
    for symmetry, functions in itertools.product(("odd", "even", "plain"), (1, 2, 4))
]


def label(fields):
    return "-".join(str(value) for value in fields.values())


@pytest.mark.parametrize(("n_tx", "n_rx"), [(1, 1), (2, 3)])
@pytest.mark.parametrize("fields", KINDS, ids=label)
def test_columns_equal_jacfwd_of_the_network(random_weights, fields, n_tx, n_rx):
    spec = BfanSpec(**SIZES, **fields)
    family = family_of(spec, n_tx, n_rx)
    weights = random_weights(spec, n_tx, n_rx)
    weights["G"][0::2] += torch.eye(1, spec.M_G, dtype=torch.float64)  # no filter is zero
    n = 60
    x = torch.randn(2 * n_tx, n, dtype=torch.float64, generator=torch.Generator().manual_seed(6))
    network = build_network(spec, FloatFactory(), weights)

    def output(vector):
        parameters = {f"weights.{k}.weight": v for k, v in unflatten(vector, weights).items()}
        z = functional_call(network, parameters, (x[None],))[0]
        return torch.stack([z[0::2], z[1::2]])

    real, imag = jacfwd(output)(flatten(weights))
    expected = torch.complex(real, imag)
    assert expected.abs().max() > 0.1
    # All bins of a zero-padded segment: its spectra are those of linear convolutions, exactly.
    pad = spec.M_G - 1
    spectra = Spectra(torch.arange(n + pad), n + pad, 0, torch.ones(n + pad, dtype=torch.float64))

    def spectrum(signal):
        return spectra.of(torch.nn.functional.pad(signal, (0, pad)))

    point = family.point(weights, x)
    padded = _Padded(spectra, pad)
    for r in range(n_rx):
        taps = torch.complex(weights["G"][2 * r], weights["G"][2 * r + 1])
        phases = spectra.phases(spec.M_G)
        got = {name: taps @ phases * column for name, column in point.columns(padded, r).items()}
        delayed = phases * spectrum(point.v[r])
        got["G"] = torch.cat([delayed, 1j * delayed])
        where = family.positions(r)
        assert set(got) == set(where)
        reached = torch.cat(list(where.values()))
        assert torch.count_nonzero(expected[r][:, _others(reached, expected.shape[2])]) == 0
        for name, column in got.items():
            signal = torch.fft.ifft(column)[:, :n]
            torch.testing.assert_close(signal.T, expected[r][:, where[name]], rtol=0, atol=1e-10)


class _Padded(Spectra):
    """Spectra of signals that end before the segment does."""

    def __init__(self, spectra, pad):
        super().__init__(spectra.bins, spectra.n, 0, spectra.taper)
        object.__setattr__(self, "pad", pad)

    def of(self, signal):
        return super().of(torch.nn.functional.pad(signal, (0, self.pad)))


def _others(reached, count):
    mask = torch.ones(count, dtype=torch.bool)
    mask[reached] = False
    return mask


@pytest.mark.parametrize("fields", [{}, {"symmetry": "even", "functions": 2}, {"symmetry": "plain", "N": 8}], ids=label)
@pytest.mark.parametrize("channels", [1, 2])
def test_objective_gradient_equals_autograd_of_its_loss(
    random_weights, small_dataset, two_channel_dataset, channels, fields
):
    dataset = small_dataset if channels == 1 else two_channel_dataset
    spec = BfanSpec(**({"M_K": 3, "M_N": 2, "M_a": 4, "N": 6, "M_G": 5} | fields))
    family = family_of(spec, 1, channels)
    objective = make_objective(dataset, "val", spec, 1e-3)
    like = random_weights(spec, 1, channels)
    vector = flatten(like).requires_grad_(True)
    residual = residual_at(objective, family, family.point(unflatten(vector, like), objective.x))
    (residual.abs().square().sum() / objective.scale).backward()
    point = family.point(like, objective.x)
    _, gradient = normal_equations(objective, family, point, residual_at(objective, family, point))
    scale = float(vector.grad.abs().max())
    torch.testing.assert_close(-2 * gradient / scale, vector.grad / scale, rtol=0, atol=1e-10)
