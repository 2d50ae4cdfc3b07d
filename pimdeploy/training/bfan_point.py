"""The BFAN over one input: its signals and their derivatives, the gradients (7) to (11) of papers/003 as signals.

All samples at once, with Phi and W real (docs/spec/papers.md, section 3). FFTs then filter all columns.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import relu, softshrink

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import BasisTables, left_end, table_argument
from pimdeploy.networks.filters import causal_convolution, filter_channels
from pimdeploy.networks.piecewise import segment_index, table_bases, table_rows
from pimdeploy.training.device import piece
from pimdeploy.training.family import Point, complex_rows, real_and_imaginary
from pimdeploy.training.parallel import in_parallel
from pimdeploy.training.parameters import Weights
from pimdeploy.training.signals import delays, pairs
from pimdeploy.training.spectra import Spectra

BLOCK_SAMPLES = 4096
"""Samples of a block of all branches that stays in the cache while it is bent by every function of the basis."""
COLUMNS_AT_ONCE = 3
"""Weights whose columns of the Jacobian are made side by side."""
Bend = Callable[[Tensor], Iterable[Tensor]]
"""From branches' arguments [branches, n] to functions of them, each of the same shape."""


def basis_signals(spec: BfanSpec, a: Tensor, spacing: float) -> Iterator[Tensor]:
    """Yield the derivatives of c to the basis weights of its function, real, each like `a`, in their order.

    odd: ReLU(a - x_k) - ReLU(-a - x_k), which torch calls softshrink. even: a ReLU(|a| - x_k), then 2 a. plain:
    ReLU(a - x_k) with a saturated at A, then 1.
    """
    match spec.symmetry:
        case "odd":
            yield from (softshrink(a, k * spacing) for k in range(spec.N))
        case "even":
            t = table_argument(spec, a, spacing)
            yield from (a * relu(t - k * spacing) for k in range(1, spec.N))
            yield 2 * a
        case "plain":
            t = table_argument(spec, a, spacing)
            yield from (relu(t - k * spacing) for k in range(spec.N))
            yield torch.ones_like(a)


def mixed_signals(bend: Bend, count: int, a: Tensor, psi: Tensor, n_functions: int = 1) -> Tensor:
    """Return the sums over branches of psi_i g_k(a_i), complex [count, n], for the `count` functions g_k that `bend` gives.

    a: [branches, n]; psi: [branches], complex. With `n_functions`, each of as many branches, one function after the
    other: [n_functions * count, n].
    """
    n = a.shape[1]
    branches = len(psi) // n_functions
    mixes = torch.split(torch.view_as_real(psi), branches)
    out = a.new_empty(n_functions, count, n, 2)
    size = piece(BLOCK_SAMPLES, a.device)
    for first in range(0, n, size):
        block = a[:, first : first + size].contiguous()
        for k, signal in enumerate(bend(block)):
            for function, (own, mix) in enumerate(zip(torch.split(signal, branches), mixes, strict=True)):
                torch.matmul(own.T, mix, out=out[function, k, first : first + size])
    return torch.view_as_complex(out).flatten(0, 1)


