"""Signals in the frequency domain: a tapered segment's kept bins."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pimdeploy.training.device import piece

ROWS_AT_ONCE = 4
"""Signals that are transformed together: enough for the FFT, and few, so that memory is used again while it is warm."""


@dataclass(frozen=True)
class Spectra:
    """The kept bins of a segment of `n` samples behind `context` samples that only fill memories.

    bins: their indices in the FFT of length n. taper: [n], what the segment is multiplied by before it.
    """

    bins: Tensor
    n: int
    context: int
    taper: Tensor
    _phases: dict[int, Tensor] = field(default_factory=dict, repr=False)

    def of(self, signal: Tensor) -> Tensor:
        """Return the kept bins of signals [..., context + n], real or complex, tapered: [..., bins]."""
        rows = signal.reshape(-1, signal.shape[-1])
        at_once = piece(ROWS_AT_ONCE, signal.device)
        kept = torch.cat([self._kept(some) for some in torch.split(rows, at_once)])
        return kept.reshape(*signal.shape[:-1], -1)

    def _kept(self, rows: Tensor) -> Tensor:
        cut = rows[:, self.context :] * self.taper.to(rows.dtype)  # two complex numbers: torch is faster than with one
        if rows.is_complex():
            kept: Tensor = torch.fft.fft(cut)[:, self.bins]
            return kept
        mirrored = self.bins > self.n // 2  # negative frequencies of a real signal
        half = torch.fft.rfft(cut)[:, torch.where(mirrored, self.n - self.bins, self.bins)]
        return torch.where(mirrored, half.conj(), half)

    def phases(self, n_taps: int) -> Tensor:
        """Return exp(-j 2 pi bin k / n), the response of each tap of a filter, [n_taps, bins]."""
        if n_taps not in self._phases:
            turns = torch.outer(torch.arange(n_taps, device=self.bins.device), self.bins) % self.n
            self._phases[n_taps] = torch.exp(-2j * math.pi * turns.double() / self.n)
        return self._phases[n_taps]
