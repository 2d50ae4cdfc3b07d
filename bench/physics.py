"""What papers/002 (3GPP TR 37.808) says of PIM beside what the sources, the waveforms and the receiver of signals/ give.

`python -m bench physics` also writes docs/pim_report.json: the simulated figures and curves that docs/pim_report.py sets
into the page and its pictures.
"""

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.rows import Row, at_most, noted
from pimdeploy.files import write_file
from pimdeploy.signals.modulation.carrier import Carrier
from pimdeploy.signals.modulation.catalogue import find_waveform
from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.modulation.two_carriers import MeasuredProduct, measure_product
from pimdeploy.signals.receiver.front_end import FrontEnd, Receiver
from pimdeploy.signals.receiver.sensitivity import degradation_db
from pimdeploy.signals.sources import (
    PRESETS,
    WATTS,
    Carriers,
    Law,
    PowerSeries,
    law_preset,
    over_theory_db,
    parse_two_tone,
    product_level,
    scaled_to,
    slope,
)
from pimdeploy.signals.sources.conversion import conversion_factor_db, modulation_gain_db
from pimdeploy.signals.sources.tables import ZoneTable

MEASURED = Path(__file__).parents[1] / "docs" / "pim_report.json"
FS_HZ, SPACING_HZ = 61.44e6, 15e6
"""The rate holds the third-order products of carriers that far apart; three carrier widths do not touch."""
WIDE_FS_HZ = 97.5e6
"""6.5 times the spacing: products of high orders fold between the others."""
N_SAMPLES = 1 << 22
CHIP_STEPS = (0, 4, 8, 12)
"""Samples, 16 a chip, that the second WCDMA carrier is late: over all of them chips do not matter."""
CHANNELS = tuple(round(0.1 * k, 1) for k in range(4, 32))
"""Widths of a channel, in occupied widths."""
OCCUPIED_HZ = {"lte-5": 301 * 15e3, "wcdma": 3.84e6}
"""Half-power widths: subcarriers and the gap at DC, chip rate."""
ROLL_OFF = {"lte-5": 0.0, "wcdma": 0.22}
UTRA_HZ = 1.22 * 3.84e6
"""Where a WCDMA carrier ends: the width that the issue of the same bandwidth for aggressor and victim is about."""
POWERS_DBM = (27.0, 30.0, 33.0, 36.0, 38.0, 40.0, 42.0, 43.0)
CASES = {"both": (True, True), "first": (True, False), "second": (False, True)}


def physics_rows() -> list[Row]:
    """Measure, write docs/pim_report.json, and return the rows in the order of the report's clauses."""
    found = measured()
    text = re.sub(r"\[([^\[\]{}]*)\]", lambda row: "[" + " ".join(row[1].split()) + "]", json.dumps(found, indent=1))
    write_file(MEASURED, f"{text}\n".encode())
    return [
        *power_rows(),
        equation_6_row(),
        *modulation_rows(found),
        *conversion_rows(found),
        *source_rows(found),
        *clause_7_rows(found),
    ]


def antenna() -> PowerSeries:
    """Return the third-order law of clause 7: -150 dBc at 2 x 43 dBm."""
    level, carriers = parse_two_tone("-150 dBc at 2 x 43 dBm")
    return scaled_to(PowerSeries.of({3: 1.0}), level, carriers)


def carriers(names: tuple[str, str], powers_dbm: tuple[float, float] = (43.0, 43.0)) -> tuple[Carrier, Carrier]:
    """Return two carriers `SPACING_HZ` apart about 0 Hz."""
    places = (-SPACING_HZ / 2, SPACING_HZ / 2)
    made = [Carrier(find_waveform(n), f, p) for n, f, p in zip(names, places, powers_dbm, strict=True)]
    return made[0], made[1]


def measured(n_samples: int = N_SAMPLES) -> dict[str, Any]:
    """Return every simulated figure and curve of the page, rounded to what is shown."""
    products = {name: {case: _product(name, case, n_samples) for case in CASES} for name in OCCUPIED_HZ}
    return {
        "n_samples": n_samples,
        "channels": list(CHANNELS),
        "products": products,
        "chips": _chips(n_samples),
        "drive": {name: [_drive(law_preset(name), p, n_samples) for p in POWERS_DBM] for name in PRESETS},
        "clause_7": clause_7(n_samples),
    }


