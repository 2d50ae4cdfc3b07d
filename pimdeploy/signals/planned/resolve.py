"""From a scenario file to figures that fit together: bands, carriers, receive band, centres and sample rates."""

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pimdeploy.errors import CaptureError, InputError, RecipeError
from pimdeploy.signals.bands import carriers as planner
from pimdeploy.signals.bands.plan import Plan, make_plan
from pimdeploy.signals.bands.receivers import Receiver
from pimdeploy.signals.bands.table import paired_bands
from pimdeploy.signals.bands.units import mhz, span_text
from pimdeploy.signals.modulation.carrier import Carrier, check_rate
from pimdeploy.signals.modulation.catalogue import DEFAULT_MODULATION, find_waveform
from pimdeploy.signals.modulation.ofdm import Ofdm
from pimdeploy.signals.modulation.waveform import Waveform
from pimdeploy.signals.planned.spec import CarrierEntry, ReceiverEntry, ScenarioPlan
from pimdeploy.signals.receiver.converter import Adc
from pimdeploy.signals.receiver.front_end import FrontEnd
from pimdeploy.signals.resample import LARGEST_FACTOR, rate_ratio
from pimdeploy.signals.sources.scene import folding_hz

USABLE = 0.9
"""Share of the Nyquist frequency up to which paths and resampling are exact (docs/spec/pim_physics.md, section 6)."""
BASE_RATE_HZ = 30.72e6
"""Rates that are chosen here are this times a power of two."""
LEAST_RADIO_HZ = 1e6
"""A channel that reaches below this was given in MHz."""
Edges = tuple[float, float]


@dataclass(frozen=True)
class Planned:
    """A scenario whose figures were checked against each other. Frequencies are absolute, Hz, but for `front_end`'s.

    fs_hz: rate of tx and of the simulation. rx_fs_hz: rate of rx, at most fs_hz. center_hz: centre of rx and of the
    simulation. spectrum: all products up to the plan's order, without levels; its only receiver is `victim`.
    """

    name: str
    plan: ScenarioPlan
    spectrum: Plan
    carriers: tuple[Carrier, ...]
    wanted: tuple[Carrier, ...]
    front_end: FrontEnd
    center_hz: float
    tx_center_hz: float
    fs_hz: float
    rx_fs_hz: float

    @property
    def victim(self) -> Receiver:
        """What is received."""
        return self.spectrum.receivers[0]

    @property
    def tx_band_hz(self) -> Edges:
        """Outer edges of the carriers about the centre."""
        return _extent(self.carriers, self.center_hz)


@contextlib.contextmanager
def located(where: str) -> Iterator[None]:
    """Say in which scenario, and where in it, an input is wrong. The planner's messages name options: here they are keys."""
    try:
        yield
    except RecipeError:
        raise
    except InputError as error:
        text = str(error).replace("--", "").removeprefix(f"{where}: ")  # some know where they are
        raise RecipeError(f"{where}: {text}") from error


def resolve(plan: ScenarioPlan, name: str) -> Planned:
    """Return the scenario `plan`, called `name` in messages, with every default resolved.

    Raises `RecipeError`, one line: an unknown band or waveform (naming the nearest), carriers outside their bands or
    overlapping, a rate too low for the products asked for (naming the lowest that works), powers without a calibration.
    """
    carriers = _carriers(plan.carrier, f"{name}: carrier")
    with located(name):
        placed = [planner.Carrier(c.center_hz, c.waveform.channel_hz) for c in carriers]
        table = paired_bands()
        spectrum = make_plan(table.select(plan.bands), placed, table, [_receiver(plan)], plan.order)
    if not plan.source:
        raise RecipeError(
            f"{name}: no [[source]]: powers say no level of a product without a calibration; add one with "
            f'level = "-150 dBc at 2 x 43 dBm" (what your site was measured at), or law = "standard-levels"'
        )
    low, high = (float(edge) for edge in spectrum.receivers[0].span_hz)
    center_hz = plan.receiver.center_hz or (low + high) / 2
    with located(f"{name}: receiver"):
        front_end = _front_end(plan.receiver, (low - center_hz, high - center_hz))
    fs_hz, rx_fs_hz = _rates(plan, carriers, front_end, center_hz, name)
    tx_center_hz = plan.transmitter.center_hz or center_hz
    with located(f"{name}: transmitter.center_hz"):
        check_rate(carriers, fs_hz, tx_center_hz)
    wanted = _wanted(plan.wanted, (low, high), name)
    return Planned(name, plan, spectrum, carriers, wanted, front_end, center_hz, tx_center_hz, fs_hz, rx_fs_hz)


def _carriers(entries: Sequence[CarrierEntry], where: str) -> tuple[Carrier, ...]:
    made = []
    for number, entry in enumerate(entries, 1):
        with located(f"{where} {number}"):
            made.append(Carrier(_waveform(entry), entry.center_hz, entry.power_dbm, entry.papr_db))
    return tuple(made)


