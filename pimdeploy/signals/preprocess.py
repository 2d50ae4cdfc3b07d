"""From a capture to a dataset: shift, resample, align, scale, split; every constant is kept."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from pimdeploy.errors import CaptureError, RecipeError
from pimdeploy.recipe import BandSpec, CaptureSpec
from pimdeploy.signals.dataset import Capture, ComplexArray, Dataset
from pimdeploy.signals.delay import advance, find_delay
from pimdeploy.signals.excerpt import Excerpt, cut_splits
from pimdeploy.signals.receive_filter import apply_receive_filter, design_receive_filter
from pimdeploy.signals.resample import to_receiver_frame

SPLITS = ("train", "val", "test")
FILTERS_A_SPLIT = 4
"""Each split holds at least this many lengths of the receive filter, or its edges would decide the figures."""
LEAST_DELAY = 0.1
"""A delay found below this, in samples, is left to the canceller's own filters: no interpolator is worth it."""
DELAY_DIGITS = 6
"""Decimals of a delay that is found, in samples, and of what is said of its peak: the next ones depend on the number of
threads and on the processor, and every trained weight would with them. An error of 5e-7 samples is 116 dB down."""
RX_MARGIN = 1.25
"""Receiver full scale over the largest component in the receive band, where the recipe does not state it."""


@dataclass(frozen=True)
class _Aligned:
    """What is kept of x, d and noise after the delay is removed; splits and slots as ranges of the kept samples."""

    x: ComplexArray
    d: ComplexArray
    noise: ComplexArray | None
    splits: dict[str, tuple[int, int]]
    slots: tuple[tuple[int, int], ...]
    constants: dict[str, Any]


