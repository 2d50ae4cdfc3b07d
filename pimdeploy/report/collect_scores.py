"""Figures of merit by split and channel: the scores of training and quantization, and what is measured beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pimdeploy.report.parts import ChannelMetrics, SplitMetrics
from pimdeploy.signals.dataset import ComplexArray, Dataset
from pimdeploy.training import metrics


class Score(Protocol):
    """Figures of one estimate on one split, as `pimdeploy.training.train.SplitScore` has them."""

    @property
    def cancellation_db(self) -> float:
        """Mean over channels."""

    @property
    def per_channel_db(self) -> tuple[float, ...]:
        """Of each receive channel."""

    @property
    def pim_db(self) -> float | None:
        """Interference over the noise."""

    @property
    def bound_db(self) -> float | None:
        """Best possible cancellation."""

    @property
    def out_of_band_db(self) -> float:
        """The estimate's power outside the receive band over that inside."""


@dataclass(frozen=True)
class Measured:
    """Figures of one estimate on one split that its score does not have, dB a channel."""

    power_error_db: tuple[float, ...]
    corrected: metrics.NoiseCorrected | None
    """PIM, RES and APE; None where no noise reference is known."""


def measure(dataset: Dataset, z: ComplexArray, split: str, latency: int, warmup: int) -> Measured:
    """Return the figures of the estimate z [n_rx, n_samples] on a split.

    z[n] estimates d[n - latency]; the first `warmup` samples of the split are left out.
    """
    return Measured(
        metrics.power_error_db(dataset, z, split, latency, warmup).per_channel,
        metrics.noise_corrected(dataset, z, split, latency, warmup),
    )


def split_metrics(
    dataset: Dataset,
    floating: Mapping[str, Score],
    fixed: Mapping[str, Score],
    measured_float: Mapping[str, Measured],
    measured_fixed: Mapping[str, Measured],
) -> dict[str, SplitMetrics]:
    """Return the figures of every split of `floating`; the other mappings are by split too and need not have it.

    floating, fixed: scores of the float network and of the fixed-point datapath.
    """
    figures = {}
    for split, score in floating.items():
        quantized = fixed.get(split)
        figures[split] = SplitMetrics(
            pim_db=score.pim_db,
            bound_db=score.bound_db,
            float_db=score.cancellation_db,
            fixed_db=None if quantized is None else quantized.cancellation_db,
            out_of_band_db=(score if quantized is None else quantized).out_of_band_db,
            channels=_channels(dataset, split, score, quantized, measured_float.get(split), measured_fixed.get(split)),
        )
    return figures


def received_dbfs(dataset: Dataset, split: str) -> tuple[float, ...]:
    """Return the mean of |H d|^2 over a split by channel, dB over a full-scale complex tone."""
    start, stop = dataset.splits[split]
    power = np.mean(np.abs(metrics.filtered(dataset.d[:, start:stop], dataset.receive_filter)) ** 2, axis=1)
    return tuple((10 * np.log10(np.maximum(power, np.finfo(np.float64).tiny))).tolist())


def _channels(
    dataset: Dataset,
    split: str,
    score: Score,
    quantized: Score | None,
    measured_float: Measured | None,
    measured_fixed: Measured | None,
) -> tuple[ChannelMetrics, ...]:
    bound = metrics.bound_db(dataset, split)
    channels = []
    for c, received in enumerate(received_dbfs(dataset, split)):
        channels.append(
            ChannelMetrics(
                received_dbfs=received,
                bound_db=None if bound is None else bound.per_channel[c],
                float_db=score.per_channel_db[c],
                fixed_db=None if quantized is None else quantized.per_channel_db[c],
                **_measured("float", measured_float, c),
                **_measured("fixed", measured_fixed, c),
            )
        )
    return tuple(channels)


def _measured(kind: str, measured: Measured | None, channel: int) -> dict[str, float | None]:
    """Return the fields of `ChannelMetrics` that `measured` fills; PIM is the same for every estimate."""
    if measured is None:
        return {}
    figures: dict[str, float | None] = {f"{kind}_power_error_db": measured.power_error_db[channel]}
    if measured.corrected is not None:
        figures[f"{kind}_res_db"] = measured.corrected.res_db[channel]
        figures[f"{kind}_ape_db"] = measured.corrected.ape_db[channel]
        if kind == "float":
            figures["pim_db"] = measured.corrected.pim_db[channel]
    return figures
