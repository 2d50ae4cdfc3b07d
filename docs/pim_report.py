"""Writes docs/pim_report.md and its pictures: `python docs/pim_report.py`. A test holds them current.

Words are in docs/pim_report.md.j2. Closed forms are computed here; simulated figures come from docs/pim_report.json, which
`python -m bench physics` writes.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pim_pictures import CW_DBM, FLOOR_DBM, PLANNED_DB, Measured, level_dbm, moved, pictures

from pimdeploy.files import write_file
from pimdeploy.signals.modulation.catalogue import find_waveform
from pimdeploy.signals.modulation.ofdm import Ofdm
from pimdeploy.signals.modulation.spread_spectrum import CHIP_RATE_HZ, ROLL_OFF
from pimdeploy.signals.receiver.noise import noise_floor_dbm
from pimdeploy.signals.receiver.sensitivity import degradation_db
from pimdeploy.signals.sources import (
    HyperbolicTangent,
    Law,
    PowerSeries,
    fit_saturating,
    law_preset,
    over_theory_db,
    share_of_order,
    slope,
)
from pimdeploy.signals.sources.conversion import (
    Modulated,
    channel_share,
    conversion_factor_db,
    matched_share,
    modulation_gain_db,
)

PAGE = Path(__file__).with_name("pim_report.md")
TEMPLATE = PAGE.with_suffix(".md.j2")
MEASURED = PAGE.with_suffix(".json")
IMAGES = PAGE.with_name("images")
OWN_CHANNELS = ("lte-1.4", "lte-5", "lte-20", "nr-20-15", "nr-100-30")
WCDMA_CHANNELS_HZ = (4.685e6, 5e6)
CASES: tuple[Modulated, ...] = ("both", "first", "second")
STANDARD = moved("both", 43.0)
CUBIC, FIFTH = PowerSeries.of({3: 1.0}), PowerSeries.of({5: 1.0})
SLOPE, LEVELS = law_preset("standard-slope"), law_preset("standard-levels")


def page(measured: Measured) -> str:
    """Return the text of docs/pim_report.md."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    environment.filters |= {"fixed": fixed, "db": lambda value: f"{fixed(value)} dB"}
    figures = _powers() | _orders() | _modulation(measured) | _conversion(measured) | _saturation(measured)
    return environment.get_template(TEMPLATE.name).render(figures | _clause_7(measured))


def fixed(value: float, digits: int = 2) -> str:
    """Return a figure with so many decimals, without a negative zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}"


def where(figure: Callable[[float], float], asked: float, low: float, high: float) -> float:
    """Return where a figure that rises from `low` to `high` reaches `asked`, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if figure(middle) < asked else (low, middle)
    return low


def _powers() -> dict[str, Any]:
    behind = {total: -over_theory_db(SLOPE, moved("both", total - 10 * math.log10(2))) for total in (30, 33, 46)}
    return {
        "moves": [slope(CUBIC, STANDARD, 3, which) for which in CASES],
        **{f"behind_{total}": db for total, db in behind.items()},
        "slope_preset": slope(SLOPE, STANDARD),
        "slope_levels": slope(LEVELS, STANDARD),
        "slope_first": slope(SLOPE, STANDARD, 3, "first"),
        "slope_second": slope(SLOPE, STANDARD, 3, "second"),
    }


def _orders() -> dict[str, Any]:
    assert isinstance(LEVELS, PowerSeries)
    return {
        "fifth_alone": [slope(FIFTH, STANDARD, order) for order in (3, 5)],
        "levels": [level_dbm(LEVELS, STANDARD, order) for order in (3, 5, 7)],
        "share_43": 100 * share_of_order(LEVELS, STANDARD, 5),
        "share_36": 100 * share_of_order(LEVELS, moved("both", 36.0), 5),
        "im5_below": level_dbm(SLOPE, STANDARD) - level_dbm(SLOPE, STANDARD, 5),
    }


def _modulation(measured: Measured) -> dict[str, Any]:
    found = measured["products"]
    chips = {at["late_chips"]: at["whole_db"] for at in measured["chips"]}
    return {
        "samples": fixed(4 * measured["n_samples"] / 1e6, 0),
        "gains": [modulation_gain_db(CUBIC, STANDARD, 3, which) for which in CASES],
        "lte": [found["lte-5"][case]["whole_db"] for case in CASES],
        "wcdma": [found["wcdma"][case]["whole_db"] for case in CASES],
        "tones_4": 10 * math.log10(2 - 1 / 4),
        "tones_64": 10 * math.log10(2 - 1 / 64),
        "beyond_ppm": 1e6 * max(cases["both"]["beyond_three_widths"] for cases in found.values()),
        "within_one": 100 * channel_share(1.0),
        "within_two": 100 * channel_share(2.0),
        "chips_in_step": chips[0.0],
        "chips_apart": chips[0.5],
    }


