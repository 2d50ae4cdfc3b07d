"""Scenarios: captures that are made, not read, so that the noise and the best possible cancellation are known."""

import difflib

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BandSpec, ScenarioSpec
from pimdeploy.signals import antenna_array, mimo, siso
from pimdeploy.signals.dataset import Capture, sample_digest
from pimdeploy.signals.dynamic_array import dynamic_array
from pimdeploy.signals.passive_source import Simulation

RECEIVE_BANDS_HZ = {
    "siso": siso.BAND_HZ,
    "siso-covariant": siso.BAND_HZ,
    "siso-two-source": siso.BAND_HZ,
    "siso-threshold": siso.BAND_HZ,
    "mimo-8x8": mimo.BAND_HZ,
    "static-32x16": antenna_array.BAND_HZ,
    "dynamic-32x16": antenna_array.BAND_HZ,
}
"""The receive band that each scenario is made for, by preset."""
PRESETS = tuple(RECEIVE_BANDS_HZ)
"""Names that `scenario.preset` takes."""


def sample_rate(preset: str) -> float:
    """Return the sample rate of the scenario `preset`, Hz. Raises `RecipeError` for an unknown one."""
    match preset:
        case "siso" | "siso-covariant" | "siso-two-source" | "siso-threshold":
            return siso.FS_HZ
        case "mimo-8x8":
            return mimo.FS_HZ
        case "static-32x16" | "dynamic-32x16":
            return antenna_array.FS_HZ
        case _:
            raise _unknown(preset)


def receive_band(preset: str) -> BandSpec:
    """Return the receive band that the scenario `preset` is made for. Raises `RecipeError` for an unknown one."""
    if preset not in PRESETS:
        raise _unknown(preset)
    return BandSpec(band_hz=RECEIVE_BANDS_HZ[preset])


def _unknown(preset: str) -> RecipeError:
    near = difflib.get_close_matches(preset, PRESETS, n=1, cutoff=0.0)[0]
    return RecipeError(
        f"scenario.preset: there is no scenario {preset!r}; did you mean {near!r}? known: {', '.join(PRESETS)}"
    )


def simulate(spec: ScenarioSpec, band: BandSpec) -> Simulation:
    """Return what the scenario `spec` gives, the fields at its sources included; levels are set in `band`.

    Raises `RecipeError` for an unknown preset, a band that the scenario's rate does not hold, or too few samples.
    """
    seed, n_samples = spec.seed, spec.n_samples
    match spec.preset:
        case "siso" | "siso-covariant" | "siso-two-source" | "siso-threshold":
            return siso.siso(spec.preset, seed, n_samples, band)
        case "mimo-8x8":
            return mimo.mimo(seed, n_samples, band, spec.sources or 1)
        case "static-32x16":
            return antenna_array.static_array(seed, n_samples, band)
        case "dynamic-32x16":
            return dynamic_array(seed, n_samples, band)
        case _:
            raise _unknown(spec.preset)


def make_scenario(spec: ScenarioSpec, band: BandSpec) -> Capture:
    """Return the capture of the scenario `spec`; its level over the noise is set in the receive band of `band`.

    tx and rx are [channel, n_samples], complex128, about the receiver's centre frequency; `truth` is the interference
    without noise and `noise` the noise alone, so that rx = truth + noise. Equal seeds give equal samples. Where the
    scenario changes from slot to slot, `slots` says where, and the splits are of whole slots.
    Raises `RecipeError` for an unknown preset, a band that the scenario's rate does not hold, or too few samples.
    """
    made = simulate(spec, band)
    rx = made.truth + made.noise
    sources = f", {spec.sources} sources" if spec.sources == 2 else ""
    return Capture(
        tx=made.tx,
        rx=rx,
        fs_hz=made.fs_hz,
        tx_fs_hz=made.fs_hz,
        noise=made.noise,
        truth=made.truth,
        splits=split_ranges(spec.n_samples, made.slots),
        slots=made.slots,
        source=f"scenario {spec.preset}{sources}, seed {spec.seed}",
        sha256=sample_digest(made.tx, rx),
    )


def split_ranges(n_samples: int, slots: tuple[tuple[int, int], ...] = ()) -> dict[str, tuple[int, int]]:
    """Return the half-open ranges of training (60 %), validation (20 %) and test (20 %), in this order.

    With `slots` each split is a whole number of them.
    """
    if slots:
        first, second = (slots[int(part * len(slots))][0] for part in (0.6, 0.8))
    else:
        first, second = int(0.6 * n_samples), int(0.8 * n_samples)
    return {"train": (0, first), "val": (first, second), "test": (second, n_samples)}
