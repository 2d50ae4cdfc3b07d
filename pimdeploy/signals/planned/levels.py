"""What a scenario means for the receiver, in dBm: products, noise floor, sensitivity lost, the bound of a canceller."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.recipe import BandSpec
from pimdeploy.signals.bands import carriers as planner
from pimdeploy.signals.bands.calibration import Calibration
from pimdeploy.signals.bands.plan import Hit, Plan, make_plan
from pimdeploy.signals.bands.table import paired_bands
from pimdeploy.signals.modulation.measure import power_density
from pimdeploy.signals.planned.resolve import Planned
from pimdeploy.signals.planned.scenes import product_dbm
from pimdeploy.signals.planned.stream import Block
from pimdeploy.signals.receive_filter import design_receive_filter
from pimdeploy.signals.receiver.noise import noise_floor_dbm
from pimdeploy.signals.receiver.sensitivity import degradation_db
from pimdeploy.signals.sources.scene import Scene
from pimdeploy.signals.sources.units import WATTS

N_FFT = 4096
"""Bins of the spectra in which levels are measured."""
MOST_PRODUCTS = 200
"""Products that are listed: low orders first, then those that cover most of the receive band."""
Span = tuple[float, float]


class Meter:
    """Mean power densities of truth, noise and rx, each channel, over the blocks that pass."""

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._total: NDArray[np.float64] | None = None
        self._weight = 0

    def add(self, block: Block) -> None:
        """Take the next samples; what is shorter than a segment is left out."""
        n_samples = block.truth.shape[1]
        if n_samples < N_FFT:
            return
        rows = np.concatenate([block.truth, block.noise, block.rx])
        densities = np.stack([power_density(row[np.newaxis], self._fs_hz, N_FFT)[1] for row in rows])
        self._total = n_samples * densities + (0.0 if self._total is None else self._total)
        self._weight += n_samples

    def powers(self, band_hz: Span) -> NDArray[np.float64]:
        """Return the mean powers, W, between two edges about the centre: [3, n_rx] of truth, noise and rx."""
        freqs_hz = np.fft.fftshift(np.fft.fftfreq(N_FFT, 1 / self._fs_hz))
        inside = (freqs_hz >= band_hz[0]) & (freqs_hz < band_hz[1])
        return self._weighted(inside.astype(np.float64))

    def behind(self, band_hz: Span) -> NDArray[np.float64]:
        """Return the mean powers behind the receive filter that a recipe gives this band by default: [3, n_rx]."""
        taps = design_receive_filter(BandSpec(band_hz=band_hz), self._fs_hz).taps
        return self._weighted(np.abs(np.fft.fftshift(np.fft.fft(taps, N_FFT))) ** 2)

    def _weighted(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._total is None:
            raise ValueError(f"nothing was measured: fewer than {N_FFT} samples came")
        return np.asarray((self._total @ weights * (self._fs_hz / N_FFT / self._weight)).reshape(3, -1))


@dataclass(frozen=True)
class BandLevels:
    """What one band hears, each receiver, dBm; `noise_dbm` is the thermal noise of the receiver there."""

    name: str
    span_hz: tuple[int, int]
    noise_dbm: float
    pim_dbm: tuple[float, ...]
    loss_db: tuple[float, ...]
    """Sensitivity lost against the thermal noise alone."""
    bound_db: tuple[float, ...]
    """The most that a canceller can cancel here: docs/spec/metrics.md, section 2."""
    loss_at_bound_db: float
    """Sensitivity still lost where a canceller reaches the bound: to the converter's rounding, 0 without one."""


@dataclass(frozen=True)
class ProductLevel:
    """A product that falls into the receiver: level of CW carriers as planned, and what was measured where it falls."""

    title: str
    order: int
    span_hz: tuple[int, int]
    overlap_hz: int
    tones_dbm: float | None
    """None where a higher order only widens a lower one's position."""
    measured_dbm: float
    """All interference inside the product's band, within the receive band; the loudest receiver's."""


@dataclass(frozen=True)
class Levels:
    """The receive band, the uplink channels of the own carriers in it, and what falls in."""

    bands: tuple[BandLevels, ...]
    products: tuple[ProductLevel, ...]
    spectrum: Plan
    clipped: int

    def to_json(self) -> dict[str, Any]:
        """Return the levels as JSON data; no interference at all is null."""
        return {
            "bands": [_finite(asdict(band)) for band in self.bands],
            "products": [_finite(asdict(product)) for product in self.products],
            "clipped_components": self.clipped,
        }


