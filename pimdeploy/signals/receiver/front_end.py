"""A receiver from its antenna port to its samples: duplexer, noise, wanted signal, channel filter, converter."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.pulses import band_pass
from pimdeploy.signals.modulation.stages import Chain, StreamFilter, Timeline
from pimdeploy.signals.receiver.converter import Adc
from pimdeploy.signals.receiver.noise import NoiseSource, noise_floor_dbm

Read = Callable[[int], ComplexArray]
"""Returns the next n samples of all antennas, [antenna, n], sqrt(W); what `Transmitter.read` does."""
_BLOCK = 32768


@dataclass(frozen=True)
class FrontEnd:
    """One receiver, the same for all antennas. Levels are referred to its input (the antenna port).

    band_hz: edges of the channel filter about the centre of the samples. transition_hz: width of its transitions,
    outside the edges, beyond which it attenuates by 100 dB; by default a tenth of the band. isolation_db: duplexer's
    attenuation from the transmitter to the receiver. adc: None for samples that are not rounded.
    """

    band_hz: tuple[float, float]
    noise_figure_db: float = 5.0
    isolation_db: float = 80.0
    transition_hz: float | None = None
    adc: Adc | None = None

    def __post_init__(self) -> None:
        lower, upper = self.band_hz
        if not lower < upper:
            raise InputError(f"receiver band_hz = [{lower:g}, {upper:g}]: expected the lower edge first")
        if not self.isolation_db >= 0:
            raise InputError(f"isolation_db = {self.isolation_db:g}: expected an attenuation of 0 dB or more")
        if self.transition_hz is not None and not self.transition_hz > 0:
            raise InputError(f"transition_hz = {self.transition_hz:g}: expected a positive width")
        noise_floor_dbm(self.width_hz, self.noise_figure_db)

    @property
    def width_hz(self) -> float:
        """Width of the band."""
        return self.band_hz[1] - self.band_hz[0]

    @property
    def noise_dbm(self) -> float:
        """Thermal noise in the band, dBm."""
        return noise_floor_dbm(self.width_hz, self.noise_figure_db)

    def taps(self, fs_hz: float) -> ComplexArray:
        """Return the channel filter's taps at `fs_hz`. Raises `InputError` where the rate does not hold it."""
        transition_hz = self.width_hz / 10 if self.transition_hz is None else self.transition_hz
        reach_hz = max(abs(edge) for edge in self.band_hz) + transition_hz
        if fs_hz < 2 * reach_hz:
            raise InputError(
                f"fs_hz = {fs_hz:.12g}: too low for a receiver of {self.band_hz[0]:g} to {self.band_hz[1]:g} Hz and "
                f"transitions of {transition_hz:g} Hz; it needs at least {2 * reach_hz:.12g} S/s"
            )
        return band_pass(self.band_hz, transition_hz, fs_hz)


@dataclass(frozen=True)
class Received:
    """Samples behind the receiver, [antenna, n], sqrt(W) referred to its input; rx is the sum of all other parts.

    interference: PIM. noise: thermal. wanted: uplink signal. leakage: transmit carriers through the duplexer. rounding:
    what the converter adds, clipping included (0 without one). clipped: components of rx that it clipped.
    """

    rx: ComplexArray
    interference: ComplexArray
    noise: ComplexArray
    wanted: ComplexArray
    leakage: ComplexArray
    rounding: ComplexArray
    clipped: int = 0

    @property
    def reference(self) -> ComplexArray:
        """All but the interference: what a perfect canceller would leave."""
        return self.rx - self.interference


class Receiver:
    """Receives what `interference`, `wanted` and `transmit` return, about one centre and at one rate, block by block.

    Equal seeds give equal samples however `read` cuts them; memory does not grow. The filter's delay is removed. It
    knows nothing before sample 0, so that the first `settled` samples are transients, in which a transmitter that is
    switched on may even clip: read them first and leave them out.

    interference, wanted, transmit: functions that return the next n samples, [n_antennas, n], at the antenna ports;
    the receiver calls them with block lengths of its own. None stands for silence. Raises `InputError` for a rate that
    does not hold the band, and for a function that returns another number of antennas.
    """

    def __init__(
        self,
        front_end: FrontEnd,
        fs_hz: float,
        n_antennas: int,
        *,
        interference: Read | None = None,
        wanted: Read | None = None,
        transmit: Read | None = None,
        seed: int = 1,
    ) -> None:
        self.front_end, self.fs_hz, self.n_antennas = front_end, float(fs_hz), n_antennas
        self.position = 0
        """Samples read so far."""
        taps = front_end.taps(fs_hz)
        self.settled = len(taps) // 2
        """Samples at the start that are transients."""
        isolation = 10 ** (-front_end.isolation_db / 20)
        noise = NoiseSource(fs_hz, front_end.noise_figure_db, n_antennas, seed)
        self._paths = [
            self._path(taps, "interference", interference),
            self._path(taps, "noise", noise.read),
            self._path(taps, "wanted", wanted),
            self._path(taps, "transmit", None if transmit is None else lambda n: isolation * transmit(n)),
        ]

    def read(self, n_samples: int) -> Received:
        """Return the next `n_samples` of every part."""
        if n_samples < 0:
            raise ValueError(f"n_samples = {n_samples}: expected 0 or more")
        start, self.position = self.position, self.position + n_samples
        silence = np.zeros((self.n_antennas, n_samples), dtype=np.complex128)
        parts = [silence if path is None else path.window(start, self.position).copy() for path in self._paths]
        total = parts[0] + parts[1] + parts[2] + parts[3]
        if self.front_end.adc is None:
            return Received(total, parts[0], parts[1], parts[2], parts[3], silence)
        made = self.front_end.adc.convert(total)
        return Received(made.x, parts[0], parts[1], parts[2], parts[3], made.x - total, made.clipped)

    def _path(self, taps: ComplexArray, name: str, read: Read | None) -> Timeline | None:
        if read is None:
            return None
        chain = Chain([StreamFilter(taps, self.n_antennas)])

        def frame() -> ComplexArray:
            samples = read(_BLOCK)
            if samples.shape != (self.n_antennas, _BLOCK):
                raise InputError(
                    f"{name}: returned samples of shape {list(samples.shape)}; the receiver expected "
                    f"[{self.n_antennas}, {_BLOCK}], [antenna, sample]"
                )
            return chain.push(samples)

        return Timeline(frame, -chain.delay)