def _runs(name: str, case: str, n_samples: int) -> list[MeasuredProduct]:
    """Return the product of the clause's antenna, several times: other symbols, other instants within a chip."""
    sent = [name if modulated else "cw" for modulated in CASES[case]]
    first, second = carriers((sent[0], sent[1]))
    return [
        measure_product(antenna(), first, second, FS_HZ, n_samples, late_samples=late, seed=seed)
        for seed, late in enumerate(CHIP_STEPS, 1)
    ]


def factor_db(runs: Sequence[MeasuredProduct], width_hz: float) -> float:
    """Return the conversion factor of several runs together, dB."""
    return 10 * math.log10(np.mean([10 ** (run.conversion_factor_db(width_hz) / 10) for run in runs]))


def _product(name: str, case: str, n_samples: int) -> dict[str, Any]:
    runs, width_hz = _runs(name, case, n_samples), OCCUPIED_HZ[name]
    inside = factor_db(runs, 3 * width_hz * (1 + ROLL_OFF[name]))
    whole = factor_db(runs, 2 * -float(runs[0].offset_hz[0]))
    return {
        "whole_db": round(whole, 3),
        "beyond_three_widths": round(1 - 10 ** ((inside - whole) / 10), 6),
        "channel_db": [round(factor_db(runs, width_hz * channel), 3) for channel in CHANNELS],
        "spectrum": _spectrum(runs, width_hz),
    }


def _spectrum(runs: Sequence[MeasuredProduct], width_hz: float, group: int = 16) -> dict[str, list[float]]:
    """Return offsets, MHz, and density, dB: in an occupied width, over the level of the product of CW carriers."""
    density = np.mean([run.density * width_hz / product_level(run.law, run.tones, run.order) for run in runs], axis=0)
    offset = runs[0].offset_hz
    n = offset.size // group * group
    means = [part[:n].reshape(-1, group).mean(axis=1) for part in (offset / 1e6, density)]
    return {"offset_mhz": means[0].round(3).tolist(), "density_db": (10 * np.log10(means[1])).round(2).tolist()}


def _chips(n_samples: int) -> list[dict[str, float]]:
    """Return the factor of two WCDMA carriers by how far their chips lie apart."""
    first, second = carriers(("wcdma", "wcdma"))
    made = []
    for late in CHIP_STEPS:
        runs = [
            measure_product(antenna(), first, second, FS_HZ, n_samples, late_samples=late, seed=seed)
            for seed in range(11, 15)
        ]
        whole, channel = (round(factor_db(runs, width) + 0.0, 3) for width in (14.9e6, UTRA_HZ))
        made.append({"late_chips": late / 16, "whole_db": whole, "channel_db": channel})
    return made


def _drive(law: Law, power_dbm: float, n_samples: int) -> dict[str, float]:
    """Return the factor of two WCDMA carriers of `power_dbm` each at a source that saturates."""
    first, second = carriers(("wcdma", "wcdma"), (power_dbm, power_dbm))
    runs = [
        measure_product(law, first, second, WIDE_FS_HZ, n_samples, late_samples=late, seed=seed)
        for seed, late in ((21, 0), (22, 6), (23, 13), (24, 19))
    ]
    tones = Carriers.dbm(power_dbm, power_dbm)
    return {
        "power_dbm": power_dbm,
        "whole_db": round(factor_db(runs, 14.9e6), 3),
        "channel_db": round(factor_db(runs, UTRA_HZ), 3),
        "theory_db": round(modulation_gain_db(law, tones), 3),
        "slope_db": round(slope(law, tones), 4),
    }


