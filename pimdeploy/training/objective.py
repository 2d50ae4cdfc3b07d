"""What the solver minimises: the residual in the receive band, seen in the frequency domain.

One segment of the capture is tapered at its ends and transformed once; of all its bins only those that the receive
filter H passes are kept, weighted by |H|^2, and a regular subset of the others, where the estimate's own power is
penalised. Five to eight times fewer rows than samples remain, and every column of the Jacobian costs one FFT.
"""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.network_spec import NetworkSpec
from pimdeploy.networks.build import default_latency, warmup_samples
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training.family import Family, Point, complex_rows, real_and_imaginary
from pimdeploy.training.spectra import Spectra

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
    each bin's weight; scale: the target's energy, so that a loss of 1 is a network that gives nothing. in_band: how
    many of the bins, the first ones, lie in the band.
    """

    x: Tensor
    target: Tensor
    weight: Tensor
    spectra: Spectra
    scale: float
    in_band: int

    def spectrum(self, signal: Tensor) -> Tensor:
        """Return the kept bins of signals [..., context + n], tapered."""
        return self.spectra.of(signal)

    def gain(self, family: Family, point: Point) -> Tensor:
        """Return the response of the last filter of every receiver at the kept bins, weighted, [R, bins], complex."""
        if family.last_filter is None:
            return self.weight.to(point.v.dtype).expand(len(point.v), -1)
        taps = complex_rows(point.weights[family.last_filter])
        return self.weight * (taps @ self.spectra.phases(taps.shape[1]))

    def residual(self, family: Family, point: Point) -> Tensor:
        """Return the weighted residual of the network at `point`, [R, bins], complex."""
        return self.target - self.gain(family, point) * self.spectrum(point.v)

    def cancellation_db(self, residual: Tensor) -> float:
        """Return the cancellation in the receive band that a residual stands for, dB (ends tapered, no penalty)."""
        left = float(residual[:, : self.in_band].abs().square().sum())
        return -10 * math.log10(max(left / self.scale, 1e-30))

    def columns(self, family: Family, point: Point, receiver: int = 0) -> dict[str, Tensor]:
        """Return the derivatives of the weighted estimate of `receiver`, complex, [entries, bins] by name of weight."""
        gain = self.gain(family, point)[receiver]
        out = {name: gain * column for name, column in point.columns(self.spectra, receiver).items()}
        if family.last_filter is not None:
            phases = self.spectra.phases(point.weights[family.last_filter].shape[1])
            out[family.last_filter] = real_and_imaginary(self.weight * phases * self.spectrum(point.v[receiver]))
        return out

    def normal_equations(self, family: Family, point: Point, residual: Tensor) -> tuple[Tensor, Tensor]:
        """Return (J^T J, J^T residual) over all receivers, divided by the target's energy."""
        n_parameters = sum(weight.numel() for weight in point.weights.values())
        gram = torch.zeros(n_parameters, n_parameters, dtype=torch.float64)
        gradient = torch.zeros(n_parameters, dtype=torch.float64)

        def of_receiver(r: int) -> tuple[Tensor, Tensor, Tensor]:
            columns = self.columns(family, point, r)
            where = family.positions(r)
            real = torch.view_as_real(torch.cat(list(columns.values()))).flatten(1)
            at = torch.cat([where[name] for name in columns])
            return at, real @ real.T, real @ torch.view_as_real(residual[r]).flatten()

        parts = [of_receiver(0)]  # alone: what receivers share is computed once
        with ThreadPoolExecutor(max_workers=2) as pool:
            parts += pool.map(of_receiver, range(1, len(residual)))
        for at, block, vector in parts:  # in order: sums do not depend on which was ready first
            gram[at[:, None], at] += block
            gradient[at] += vector
        return gram / self.scale, gradient / self.scale


def make_objective(
    dataset: Dataset, split: str, spec: NetworkSpec, out_of_band_weight: float = 0.0, n_samples: int | None = None
) -> Objective:
    """Return the objective for a split of `dataset` (its first `n_samples`, where given) and the network `spec`.

    z[n] is held against d[n - latency]. The first samples of the split only fill the network's memories.
    """
    latency = default_latency(spec)
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
    return Objective(x, target, weight, Spectra(bins, n, context, taper), scale, len(inside))


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
