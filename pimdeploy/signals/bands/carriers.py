"""Carriers: centre, bandwidth, power; and the checks that they can stand side by side on one antenna."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pimdeploy.errors import InputError
from pimdeploy.signals.bands.table import Band, BandTable
from pimdeploy.signals.bands.units import MHZ, Span, mhz, overlap_hz, span_text

STRONGEST_DBM = 80.0
"""Beyond this a power is a slip of the pen, not a carrier."""
FORM = "expected CENTRE:BANDWIDTH[:POWER] in MHz and dBm, such as 1815:20 or 1815:20:43"


@dataclass(frozen=True)
class Carrier:
    """A transmitted carrier. Bandwidth 0 is an unmodulated tone. Edges are whole Hz.

    Raises `InputError` for figures that no carrier has.
    """

    centre_hz: float
    bandwidth_hz: float = 0.0
    power_dbm: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.centre_hz) and 0 <= self.bandwidth_hz < 2 * self.centre_hz):
            raise InputError(f"--carrier {self}: the edges must be positive frequencies; {FORM}")
        if self.power_dbm is not None and not abs(self.power_dbm) <= STRONGEST_DBM:
            raise InputError(f"--carrier {self}: a power of {self.power_dbm:g} dBm, expected -80 to 80 dBm")

    @property
    def span_hz(self) -> Span:
        """Lower and upper edge, Hz."""
        half = self.bandwidth_hz / 2
        return round(self.centre_hz - half), round(self.centre_hz + half)

    def __str__(self) -> str:
        power = "" if self.power_dbm is None else f":{self.power_dbm:g}"
        return f"{mhz(self.centre_hz)}:{mhz(self.bandwidth_hz)}{power}"


def parse_carrier(text: str) -> Carrier:
    """Return the carrier that "CENTRE:BANDWIDTH[:POWER]" (MHz, MHz, dBm) says; "CENTRE" alone is a tone."""
    try:
        values = [float(part) for part in text.split(":")]
    except ValueError:
        values = []
    if not 1 <= len(values) <= 3 or not all(map(math.isfinite, values)):
        raise InputError(f"--carrier {text}: {FORM}")
    centre, bandwidth, power = values[0], values[1] if len(values) > 1 else 0.0, values[2] if len(values) > 2 else None
    return Carrier(centre * MHZ, bandwidth * MHZ, power)


def carriers_in_bands(carriers: Sequence[Carrier], bands: Sequence[Band], table: BandTable) -> tuple[Band, ...]:
    """Return the band of each carrier: the first of `bands` whose downlink holds it.

    Raises `InputError` for a carrier outside all of them, given twice, or overlapping another one.
    """
    homes = tuple(_home(carrier, bands, table) for carrier in carriers)
    placed = sorted(carriers, key=lambda carrier: (carrier.span_hz, carrier.centre_hz))
    for lower, upper in pairwise(placed):
        if lower.span_hz == upper.span_hz:
            raise InputError(f"--carrier {upper}: given twice; give each carrier once")
        shared = min(lower.span_hz[1], upper.span_hz[1])
        if upper.span_hz[0] < shared or _tone_inside(lower, upper):
            raise InputError(
                f"--carrier {lower} and --carrier {upper}: they overlap from {span_text((upper.span_hz[0], shared))}; "
                f"carriers of one antenna stand side by side: move one or make it narrower"
            )
    return homes


def _tone_inside(lower: Carrier, upper: Carrier) -> bool:
    """A tone shares no width with anything: it must not stand between another carrier's edges."""
    return upper.bandwidth_hz == 0 and lower.span_hz[0] < upper.span_hz[0] < lower.span_hz[1]


def _home(carrier: Carrier, bands: Sequence[Band], table: BandTable) -> Band:
    span = carrier.span_hz
    for band in bands:
        if band.downlink_hz[0] <= span[0] and span[1] <= band.downlink_hz[1]:
            return band
    asked = " or ".join(f"band {band.number} ({span_text(band.downlink_hz)})" for band in bands)
    fits = [band.number for band in table.transmitting(span)]
    received = [band for band in bands if overlap_hz(span, band.uplink_hz)]
    if fits:
        advice = f"name the band it belongs to: {', '.join(fits)}"
    elif received:
        advice = "it lies in the uplink, where the base station receives"
    else:
        advice = "no known band transmits there: move it or make it narrower"
    raise InputError(
        f"--carrier {carrier}: covers {span_text(span)}, expected inside the downlink of {asked}; {advice}"
    )