def _waveform(entry: CarrierEntry) -> Waveform:
    waveform = find_waveform(entry.waveform, entry.modulation or DEFAULT_MODULATION)
    if entry.modulation is not None and not isinstance(waveform, Ofdm):
        raise InputError(f"modulation = {entry.modulation!r}: {entry.waveform} has no subcarriers; drop modulation")
    if entry.center_hz - waveform.channel_hz / 2 < LEAST_RADIO_HZ:
        raise InputError(
            f"center_hz = {entry.center_hz:.12g}: no radio channel lies there; expected Hz, such as 1815e6"
        )
    return waveform


def _receiver(plan: ScenarioPlan) -> str:
    """Return the receiver as the planner writes it: a band, or edges in MHz."""
    edges = plan.receiver.band_hz
    return plan.receiver.band or plan.bands[0] if edges is None else f"{mhz(edges[0])}-{mhz(edges[1])}"


def _front_end(entry: ReceiverEntry, band_hz: Edges) -> FrontEnd:
    adc = None
    if entry.adc_bits is not None and entry.adc_full_scale_dbm is not None:
        adc = Adc(entry.adc_bits, entry.adc_full_scale_dbm)
    return FrontEnd(band_hz, entry.noise_figure_db, entry.isolation_db, entry.transition_hz, adc)


def _wanted(entries: Sequence[CarrierEntry], band_hz: Edges, name: str) -> tuple[Carrier, ...]:
    wanted = _carriers(entries, f"{name}: wanted")
    for number, carrier in enumerate(wanted, 1):
        low, high = carrier.channel_hz
        if low < band_hz[0] - 0.25 or high > band_hz[1] + 0.25:
            raise RecipeError(
                f"{name}: wanted {number}: covers {span_text(carrier.channel_hz)}, expected inside the receive band, "
                f"{span_text(band_hz)}; move it or make it narrower"
            )
    return wanted


def _extent(carriers: Sequence[Carrier], center_hz: float) -> Edges:
    return (
        min(carrier.extent_hz[0] for carrier in carriers) - center_hz,
        max(carrier.extent_hz[1] for carrier in carriers) - center_hz,
    )


def lowest_rate_hz(tx_band_hz: Edges, front_end: FrontEnd, order: int) -> int:
    """Return the lowest whole sample rate, S/s, at which a canceller can work. Edges are about its centre.

    It holds the carriers and the receiver's filter in 90 % of its Nyquist band, and no product up to `order` folds into
    the receive band.
    """
    low, high = front_end.band_hz
    transition_hz = front_end.width_hz / 10 if front_end.transition_hz is None else front_end.transition_hz
    edges = (*tx_band_hz, low - transition_hz, high + transition_hz)
    holds = 2 / USABLE * max(abs(edge) for edge in edges)
    return max(math.ceil(holds), math.floor(folding_hz(order, tx_band_hz, front_end.band_hz)) + 1)


def _rates(
    plan: ScenarioPlan, carriers: Sequence[Carrier], front_end: FrontEnd, center_hz: float, name: str
) -> tuple[float, float]:
    """Return the rates of tx and of rx."""
    tx_band_hz = _extent(carriers, center_hz)
    lowest = lowest_rate_hz(tx_band_hz, front_end, plan.order)
    stated, rx_stated = plan.fs_hz, plan.receiver.fs_hz
    fs_hz = stated or rx_stated or _chosen(lowest)
    rx_fs_hz = rx_stated or fs_hz
    if rx_fs_hz > fs_hz:
        raise RecipeError(
            f"{name}: receiver.fs_hz = {rx_fs_hz:.12g}: above fs_hz = {fs_hz:.12g}, at which the scenario is made; "
            f"expected at most that: raise fs_hz or drop receiver.fs_hz"
        )
    if rx_fs_hz < lowest:
        key = "fs_hz" if rx_stated is None else "receiver.fs_hz"
        lower = [n for n in range(3, plan.order, 2) if lowest_rate_hz(tx_band_hz, front_end, n) <= rx_fs_hz]
        advice = f", or ask for order = {lower[-1]}" if lower else ""
        raise RecipeError(
            f"{name}: {key} = {rx_fs_hz:.12g}: too low for products up to order {plan.order} about the receiver's "
            f"centre of {mhz(center_hz)} MHz: carriers must fit in and no product may fold into the receive band; "
            f"the lowest rate that works is {lowest} S/s{advice}"
        )
    _check_ratio(fs_hz, rx_fs_hz, name)
    return fs_hz, rx_fs_hz


def _check_ratio(fs_hz: float, rx_fs_hz: float, name: str) -> None:
    try:
        rate_ratio(rx_fs_hz, fs_hz)
    except CaptureError as error:
        down = max(1, round(fs_hz / rx_fs_hz))
        raise RecipeError(
            f"{name}: receiver.fs_hz = {rx_fs_hz:.12g}: no ratio of whole numbers up to {LARGEST_FACTOR} to fs_hz = "
            f"{fs_hz:.12g}, from which rx is decimated; expected such a part of it, {fs_hz / down:.12g} for example"
        ) from error


def _chosen(lowest: int) -> float:
    rate = BASE_RATE_HZ
    while rate < lowest:
        rate *= 2
    return rate
