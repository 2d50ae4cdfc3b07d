"""Powers and levels: what |x|^2 = 1 stands for, and levels written as "-150 dBc at 2 x 43 dBm".

Samples are complex envelopes x whose |x|^2 is a power: u(t) = sqrt(2) Re(x exp(j 2 pi f_c t)) is the real wave, and its
mean square is the power. Over R ohm its voltage is sqrt(R) u. docs/spec/pim_physics.md, section 1.
"""

import math
import re
from dataclasses import dataclass
from typing import Literal, get_args

from pimdeploy.errors import InputError

LevelUnit = Literal["dBm", "dBc", "dB"]
_NUMBER = r"([+-]?[0-9.]+(?:e[+-]?[0-9]+)?)"
_LEVEL = re.compile(rf"\s*{_NUMBER}\s*([A-Za-z]*)\s*")
_TWO_TONE = re.compile(rf"(.*?)\s*(?:at|@)\s*2\s*[x×*]\s*{_NUMBER}\s*([A-Za-z]*)\s*")


def finite(what: str, *values: complex) -> None:
    """Raise `InputError` naming `what` where one of `values` is not a finite number."""
    for value in values:
        if not (math.isfinite(complex(value).real) and math.isfinite(complex(value).imag)):
            raise InputError(f"{what} = {value}: expected a finite number")


@dataclass(frozen=True)
class PowerReference:
    """What |x|^2 = 1 stands for: `unit_dbm` in dBm (30: samples in sqrt(W); None: not known), over `ohm`."""

    unit_dbm: float | None = 30.0
    ohm: float = 50.0

    def __post_init__(self) -> None:
        finite("PowerReference", self.unit_dbm or 0.0, self.ohm)
        if self.ohm <= 0:
            raise InputError(f"PowerReference.ohm = {self.ohm}: expected a positive resistance")

    def power(self, dbm: float) -> float:
        """Return the |x|^2 that stands for `dbm`. Raises `InputError` without a calibration."""
        finite("power in dBm", dbm)
        return float(10 ** ((dbm - self._unit(f"{dbm:g} dBm")) / 10))

    def dbm(self, power: float) -> float:
        """Return the dBm of |x|^2 = `power` (-inf for 0). Raises `InputError` without a calibration."""
        unit = self._unit(f"a power of {power:g}")
        return unit + 10 * math.log10(power) if power > 0 else -math.inf

    def volts(self, u: float) -> float:
        """Return the voltage over `ohm` of the wave value `u`; peak for peak, rms for rms."""
        return u * math.sqrt(self.ohm * 10 ** ((self._unit(f"a wave of {u:g}") - 30) / 10))

    def _unit(self, what: str) -> float:
        if self.unit_dbm is None:
            raise InputError(
                f"{what}: the samples have no power calibration; give PowerReference(unit_dbm=...), the dBm of "
                f"|x|^2 = 1, or state levels in dBc and carriers in dB over |x|^2 = 1"
            )
        return self.unit_dbm


WATTS = PowerReference()
"""Samples in sqrt(W)."""


@dataclass(frozen=True)
class Level:
    """A product's mean power: dBm, dBc (over one of two carriers of equal power), or dB over |x|^2 = 1."""

    value: float
    unit: LevelUnit

    def __post_init__(self) -> None:
        finite(f"level in {self.unit}", self.value)
        _unit(self.unit, f"level {self.value:g} {self.unit}")

    def power(self, carriers: "Carriers", reference: PowerReference) -> float:
        """Return the level as |x|^2. Raises `InputError` for dBm without a calibration, for dBc of unequal carriers."""
        match self.unit:
            case "dBm":
                return reference.power(self.value)
            case "dB":
                return float(10 ** (self.value / 10))
            case "dBc":
                return carriers.one(f"{self.value:g} dBc") * float(10 ** (self.value / 10))


@dataclass(frozen=True)
class Carriers:
    """The mean powers, |x|^2, of two CW carriers; product q is at (q + 1) f1 - q f2, of order 2 q + 1."""

    first: float
    second: float

    def __post_init__(self) -> None:
        finite("carrier power", self.first, self.second)
        if self.first <= 0 or self.second <= 0:
            raise InputError(f"carrier powers {self.first:g} and {self.second:g}: expected positive powers, |x|^2")

    @classmethod
    def dbm(cls, first_dbm: float, second_dbm: float, reference: PowerReference = WATTS) -> "Carriers":
        """Return carriers of powers in dBm. Raises `InputError` without a calibration."""
        return cls(reference.power(first_dbm), reference.power(second_dbm))

    def moved(self, first_db: float, second_db: float) -> "Carriers":
        """Return the carriers with their powers moved by decibels."""
        return Carriers(self.first * 10 ** (first_db / 10), self.second * 10 ** (second_db / 10))

    def one(self, what: str) -> float:
        """Return the power of either of two equal carriers; `what` needs it. Raises `InputError` for unequal ones."""
        if not math.isclose(self.first, self.second, rel_tol=1e-9):
            raise InputError(
                f"{what}: dBc is over one of two equal carriers, and these have {self.first:g} and {self.second:g}; "
                f"state the level in dBm or in dB over |x|^2 = 1"
            )
        return self.first


def parse_level(text: str) -> Level:
    """Return "-150 dBc", "-80 dBm" or "-60 dB" as a level. Raises `InputError` without a number or a unit."""
    found = _LEVEL.fullmatch(text)
    if not found:
        raise InputError(f'level "{text}": expected a number and a unit, such as "-150 dBc" or "-80 dBm"')
    return Level(_float(found[1], text), _unit(found[2], text))


def parse_two_tone(text: str, reference: PowerReference = WATTS) -> tuple[Level, Carriers]:
    """Return "-150 dBc at 2 x 43 dBm" as (level, carriers). Raises `InputError` where a part or a unit is missing."""
    found = _TWO_TONE.fullmatch(text)
    if not found:
        raise InputError(f'"{text}": expected a level and its carriers, such as "-150 dBc at 2 x 43 dBm"')
    carrier, unit = _float(found[2], text), _unit(found[3], text)
    if unit == "dBc":
        raise InputError(
            f'"{text}": carriers of {carrier:g} dBc have no reference; state them in dBm, or dB over |x|^2 = 1'
        )
    power = reference.power(carrier) if unit == "dBm" else float(10 ** (carrier / 10))
    return parse_level(found[1]), Carriers(power, power)


def _float(number: str, text: str) -> float:
    try:
        value = float(number)
    except ValueError as error:
        raise InputError(f'"{text}": {number} is not a number') from error
    finite(f'level "{text}"', value)
    return value


def _unit(unit: str, text: str) -> LevelUnit:
    for known in get_args(LevelUnit):
        if unit.lower() == known.lower():
            return known  # type: ignore[no-any-return]
    raise InputError(f'"{text}": unit "{unit}" is none of dBm, dBc, dB (over |x|^2 = 1); add one')
