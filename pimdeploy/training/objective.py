"""What the solver minimises: the residual in the receive band, seen in the frequency domain.

One segment of the capture is tapered at its ends and transformed once; of all its bins only those that the receive
filter H passes are kept, weighted by |H|^2, and a regular subset of the others, where the estimate's own power is
penalised. Five to eight times fewer rows than samples remain, and every column of the Jacobian costs one FFT.
"""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.networks.build import default_latency, warmup_samples
from pimdeploy.recipe import NetworkSpec
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training.jacobian import (
    Signals,
    Weights,
    complex_row,
    f_signals,
    forward_signals,
    k_signals,
    parameter_slices,
    phi_signals,
)

TAPER_SAMPLES = 512
OUT_OF_BAND_STRIDE = 16
PASS_LEVEL = 1e-5
"""Bins where |H|^2 lies below this are out of band."""


def fft_length(n: int) -> int:
    """Return the largest length at most `n` whose only prime factors are 2, 3 and 5."""
    best = 1
    for a in range(int(math.log2(n)) + 1):
        for b in range(int(math.log(n, 3)) + 1):
            rest = n / (2**a * 3**b)
            if rest >= 1:
                best = max(best, 2**a * 3**b * 5 ** int(math.log(rest + 1e-9, 5)))
    return best


def in_parallel(*jobs: Callable[[], None]) -> None:
    """Run `jobs` side by side. Each computes alone, so that results do not depend on how many cores there are."""
    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        for future in [pool.submit(job) for job in jobs]:
            future.result()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread an operation: faster than many on a shared machine, and results repeat anywhere."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@dataclass(frozen=True)
