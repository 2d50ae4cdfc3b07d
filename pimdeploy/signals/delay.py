"""Find and remove the delay of the receiver behind the transmitter, to a fraction of a sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.receive_filter import apply_receive_filter

SEARCH_SAMPLES = 1 << 18
"""Samples that the search looks at: the stretch with the most transmit power."""
SHARED_BAND_SHARE = 0.1
"""Share of the receiver's power that must follow tx linearly before the two are correlated directly."""
LEAST_PEAK_SIGMA = 25.0
"""A peak this many standard deviations above the other lags is no accident: 1e-6 for noise and 1e5 lags."""
LEAST_IN_BAND = 1e-5
"""Share of a product's power that must lie in the receive band: less is what the filter's stopband lets through."""
_LOCAL_LAGS = 64
_EDGE = 512


@dataclass(frozen=True)
class DelayEstimate:
    """delay_samples: rx behind x. method: what rx was correlated with ("direct", "third_order", "fifth_order").

    peak_sigma: height of the peak over the other lags, in their standard deviations. share: part of the receivers'
    power (behind the receive filter, but for "direct") that the best combination of the references explains there.
    """

    delay_samples: float
    method: str
    peak_sigma: float
    share: float

    @property
    def significant(self) -> bool:
        """Whether the peak stands clear of chance."""
        return self.peak_sigma >= LEAST_PEAK_SIGMA


def find_delay(x: ComplexArray, rx: ComplexArray, taps: ComplexArray) -> DelayEstimate:
    """Return the delay of rx, [n_rx, n_samples], behind x, [n_tx, n_samples], both at one rate and centre.

    Where rx follows x linearly the two are correlated as they are. Otherwise they share no band, and rx behind the
    receive filter `taps` is correlated with the receive-band part of s |s|^2 or, where the band holds no third-order
    product, of s |s|^4; s is each transmitter and the sum over all. Lags reach a quarter of the samples searched.
    """
    window = _loudest(x, SEARCH_SAMPLES)
    x, rx = x[:, window], rx[:, window]
    direct = _estimate(x, rx, "direct")
    if direct.significant and direct.share >= SHARED_BAND_SHARE:
        return direct
    in_band = _without_edges(apply_receive_filter(taps, rx), taps)
    sums = x if x.shape[0] == 1 else np.concatenate([x, x.sum(axis=0, keepdims=True)])
    found = [direct]
    for order, method in ((3, "third_order"), (5, "fifth_order")):
        product = sums * np.abs(sums) ** (order - 1)
        references = _without_edges(apply_receive_filter(taps, product), taps)
        if np.sum(np.abs(references) ** 2) < LEAST_IN_BAND * np.sum(np.abs(product) ** 2):
            continue
        found.append(_estimate(references, in_band, method))
        if found[-1].significant:
            return found[-1]
    return max(found, key=lambda estimate: estimate.peak_sigma)


def advance(signal: ComplexArray, delay_samples: float) -> ComplexArray:
    """Return signal[n + delay_samples], [channel, sample], for a delay within one sample: a phase ramp in the FFT.

    Both ends are continued by their mirror image, faded out over 512 samples, because the FFT would otherwise join
    the last sample to the first and ring there.
    """
    if delay_samples == 0:
        return signal
    from scipy import fft

    n_samples = signal.shape[-1]
    edge = min(_EDGE, n_samples - 1)
    fade = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
    n_fft = fft.next_fast_len(n_samples + 2 * edge)
    ramp = 2j * np.pi * np.fft.fftfreq(n_fft)
    np.exp(np.multiply(ramp, delay_samples, out=ramp), out=ramp)  # in place: a channel of a long capture is large
    moved = np.empty(signal.shape, dtype=np.complex128)
    for channel, samples in enumerate(signal):
        head, tail = samples[edge:0:-1] * fade, samples[-2 : -edge - 2 : -1] * fade[::-1]
        spectrum = fft.fft(np.concatenate([head, samples, tail]), n_fft, overwrite_x=True)
        spectrum *= ramp
        moved[channel] = fft.ifft(spectrum, overwrite_x=True)[edge : edge + n_samples]
    return moved


