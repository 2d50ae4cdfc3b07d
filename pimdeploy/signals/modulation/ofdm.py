"""CP-OFDM and DFT-spread OFDM carriers with the numerologies of LTE and NR."""

import difflib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.numerology import Numerology, find_numerology, tables
from pimdeploy.signals.modulation.pulses import FloatArray, low_pass
from pimdeploy.signals.modulation.waveform import LEAST_FRAME, SymbolSource, Waveform

QAM_ORDERS = {"qpsk": 4, "16qam": 16, "64qam": 64, "256qam": 256}
"""Points of each constellation, by name."""


def constellation(name: str) -> ComplexArray:
    """Return the points of the square constellation `name`, [order], unit mean power.

    Raises `InputError` for an unknown name. The bits' order (TS 36.211 clause 7.1) does not matter: they are random.
    """
    if name not in QAM_ORDERS:
        near = difflib.get_close_matches(name, QAM_ORDERS, n=1, cutoff=0.0)[0]
        raise InputError(f"constellation {name!r}: unknown; did you mean {near!r}? known: {', '.join(QAM_ORDERS)}")
    side = round(QAM_ORDERS[name] ** 0.5)
    levels = np.arange(1 - side, side, 2.0)
    points = (levels[:, None] + 1j * levels[None, :]).ravel()
    return np.asarray(points / np.sqrt(np.mean(np.abs(points) ** 2)))


@dataclass(frozen=True)
class Ofdm(Waveform):
    """An OFDM carrier with every resource block in use and random symbols. `lte` and `nr` make it by name."""

    numerology: Numerology
    modulation: str = "64qam"
    transform_precoding: bool = False
    """Spread the symbols by a DFT (SC-FDMA: what an LTE terminal sends, TS 36.211 clause 5.3.3)."""

    def __post_init__(self) -> None:
        constellation(self.modulation)

    @property
    def label(self) -> str:
        """Standard and channel bandwidth, as in "LTE 20 MHz"."""
        uplink = " uplink" if self.numerology.uplink else ""
        return f"{self.numerology.standard.upper()} {self.numerology.channel_hz / 1e6:g} MHz{uplink}"

    @property
    def rate_hz(self) -> Fraction:
        """Transform length times subcarrier spacing."""
        return Fraction(self.numerology.rate_hz)

    @property
    def channel_hz(self) -> float:
        """Channel bandwidth of the numerology."""
        return self.numerology.channel_hz

    @property
    def occupied_hz(self) -> float:
        """99 % of the transmission bandwidth: the subcarriers have equal powers."""
        return 0.99 * self.numerology.transmission_hz

    @property
    def edge_hz(self) -> float:
        """Half the channel bandwidth: the filter's transition is the guard band."""
        return self.numerology.channel_hz / 2

    @property
    def evm_limit_percent(self) -> float:
        """Largest error vector magnitude that a base station may have with this modulation (TS 36.104, 38.104)."""
        return float(tables()["evm_limit_percent"][self.modulation])

    def taps(self) -> FloatArray:
        """Return the channel filter: flat over the subcarriers, -100 dB from the channel's edge on."""
        return low_pass(self.numerology.outermost_hz, self.edge_hz, self.numerology.rate_hz)

    def source(self, n_streams: int, rng: np.random.Generator) -> SymbolSource:
        """Return a source of whole half milliseconds."""
        return _OfdmSource(self, n_streams, rng)


def lte(channel_mhz: float, modulation: str = "64qam", *, uplink: bool = False) -> Ofdm:
    """Return an LTE carrier of 1.4, 3, 5, 10, 15 or 20 MHz; the uplink is SC-FDMA. Raises `InputError`."""
    return Ofdm(find_numerology("lte", channel_mhz, uplink=uplink), modulation, transform_precoding=uplink)


def nr(channel_mhz: float, spacing_khz: float | None = None, modulation: str = "64qam") -> Ofdm:
    """Return an NR carrier of 5 to 100 MHz at 15, 30 or 60 kHz (by default 15 kHz up to 50 MHz, else 30 kHz).

    Raises `InputError` for a width that has no such spacing.
    """
    return Ofdm(find_numerology("nr", channel_mhz, spacing_khz), modulation)


