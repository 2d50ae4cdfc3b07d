"""Thermal noise of a receiver."""

import math

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.sources.units import WATTS

THERMAL_DBM_PER_HZ = -174.0
"""Noise density of a matched resistor at 290 K, dBm/Hz, as link budgets round it (k T is -173.98)."""


def noise_floor_dbm(width_hz: float, noise_figure_db: float) -> float:
    """Return the noise level in `width_hz` behind a receiver of `noise_figure_db`, referred to its input, dBm.

    Papers/002, clause 7: 5 dB in a UTRA channel (3.84 MHz) are -103.2 dBm, which it rounds to -103 dBm. Raises
    `InputError` for a width that is not positive or a noise figure below 0 dB.
    """
    if not (math.isfinite(width_hz) and width_hz > 0):
        raise InputError(f"width_hz = {width_hz}: expected a positive width for the noise floor")
    if not (math.isfinite(noise_figure_db) and noise_figure_db >= 0):
        raise InputError(
            f"noise_figure_db = {noise_figure_db}: expected 0 dB or more; no receiver is quieter than that"
        )
    return THERMAL_DBM_PER_HZ + noise_figure_db + 10 * math.log10(width_hz)


class NoiseSource:
    """White complex Gaussian noise of a receiver at `fs_hz`, [antenna, sample] in sqrt(W), referred to its input.

    Equal seeds give equal samples however they are cut, and antennas are independent of each other and of their number.
    """

    def __init__(self, fs_hz: float, noise_figure_db: float, n_antennas: int, seed: int = 1) -> None:
        self.level_dbm = noise_floor_dbm(fs_hz, noise_figure_db)
        """Mean level in the whole sample rate."""
        self._amplitude = math.sqrt(WATTS.power(self.level_dbm) / 2)
        self._generators = [np.random.default_rng([seed, antenna]) for antenna in range(n_antennas)]

    def read(self, n_samples: int) -> ComplexArray:
        """Return the next samples, [antenna, n_samples]."""
        pairs = np.stack([rng.standard_normal((n_samples, 2)) for rng in self._generators])
        return np.asarray((pairs * self._amplitude).view(np.complex128)[..., 0])
