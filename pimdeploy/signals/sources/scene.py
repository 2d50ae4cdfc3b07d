"""Sources among antennas: what the receivers hear of the transmitters, exactly for two tones, by streams for signals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.laws import Law, check_order
from pimdeploy.signals.sources.paths import Link, link_response
from pimdeploy.signals.sources.two_tone import product
from pimdeploy.signals.sources.units import WATTS, Carriers, Level, PowerReference, finite, parse_level
from pimdeploy.signals.sources.zones import ComplexArray

Weights = NDArray[np.complex128] | Sequence[Sequence[complex]]


@dataclass(frozen=True)
class Source:
    """A contact: links from every transmitter (memory before), a law, links to every receiver (memory after).

    zone: around which multiple of the carrier the answer is taken (1: the carriers' own band).
    """

    law: Law
    forward: tuple[Link, ...]
    backward: tuple[Link, ...]
    name: str = "source"
    zone: int = 1

    def __post_init__(self) -> None:
        check_order(self.zone)
        if not any(self.forward) or not any(self.backward):
            raise InputError(f"{self.name}: no path to it or none back; give at least one each way")


@dataclass(frozen=True)
class Tones:
    """Two CW carriers: frequencies, Hz from the centre of the samples, powers as transmitted, and precoding.

    weights: [2, n_tx], a row of squares that add up to 1 for each carrier; None for equal shares in phase.
    """

    carriers: Carriers
    first_hz: float
    second_hz: float
    weights: Weights | None = None

    def amplitudes(self, n_tx: int) -> ComplexArray:
        """Return the envelope of each carrier at each transmitter, [2, n_tx]. Raises `InputError` for odd weights."""
        finite("tones", self.first_hz, self.second_hz)
        powers = np.sqrt([[self.carriers.first], [self.carriers.second]])
        if self.weights is None:
            return np.asarray(powers * np.full((2, n_tx), 1 / math.sqrt(n_tx)), dtype=np.complex128)
        weights = np.asarray(self.weights, dtype=np.complex128)
        if weights.shape != (2, n_tx) or not np.allclose(np.sum(np.abs(weights) ** 2, axis=1), 1.0):
            raise InputError(
                f"tones.weights {weights.shape}: expected two rows of {n_tx} with squares that add up to 1"
            )
        return np.asarray(powers * weights, dtype=np.complex128)

    def product_hz(self, order: int) -> float:
        """Return (q + 1) f1 - q f2 for order 2 q + 1."""
        q = (order - 1) // 2
        return (q + 1) * self.first_hz - q * self.second_hz


@dataclass(frozen=True)
class Scene:
    """Any number of sources, and linear leakage, between `n_tx` transmitters and `n_rx` receivers at `fs_hz`.

    leakage: links [n_rx][n_tx], () for none. oversampling: how many times `fs_hz` the laws work at; see
    `least_oversampling`. Raises `InputError` where the sources disagree on the antennas.
    """

    fs_hz: float
    sources: tuple[Source, ...]
    leakage: tuple[tuple[Link, ...], ...] = ()
    oversampling: int = 4

    def __post_init__(self) -> None:
        finite("scene.fs_hz", self.fs_hz)
        if self.fs_hz <= 0 or not 1 <= self.oversampling <= 64:
            raise InputError(
                f"scene: fs_hz = {self.fs_hz:g}, oversampling = {self.oversampling}: expected > 0, 1 to 64"
            )
        if not self.sources and not self.leakage:
            raise InputError("scene: neither a source nor leakage; give at least one")
        for source in self.sources:
            if (len(source.backward), len(source.forward)) != self._shape():
                raise InputError(
                    f"{source.name}: links from {len(source.forward)} transmitters to {len(source.backward)} receivers; "
                    f"the scene has {self.n_tx} and {self.n_rx}"
                )
        if any(len(row) != self.n_tx for row in self.leakage) or (self.leakage and len(self.leakage) != self.n_rx):
            raise InputError(f"scene.leakage: expected {self.n_rx} rows of {self.n_tx} links")

    def _shape(self) -> tuple[int, int]:
        if self.sources:
            return len(self.sources[0].backward), len(self.sources[0].forward)
        return len(self.leakage), len(self.leakage[0])

    @property
    def n_tx(self) -> int:
        """How many transmitters."""
        return self._shape()[1]

    @property
    def n_rx(self) -> int:
        """How many receivers."""
        return self._shape()[0]

    def drive(self, source: Source, tones: Tones) -> tuple[complex, complex]:
        """Return the envelopes of the two carriers at the contact of `source`."""
        amplitudes = tones.amplitudes(self.n_tx)
        freqs = np.array([tones.first_hz, tones.second_hz])
        field = np.zeros(2, dtype=np.complex128)
        for t, link in enumerate(source.forward):
            field += amplitudes[:, t] * link_response(link, freqs, self.fs_hz)
        return complex(field[0]), complex(field[1])

    def two_tone(self, tones: Tones, order: int = 3) -> ComplexArray:
        """Return the envelope of the product of `order` at every receiver, [n_rx]; its power is its squared magnitude.

        Exact, from the paths' responses and without drift, of the sources in zone 1. Leakage makes no product.
        """
        check_order(order)
        q, at = (order - 1) // 2, np.array([tones.product_hz(order)])
        received = np.zeros(self.n_rx, dtype=np.complex128)
        for source in self.sources:
            if source.zone != 1:
                continue
            first, second = self.drive(source, tones)
            if first == 0 or second == 0:
                continue
            turn = np.exp(1j * ((q + 1) * np.angle(first) - q * np.angle(second)))
            answer = product(source.law, Carriers(abs(first) ** 2, abs(second) ** 2), order) * turn
            for r, link in enumerate(source.backward):
                received[r] += answer * link_response(link, at, self.fs_hz)[0]
        return received

    def calibrated(
        self,
        level: Level | str,
        tones: Tones,
        *,
        order: int = 3,
        receiver: int | None = None,
        reference: PowerReference = WATTS,
    ) -> "Scene":
        """Return the scene, all laws scaled alike, whose product has `level` at `receiver` (None: the strongest).

        Raises `InputError` where nothing arrives there, or for dBm without a calibration.
        """
        powers = np.abs(self.two_tone(tones, order)) ** 2
        if receiver is not None and not 0 <= receiver < self.n_rx:
            raise InputError(f"receiver {receiver}: expected 0 to {self.n_rx - 1}")
        power = float(powers.max() if receiver is None else powers[receiver])
        if power == 0.0:
            raise InputError(f"no product of order {order} arrives at that receiver: no gain can give it a level")
        parsed = parse_level(level) if isinstance(level, str) else level
        factor = math.sqrt(parsed.power(tones.carriers, reference) / power)
        return replace(self, sources=tuple(replace(s, law=s.law.scaled(factor)) for s in self.sources))


def least_oversampling(
    order: int, tx_band_hz: tuple[float, float], rx_band_hz: tuple[float, float], fs_hz: float
) -> int:
    """Return the lowest oversampling at which no product up to `order` of `tx_band_hz` folds into `rx_band_hz`.

    A law without a highest order needs one that is far enough below the level of interest.
    """
    return max(1, math.floor(folding_hz(order, tx_band_hz, rx_band_hz) / fs_hz) + 1)


def folding_hz(order: int, tx_band_hz: tuple[float, float], rx_band_hz: tuple[float, float]) -> float:
    """Return the sample rate, S/s, above which no product up to `order` of `tx_band_hz` folds into `rx_band_hz`.

    Products of order n = 2 q + 1 of a band from a to b lie between (q + 1) a - q b and (q + 1) b - q a.
    """
    check_order(order)
    q = (order - 1) // 2
    lower_hz, upper_hz = (q + 1) * tx_band_hz[0] - q * tx_band_hz[1], (q + 1) * tx_band_hz[1] - q * tx_band_hz[0]
    return max(upper_hz - rx_band_hz[0], rx_band_hz[1] - lower_hz)
