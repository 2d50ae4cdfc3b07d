"""Passive sources: laws, their exact envelope forms, calibration in dBm and dBc, paths, drift, and streams.

docs/spec/pim_physics.md states units, equations and accuracy.
"""

from pimdeploy.signals.sources.calibration import (
    check_levels,
    fit_power_series,
    fit_saturating,
    fit_threshold,
    scaled_to,
)
from pimdeploy.signals.sources.conversion import channel_share, conversion_factor_db, modulation_gain_db
from pimdeploy.signals.sources.couplings import conducted, external, leakage, panel
from pimdeploy.signals.sources.drift import Drift
from pimdeploy.signals.sources.laws import ArcTangent, HyperbolicTangent, Law, PowerSeries, Threshold
from pimdeploy.signals.sources.paths import Link, Path, drifting
from pimdeploy.signals.sources.presets import PRESETS, law_preset
from pimdeploy.signals.sources.scene import Scene, Source, Tones, least_oversampling
from pimdeploy.signals.sources.streaming import Responder, respond, respond_blocks
from pimdeploy.signals.sources.tables import ZoneTable
from pimdeploy.signals.sources.two_tone import over_theory_db, product, product_level, share_of_order, slope
from pimdeploy.signals.sources.units import WATTS, Carriers, Level, PowerReference, parse_level, parse_two_tone
from pimdeploy.signals.sources.zones import envelope

__all__ = [
    "PRESETS",
    "WATTS",
    "ArcTangent",
    "Carriers",
    "Drift",
    "HyperbolicTangent",
    "Law",
    "Level",
    "Link",
    "Path",
    "PowerReference",
    "PowerSeries",
    "Responder",
    "Scene",
    "Source",
    "Threshold",
    "Tones",
    "ZoneTable",
    "channel_share",
    "check_levels",
    "conducted",
    "conversion_factor_db",
    "drifting",
    "envelope",
    "external",
    "fit_power_series",
    "fit_saturating",
    "fit_threshold",
    "law_preset",
    "leakage",
    "least_oversampling",
    "modulation_gain_db",
    "over_theory_db",
    "panel",
    "parse_level",
    "parse_two_tone",
    "product",
    "product_level",
    "respond",
    "respond_blocks",
    "scaled_to",
    "share_of_order",
    "slope",
]