@cache
def _sample_map(numerology: Numerology) -> NDArray[np.int64]:
    """Return, for every sample of half a millisecond, its index in the useful symbols laid end to end."""
    n_fft = numerology.n_fft
    parts = [
        symbol * n_fft + np.concatenate([np.arange(n_fft - prefix, n_fft), np.arange(n_fft)])
        for symbol, prefix in enumerate(numerology.prefix_lengths)
    ]
    return np.concatenate(parts)


class _OfdmSource(SymbolSource):
    """Random symbols on every subcarrier. The state is the generator's and, in the LTE uplink, the phase's."""

    def __init__(self, waveform: Ofdm, n_streams: int, rng: np.random.Generator) -> None:
        self._waveform, self._n_streams, self._rng = waveform, n_streams, rng
        self._points = constellation(waveform.modulation)
        self._n_halves = -(-LEAST_FRAME // len(_sample_map(waveform.numerology)))
        self.n_frame = self._n_halves * len(_sample_map(waveform.numerology))

    def frame(self) -> ComplexArray:
        return modulate(self._symbols(), self._waveform)

    def _symbols(self) -> ComplexArray:
        """Return the next symbols, [stream, n_symbols, n_subcarriers]."""
        numerology = self._waveform.numerology
        n_symbols = self._n_halves * len(numerology.prefix_lengths)
        shape = (self._n_streams, n_symbols, numerology.n_subcarriers)
        return self._points[self._rng.integers(0, len(self._points), shape, dtype=np.uint8)]


def _offset_phases(numerology: Numerology) -> ComplexArray:
    """Return the turn of an offset of the subcarriers over half a millisecond, [n_samples], 0 where a symbol begins.

    The useful part of each symbol begins at phase 0 (TS 36.211 clause 5.6), so all half milliseconds are alike.
    """
    n_fft = numerology.n_fft
    time = np.concatenate([np.arange(-prefix, n_fft) for prefix in numerology.prefix_lengths])
    return np.asarray(np.exp(2j * np.pi * (numerology.offset_hz / numerology.rate_hz) * time))


def modulate(symbols: ComplexArray, waveform: Ofdm) -> ComplexArray:
    """Return the OFDM symbols in time, [stream, n_samples], before the channel filter, at the numerology's rate.

    symbols: [stream, n_symbols, n_subcarriers] in ascending frequency, whole half milliseconds from a slot's start;
    symbols of unit mean power give samples of unit mean power.
    """
    numerology = waveform.numerology
    n_streams, n_symbols, n_subcarriers = symbols.shape
    if waveform.transform_precoding:
        symbols = np.fft.fft(symbols, norm="ortho")
    n_halves = n_symbols // len(numerology.prefix_lengths)
    spectrum = np.zeros((n_streams, n_symbols, numerology.n_fft), dtype=np.complex128)
    spectrum[..., numerology.subcarriers] = symbols
    useful = np.fft.ifft(spectrum) * (numerology.n_fft / np.sqrt(n_subcarriers))
    samples = useful.reshape(n_streams, n_halves, -1)[..., _sample_map(numerology)]
    if numerology.offset_hz:
        samples = samples * _offset_phases(numerology)
    return np.asarray(samples.reshape(n_streams, -1))


def demodulate(samples: ComplexArray, waveform: Ofdm) -> ComplexArray:
    """Return the symbols, [stream, n_symbols, n_subcarriers], of `samples` as `modulate` makes them.

    samples: [stream, n_samples] at the numerology's rate from a slot's start on; half milliseconds that are not whole
    are left out. The transform's window starts in the middle of the cyclic prefix, so that the channel filter's tails
    to either side stay out of it.
    """
    numerology = waveform.numerology
    n_fft, halves = numerology.n_fft, samples.shape[-1] // len(_sample_map(numerology))
    samples = samples[:, : halves * len(_sample_map(numerology))].reshape(samples.shape[0], halves, -1)
    if numerology.offset_hz:
        samples = samples * _offset_phases(numerology).conj()
    ends = np.cumsum(numerology.symbol_lengths)
    early = min(numerology.prefix_lengths) // 2
    windows = np.stack([samples[..., end - n_fft - early : end - early] for end in ends], axis=-2)
    turned = np.fft.fft(windows)[..., numerology.subcarriers]
    turned *= np.exp(2j * np.pi * early / n_fft * numerology.subcarriers) * (np.sqrt(numerology.n_subcarriers) / n_fft)
    symbols = turned.reshape(samples.shape[0], -1, numerology.n_subcarriers)
    return np.fft.ifft(symbols, norm="ortho") if waveform.transform_precoding else symbols
