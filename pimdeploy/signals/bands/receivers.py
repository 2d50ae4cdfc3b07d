"""Receive bands that a plan looks at: uplinks of bands, or plain ranges of frequencies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.table import Band, BandTable
from pimdeploy.signals.bands.units import MHZ, Span, span_text

_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Receiver:
    """A receive band, Hz, and the channels in it that are paired with the plan's own carriers."""

    name: str
    span_hz: Span
    band: Band | None = None
    channels: tuple[tuple[str, Span], ...] = ()
    """Name of the carrier and its uplink channel, Hz."""

    @property
    def width_hz(self) -> int:
        """Width of the receive band, Hz."""
        return self.span_hz[1] - self.span_hz[0]

    @property
    def text(self) -> str:
        """Name and edges as text."""
        return f"{self.name}, {span_text(self.span_hz)}"


def receivers_of(
    asked: Sequence[str], bands: Sequence[Band], table: BandTable, channels: Sequence[tuple[str, str, Span]]
) -> tuple[Receiver, ...]:
    """Return the receivers called `asked`, or the uplinks of `bands` where none is asked for.

    channels: name of each carrier, number of its band, uplink channel paired with it, Hz.
    Raises `InputError` for an unknown band, a range that is none, and for what is given twice.
    """
    found: list[Receiver] = []
    for name in asked or [band.number for band in bands]:
        receiver = _receiver(name, table, channels)
        if receiver.span_hz in [other.span_hz for other in found if other.name == receiver.name]:
            raise InputError(f"--receiver {name}: given twice; give each receiver once")
        found.append(receiver)
    return tuple(found)


def _receiver(name: str, table: BandTable, channels: Sequence[tuple[str, str, Span]]) -> Receiver:
    match = _RANGE.fullmatch(name.replace(" ", ""))
    if match is None:
        band = table.find(name)
        own = tuple((carrier, channel) for carrier, number, channel in channels if number == band.number)
        return Receiver(f"uplink of band {band.number}", band.uplink_hz, band, own)
    low, high = (round(float(edge) * MHZ) for edge in match.groups())
    if not 0 < low < high:
        raise InputError(f"--receiver {name}: expected a lower and a higher edge in MHz, such as 1710-1785, or a band")
    inside = tuple((carrier, channel) for carrier, _, channel in channels if low <= channel[0] and channel[1] <= high)
    return Receiver(f"receiver {name}", (low, high), None, inside)
