"""The standard source of papers/002, clause 6.2.2, twice: no one law has both its levels and its slope.

The clause gives a standard source of IM3 = -80 dBm at 2 x 43 dBm, IM5 and IM7 37 dB and 64 dB below it ("measured: -37 dB
for IM5 and -64 dB for IM7"), levels below third-order theory above a total of about 33 dBm, and a slope of 2.5 dB for
each dB at 43 dBm ("1 dB - 2.5 dB relation", figure 6.2.2-5). They come from different devices. A slope of 2.5 with
one contact that compresses puts IM5 25 dB below IM3, not 37; IM5 37 dB below leaves the slope at 2.87.
"""

import difflib
import functools

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.calibration import fit_power_series, fit_saturating
from pimdeploy.signals.sources.laws import ArcTangent, HyperbolicTangent, Law, PowerSeries
from pimdeploy.signals.sources.units import WATTS, Carriers, PowerReference

STANDARD_DBM = 43.0
STANDARD_LEVELS = {3: "-80 dBm", 5: "-117 dBm", 7: "-144 dBm"}
STANDARD_SLOPE_DB = 2.5


def standard_carriers(reference: PowerReference = WATTS) -> Carriers:
    """Return 2 x 43 dBm. Raises `InputError` without a calibration."""
    return Carriers.dbm(STANDARD_DBM, STANDARD_DBM, reference)


@functools.lru_cache
def standard_levels(reference: PowerReference = WATTS) -> PowerSeries:
    """Return the standard source by its levels: a power series of orders 3, 5, 7 with alternating products.

    Exact in the three levels; slope 2.87 at 43 dBm. Meant for envelopes up to 56 dBm: above, u^7 takes over, as in every
    power series.
    """
    return fit_power_series(STANDARD_LEVELS, standard_carriers(reference), reference=reference)


@functools.lru_cache
def standard_slope(reference: PowerReference = WATTS) -> HyperbolicTangent | ArcTangent:
    """Return the standard source by its slope: an arc tangent, 2.5 dB per dB and IM3 of -80 dBm at 2 x 43 dBm.

    Below theory by 0.07 dB at a total of 30 dBm, 0.15 dB at 33, 0.57 dB at 39, 2.5 dB at 46; IM5 25.2 dB below IM3.
    """
    levels = {3: STANDARD_LEVELS[3]}
    carriers = standard_carriers(reference)
    return fit_saturating(ArcTangent, levels, carriers, slope_db=STANDARD_SLOPE_DB, reference=reference)


PRESETS = {"standard-levels": standard_levels, "standard-slope": standard_slope}


def law_preset(name: str, reference: PowerReference = WATTS) -> Law:
    """Return the law of a preset. Raises `InputError` for an unknown name (and names the nearest)."""
    if name not in PRESETS:
        near = difflib.get_close_matches(name, PRESETS, n=1, cutoff=0.0)[0]
        raise InputError(f'source "{name}": no such preset; did you mean "{near}"? Known: {", ".join(PRESETS)}')
    return PRESETS[name](reference)