def wcdma_factor_db(channel_hz: float) -> float:
    """Return the conversion factor of WCDMA carriers in a channel, third order, dB."""
    return conversion_factor_db(channel_hz / CHIP_RATE_HZ, 3, ROLL_OFF)


def _conversion(measured: Measured) -> dict[str, Any]:
    return {
        "upper": conversion_factor_db(3.0),
        "flat_1": conversion_factor_db(1.0),
        "flat_12": conversion_factor_db(1.2),
        "rrc_4685": wcdma_factor_db(4.685e6),
        "rrc_5": wcdma_factor_db(5e6),
        "low_mhz": where(wcdma_factor_db, 1.2, 3e6, 7e6) / 1e6,
        "high_mhz": where(wcdma_factor_db, 2.2, 3e6, 7e6) / 1e6,
        "planning_flat": where(conversion_factor_db, PLANNED_DB, 1.0, 2.0),
        "planning_mhz": where(wcdma_factor_db, PLANNED_DB, 3e6, 7e6) / 1e6,
        "lte_off": _curve_off(measured, "lte-5", 0.0),
        "wcdma_off": _curve_off(measured, "wcdma", ROLL_OFF),
        "own_channels": _own_channels(),
        "matched": 10 * math.log10(2 * matched_share(3, ROLL_OFF)),
    }


def _curve_off(measured: Measured, name: str, roll_off: float) -> float:
    """Return how far simulated carriers lie off the closed form at most, dB."""
    points = zip(measured["channels"], measured["products"][name]["both"]["channel_db"], strict=True)
    return max(abs(float(db) - conversion_factor_db(width, 3, roll_off)) for width, db in points)


def _own_channels() -> list[tuple[str, str, float, float]]:
    """Return label, channel, channel over occupied width and conversion factor of carriers in their own channels."""
    rows = []
    for name in OWN_CHANNELS:
        waveform = find_waveform(name)
        assert isinstance(waveform, Ofdm)
        ratio = waveform.channel_hz / waveform.numerology.transmission_hz
        rows.append((waveform.label, f"{waveform.channel_hz / 1e6:g} MHz", ratio, conversion_factor_db(ratio)))
    for width_hz in WCDMA_CHANNELS_HZ:
        rows.append(("WCDMA", f"{width_hz / 1e6:g} MHz", width_hz / CHIP_RATE_HZ, wcdma_factor_db(width_hz)))
    return rows


def _saturation(measured: Measured) -> dict[str, Any]:
    drive = measured["drive"]
    points = {at["power_dbm"]: at for at in drive["standard-slope"]}
    fifth_dbm = where(lambda p: -slope(SLOPE, moved("both", p), 5), -3.7, 40.0, 50.0)
    tanh: Law = fit_saturating(HyperbolicTangent, {3: "-80 dBm"}, STANDARD, slope_db=2.5)
    return {
        "reduced": [
            f"{fixed(points[p]['channel_db'])} dB at a slope of {fixed(points[p]['slope_db'])}"
            for p in (27.0, 36.0, 40.0, 43.0)
        ],
        "levels_factor": drive["standard-levels"][-1]["channel_db"],
        "slope_factor": points[43.0]["channel_db"],
        "least_slope": min(
            at["slope_db"] for run in drive.values() for at in run if abs(at["channel_db"] - 1.7) <= 0.5
        ),
        "drive_off": max(abs(at["whole_db"] - at["theory_db"]) for run in drive.values() for at in run),
        "fifth_dbm": fifth_dbm,
        "fifth_gain": modulation_gain_db(SLOPE, moved("both", fifth_dbm), 5),
        "fifth_limit": modulation_gain_db(FIFTH, STANDARD, 5),
        "slope_gain": modulation_gain_db(SLOPE, STANDARD),
        "tanh_gain": modulation_gain_db(tanh, STANDARD),
    }


def _clause_7(measured: Measured) -> dict[str, Any]:
    floor_dbm, modulated_dbm = noise_floor_dbm(CHIP_RATE_HZ, 5.0), CW_DBM + PLANNED_DB
    matched_dbm = CW_DBM + 10 * math.log10(2 * matched_share(3, ROLL_OFF))
    return {
        "cw_dbm": CW_DBM,
        "modulated_dbm": modulated_dbm,
        "floor_dbm": floor_dbm,
        "loss": degradation_db(modulated_dbm, FLOOR_DBM),
        "loss_exact": degradation_db(modulated_dbm, floor_dbm),
        "loss_40": degradation_db(modulated_dbm - 3 * 3, FLOOR_DBM),
        "loss_46": degradation_db(modulated_dbm + 3 * 3, FLOOR_DBM),
        "heard": measured["clause_7"],
        "matched_dbm": matched_dbm,
        "loss_matched": degradation_db(matched_dbm, floor_dbm),
    }


def main() -> None:
    """Write the page and its pictures."""
    measured = json.loads(MEASURED.read_text())
    for name, picture in pictures(measured).items():
        write_file(IMAGES / name, picture)
    write_file(PAGE, page(measured).encode())


if __name__ == "__main__":
    main()
