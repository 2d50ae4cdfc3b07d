"""Scenario files for the tests of planned scenarios."""

from pimdeploy.signals.planned.library import parse_plan
from pimdeploy.signals.planned.resolve import Planned, resolve

HEAD = """
bands = ["3"]
order = 3
"""
CARRIERS = """
[[carrier]]
waveform = "lte-5"
center_hz = 1815e6
power_dbm = 43

[[carrier]]
waveform = "lte-5"
center_hz = 1860e6
power_dbm = 43
"""
SOURCE = """
[[source]]
level = "-80 dBm at 2 x 43 dBm"
"""
SMALL = HEAD + CARRIERS + SOURCE
"""Two LTE carriers of 5 MHz in band 3 and the standard source: 2 f1 - f2 at 1762.5 to 1777.5 MHz."""


def planned(text: str = SMALL, name: str = "small.toml") -> Planned:
    """Return a scenario file's checked figures."""
    return resolve(parse_plan(text, name), name)
