"""The parts of a report from arrays: spectra, nonlinearity, headroom, figures. NumPy alone, no training library."""

import math
from collections.abc import Iterable, Mapping
from typing import Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.bounds import NodeBounds, propagate
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, Input, Node, Output, Piecewise, Requantize
from pimdeploy.recipe import Recipe
from pimdeploy.report.data import (
    ChannelSpectra,
    NodeHeadroom,
    Nonlinearity,
    RecipeSummary,
    Spectra,
    SplitMetrics,
    TrainingStep,
)
from pimdeploy.signals.dataset import ComplexArray, Dataset

CRITICAL_FRACTION = 0.01
"""The critical point is where |f| first exceeds this part of its maximum."""
BAND_MARGIN = 0.2
"""Width shown on each side of the receive band, as a part of the band."""
AVERAGES = 16
"""Segments without overlap that a spectrum averages at least: with half overlap its standard deviation is 0.8 dB."""
MOST_POINTS = 1500
FLOOR_DB = -300.0
"""What a power of 0 is shown as."""


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


class Step(Protocol):
    """One training step, as `pimdeploy.training.search.StepRecord` has it."""

    @property
    def step(self) -> int:
        """Number of the step within its start."""

    @property
    def start(self) -> int:
        """Number of the start."""

    @property
    def loss(self) -> float:
        """1 where nothing is cancelled."""

    @property
    def train_db(self) -> float:
        """Cancellation on the training split."""

    @property
    def val_db(self) -> float:
        """Cancellation on the validation split."""


def recipe_summary(recipe: Recipe, fs_hz: float, latency_samples: int) -> RecipeSummary:
    """Return what the report shows of `recipe`. fs_hz: sample rate. latency_samples: L, as resolved."""
    widths = recipe.quantization
    network = recipe.network.model_dump(exclude={"family", "latency_samples"})
    return RecipeSummary(
        family=recipe.network.family,
        sizes={name: size for name, size in network.items() if isinstance(size, int)},
        weight_bits=widths.weight_bits,
        activation_bits=widths.activation_bits,
        input_bits=widths.input_bits,
        output_bits=widths.output_bits or widths.activation_bits,
        rounding=widths.rounding,
        overflow=widths.overflow,
        acc_bits=recipe.datapath.acc_bits,
        piecewise=recipe.datapath.piecewise,
        latency_samples=latency_samples,
        fs_hz=fs_hz,
        band_hz=recipe.receive.band_hz,
        seed=recipe.seed,
    )


def split_metrics(floating: Mapping[str, Score], fixed: Mapping[str, Score] | None = None) -> dict[str, SplitMetrics]:
    """Return the figures of every split, from the scores of the float network and of the fixed-point datapath."""
    figures = {}
    for split, score in floating.items():
        quantized = fixed.get(split) if fixed is not None else None
        figures[split] = SplitMetrics(
            pim_db=score.pim_db,
            bound_db=score.bound_db,
            float_db=score.cancellation_db,
            fixed_db=None if quantized is None else quantized.cancellation_db,
            float_per_channel_db=score.per_channel_db,
            fixed_per_channel_db=() if quantized is None else quantized.per_channel_db,
            out_of_band_db=(score if quantized is None else quantized).out_of_band_db,
        )
    return figures


def training_history(steps: Iterable[Step]) -> tuple[TrainingStep, ...]:
    """Return the training steps as the report takes them."""
    return tuple(
        TrainingStep(step=s.step, start=s.start, loss=s.loss, train_db=s.train_db, val_db=s.val_db) for s in steps
    )


