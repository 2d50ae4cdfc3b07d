"""Linear paths to a source and from it: gain, delay, echo, a sampled filter, and drift.

A path is stated as a response and run as an FIR filter whose fractional delay is a Kaiser-windowed sinc. Up to 90 % of
the Nyquist frequency the two agree to 2e-6 (-114 dB); whole delays are exact.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.passive_source import PathSpec
from pimdeploy.signals.sources.drift import Drift
from pimdeploy.signals.sources.units import finite
from pimdeploy.signals.sources.zones import ComplexArray

ATTENUATION_DB = 120.0
KAISER_BETA = 0.1102 * (ATTENUATION_DB - 8.7)
HALF_TAPS = 40
"""Taps to each side, in samples of the low rate: 120 dB outside 90 to 110 % of the Nyquist frequency."""
LEAD = HALF_TAPS + 2
"""Samples by which a path's filter is late, so that delays from -1 sample on are causal."""
MOST_DELAY_SAMPLES = 1 << 14
DIRECT = PathSpec(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Path:
    """One ray: `gain_db` and `phase_rad`, times the delay and echo of `line`, times `taps` (FIR at the scene's rate).

    Delays are those of the envelope; the turn of the carrier over them belongs into `phase_rad`. `taps` () is 1.
    """

    gain_db: float = 0.0
    phase_rad: float = 0.0
    line: PathSpec = DIRECT
    taps: tuple[complex, ...] = ()
    drift: Drift | None = None

    def __post_init__(self) -> None:
        line = self.line
        finite("path", self.gain_db, self.phase_rad, line.delay_s, line.echo, line.echo_delay_s, line.echo_phase)
        finite("path.taps", *self.taps)
        if line.delay_s < 0 or line.echo_delay_s < 0:
            raise InputError(f"path: delays {line.delay_s:g} s and {line.echo_delay_s:g} s: expected 0 or more")

    @property
    def gain(self) -> complex:
        """The complex gain that `gain_db` and `phase_rad` say."""
        return complex(10 ** (self.gain_db / 20) * np.exp(1j * self.phase_rad))

    def response(self, freqs_hz: NDArray[np.float64], fs_hz: float) -> ComplexArray:
        """Return the mean response (without drift) at `freqs_hz`, Hz, as stated, not as filtered."""
        n = np.arange(len(self.taps))
        sampled = np.exp(-2j * np.pi * np.outer(freqs_hz / fs_hz, n)) @ np.array(self.taps) if self.taps else 1.0
        return np.asarray(self.gain * self.line.response(freqs_hz) * sampled, dtype=np.complex128)

    def most_taps(self, fs_hz: float) -> int:
        """Return how many taps `filter` gives at most, whatever the drift."""
        swing = abs(self.drift.delay_s) if self.drift else 0.0
        delay = (self.line.delay_s + self.line.echo_delay_s + swing) * fs_hz
        if delay > MOST_DELAY_SAMPLES:
            raise InputError(
                f"path: a delay of {delay:.0f} samples at {fs_hz:g} S/s is more than {MOST_DELAY_SAMPLES}; "
                f"expected seconds"
            )
        if swing * fs_hz > 1.0 + self.line.delay_s * fs_hz:
            raise InputError(
                f"path: drift of +-{swing:g} s makes the delay of {self.line.delay_s:g} s negative; raise line.delay_s"
            )
        return math.ceil(delay) + 2 * LEAD + max(len(self.taps), 1)

    def filter(self, fs_hz: float, node: int | None = None) -> ComplexArray:
        """Return the taps, `LEAD` samples late, of the mean path or of `node` of its drift."""
        gain, extra_s = self.drift.at(node) if self.drift is not None and node is not None else (1.0 + 0.0j, 0.0)
        n_taps = self.most_taps(fs_hz) - max(len(self.taps), 1) + 1
        delay = (self.line.delay_s + extra_s) * fs_hz
        taps = fractional_delay(delay, n_taps).astype(np.complex128)
        if self.line.echo != 0.0:
            echo = self.line.echo * np.exp(-1j * self.line.echo_phase)
            taps = taps + echo * fractional_delay(delay + self.line.echo_delay_s * fs_hz, n_taps)
        if self.taps:
            taps = np.convolve(taps, np.array(self.taps))
        return np.asarray(taps * (gain * self.gain), dtype=np.complex128)


Link = tuple[Path, ...]
"""The rays between one antenna and a source, which add up; () where there is none."""


def fractional_delay(delay_samples: float, n_taps: int) -> NDArray[np.float64]:
    """Return `n_taps` of a delay by `LEAD` + `delay_samples`."""
    distance = np.arange(n_taps) - (LEAD + delay_samples)
    reach = np.clip(1.0 - (distance / (HALF_TAPS + 1.0)) ** 2, 0.0, None)
    window = np.where(reach > 0, np.i0(KAISER_BETA * np.sqrt(reach)) / np.i0(KAISER_BETA), 0.0)
    return np.asarray(np.sinc(distance) * window, dtype=np.float64)


def link_response(link: Link, freqs_hz: NDArray[np.float64], fs_hz: float) -> ComplexArray:
    """Return the mean response of a link at `freqs_hz`, Hz."""
    total = np.zeros(freqs_hz.shape, dtype=np.complex128)
    for path in link:
        total += path.response(freqs_hz, fs_hz)
    return total


def drifting(links: Sequence[Link], drift: Drift, *, alike: bool = False) -> tuple[Link, ...]:
    """Return the links with `drift` on every ray: each link with a seed of its own (`drift.seed`, + 1, ...), or `alike`.

    The rays of one link drift together.
    """
    seeds = [drift.seed + (0 if alike else k) for k in range(len(links))]
    return tuple(
        tuple(replace(path, drift=drift.seeded(seed)) for path in link) for link, seed in zip(links, seeds, strict=True)
    )
