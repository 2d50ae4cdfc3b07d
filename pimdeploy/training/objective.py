"""What the solver is judged by: a segment of the capture in the receive band, seen in the frequency domain.

The segment is tapered at its ends and transformed once; of all its bins only those that the receive filter H passes are
kept, weighted by |H|^2, and a regular subset of the others, where the estimate's own power is penalised. Five to eight
times fewer rows than samples remain, and every column of the Jacobian costs one FFT.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.network_spec import NetworkSpec
from pimdeploy.networks.build import default_latency, warmup_samples
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training.device import CPU
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
    """Let torch use one thread an operation: faster than many on a shared machine, and results repeat anywhere.

    Of work on a CUDA device it holds back only what stays on the CPU.
    """
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

    def cancellation_db(self, residual: Tensor) -> float:
        """Return the cancellation in the receive band that a residual stands for, dB (ends tapered, no penalty)."""
        left = float(residual[:, : self.in_band].abs().square().sum())
        return -10 * math.log10(max(left / self.scale, 1e-30))


def make_objective(
    dataset: Dataset,
    split: str,
    spec: NetworkSpec,
    out_of_band_weight: float = 0.0,
    n_samples: int | None = None,
    device: torch.device = CPU,
) -> Objective:
    """Return the objective for a split of `dataset` (its first `n_samples`, where given) and the network `spec`.

    z[n] is held against d[n - latency]. The first samples of the split only fill the network's memories. It is made on the
    CPU, the same to the last bit for every `device`, and moved there.
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
    x, target, weight, bins, taper = (part.to(device) for part in (x, target, weight, bins, taper))
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
