"""A carrier: a waveform at a place and a level; which carriers go together and at which sample rate."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.crest import LEAST_PAPR_DB
from pimdeploy.signals.modulation.waveform import Waveform


@dataclass(frozen=True)
class Carrier:
    """One carrier. Frequencies in Hz, absolute or about any centre: the transmitter is told which.

    power_dbm: mean power an antenna, averaged over the antennas. papr_db: peak to average power, dB, to which the crest
    of each antenna's carrier is reduced; None leaves it as it is.
    """

    waveform: Waveform
    center_hz: float
    power_dbm: float
    papr_db: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("center_hz", self.center_hz), ("power_dbm", self.power_dbm)):
            if not math.isfinite(value):
                raise InputError(f"carrier {name} = {value}: expected a finite number")
        if self.papr_db is not None and self.waveform.constant_envelope:
            raise InputError(f"papr_db = {self.papr_db:g} at {self.name}: its envelope is constant; leave papr_db out")
        if self.papr_db is not None and not self.papr_db >= LEAST_PAPR_DB:
            raise InputError(f"papr_db = {self.papr_db:g} at {self.name}: expected at least {LEAST_PAPR_DB:g} dB")

    @property
    def name(self) -> str:
        """What to call the carrier in messages."""
        return f"the {self.waveform.label} carrier at {self.center_hz / 1e6:.10g} MHz"

    @property
    def channel_hz(self) -> tuple[float, float]:
        """Edges of the channel that the carrier is assigned."""
        return self._edges(self.waveform.channel_hz / 2)

    @property
    def extent_hz(self) -> tuple[float, float]:
        """Edges beyond which the carrier is 90 dB down."""
        return self._edges(self.waveform.edge_hz)

    def _edges(self, half_hz: float) -> tuple[float, float]:
        return self.center_hz - half_hz, self.center_hz + half_hz


def check_apart(carriers: Sequence[Carrier]) -> None:
    """Raise `InputError` where there is no carrier or where two channels overlap; edges may touch."""
    if not carriers:
        raise InputError("no carrier: expected at least one")
    ordered = sorted(carriers, key=lambda carrier: carrier.center_hz)
    for left, right in itertools.pairwise(ordered):
        need_hz = (left.waveform.channel_hz + right.waveform.channel_hz) / 2
        apart_hz = right.center_hz - left.center_hz
        # A quarter of a hertz: frequencies in floating-point MHz do not always add up.
        if apart_hz < need_hz - 0.25 or apart_hz == 0:
            raise InputError(
                f"carriers overlap: {right.name} is {apart_hz / 1e6:.10g} MHz from {left.name}, and their channels need "
                f"{need_hz / 1e6:.10g} MHz; move them apart"
            )


def lowest_rate_hz(carriers: Sequence[Carrier], center_hz: float = 0.0, order: int = 1) -> float:
    """Return the lowest sample rate, S/s, that holds `carriers` about `center_hz`, to -90 dB.

    With an odd `order` above 1 it holds all their intermodulation products about the carriers up to this order, too:
    they reach (order - 1) / 2 times the carriers' span beyond them on either side.
    """
    if order < 1 or order % 2 == 0:
        raise InputError(f"order = {order}: products about the carriers have odd orders")
    lower = min(carrier.extent_hz[0] for carrier in carriers) - center_hz
    upper = max(carrier.extent_hz[1] for carrier in carriers) - center_hz
    beyond = (order - 1) / 2 * (upper - lower)
    return 2 * max(upper + beyond, beyond - lower)


def check_rate(carriers: Sequence[Carrier], fs_hz: float, center_hz: float = 0.0) -> None:
    """Raise `InputError`, naming the lowest rate that works, where `fs_hz` does not hold the carriers."""
    if not (math.isfinite(fs_hz) and fs_hz > 0):
        raise InputError(f"fs_hz = {fs_hz}: expected a positive sample rate")
    lowest = lowest_rate_hz(carriers, center_hz)
    if fs_hz < lowest:
        raise InputError(
            f"fs_hz = {fs_hz:.12g}: too low for carriers about {center_hz / 1e6:.10g} MHz; "
            f"they need at least {lowest:.12g} S/s"
        )