def _loudest(x: ComplexArray, n_window: int) -> slice:
    n_samples = x.shape[1]
    if n_samples <= n_window:
        return slice(0, n_samples)
    power = np.zeros(n_samples)
    for channel in x:  # one by one: a long capture's channels together would take twice its memory
        power += np.abs(channel) ** 2
    energy = np.concatenate([[0.0], np.cumsum(power)])
    starts = np.append(np.arange(0, n_samples - n_window, n_window // 8), n_samples - n_window)
    start = int(starts[np.argmax(energy[starts + n_window] - energy[starts])])
    return slice(start, start + n_window)


def _estimate(references: ComplexArray, targets: ComplexArray, method: str) -> DelayEstimate:
    """Return the lag at which the targets follow the references best, refined between samples."""
    references, targets = _orthonormal(references), _unit(targets)
    n_lags = references.shape[1] // 4
    explained = _explained(references, targets, n_lags)
    peak = int(np.argmax(explained))
    away = np.abs(np.arange(explained.size) - peak) > explained.size // 16
    spread = float(explained[away].std())
    sigma = (float(explained[peak]) - float(explained[away].mean())) / spread if spread > 0 else 0.0
    offset = _refine(_local_correlations(references, targets, peak - n_lags))
    return DelayEstimate(peak - n_lags + offset, method, sigma, float(explained[peak]))


def _explained(references: ComplexArray, targets: ComplexArray, n_lags: int) -> NDArray[np.float64]:
    """Return the part of the targets' power that the references explain at lags -n_lags to n_lags."""
    from scipy import fft

    n_fft = fft.next_fast_len(references.shape[1] + n_lags)
    spectra = fft.fft(references, n_fft).conj()
    power = np.zeros(2 * n_lags + 1)
    for target in fft.fft(targets, n_fft):
        for spectrum in spectra:
            correlation = fft.ifft(target * spectrum)
            power += np.abs(np.concatenate([correlation[-n_lags:], correlation[: n_lags + 1]])) ** 2
    mean: NDArray[np.float64] = power / targets.shape[0]
    return mean


def _local_correlations(references: ComplexArray, targets: ComplexArray, lag: int) -> ComplexArray:
    """Return the correlations of all pairs at `lag` - 64 to `lag` + 64, [pair, lag].

    Both are cut to what overlaps, then faded in and out: the power at a hard edge would move the peak by several
    hundredths of a sample.
    """
    from scipy import fft

    n_samples = references.shape[1]
    start, stop = max(0, -lag), min(n_samples, n_samples - lag)
    n_fade = (stop - start) // 4
    rise = np.sin(np.pi / 2 * (np.arange(n_fade) + 0.5) / max(n_fade, 1))
    window = np.concatenate([rise, np.ones(stop - start - 2 * n_fade), rise[::-1]])
    faded, cut = references[:, start:stop] * window, targets[:, start + lag : stop + lag] * window
    n_fft = fft.next_fast_len(stop - start + _LOCAL_LAGS)
    spectra = fft.fft(_orthonormal(faded), n_fft).conj()
    index = np.arange(-_LOCAL_LAGS, _LOCAL_LAGS + 1) % n_fft
    return np.concatenate([fft.ifft(target * spectra)[:, index] for target in fft.fft(cut, n_fft)])


def _refine(correlations: ComplexArray) -> float:
    """Return where between -1 and 1 the power of the band-limited correlations, [pair, lag], is largest."""
    best = 0.0
    for step in (1 / 8, 1 / 64, 1 / 512):
        offsets = best + step * np.arange(-8.0, 9.0)
        power = _interpolated_power(correlations, offsets)
        k = int(np.clip(np.argmax(power), 1, offsets.size - 2))
        left, middle, right = power[k - 1 : k + 2]
        curvature = left - 2 * middle + right
        vertex = 0.5 * (left - right) / curvature if curvature < 0 else 0.0
        best = float(offsets[k] + step * np.clip(vertex, -1, 1))
    return best


def _interpolated_power(correlations: ComplexArray, offsets: NDArray[np.float64]) -> NDArray[np.float64]:
    distance = offsets[:, np.newaxis] - np.arange(-_LOCAL_LAGS, _LOCAL_LAGS + 1)
    reach = np.clip(1 - (distance / (_LOCAL_LAGS + 2)) ** 2, 0, None)
    weights = np.sinc(distance) * np.i0(8.0 * np.sqrt(reach)) / np.i0(8.0)
    power: NDArray[np.float64] = np.sum(np.abs(correlations @ weights.T) ** 2, axis=0)
    return power


def _without_edges(filtered: ComplexArray, taps: ComplexArray) -> ComplexArray:
    """Return `filtered` with its transients zeroed: cut-off edges splash into every band, and would correlate."""
    n_edge = min(taps.size // 2, filtered.shape[-1] // 4)
    kept = np.zeros_like(filtered)
    kept[:, n_edge : filtered.shape[-1] - n_edge] = filtered[:, n_edge : filtered.shape[-1] - n_edge]
    return kept


def _orthonormal(signals: ComplexArray) -> ComplexArray:
    """Return signals, [channel, sample], that are orthonormal and span the same space (fewer where some are dependent).

    Their squared correlations with a target add up to what the best combination of them explains.
    """
    unit = _unit(signals)
    power, vectors = np.linalg.eigh(unit @ unit.conj().T)
    kept = power > 1e-6 * power[-1]
    orthonormal: ComplexArray = (vectors[:, kept] / np.sqrt(power[kept])).conj().T @ unit
    return orthonormal


def _unit(signal: ComplexArray) -> ComplexArray:
    norm = np.sqrt(np.sum(np.abs(signal) ** 2, axis=-1, keepdims=True))
    unit: ComplexArray = signal / np.where(norm > 0, norm, 1.0)
    return unit
