"""The BFAN over one input: its signals and their derivatives, the gradients (7) to (11) of papers/003 as signals.

All samples at once, with Phi and W real (docs/spec/papers.md, section 3). FFTs then filter all columns.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor
from torch.nn.functional import relu, softshrink

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import BasisTables, left_end, table_argument
from pimdeploy.networks.filters import causal_convolution, filter_channels
from pimdeploy.networks.piecewise import segment_index, table_bases, table_rows
from pimdeploy.training.family import ALL_BINS, Point, complex_rows, real_and_imaginary
from pimdeploy.training.parameters import Weights
from pimdeploy.training.signals import delays
from pimdeploy.training.spectra import Spectra


def basis_signals(spec: BfanSpec, a: Tensor, spacing: float) -> Iterator[Tensor]:
    """Yield the derivatives of c to the basis weights of its function, real, each like `a`, in their order.

    odd: ReLU(a - x_k) - ReLU(-a - x_k), which torch calls softshrink. even: a ReLU(|a| - x_k), then 2 a. plain:
    ReLU(a - x_k) with a saturated at A, then 1.
    """
    t = table_argument(spec, a, spacing)
    match spec.symmetry:
        case "odd":
            yield from (softshrink(a, k * spacing) for k in range(spec.N))
        case "even":
            yield from (a * relu(t - k * spacing) for k in range(1, spec.N))
            yield 2 * a
        case "plain":
            yield from (relu(t - k * spacing) for k in range(spec.N))
            yield torch.ones_like(a)


class BfanPoint(Point):
    """The BFAN of `spec` at `weights` over x [2 T, n], every memory starting with zeros.

    Signals, all real, [channel, n]: u [2 T], a and c [M_a]; f_slope: f'(a), [M_a]; c_slope: the derivative of c to a.
    """

    def __init__(self, spec: BfanSpec, weights: Weights, spacing: float, x: Tensor) -> None:
        self.spec, self.weights, self.spacing, self.x = spec, weights, spacing, x
        self.u = filter_channels(x[None], weights["K"])[0]
        self.a = causal_convolution(self.u[None], weights["Phi"])[0]
        self.c, self.f_slope, self.c_slope = self._nonlinearity()
        self.v = complex_rows(weights["Psi"] @ self.c)
        self._phi_spectrum: tuple[Spectra, Tensor] | None = None
        self._f_spectrum: tuple[Spectra, Tensor] | None = None

    def _nonlinearity(self) -> tuple[Tensor, Tensor, Tensor]:
        spec, a, spacing = self.spec, self.a, self.spacing
        slopes, first = BasisTables(spec.symmetry).tables(self.weights["f"])
        t = table_argument(spec, a, spacing)
        segment = segment_index(t, spec.N, spacing)
        index = segment + spec.N * table_rows(len(a), len(slopes))[:, None]
        slope = slopes.flatten()[index]
        value = table_bases(slopes, first, spacing).flatten()[index] + slope * (t - segment * spacing)
        match spec.symmetry:
            case "odd":
                return torch.sign(a) * value, slope, slope
            case "even":
                f_slope = torch.sign(a) * slope
                return a * value, f_slope, f_slope * a + value
            case "plain":
                inside = (a.detach().abs() <= left_end(spec, spacing)).to(a.dtype)
                return value, slope, slope * inside

    def columns(self, spectra: Spectra, receiver: int, rows: slice = ALL_BINS) -> dict[str, Tensor]:
        """See `Point.columns`."""
        psi = complex_rows(self.weights["Psi"])[receiver]
        out: dict[str, Tensor] = {}

        def k_columns() -> None:
            out["K"] = spectra.of(self.k_signals(psi))[:, rows]

        def f_columns() -> None:
            out["f"] = self._f_columns(spectra, psi, rows)

        def other_columns() -> None:
            out["Phi"] = (psi[:, None, None, None] * self._phi(spectra)[..., rows]).flatten(0, 2)
            out["Psi"] = real_and_imaginary(spectra.of(self.c)[:, rows])

        in_parallel(k_columns, f_columns, other_columns)
        return out

    def phi_signals(self) -> Tensor:
        """Return c's derivative to Phi, real, [M_a, 2 T, 2 M_N - 1, n]: c'(a_i) u_j[n - m]."""
        shifted = torch.stack(delays(self.u, self.weights["Phi"].shape[-1]), dim=1)
        return self.c_slope[:, None, None, :] * shifted

    def _phi(self, spectra: Spectra) -> Tensor:
        if self._phi_spectrum is None or self._phi_spectrum[0] is not spectra:
            self._phi_spectrum = (spectra, spectra.of(self.phi_signals()))
        return self._phi_spectrum[1]

    def _f_columns(self, spectra: Spectra, psi: Tensor, rows: slice) -> Tensor:
        """The cheaper of two ways: a column's branches are added before the FFT, or after one that receivers share."""
        n_functions, n_rx = self.spec.functions, len(self.v)
        if 2 * n_functions * n_rx <= len(psi):
            return spectra.of(self.f_signals(psi))[:, rows]
        if self._f_spectrum is None or self._f_spectrum[0] is not spectra:
            stacked = torch.stack(list(basis_signals(self.spec, self.a, self.spacing)), dim=1)
            self._f_spectrum = (spectra, spectra.of(stacked))
        spectrum = torch.unflatten(self._f_spectrum[1][..., rows], 0, (n_functions, -1))
        mixed = torch.einsum("fi,fikb->fkb", torch.unflatten(psi, 0, (n_functions, -1)), spectrum)
        return mixed.flatten(0, 1)

    def f_signals(self, psi: Tensor) -> Tensor:
        """Return v's derivative to the basis weights, complex, [functions * weights, n]: sums of Psi_i f_k(a_i)."""
        owner = table_rows(len(psi), self.spec.functions)
        mask = (owner == torch.arange(self.spec.functions)[:, None]).to(psi.real.dtype)
        mix = torch.cat([psi.real * mask, psi.imag * mask])
        parts = torch.stack([mix @ signal for signal in basis_signals(self.spec, self.a, self.spacing)], dim=1)
        real, imag = parts.flatten(0, 1).chunk(2)
        return torch.complex(real, imag)

    def k_signals(self, psi: Tensor) -> Tensor:
        """Return v's derivative to the taps of K, complex, [2 T M_K, n], rows in the order of the weight K.

        With A[j, m] = sum over i of Psi_i Phi[i, j, m] c'(a_i) the derivative to Re K[k] is the sum over m of
        A[I, m] x_I[n - m - k] + A[Q, m] x_Q[n - m - k]; that to Im K[k] has -x_Q and x_I in their places.
        """
        Phi = self.weights["Phi"]
        n_taps, n_delays, n_tx = self.weights["K"].shape[1], Phi.shape[2], Phi.shape[1] // 2
        mixed = psi[:, None, None] * Phi
        A = torch.cat([mixed.real, mixed.imag], dim=1).flatten(1).T @ self.c_slope
        A = A.reshape(2, n_tx, 2, n_delays, -1)  # part, transmitter, I or Q, delay, sample
        shifted = delays(self.x.reshape(n_tx, 2, -1), n_taps + n_delays - 1)
        out = self.x.new_zeros(2, n_tx, 2, n_taps, self.x.shape[1])
        for k in range(n_taps):
            for m in range(n_delays):
                x_i, x_q = shifted[m + k][:, 0], shifted[m + k][:, 1]
                a_i, a_q = A[:, :, 0, m], A[:, :, 1, m]
                out[:, :, 0, k].addcmul_(a_i, x_i).addcmul_(a_q, x_q)
                out[:, :, 1, k].addcmul_(a_q, x_i).addcmul_(a_i, x_q, value=-1)
        return torch.complex(out[0], out[1]).flatten(0, 2)


def in_parallel(*jobs: Callable[[], None]) -> None:
    """Run `jobs` side by side. Each computes alone, so that results do not depend on how many cores there are."""
    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        for future in [pool.submit(job) for job in jobs]:
            future.result()