def prepare(capture: Capture, spec: CaptureSpec | None, band: BandSpec) -> Dataset:
    """Return the dataset that `capture` gives under the recipe's `spec` (None: its defaults) and receive `band`.

    In this order: tx is resampled to the receiver's rate and moved into its frame (exp(+j 2 pi shift_hz t), phase 0 at
    the capture's sample 0); the delay of rx behind tx is found and removed from rx, its whole part by dropping samples,
    the rest by a phase ramp; tx is scaled and rounded (HALF_UP, saturating) to multiples of 2^-15; rx is scaled and
    stays floating point, unfiltered; the receive filter is designed; the splits are cut, to capture.split_samples where
    they are longer. `Dataset.constants` holds plain numbers and strings only. Raises `CaptureError` or `RecipeError` with
    one line.
    """
    receive = design_receive_filter(band, capture.fs_hz)
    spec = CaptureSpec() if spec is None else spec
    shift_hz = capture.tx_center_hz - capture.rx_center_hz
    try:
        x, (up, down) = to_receiver_frame(capture.tx, capture.tx_fs_hz, capture.fs_hz, shift_hz)
    except CaptureError as error:
        raise CaptureError(f"{capture.source}: {error}") from error
    for channel, samples in enumerate(x):
        _refuse_silence(samples, "tx", channel, capture.source)
    aligned = _align(x, capture, spec, receive.taps, FILTERS_A_SPLIT * band.filter_taps)
    x, tx_constants = _input_grid(aligned.x, spec.tx_full_scale, capture.tx_full_scale)
    rx_full_scale = _receiver_full_scale(aligned.d, spec, receive.taps, capture.source)
    constants = {
        "fs_hz": float(capture.fs_hz),
        "tx_fs_hz": float(capture.tx_fs_hz),
        "resample_up": up,
        "resample_down": down,
        "shift_hz": float(shift_hz),
        "shift_convention": "x[n] = tx[n] exp(+j 2 pi shift_hz n / fs_hz), n = 0 at the capture's first sample",
        **aligned.constants,
        **tx_constants,
        "rx_full_scale": rx_full_scale,
        "rx_gain": 1.0 / rx_full_scale,
        "band_lower_hz": float(band.band_hz[0]),
        "band_upper_hz": float(band.band_hz[1]),
        "receive_filter_taps": int(receive.taps.size),
        "receive_filter_delay_samples": int(receive.taps.size // 2),
        "receive_filter_transition_hz": float(receive.transition_hz),
        "receive_filter_stopband_db": float(receive.stopband_db),
        "subtract": "before the receive filter",
    }
    return Dataset(
        x=x,
        d=aligned.d / rx_full_scale,
        fs_hz=capture.fs_hz,
        receive_filter=receive.taps,
        splits=aligned.splits,
        noise=None if aligned.noise is None else aligned.noise / rx_full_scale,
        constants=constants,
        source=capture.source,
        sha256=capture.sha256,
        slots=aligned.slots,
    )


def _align(x: ComplexArray, capture: Capture, spec: CaptureSpec, taps: ComplexArray, least: int) -> _Aligned:
    n_samples = min(x.shape[1], capture.rx.shape[1])
    x, d = x[:, :n_samples], capture.rx[:, :n_samples]
    noise = None if capture.noise is None else capture.noise[:, :n_samples]
    delay, constants = _delay(x, d, spec, taps)
    whole = int(np.floor(delay + 0.5))
    if abs(whole) >= n_samples:
        raise CaptureError(
            f"{capture.source}: capture.delay_samples = {delay:g} leaves none of its {n_samples} samples; "
            "expected a delay within the capture"
        )
    tx_start, rx_start = max(-whole, 0), max(whole, 0)
    n_left = n_samples - abs(whole)
    most = dict(zip(SPLITS, spec.split_samples, strict=True))
    excerpt, splits = cut_splits(_splits(capture, spec, rx_start, n_left, least), most, n_left)

    def moved(signal: ComplexArray) -> ComplexArray:
        # A channel after the other: what is left out of a long capture never stands in memory twice.
        rows = (advance(row[np.newaxis], delay - whole)[0, rx_start : rx_start + n_left] for row in signal)
        return np.stack([excerpt.of(row) for row in rows])

    constants |= {
        "delay_samples": float(delay),
        "delay_integer_samples": whole,
        "delay_fraction_samples": float(delay - whole),
        "tx_first_sample": tx_start,
        "rx_first_sample": rx_start,
    }
    moved_d, moved_noise = moved(d), None if noise is None else moved(noise)
    slots = _slots(capture.slots, rx_start, n_left, excerpt)
    return _Aligned(excerpt.of(x[:, tx_start : tx_start + n_left]), moved_d, moved_noise, splits, slots, constants)


def _delay(x: ComplexArray, d: ComplexArray, spec: CaptureSpec, taps: ComplexArray) -> tuple[float, dict[str, Any]]:
    """Return the delay to remove and how it came about."""
    if spec.delay_samples is not None:
        return spec.delay_samples, {"delay_method": "recipe"}
    if not spec.align:
        return 0.0, {"delay_method": "off"}
    found = find_delay(x, d, taps)
    delay_samples = round(float(found.delay_samples), DELAY_DIGITS)
    constants = {
        "delay_method": found.method if found.significant else "not_found",
        "delay_found_samples": delay_samples,
        "delay_peak_sigma": round(float(found.peak_sigma), DELAY_DIGITS),
        "delay_share": round(float(found.share), DELAY_DIGITS),
    }
    if not found.significant or abs(delay_samples) < LEAST_DELAY:
        return 0.0, constants
    return delay_samples, constants


def _input_grid(x: ComplexArray, stated: float | None, native: float | None) -> tuple[ComplexArray, dict[str, Any]]:
    """Return x on the datapath's input grid, and the constants of its scaling.

    Full scale is what the recipe states, else what the file's integer format makes it (then the codes pass as they
    are), else the peak component becomes the largest code.
    """
    peak = max(float(np.abs(x.real).max()), float(np.abs(x.imag).max()))
    automatic = native if native is not None and peak <= native else peak * 32768 / 32767
    full_scale = automatic if stated is None else stated
    codes = [np.floor(part * (32768 / full_scale) + 0.5) for part in (x.real, x.imag)]
    clipped = sum(int(np.count_nonzero((code > 32767) | (code < -32768))) for code in codes)
    real, imag = (np.clip(code, -32768, 32767) / 32768 for code in codes)
    return real + 1j * imag, {
        "tx_full_scale": float(full_scale),
        "tx_gain": 1.0 / float(full_scale),
        "tx_rounding": "HALF_UP, SATURATE, 16 bits, frac 15",
        "tx_clipped_components": clipped,
    }


def _receiver_full_scale(d: ComplexArray, spec: CaptureSpec, taps: ComplexArray, source: str) -> float:
    peak = 0.0
    for channel, samples in enumerate(d):
        in_band = apply_receive_filter(taps, samples)
        _refuse_silence(in_band, "rx in the receive band", channel, source)
        peak = max(peak, float(np.abs(in_band.real).max()), float(np.abs(in_band.imag).max()))
    return RX_MARGIN * peak if spec.rx_full_scale is None else spec.rx_full_scale


def _refuse_silence(samples: ComplexArray, what: str, channel: int, source: str) -> None:
    if not np.any(samples):
        raise CaptureError(f"{source}: {what}, channel {channel}: all samples are zero; leave this channel out")


def _splits(
    capture: Capture, spec: CaptureSpec, rx_start: int, n_samples: int, least: int
) -> dict[str, tuple[int, int]]:
    """Return train, val and test as ranges of `n_samples` aligned samples, none shorter than `least`, none overlapping."""
    ranges = _fractions(spec.split, n_samples)
    if capture.splits:
        ranges = _named(capture, rx_start, n_samples)
    for name, (start, stop) in ranges.items():
        if stop - start < least:
            raise CaptureError(
                f"{capture.source}: split {name!r} has {max(stop - start, 0)} samples; at least {least} are needed "
                f"({FILTERS_A_SPLIT} x receive.filter_taps): give a longer capture or a shorter filter"
            )
    ordered = sorted(ranges.items(), key=lambda item: item[1])
    for (name, (_, stop)), (following, (start, _)) in itertools.pairwise(ordered):
        if start < stop:
            raise CaptureError(
                f"{capture.source}: splits {name!r} and {following!r} overlap at sample {start}; "
                "they must be apart, or the test would see what was trained"
            )
    return ranges


def _slots(
    slots: tuple[tuple[int, int], ...], rx_start: int, n_samples: int, excerpt: Excerpt
) -> tuple[tuple[int, int], ...]:
    """Return the slots as ranges of the kept samples, those of which nothing is left out."""
    cut = [(max(start - rx_start, 0), min(stop - rx_start, n_samples)) for start, stop in slots]
    placed = [excerpt.placed(slot) for slot in cut if slot[0] < slot[1]]
    return tuple(slot for slot in placed if slot is not None)


def _named(capture: Capture, rx_start: int, n_samples: int) -> dict[str, tuple[int, int]]:
    missing = [name for name in SPLITS if name not in capture.splits]
    if missing:
        raise CaptureError(
            f"{capture.source}: it names the splits {', '.join(capture.splits)} but not {', '.join(missing)}; "
            "name train, val and test, or none of them (then capture.split applies)"
        )
    cut = {name: np.clip(np.array(capture.splits[name]) - rx_start, 0, n_samples) for name in SPLITS}
    return {name: (int(start), int(stop)) for name, (start, stop) in cut.items()}


def _fractions(split: tuple[float, float, float], n_samples: int) -> dict[str, tuple[int, int]]:
    if min(split) <= 0 or sum(split) > 1 + 1e-9:
        raise RecipeError(
            f"capture.split = {list(split)}: expected positive parts of train, val and test, with a sum of at most 1"
        )
    edges = [int(np.floor(n_samples * part + 0.5)) for part in np.cumsum([0.0, *split])]
    return {name: (edges[i], min(edges[i + 1], n_samples)) for i, name in enumerate(SPLITS)}