class Objective:
    """A segment made ready for the solver.

    x: [2 T, context + n]; target: [R, bins], the tapered d's bins times |H| (zero out of band); weight: [bins] root of
    each bin's weight; bins: their indices in the FFT of length n; scale: the target's energy, so that a loss of 1 is a
    network that gives nothing. in_band: how many of the bins, the first ones, lie in the band. phases: [M_G, bins],
    exp(-j 2 pi bin k / n), the response of each tap of G.
    """

    x: Tensor
    target: Tensor
    weight: Tensor
    bins: Tensor
    n: int
    context: int
    taper: Tensor
    scale: float
    in_band: int
    phases: Tensor

    def spectrum(self, signal: Tensor) -> Tensor:
        """Return the kept bins of complex signals [..., context + n], tapered."""
        kept: Tensor = torch.fft.fft(signal[..., self.context :] * self.taper)[..., self.bins]
        return kept

    def real_spectrum(self, signal: Tensor) -> Tensor:
        """Return the kept bins of real signals [..., context + n], tapered; negative frequencies are mirrored."""
        half = torch.fft.rfft(signal[..., self.context :] * self.taper)
        mirrored = self.bins > self.n // 2
        kept = half[..., torch.where(mirrored, self.n - self.bins, self.bins)]
        return torch.where(mirrored, kept.conj(), kept)

    def residual(self, weights: Weights, spacing: float) -> tuple[Tensor, Signals]:
        """Return the weighted residual [R, bins], complex, and the network's signals."""
        signals = forward_signals(weights, spacing, self.x)
        rows = []
        for r in range(weights["Psi"].shape[0] // 2):
            v = torch.complex(signals.v[2 * r], signals.v[2 * r + 1])
            taps = complex_row(weights["G"], r)
            gain = taps @ self.phases
            rows.append(self.target[r] - self.weight * gain * self.spectrum(v))
        return torch.stack(rows), signals

    def cancellation_db(self, residual: Tensor) -> float:
        """Return the cancellation in the receive band that a residual stands for, dB (ends tapered, no penalty)."""
        left = float(residual[:, : self.in_band].abs().square().sum())
        return -10 * math.log10(max(left / self.scale, 1e-30))

    def columns(self, weights: Weights, spacing: float, signals: Signals, receiver: int = 0) -> Tensor:
        """Return the derivative of the weighted estimate to every parameter, complex, [n_parameters, bins]."""
        psi, taps = complex_row(weights["Psi"], receiver), complex_row(weights["G"], receiver)
        slices = parameter_slices(weights)
        phases = self.phases
        gain = self.weight * (taps @ phases)
        out = torch.zeros(slices["G"].stop, len(self.bins), dtype=psi.dtype)

        def k_columns() -> None:
            out[slices["K"]] = gain * self.spectrum(k_signals(weights, signals, psi))

        def f_columns() -> None:
            out[slices["f"]] = gain * self.spectrum(f_signals(weights, spacing, signals, psi))

        def phi_columns() -> None:
            phi = self.real_spectrum(phi_signals(weights, signals))
            out[slices["Phi"]] = ((psi[:, None] * gain)[:, None, None, :] * phi).flatten(0, 2)

        in_parallel(k_columns, f_columns, phi_columns)
        c = gain * self.real_spectrum(signals.c)
        at, count = slices["Psi"].start + 2 * receiver * len(psi), len(psi)
        out[at : at + count], out[at + count : at + 2 * count] = c, 1j * c
        v = torch.complex(signals.v[2 * receiver], signals.v[2 * receiver + 1])
        delayed_v = self.weight * phases * self.spectrum(v)
        at, count = slices["G"].start + 2 * receiver * len(taps), len(taps)
        out[at : at + count], out[at + count : at + 2 * count] = delayed_v, 1j * delayed_v
        return out

    def normal_equations(
        self, weights: Weights, spacing: float, residual: Tensor, signals: Signals
    ) -> tuple[Tensor, Tensor]:
        """Return (J^T J, J^T residual) over all receivers, divided by the target's energy."""
        n_parameters = parameter_slices(weights)["G"].stop
        gram = torch.zeros(n_parameters, n_parameters, dtype=torch.float64)
        gradient = torch.zeros(n_parameters, dtype=torch.float64)
        for r in range(residual.shape[0]):
            real = torch.view_as_real(self.columns(weights, spacing, signals, r)).flatten(1)
            gram += real @ real.T
            gradient += real @ torch.view_as_real(residual[r]).flatten()
        return gram / self.scale, gradient / self.scale


def make_objective(
    dataset: Dataset, split: str, spec: NetworkSpec, out_of_band_weight: float = 0.0, n_samples: int | None = None
) -> Objective:
    """Return the objective for a split of `dataset` (its first `n_samples`, where given) and the network `spec`.

    z[n] is held against d[n - latency]. The first samples of the split only fill the network's memories.
    """
    latency, n_taps = default_latency(spec), spec.M_G
    context = max(warmup_samples(spec), latency)
    start, stop = dataset.splits[split]
    stop = stop if n_samples is None else min(stop, start + n_samples)
    n = fft_length(stop - start - context)
    first = start + context
    x = torch.from_numpy(interleave(dataset.x[:, start : first + n]))
    taper = raised_cosine_taper(n)
    response = np.abs(np.fft.fft(dataset.receive_filter, n)) if n >= len(dataset.receive_filter) else np.ones(n)
    power = torch.from_numpy(response**2)
    inside = torch.nonzero(power > PASS_LEVEL * power.max())[:, 0]
    outside = torch.nonzero(power <= PASS_LEVEL * power.max())[:, 0][::OUT_OF_BAND_STRIDE]
    bins = torch.cat([inside, outside])
    penalty = math.sqrt(out_of_band_weight * OUT_OF_BAND_STRIDE * float(power.max()))
    weight = torch.cat([power[inside].sqrt(), torch.full((len(outside),), penalty, dtype=torch.float64)])
    d = torch.from_numpy(np.ascontiguousarray(dataset.d[:, first - latency : first - latency + n]))
    target = torch.fft.fft(d * taper)[:, bins] * weight
    target[:, len(inside) :] = 0
    scale = float((target.abs() ** 2).sum())
    turns = torch.outer(torch.arange(n_taps), bins) % n
    phases = torch.exp(-2j * math.pi * turns.double() / n)
    return Objective(x, target, weight, bins, n, context, taper, scale, len(inside), phases)


def raised_cosine_taper(n: int) -> Tensor:
    """Return a window of `n` samples: 1, but for raised-cosine ends of `TAPER_SAMPLES` (at most a quarter each)."""
    length = min(TAPER_SAMPLES, n // 4)
    ramp = torch.sin(math.pi / 2 * (torch.arange(length).double() + 0.5) / length) ** 2
    return torch.cat([ramp, torch.ones(n - 2 * length, dtype=torch.float64), ramp.flip(0)])


def interleave(x: ComplexArray) -> NDArray[np.float64]:
    """Return complex channels [C, n] as real ones [2 C, n] in the order I0, Q0, I1, Q1 ..."""
    out = np.empty((2 * x.shape[0], x.shape[1]), dtype=np.float64)
    out[0::2], out[1::2] = x.real, x.imag
    return out