def levelled_plan(planned: Planned, scene: Scene) -> Plan:
    """Return the spectrum plan with the carriers' powers and the level of every odd order of these sources.

    The levels are those of CW carriers of the mean of the carriers' levels, so that each order's power law has only the
    carriers' differences to bridge.
    """
    power_dbm = float(np.mean([carrier.power_dbm for carrier in planned.carriers]))
    orders = range(3, planned.plan.order + 1, 2)
    calibrations = [
        Calibration(order, level, power_dbm)
        for order in orders
        if math.isfinite(level := product_dbm(planned, scene, power_dbm, order))
    ]
    placed = [
        planner.Carrier(c.center_hz, c.waveform.channel_hz, c.power_dbm if calibrations else None)
        for c in planned.carriers
    ]
    made = make_plan(planned.spectrum.bands, placed, paired_bands(), (), planned.plan.order, calibrations)
    return replace(made, receivers=planned.spectrum.receivers)


def levels_of(planned: Planned, plan: Plan, meter: Meter, clipped: int) -> Levels:
    """Return the levels of a scenario from its `levelled_plan` and what `meter` saw."""
    receiver = planned.victim
    channels = [(f"{name}'s channel", _within(span, receiver.span_hz)) for name, span in receiver.channels]
    spans = [(receiver.text, receiver.span_hz), *((name, span) for name, span in channels if span[0] < span[1])]
    hits = [hit for hit in plan.hits(receiver, 2 * MOST_PRODUCTS) if hit.product.order % 2][:MOST_PRODUCTS]
    return Levels(
        bands=tuple(_band(planned, meter, name, span, whole=k == 0) for k, (name, span) in enumerate(spans)),
        products=tuple(_product(planned, plan, meter, hit) for hit in hits),
        spectrum=plan,
        clipped=clipped,
    )


def _band(planned: Planned, meter: Meter, name: str, span: tuple[int, int], *, whole: bool) -> BandLevels:
    """Return the levels of one band; of the whole receive band the bound is behind the filter that a training measures by."""
    edges = _about(span, planned)
    truth, noise, rx = meter.powers(edges)
    _, left, before = meter.behind(edges) if whole else (truth, noise, rx)
    width_hz = span[1] - span[0]
    floor_dbm = noise_floor_dbm(width_hz, planned.front_end.noise_figure_db)
    adc = planned.front_end.adc
    rounding = 0.0 if adc is None else WATTS.power(adc.noise_dbm(planned.fs_hz, width_hz))
    return BandLevels(
        name=name,
        span_hz=span,
        noise_dbm=floor_dbm,
        pim_dbm=tuple(WATTS.dbm(float(power)) for power in truth),
        loss_db=tuple(degradation_db(WATTS.dbm(float(power)), floor_dbm) for power in truth + rounding),
        bound_db=tuple(10 * math.log10(float(ratio)) for ratio in before / left),
        loss_at_bound_db=degradation_db(WATTS.dbm(rounding), floor_dbm),
    )


def _product(planned: Planned, plan: Plan, meter: Meter, hit: Hit) -> ProductLevel:
    product = hit.product
    low, high = _within(product.span_hz, planned.victim.span_hz)
    bin_hz = planned.rx_fs_hz / N_FFT
    edges = _about((low, high), planned)
    if high - low < 2 * bin_hz:  # a tone: the bins about it
        edges = (edges[0] - 8 * bin_hz, edges[1] + 8 * bin_hz)
    measured = meter.powers(edges)[0]
    return ProductLevel(
        title=plan.title(product),
        order=product.order,
        span_hz=product.span_hz,
        overlap_hz=hit.overlap_hz,
        tones_dbm=product.level_dbm,
        measured_dbm=WATTS.dbm(float(measured.max())),
    )


def _within(span: Sequence[int], limits: tuple[int, int]) -> tuple[int, int]:
    return max(span[0], limits[0]), min(span[1], limits[1])


def _about(span: tuple[int, int], planned: Planned) -> Span:
    return span[0] - planned.center_hz, span[1] - planned.center_hz


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with null for a level of nothing, which JSON has no number for."""
    return {key: _or_none(value) for key, value in values.items()}


def _or_none(value: Any) -> Any:  # noqa: ANN401 - a number, a text, or several
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return [_or_none(item) for item in value] if isinstance(value, tuple) else value