def clause_7(n_samples: int = N_SAMPLES, width_hz: float = UTRA_HZ) -> dict[str, float]:
    """Return what a receiver of noise figure 5 dB in the IM3 of two WCDMA carriers of 43 dBm hears, dBm, and loses, dB."""
    pair = carriers(("wcdma", "wcdma"))
    one, other = (Transmitter((carrier,), FS_HZ, seed=31 + k) for k, carrier in enumerate(pair))
    one.read(CHIP_STEPS[1])  # a quarter of a chip apart: the mean of all distances
    table, center_hz = ZoneTable(antenna()), 2 * pair[0].center_hz - pair[1].center_hz
    front_end = FrontEnd((center_hz - width_hz / 2, center_hz + width_hz / 2), 5.0, transition_hz=100e3)
    receiver = Receiver(front_end, FS_HZ, 1, interference=lambda n: table(one.read(n) + other.read(n)), seed=31)
    receiver.read(receiver.settled)
    power = np.zeros(2)
    n_blocks = max(1, n_samples >> 18)
    for _ in range(n_blocks):
        part = receiver.read(1 << 18)
        power += [np.mean(np.abs(x) ** 2) / n_blocks for x in (part.interference, part.noise)]
    pim_dbm, noise_dbm = (WATTS.dbm(float(p)) for p in power)
    return {
        "width_mhz": round(width_hz / 1e6, 4),
        "pim_dbm": round(pim_dbm, 2),
        "noise_dbm": round(noise_dbm, 2),
        "loss_db": round(degradation_db(pim_dbm, noise_dbm), 2),
    }


def near(figure: str, value: float, asked: float, tolerance: float, unit: str = "dB", digits: int = 2) -> Row:
    """Return the row of a figure that is asked for within a tolerance."""
    reached = f"{round(value, digits) + 0.0:.{digits}f} {unit}"
    return Row(figure, f"{asked:g} +- {tolerance:g} {unit}", reached, abs(value - asked) <= tolerance)


def power_rows(n_samples: int = 1 << 20) -> list[Row]:
    """Clause 6.1.1: what 1 dB does, simulated with OFDM carriers."""
    law = antenna()

    def level_dbm(first_dbm: float, second_dbm: float) -> float:
        pair = carriers(("lte-5", "lte-5"), (first_dbm, second_dbm))
        return WATTS.dbm(measure_product(law, *pair, FS_HZ, n_samples).power(14.9e6))

    still = level_dbm(43.0, 43.0)
    moves = {"both carriers": (44.0, 44.0, 3.0), "f1": (44.0, 43.0, 2.0), "f2": (43.0, 44.0, 1.0)}
    return [
        near(f"1 dB of {which} moves 2f1 - f2 by", level_dbm(first, second) - still, db, 0.001, digits=3)
        for which, (first, second, db) in moves.items()
    ]


def equation_6_row() -> Row:
    """Clause 6.1.1, equation (6) with the fifth order: a line of the real wave's spectrum against the formula."""
    a3, a5, first, second = 2e-9, -2e-14, 80.0, 50.0
    n, f1, f2 = 1 << 12, 300, 420
    phase = 2 * np.pi * np.arange(n) / n
    wave = PowerSeries.of({3: a3, 5: a5}).passband(first * np.cos(f1 * phase) + second * np.cos(f2 * phase))
    line = 2 * float((np.fft.rfft(wave) / n)[2 * f1 - f2].real)
    fifth = a5 * (5 / 4 * first**4 * second + 15 / 8 * first**2 * second**3)
    formula = a3 * 3 / 4 * first**2 * second + fifth
    return at_most(
        f"equation (6) with a5 (5/4 I1^4 I2 + 15/8 I1^2 I2^3), {fifth / formula:.0%} of it: off a simulated wave by",
        1e12 * abs(line / formula - 1),
        1,
        "parts in 1e12",
    )


def modulation_rows(found: dict[str, Any]) -> list[Row]:
    """Clauses 6.1.1 and 6.1.3: 3 dB by modulating f1, nothing by f2, over three widths."""
    rows = []
    for name, cases in found["products"].items():
        for case, asked in (("both", 3.01), ("first", 3.01), ("second", 0.0)):
            which = "both carriers" if case == "both" else f"the {case} carrier alone"
            rows.append(near(f"{name}: modulating {which} adds to 2f1 - f2", cases[case]["whole_db"], asked, 0.05))
        beyond = 1e6 * cases["both"]["beyond_three_widths"]
        rows.append(at_most(f"{name}: power of the product beyond three carrier widths", beyond, 1000, "ppm", 0))
    steps = ", ".join(f"{c['late_chips']:g}: {c['whole_db']:.2f}" for c in found["chips"])
    return [*rows, noted("wcdma: modulating both, dB, by the distance of their chips", steps)]


