"""What interference costs a receiver in sensitivity, before and after cancellation."""

import math
from dataclasses import dataclass

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.units import finite

_TOLERANCE_DB = 1e-9


def degradation_db(interference_dbm: float, noise_dbm: float) -> float:
    """Return by how much interference raises the noise, 10 lg(1 + interference / noise), dB: the sensitivity lost.

    Both levels in the same bandwidth. Papers/002, clause 7: -104.9 dBm over -103 dBm are 2.16 dB. -inf means none.
    """
    finite("noise_dbm", noise_dbm)
    if math.isnan(interference_dbm):
        raise InputError("interference_dbm = nan: expected a level in dBm, or -inf for none")
    difference = interference_dbm - noise_dbm
    # Written so that neither side overflows or loses what little there is.
    if difference > 0:
        return difference + 10 * math.log10(1 + 10 ** (-difference / 10))
    return 10 * math.log1p(10 ** (difference / 10)) / math.log(10)


def interference_for_loss_dbm(loss_db: float, noise_dbm: float) -> float:
    """Return the level, dBm, of interference that costs `loss_db` of sensitivity over `noise_dbm` (-inf for no loss).

    Raises `InputError` for a negative loss.
    """
    finite("noise_dbm", noise_dbm)
    if not loss_db >= 0:
        raise InputError(f"loss_db = {loss_db:g}: expected 0 dB or more; interference does not make a receiver better")
    ratio = math.expm1(loss_db / 10 * math.log(10))
    return noise_dbm + 10 * math.log10(ratio) if ratio > 0 else -math.inf


def sensitivity_dbm(noise_dbm: float, required_snr_db: float, loss_db: float = 0.0) -> float:
    """Return the weakest wanted level that is received, dBm, for a ratio to noise (and interference) that it needs."""
    return noise_dbm + required_snr_db + loss_db


@dataclass(frozen=True)
class SensitivityLoss:
    """Interference, noise and the sensitivity that the one costs over the other, before and after cancellation."""

    noise_dbm: float
    interference_dbm: float
    residual_dbm: float
    """Interference left by the canceller."""
    before_db: float
    after_db: float

    @property
    def won_back_db(self) -> float:
        """Sensitivity that the canceller gives back, dB."""
        return self.before_db - self.after_db


def loss_after_suppression(interference_dbm: float, noise_dbm: float, suppression_db: float) -> SensitivityLoss:
    """Return the losses where a canceller takes `suppression_db` off the interference itself.

    This is the noise-corrected figure of docs/spec/metrics.md, section 4 (PIM - RES). A canceller that adds
    interference has a negative one.
    """
    finite("suppression_db", suppression_db)
    residual_dbm = interference_dbm - suppression_db
    before_db, after_db = (degradation_db(level, noise_dbm) for level in (interference_dbm, residual_dbm))
    return SensitivityLoss(noise_dbm, interference_dbm, residual_dbm, before_db, after_db)


def loss_after_cancellation(interference_dbm: float, noise_dbm: float, cancellation_db: float) -> SensitivityLoss:
    """Return the losses where the received power, noise included, falls by `cancellation_db`.

    This is the cancellation of docs/spec/metrics.md, section 1. The loss before is its bound, so that the loss after is
    short of the bound. Raises `InputError` where more would be cancelled than the interference.
    """
    finite("cancellation_db", cancellation_db)
    before_db = degradation_db(interference_dbm, noise_dbm)
    after_db = before_db - cancellation_db
    if after_db < -_TOLERANCE_DB:
        raise InputError(
            f"cancellation_db = {cancellation_db:g}: interference of {interference_dbm:g} dBm over "
            f"{noise_dbm:g} dBm of noise allows {before_db:.4g} dB at most; the noise cannot be cancelled"
        )
    after_db = max(0.0, after_db)
    return SensitivityLoss(
        noise_dbm, interference_dbm, interference_for_loss_dbm(after_db, noise_dbm), before_db, after_db
    )


def required_suppression_db(interference_dbm: float, noise_dbm: float, allowed_loss_db: float) -> float:
    """Return how many dB a canceller must take off the interference so that `allowed_loss_db` are lost; 0 if none."""
    return max(0.0, interference_dbm - interference_for_loss_dbm(allowed_loss_db, noise_dbm))
