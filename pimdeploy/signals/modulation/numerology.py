"""OFDM numerologies of LTE and NR: resource blocks, subcarriers, cyclic prefix, from `numerologies.toml`."""

import difflib
import importlib.resources
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError

Standard = Literal["lte", "nr"]
SUBCARRIERS_PER_BLOCK = 12
LEAST_N_FFT = 128
"""Smallest transform for which every cyclic prefix is a whole number of samples: 144 / 2048 = 9 / 128."""


@cache
def tables() -> dict[str, Any]:
    """Return what `numerologies.toml` holds: tables of 3GPP TS 36.104, 36.211, 38.104 and 38.211."""
    text = importlib.resources.files("pimdeploy.signals.modulation").joinpath("numerologies.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class Numerology:
    """One OFDM carrier's time and frequency grid. Made by `find_numerology`."""

    standard: Standard
    channel_hz: float
    """Channel bandwidth: the carrier and its guard bands."""
    spacing_hz: float
    """Subcarrier spacing."""
    n_resource_blocks: int
    uplink: bool = False

    @property
    def n_subcarriers(self) -> int:
        """Subcarriers that carry symbols: 12 a resource block."""
        return SUBCARRIERS_PER_BLOCK * self.n_resource_blocks

    @property
    def has_dc_gap(self) -> bool:
        """True where no symbol is sent at the carrier's centre: the LTE downlink (TS 36.211 clause 6.12)."""
        return self.standard == "lte" and not self.uplink

    @property
    def offset_hz(self) -> float:
        """Where subcarrier 0 lies about the carrier's centre: half a spacing up in the LTE uplink, else 0."""
        return self.spacing_hz / 2 if self.standard == "lte" and self.uplink else 0.0

    @property
    def transmission_hz(self) -> float:
        """Width of the subcarriers from edge to edge, a gap at DC included (transmission bandwidth)."""
        return (self.n_subcarriers + self.has_dc_gap) * self.spacing_hz

    @property
    def subcarriers(self) -> NDArray[np.int64]:
        """Indices of the subcarriers in ascending frequency, [n_subcarriers]; index k lies at k spacing_hz + offset_hz.

        LTE downlink -N/2 .. -1 and 1 .. N/2 (TS 36.211 clause 6.12); NR -N/2 .. N/2 - 1 (TS 38.211 clause 5.3.1, the
        channel raster at 0: TS 38.104 clause 5.4.2.2); LTE uplink the same, half a spacing up (TS 36.211 clause 5.6).
        """
        half = self.n_subcarriers // 2
        if self.has_dc_gap:
            return np.concatenate([np.arange(-half, 0), np.arange(1, half + 1)])
        return np.arange(-half, half)

    @property
    def outermost_hz(self) -> float:
        """Largest distance of a subcarrier's edge from the carrier's centre."""
        lowest, highest = (float(edge) for edge in self.subcarriers[[0, -1]])
        return (max(-lowest, highest) + 0.5) * self.spacing_hz - (self.offset_hz if highest < -lowest else 0.0)

    @property
    def n_fft(self) -> int:
        """Samples of a useful symbol at `rate_hz`: the smallest power of two that oversamples the channel twice."""
        n_fft = LEAST_N_FFT
        while n_fft * self.spacing_hz < 2 * self.channel_hz:
            n_fft *= 2
        return n_fft

    @property
    def rate_hz(self) -> int:
        """Sample rate of the carrier's own envelope."""
        return round(self.n_fft * self.spacing_hz)

    @property
    def symbol_lengths(self) -> tuple[int, ...]:
        """Samples of each symbol of half a millisecond at `rate_hz`, its normal cyclic prefix included."""
        return tuple(self.n_fft + prefix for prefix in self.prefix_lengths)

    @property
    def prefix_lengths(self) -> tuple[int, ...]:
        """Samples of each cyclic prefix of half a millisecond at `rate_hz`; the first is 16 Ts longer."""
        facts = tables()["cyclic_prefix"]
        n_symbols = round(7 * self.spacing_hz / 15e3)
        normal = facts["normal_ts"] * self.n_fft // 2048
        extra = facts["first_extra_ts"] * self.rate_hz // facts["rate_hz"]
        return (normal + extra,) + (normal,) * (n_symbols - 1)


def find_numerology(
    standard: str, channel_mhz: float, spacing_khz: float | None = None, *, uplink: bool = False
) -> Numerology:
    """Return the numerology of `standard` ("lte", "nr"), channel bandwidth, MHz, and subcarrier spacing, kHz.

    The spacing is 15 kHz for LTE; for NR by default 15 kHz up to 50 MHz, above that 30 kHz. Raises `InputError` for a
    standard, a spacing or a bandwidth that the tables do not have, naming those they have.
    """
    name = _standard(standard)
    by_spacing = tables()[name]["resource_blocks"]
    if spacing_khz is None:
        spacing_khz = 30 if name == "nr" and channel_mhz > 50 else 15
    counts = by_spacing.get(f"{spacing_khz:g}")
    if counts is None:
        raise InputError(
            f"{name} with a subcarrier spacing of {spacing_khz:g} kHz: not in the tables; give one of "
            f"{', '.join(by_spacing)} kHz"
        )
    n_resource_blocks = counts.get(f"{channel_mhz:g}")
    if n_resource_blocks is None:
        nearest = min(counts, key=lambda width: abs(float(width) - channel_mhz))
        raise InputError(
            f"{name} channel of {channel_mhz:g} MHz at {spacing_khz:g} kHz: not in the tables; the nearest is "
            f"{nearest} MHz (known: {', '.join(counts)} MHz)"
        )
    return Numerology(name, channel_mhz * 1e6, spacing_khz * 1e3, n_resource_blocks, uplink)


def _standard(name: str) -> Standard:
    for known in get_args(Standard):
        if name == known:
            return known  # type: ignore[no-any-return]
    near = difflib.get_close_matches(name, get_args(Standard), n=1, cutoff=0.0)[0]
    raise InputError(f"OFDM standard {name!r}: unknown; did you mean {near!r}? known: {', '.join(get_args(Standard))}")
