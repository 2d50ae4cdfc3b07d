"""What a CNN canceller is trained on: the residual of random cuts in the receive band, seen in the frequency domain."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.datapath.cnn_plan import memory
from pimdeploy.errors import TrainingError
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.build import default_latency
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.signals.receive_filter import apply_receive_filter
from pimdeploy.training.device import CPU
from pimdeploy.training.objective import interleave

TAPER_SAMPLES = 128
"""Raised-cosine ends of a cut: what stands outside the receive band does not leak into it."""
VALIDATION_SAMPLES = 32_768
"""Samples of a split on which the network is judged while it is trained."""

Estimator = Callable[[Tensor], Tensor]
"""From samples [1, 2 T, n] to the estimate [1, 2 R, n]."""


@dataclass(frozen=True)
class CutLoss:
    """in_band: the residual's power behind H over that of d, [R]; out_of_band: the estimate's outside over d's inside."""

    in_band: Tensor
    out_of_band: Tensor


class CnnObjective:
    """The samples of a dataset on one device, and the loss of cuts of it.

    power [R]: of d behind H over the training split. With `truncate`, the first outputs of a cut, where the memories
    still fill, carry no loss, and its ends are tapered; without, every output counts the same.
    """

    def __init__(
        self, dataset: Dataset, recipe: Recipe, device: torch.device = CPU, dtype: torch.dtype = torch.float32
    ) -> None:
        assert isinstance(recipe.network, CnnSpec)
        self.splits, self.latency = dataset.splits, default_latency(recipe.network)
        self.length, self.truncate = recipe.training.batch_samples, recipe.training.truncate
        self.lead = memory(recipe.network)
        self.power = band_power(dataset)
        self.x = torch.from_numpy(interleave(dataset.x)).to(device, dtype)
        d = dataset.d / np.sqrt(self.power)[:, np.newaxis]
        self.d = torch.from_numpy(d).to(device, dtype.to_complex())
        self.unit = torch.from_numpy(1.0 / np.sqrt(self.power)).to(device, dtype)
        self.taps = torch.from_numpy(dataset.receive_filter.copy()).to(device, dtype.to_complex())
        self._check(recipe)
        response = torch.fft.fft(self.taps, self.length).abs().square()
        self.inside, self.outside = response, (1.0 - response).clamp(min=0.0)
        self.taper = self._taper().to(device, dtype)

    def _check(self, recipe: Recipe) -> None:
        least = max(2 * len(self.taps), 2 * TAPER_SAMPLES)
        start, stop = self.splits["train"]
        if self.length < least:
            raise TrainingError(
                f"training.batch_samples = {self.length}: expected at least {least}, two lengths of the receive filter"
            )
        if stop - start < self.length + self.lead + self.latency:
            raise TrainingError(
                f"training.batch_samples = {recipe.training.batch_samples}: the training split has {stop - start} "
                f"samples; expected fewer than {stop - start - self.lead - self.latency}, or give a longer capture"
            )

    def _taper(self) -> Tensor:
        if not self.truncate:
            return torch.ones(self.length)
        ramp = torch.sin(math.pi / 2 * (torch.arange(TAPER_SAMPLES) + 0.5) / TAPER_SAMPLES) ** 2
        return torch.cat([ramp, torch.ones(self.length - 2 * TAPER_SAMPLES), ramp.flip(0)])

    def random_cut(self, generator: torch.Generator) -> int:
        """Return the first sample of a random cut of the training split."""
        start, stop = self.splits["train"]
        last = stop - self.length - (self.lead if self.truncate else 0)
        return int(torch.randint(max(start, self.latency), last + 1, (1,), generator=generator))

    def loss(self, network: Estimator, first: int) -> CutLoss:
        """Return the loss of `network` on the cut that begins at sample `first`."""
        lead = self.lead if self.truncate else 0
        z = self.estimate(network, first, self.length + lead)[:, lead:]
        begin = first + lead - self.latency
        estimate = torch.fft.fft(z * self.taper)
        error = torch.fft.fft(self.d[:, begin : begin + self.length] * self.taper) - estimate
        scale = float(self.taper.square().sum()) * self.length
        in_band = (_power(error) * self.inside).sum(1) / scale
        return CutLoss(in_band, (_power(estimate) * self.outside).sum() / (scale * len(estimate)))

    def estimate(self, network: Estimator, first: int, n_samples: int) -> Tensor:
        """Return the estimate [R, n_samples], complex, from zero state at sample `first`, over the root of `power`."""
        z = network(self.x[None, :, first : first + n_samples])[0]
        return torch.complex(z[0::2], z[1::2]) * self.unit[:, None]

    def cancellation_db(self, network: Estimator, split: str, n_samples: int = VALIDATION_SAMPLES) -> float:
        """Return the mean of the receivers' cancellation, dB, on the first `n_samples` of a split."""
        start, stop = self.splits[split]
        n = min(stop - start, n_samples)
        with torch.no_grad():
            z = self.estimate(network, start, n)[:, self.lead + self.latency :]
            d = self.d[:, start + self.lead : start + self.lead + z.shape[1]]
            before, after = (_power(self._behind_filter(signal)).sum(1) for signal in (d, d - z))
        return float((10 * torch.log10(before / after)).mean())

    def _behind_filter(self, signal: Tensor) -> Tensor:
        """Return `signal` [R, n] behind H where all of its taps overlap."""
        spectrum = torch.fft.fft(signal) * torch.fft.fft(self.taps, signal.shape[1])
        kept: Tensor = torch.fft.ifft(spectrum)[:, len(self.taps) - 1 :]
        return kept


def _power(signal: Tensor) -> Tensor:
    return torch.view_as_real(signal).square().sum(-1)


def band_power(dataset: Dataset) -> NDArray[np.float64]:
    """Return the mean power of d behind H over the training split, [R]."""
    start, stop = dataset.splits["train"]
    filtered = apply_receive_filter(dataset.receive_filter, dataset.d[:, start:stop])
    return np.asarray(np.mean(np.abs(filtered) ** 2, axis=1), dtype=np.float64)