def branch_arguments(weights: Weights, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return u [2 T, n] and a [M_a, n], the filtered transmitters and the arguments of the functions."""
    u = filter_channels(x[None], weights["K"])[0]
    return u, causal_convolution(u[None], weights["Phi"])[0]


class BfanPoint(Point):
    """The BFAN of `spec` at `weights` over x [2 T, n], every memory starting with zeros.

    Signals, all real, [channel, n]: u [2 T], a and c [M_a]; f_slope: f'(a), [M_a]; c_slope: the derivative of c to a.
    table_index: [M_a, n], where a's segment stands in the tables of all functions, one after the other.
    """

    def __init__(self, spec: BfanSpec, weights: Weights, spacing: float, x: Tensor) -> None:
        self.spec, self.weights, self.spacing, self.x = spec, weights, spacing, x
        self.u, self.a = branch_arguments(weights, x)
        self.c, self.f_slope, self.c_slope = self._nonlinearity()
        self.v = complex_rows(weights["Psi"] @ self.c)
        self._phi_spectrum: tuple[Spectra, Tensor] | None = None
        self._f_spectrum: tuple[Spectra, Tensor] | None = None

    def _nonlinearity(self) -> tuple[Tensor, Tensor, Tensor]:
        spec, a, spacing = self.spec, self.a, self.spacing
        slopes, first = BasisTables(spec.symmetry).tables(self.weights["f"])
        t = table_argument(spec, a, spacing)
        segment = segment_index(t, spec.N, spacing)
        offset = t - segment.to(t.dtype) * spacing
        rows = table_rows(len(a), len(slopes)).to(a.device)
        self.table_index = segment if len(slopes) == 1 else segment + spec.N * rows[:, None]
        index = self.table_index.flatten()
        slope = slopes.flatten().index_select(0, index).reshape(a.shape)
        base = table_bases(slopes, first, spacing).flatten().index_select(0, index).reshape(a.shape)
        value = torch.addcmul(base, slope, offset)
        match spec.symmetry:
            case "odd":
                return torch.sign(a) * value, slope, slope
            case "even":
                f_slope = torch.sign(a) * slope
                return a * value, f_slope, f_slope * a + value
            case "plain":
                inside = (a.detach().abs() <= left_end(spec, spacing)).to(a.dtype)
                return value, slope, slope * inside

    def columns(self, spectra: Spectra, receiver: int) -> dict[str, Tensor]:
        """See `Point.columns`."""
        psi = complex_rows(self.weights["Psi"])[receiver]

        def phi_columns() -> Tensor:
            return (psi[:, None, None, None] * self._phi(spectra)).flatten(0, 2)

        jobs: list[Callable[[], Tensor]] = [
            partial(self._f_columns, spectra, psi),
            partial(self._k_columns, spectra, psi),
            phi_columns,
            lambda: real_and_imaginary(spectra.of(self.c)),
        ]
        columns = in_parallel(jobs, COLUMNS_AT_ONCE, self.x.device)
        return dict(zip(("f", "K", "Phi", "Psi"), columns, strict=True))

    def phi_signals(self) -> Tensor:
        """Return c's derivative to Phi, real, [M_a, 2 T, 2 M_N - 1, n]: c'(a_i) u_j[n - m]."""
        shifted = torch.stack(delays(self.u, self.weights["Phi"].shape[-1]), dim=1)
        return self.c_slope[:, None, None, :] * shifted

    def _phi(self, spectra: Spectra) -> Tensor:
        if self._phi_spectrum is None or self._phi_spectrum[0] is not spectra:
            self._phi_spectrum = (spectra, spectra.of(self.phi_signals()))
        return self._phi_spectrum[1]

    def _f_columns(self, spectra: Spectra, psi: Tensor) -> Tensor:
        """The cheaper of two ways: a column's branches are added before the FFT, or after one that receivers share."""
        n_functions, n_rx = self.spec.functions, len(self.v)
        if 2 * n_functions * n_rx <= len(psi):
            return spectra.of(self.f_signals(psi))
        if self._f_spectrum is None or self._f_spectrum[0] is not spectra:
            signals = basis_signals(self.spec, self.a, self.spacing)
            self._f_spectrum = (spectra, torch.stack([spectra.of(signal) for signal in signals], dim=1))
        spectrum = torch.unflatten(self._f_spectrum[1], 0, (n_functions, -1))
        mixed = torch.einsum("fi,fikb->fkb", torch.unflatten(psi, 0, (n_functions, -1)), spectrum)
        return mixed.flatten(0, 1)

    def f_signals(self, psi: Tensor) -> Tensor:
        """Return v's derivative to the basis weights, complex, [functions * weights, n]: sums of Psi_i f_k(a_i)."""
        bend = partial(basis_signals, self.spec, spacing=self.spacing)
        return mixed_signals(bend, self.weights["f"].shape[1], self.a, psi, self.spec.functions)

    def _k_columns(self, spectra: Spectra, psi: Tensor) -> Tensor:
        """Return the spectra of v's derivatives to K, [2 T M_K, bins], in the order of the weight."""
        linear, conjugate = torch.unflatten(spectra.of(self.k_signals(psi).flatten(0, 2)), 0, (2, len(self.x) // 2, -1))
        return torch.stack([linear + conjugate, 1j * (linear - conjugate)], dim=1).flatten(0, 2)

    def k_signals(self, psi: Tensor) -> Tensor:
        """Return v's derivatives to K and to K*, complex, [2, T, M_K, n].

        Their sum is that to Re K, j times their difference that to Im K. With B[t, m] = sum over i of
        Psi_i (Phi[i, I, m] - j Phi[i, Q, m]) c'(a_i) / 2, the derivative to K[t, k] is the sum over m of
        B[t, m] x_t[n - m - k]; that to K* has + j and x* in the places of - j and x.
        """
        n_taps, Phi, x = self.weights["K"].shape[1], self.weights["Phi"], pairs(self.x)
        n_tx, n_delays = len(x), Phi.shape[2]
        turned = torch.complex(Phi[:, 0::2], -Phi[:, 1::2]) / 2
        out = psi.new_empty(2, n_tx, n_taps, x.shape[1])
        for side, (mix, signal) in enumerate(((turned, x), (turned.conj(), x.conj().resolve_conj()))):
            rows = (psi[:, None, None] * mix).flatten(1).T
            B = torch.complex(rows.real @ self.c_slope, rows.imag @ self.c_slope).reshape(n_tx, n_delays, -1)
            delayed = delays(signal, n_taps + n_delays - 1)
            for k in range(n_taps):
                torch.mul(B[:, 0], delayed[k], out=out[side, :, k])
                for m in range(1, n_delays):
                    out[side, :, k].addcmul_(B[:, m], delayed[m + k])
        return out