def conversion_rows(found: dict[str, Any]) -> list[Row]:
    """Clauses 6.1.3, 6.2.3, 6.2.5: the conversion factor in one channel."""
    rows = [
        near("conversion factor, flat spectrum, channel = occupied width", conversion_factor_db(1.0), 1.25, 0.005),
        near("conversion factor, flat spectrum, channel = 1.20 occupied widths", conversion_factor_db(1.2), 1.8, 0.005),
        near("conversion factor, RRC 0.22, 4.685 MHz", conversion_factor_db(4.685 / 3.84, 3, 0.22), 1.81, 0.005),
        near("conversion factor, RRC 0.22, 5 MHz", conversion_factor_db(5 / 3.84, 3, 0.22), 1.99, 0.005),
    ]
    for name, cases in found["products"].items():
        exact = [conversion_factor_db(channel, 3, ROLL_OFF[name]) for channel in CHANNELS]
        off = max(abs(a - b) for a, b in zip(cases["both"]["channel_db"], exact, strict=True))
        rows.append(at_most(f"conversion factor, simulated {name} off the closed form, all widths", off, 0.05, "dB"))
    return rows


def source_rows(found: dict[str, Any]) -> list[Row]:
    """Clauses 6.2.2 to 6.2.4: the two presets, and what modulation adds to them."""
    tones = Carriers.dbm(43.0, 43.0)
    levels, slope_law = law_preset("standard-levels"), law_preset("standard-slope")
    rows = [
        near(
            f"standard-levels, IM{order} at 2 x 43 dBm",
            WATTS.dbm(product_level(levels, tones, order)),
            dbm,
            0.01,
            "dBm",
        )
        for order, dbm in ((3, -80.0), (5, -117.0), (7, -144.0))
    ]
    rows.append(
        near("standard-slope, IM3 at 2 x 43 dBm", WATTS.dbm(product_level(slope_law, tones, 3)), -80, 0.01, "dBm")
    )
    rows.append(near("standard-slope, slope of IM3 at 43 dBm", slope(slope_law, tones), 2.5, 0.001, "dB per dB", 3))
    for total, limit in ((30.0, "at least -0.1 dB"), (33.0, "below -0.1 dB")):
        behind = over_theory_db(slope_law, tones.moved(total - 46, total - 46))
        met = behind >= -0.1 if total == 30 else behind < -0.1
        rows.append(Row(f"standard-slope, over theory at a total of {total:g} dBm", limit, f"{behind:.2f} dB", met))
    for name in PRESETS:
        at_43 = found["drive"][name][-1]
        figure = f"{name}, wcdma at 2 x 43 dBm: conversion factor in 4.685 MHz (measured: 1.7 +- 0.5 dB)"
        if name == "standard-levels":
            rows.append(near(figure, at_43["channel_db"], 1.7, 0.5))
        else:
            rows.append(noted(figure, f"{at_43['channel_db']:.2f} dB"))
        off = max(abs(at["whole_db"] - at["theory_db"]) for at in found["drive"][name])
        rows.append(at_most(f"{name}: whole product off the average over Gaussian envelopes", off, 0.1, "dB"))
    return rows


def clause_7_rows(found: dict[str, Any]) -> list[Row]:
    """Clause 7: the example."""
    law, tones = antenna(), Carriers.dbm(43.0, 43.0)
    cw_dbm = WATTS.dbm(product_level(law, tones, 3))
    heard = found["clause_7"]
    reached = f"{heard['pim_dbm']:.2f} dBm over {heard['noise_dbm']:.2f} dBm: {heard['loss_db']:.2f} dB"
    return [
        near("clause 7, CW", cw_dbm, -107.0, 0.001, "dBm"),
        near("clause 7, with 2.1 dB for modulation", cw_dbm + 2.1, -104.9, 0.001, "dBm"),
        near("clause 7, sensitivity lost", degradation_db(cw_dbm + 2.1, -103.0), 2.16, 0.005),
        noted(f"clause 7, simulated: WCDMA, receiver of {heard['width_mhz']:g} MHz, noise figure 5 dB", reached),
    ]
