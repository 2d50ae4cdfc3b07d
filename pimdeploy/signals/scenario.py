"""Scenarios: captures that are made, not read, so that the noise and the best possible cancellation are known."""

import difflib

import numpy as np

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BandSpec, ScenarioSpec
from pimdeploy.signals.dataset import Capture, sample_digest
from pimdeploy.signals.siso import FS_HZ, siso_signals

RECEIVE_BANDS_HZ = {"siso": (-40e6, 40e6)}
"""The receive band that each scenario is made for, by preset."""
PRESETS = tuple(RECEIVE_BANDS_HZ)
"""Names that `scenario.preset` takes."""


def receive_band(preset: str) -> BandSpec:
    """Return the receive band that the scenario `preset` is made for. Raises `RecipeError` for an unknown one."""
    _check_preset(preset)
    return BandSpec(band_hz=RECEIVE_BANDS_HZ[preset])


def _check_preset(preset: str) -> None:
    if preset not in PRESETS:
        near = difflib.get_close_matches(preset, PRESETS, n=1, cutoff=0.0)[0]
        raise RecipeError(
            f"scenario.preset: there is no scenario {preset!r}; did you mean {near!r}? known: {', '.join(PRESETS)}"
        )


def make_scenario(spec: ScenarioSpec, band: BandSpec) -> Capture:
    """Return the capture of the scenario `spec`; its level over the noise is set in the receive band of `band`.

    tx and rx are [1, n_samples], complex128, at 491.52 MS/s about the receiver's centre frequency; `truth` is the
    interference without noise and `noise` the noise alone, so that rx = truth + noise. Equal seeds give equal samples.
    Raises `RecipeError` for an unknown preset or a band that the scenario's rate does not hold.
    """
    _check_preset(spec.preset)
    tx, truth, noise = siso_signals(spec.seed, spec.n_samples, band)
    rx = truth + noise
    return Capture(
        tx=tx[np.newaxis],
        rx=rx[np.newaxis],
        fs_hz=FS_HZ,
        tx_fs_hz=FS_HZ,
        noise=noise[np.newaxis],
        truth=truth[np.newaxis],
        splits=split_ranges(spec.n_samples),
        source=f"scenario {spec.preset}, seed {spec.seed}",
        sha256=sample_digest(tx, rx),
    )


def split_ranges(n_samples: int) -> dict[str, tuple[int, int]]:
    """Return the half-open ranges of training (60 %), validation (20 %) and test (20 %), in this order."""
    first, second = int(0.6 * n_samples), int(0.8 * n_samples)
    return {"train": (0, first), "val": (first, second), "test": (second, n_samples)}
