"""Cancellation over samples while a model is identified."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.identification.nonlinearity import FloatArray
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.training.metrics import filtered

WINDOW_SAMPLES = 1024


@dataclass(frozen=True)
class LearningCurve:
    """Cancellation in consecutive windows of a stream.

    samples: [n_windows], the stream's sample in the middle of each window; cancellation_db: [R, n_windows], behind H;
    bound_db: likewise the best possible one, 10 lg(sum |H d|^2 / sum |H noise|^2), None where no noise reference is known.
    """

    samples: NDArray[np.int64]
    cancellation_db: FloatArray
    window_samples: int
    bound_db: FloatArray | None = None

    @property
    def mean_db(self) -> FloatArray:
        """The mean of the channels' decibels, [n_windows]."""
        return np.asarray(self.cancellation_db.mean(axis=0), dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return the curve as JSON; decibels with three decimals."""
        return {
            "window_samples": self.window_samples,
            "samples": self.samples.tolist(),
            "cancellation_db": np.round(self.cancellation_db, 3).tolist(),
            "bound_db": None if self.bound_db is None else np.round(self.bound_db, 3).tolist(),
        }


def learning_curve(
    d: ComplexArray,
    e: ComplexArray,
    receive_filter: ComplexArray,
    latency: int = 0,
    window: int = WINDOW_SAMPLES,
    noise: ComplexArray | None = None,
) -> LearningCurve:
    """Return 10 lg(sum |H d|^2 / sum |H e|^2) of every whole window of `window` samples, per receive channel.

    d: [R, n], received; e: [R, n], e[n] = d[n - latency] - z[n], as `LmsIdentifier.process` gives it: each error is that
    of the parameters of its time, before they were adapted to it; noise: as d, where it is known. H has its delay removed;
    where it does not overlap the stream wholly there is no window.
    """
    n = d.shape[1] - latency
    before = _window_powers(filtered(d[:, :n], receive_filter), window)
    after = _window_powers(filtered(e[:, latency:], receive_filter), window)
    alone = None if noise is None else _window_powers(filtered(noise[:, :n], receive_filter), window)
    first = latency + len(receive_filter) // 2 + window // 2
    return LearningCurve(
        first + window * np.arange(before.shape[1]),
        _ratio_db(before, after),
        window,
        None if alone is None else _ratio_db(before, alone),
    )


def last_cancellation_db(
    d: ComplexArray, e: ComplexArray, receive_filter: ComplexArray, latency: int = 0, share: float = 0.1
) -> float:
    """Return the cancellation over the last `share` of a stream, the mean of the channels' decibels, dB."""
    n = max(len(receive_filter), round(share * d.shape[1]))
    start = max(0, d.shape[1] - n - latency)
    tail = learning_curve(
        d[:, start:], e[:, start:], receive_filter, latency, d.shape[1] - start - latency - len(receive_filter) + 1
    )
    return float(tail.mean_db[0])


def _ratio_db(before: FloatArray, after: FloatArray) -> FloatArray:
    tiny = np.finfo(np.float64).tiny
    return np.asarray(10 * np.log10(np.maximum(before, tiny) / np.maximum(after, tiny)), dtype=np.float64)


def _window_powers(signal: ComplexArray, window: int) -> FloatArray:
    """Return the energies [R, n_windows] of consecutive windows."""
    n_windows = signal.shape[1] // window
    power = np.abs(signal[:, : n_windows * window]) ** 2
    return np.asarray(power.reshape(len(signal), n_windows, window).sum(axis=2), dtype=np.float64)