def power_spectrum(signal: ComplexArray, fs_hz: float, n_fft: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies, Hz, ascending from -fs/2, and the power spectrum by Welch's method, dB of full scale.

    signal: [n_samples] in units of full scale. Hann window of `n_fft` samples, half overlapped. A complex tone of
    amplitude 1 on a bin reads 0 dB; white noise of power P reads P * rbw / fs_hz (see `resolution_bandwidth`).
    """
    window = _hann(n_fft)
    segments = np.lib.stride_tricks.sliding_window_view(signal, n_fft)[:: n_fft // 2]
    power: NDArray[np.float64] = np.zeros(n_fft)
    for segment in segments:  # one at a time: memory stays that of one segment
        power += np.abs(np.fft.fft(segment * window)) ** 2
    power = np.fft.fftshift(power) / (len(segments) * window.sum() ** 2)
    freq_hz = np.asarray((np.arange(n_fft) - n_fft // 2) * (fs_hz / n_fft), dtype=np.float64)
    return freq_hz, np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10))), dtype=np.float64)


def resolution_bandwidth(fs_hz: float, n_fft: int) -> float:
    """Return the equivalent noise bandwidth, Hz, of `power_spectrum`: 1.5 bins."""
    window = _hann(n_fft)
    return float(fs_hz * np.sum(window**2) / window.sum() ** 2)


def spectra(
    dataset: Dataset,
    estimates: Mapping[str, ComplexArray],
    latency: int,
    split: str = "test",
    *,
    margin: float | None = BAND_MARGIN,
    warmup: int = 0,
) -> Spectra:
    """Return the power spectra of d, of d - z for each estimate, and of the noise where it is known.

    estimates: by "float" and "fixed", z [n_rx, n_samples] for the whole of `dataset.x`; z[n] estimates d[n - latency].
    margin: width shown on each side of the receive band, as a part of it; None for the whole sample rate. The first
    `warmup` samples of the split are left out.
    """
    start, stop = dataset.splits[split][0] + warmup, dataset.splits[split][1] - latency
    band = (float(dataset.constants["band_lower_hz"]), float(dataset.constants["band_upper_hz"]))
    lower, upper = _view(band, dataset.fs_hz, margin)
    n_fft = _transform_length(stop - start, dataset.fs_hz / (upper - lower))
    freq_hz, _ = power_spectrum(dataset.d[0, start:stop], dataset.fs_hz, n_fft)
    shown = (freq_hz >= lower) & (freq_hz <= upper)

    def curve(signal: ComplexArray | None) -> tuple[float, ...] | None:
        if signal is None:
            return None
        return tuple(np.round(power_spectrum(signal, dataset.fs_hz, n_fft)[1][shown], 3).tolist())

    channels = []
    for c, d in enumerate(dataset.d):
        left = {name: d[start:stop] - z[c, start + latency : stop + latency] for name, z in estimates.items()}
        noise = None if dataset.noise is None else dataset.noise[c, start:stop]
        curves = {"float_db": left.get("float"), "fixed_db": left.get("fixed"), "noise_db": noise}
        made = {name: curve(signal) for name, signal in curves.items()}
        channels.append(ChannelSpectra(received_db=curve(d[start:stop]) or (), **made))
    return Spectra(
        split=split,
        freq_hz=tuple(np.round(freq_hz[shown], 1).tolist()),
        band_hz=band,
        rbw_hz=resolution_bandwidth(dataset.fs_hz, n_fft),
        channels=tuple(channels),
    )


def nonlinearity(model: Model, reach: float | None = None) -> tuple[Nonlinearity, ...]:
    """Return the trained functions of every piecewise-linear node, one a row of its table, before quantization.

    reach: largest |a| to show (say, the largest seen on samples), above 0; by default the end of the last segment, or
    of the format of a where that comes first.
    """
    if reach is not None and reach <= 0:
        raise ValueError(f"reach = {reach:g}: expected the largest |a| to show, above 0")
    bounds = propagate(model.graph)
    functions = []
    for node in model.graph.nodes:
        if isinstance(node, Piecewise):
            fmt = bounds[node.source].format
            spacing = 2.0 ** (node.segment_log2 - fmt.frac)
            end = min(node.segments * spacing, -fmt.min_q * fmt.lsb) if reach is None else reach
            rows = model.real_tables[f"{node.name}.slopes"]
            names = [node.name] if len(rows) == 1 else [f"{node.name}[{i}]" for i in range(len(rows))]
            functions += [_function(name, row, spacing, end) for name, row in zip(names, rows, strict=True)]
    return tuple(functions)


def critical_point(a: NDArray[np.float64], f: NDArray[np.float64]) -> float | None:
    """Return the smallest a >= 0 where |f| exceeds 1 % of its maximum, f linear between the points; None for f = 0.

    a: ascending, from 0 on; f: the values there.
    """
    magnitude = np.abs(f)
    threshold = CRITICAL_FRACTION * float(magnitude.max(initial=0.0))
    if threshold == 0:
        return None
    above = int(np.argmax(magnitude > threshold))
    if above == 0:
        return float(a[0])
    # f may change its sign inside the segment: the crossing is that of f itself, towards its value at the right end.
    left, right = float(f[above - 1]), float(f[above])
    share = (math.copysign(threshold, right) - left) / (right - left)
    return float(a[above - 1] + share * (a[above] - a[above - 1]))


def peaks(trace: Mapping[str, NDArray[np.int64]]) -> dict[str, int]:
    """Return the largest |integer| of every node of a trace (node name to [channels, n_samples])."""
    return {name: max(int(values.max()), -int(values.min())) for name, values in trace.items() if values.size}


def headroom(
    graph: Graph, bounds: Mapping[str, NodeBounds] | None = None, peaks_q: Mapping[str, int] | None = None
) -> tuple[NodeHeadroom, ...]:
    """Return how full every computing node is: proven accumulator bits, and the part of its format seen in use.

    bounds: of `pimdeploy.datapath.bounds.propagate`, computed where not given. peaks_q: largest |integer| by node (see
    `peaks`), where samples were traced.
    """
    bounds = propagate(graph) if bounds is None else bounds
    found = []
    for node in graph.nodes:
        if isinstance(node, Convolution | Piecewise | Requantize):
            bound = bounds[node.name]
            peak = None if peaks_q is None else peaks_q.get(node.name)
            widest = max(bound.acc_bits, bound.basis_acc_bits or 0)
            found.append(
                NodeHeadroom(
                    node=node.name,
                    kind=_kind(node),
                    format=str(bound.format),
                    acc_bits=bound.acc_bits,
                    basis_acc_bits=bound.basis_acc_bits,
                    carrier="int32" if widest <= 32 else "int64",
                    used=None if peak is None else min(1.0, peak / bound.format.max_q),
                )
            )
    return tuple(found)


def _kind(node: Node) -> str:
    match node:
        case Convolution():
            return "complex convolution" if node.is_complex else "convolution"
        case Piecewise():
            return "piecewise"
        case Requantize():
            return "requantize"
        case Input() | Output():
            return "port"
        case _:
            assert_never(node)


def _hann(n_fft: int) -> NDArray[np.float64]:
    return np.asarray(np.sin(np.pi * np.arange(n_fft) / n_fft) ** 2)


def _view(band: tuple[float, float], fs_hz: float, margin: float | None) -> tuple[float, float]:
    if margin is None:
        return -fs_hz / 2, fs_hz / 2
    room = margin * (band[1] - band[0])
    return max(band[0] - room, -fs_hz / 2), min(band[1] + room, fs_hz / 2)


def _transform_length(n_samples: int, spans: float) -> int:
    """Return the longest power of two that averages enough and gives no more points in view than can be shown."""
    longest = min(n_samples / AVERAGES, MOST_POINTS * spans)
    if longest < 2:
        raise ValueError(f"{n_samples} samples are too few for a spectrum")
    return int(2 ** math.floor(math.log2(longest)))


def _function(name: str, slopes: NDArray[np.float64], spacing: float, end: float) -> Nonlinearity:
    knots = spacing * np.arange(len(slopes))
    values = np.concatenate([[0.0], np.cumsum(slopes[:-1] * spacing)])
    inside = knots < end
    last = int(np.count_nonzero(inside)) - 1
    a = np.append(knots[inside], end)
    f = np.append(values[inside], values[last] + slopes[last] * (end - knots[last]))
    return Nonlinearity(
        name=name,
        a=tuple(np.concatenate([-a[:0:-1], a]).tolist()),
        f=tuple(np.concatenate([-f[:0:-1], f]).tolist()),
        knots=tuple(knots[inside].tolist()),
        critical_point=critical_point(a, f),
    )
