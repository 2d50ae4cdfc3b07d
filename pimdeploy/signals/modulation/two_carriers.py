"""What a law makes of two real carriers: the power and the spectrum of a product, as a spectrum analyser measures them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.carrier import Carrier, check_apart
from pimdeploy.signals.modulation.measure import FloatArray, power_density
from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.sources.laws import Law, check_order
from pimdeploy.signals.sources.tables import ZoneTable
from pimdeploy.signals.sources.two_tone import product_level
from pimdeploy.signals.sources.units import Carriers

N_FFT = 8192
_BLOCK = 1 << 19


@dataclass(frozen=True)
class MeasuredProduct:
    """The product of `order` at (q + 1) f1 - q f2, order = 2 q + 1, of the carriers that made it.

    offset_hz: places about the product's middle, ascending, [n], up to half the carriers' distance, where the next product
    begins. density: W/Hz there, [n]. law: at the contact. tones: the carriers' mean powers, W, as they were sent.
    """

    law: Law
    order: int
    tones: Carriers
    offset_hz: FloatArray
    density: FloatArray

    def power(self, width_hz: float) -> float:
        """Return the power, W, in a channel of `width_hz` in the product's middle.

        Bins that the edges cut count in part. Raises `InputError` where the channel reaches into the next product.
        """
        step = float(self.offset_hz[1] - self.offset_hz[0])
        edges = np.append(self.offset_hz, self.offset_hz[-1] + step) - step / 2
        if not 0 < width_hz / 2 <= min(-edges[0], edges[-1]):
            raise InputError(
                f"a channel of {width_hz:g} Hz: expected a width of up to {2 * min(-edges[0], edges[-1]):g} Hz, beyond "
                f"which the next product begins; set the carriers farther apart"
            )
        below = np.append(0.0, np.cumsum(self.density) * step)
        lower, upper = np.interp([-width_hz / 2, width_hz / 2], edges, below).tolist()
        return float(upper - lower)

    def conversion_factor_db(self, width_hz: float) -> float:
        """Return the power in `width_hz` over that which CW carriers of the same mean powers make in all, dB.

        Papers/002, clause 6.1.3. Equal mean powers are those that were sent, so that the carriers' chance is no part of it.
        """
        return 10 * math.log10(self.power(width_hz) / product_level(self.law, self.tones, self.order))


def measure_product(
    law: Law,
    first: Carrier,
    second: Carrier,
    fs_hz: float,
    n_samples: int,
    *,
    order: int = 3,
    late_samples: int = 0,
    seed: int = 1,
) -> MeasuredProduct:
    """Return the product of `order` of `first` and `second`, sent `n_samples` long at `fs_hz` about 0 Hz.

    Both carriers pass the law together, on one antenna. Memory does not grow with the length. late_samples: how far the
    symbols and chips of `second` lie behind those of `first`; a carrier's power rises and falls with its chips, so that
    it matters a little. Products that lie beyond fs_hz / 2 fold back: `fs_hz` has to hold those of the law
    (`lowest_rate_hz`). Raises `InputError` for a product outside the rate and for carriers that overlap.
    """
    check_order(order)
    check_apart((first, second))
    q = (order - 1) // 2
    center_hz = (q + 1) * first.center_hz - q * second.center_hz
    half_hz = abs(second.center_hz - first.center_hz) / 2
    if abs(center_hz) + half_hz > fs_hz / 2:
        raise InputError(
            f"fs_hz = {fs_hz:.12g}: too low for the product of order {order} at {center_hz:g} Hz; it needs at least "
            f"{2 * (abs(center_hz) + half_hz):.12g} S/s"
        )
    table, powers, total, n_blocks = ZoneTable(law), np.zeros(2), np.zeros(N_FFT), 0
    for pair in _blocks((first, second), fs_hz, n_samples, late_samples, seed):
        powers += np.mean(np.abs(pair) ** 2, axis=1)
        freqs_hz, density = power_density(table(pair.sum(axis=0)), fs_hz, N_FFT)
        total += density
        n_blocks += 1
    near = np.abs(freqs_hz - center_hz) < half_hz
    tones = Carriers(*(powers / n_blocks).tolist())
    return MeasuredProduct(law, order, tones, freqs_hz[near] - center_hz, total[near] / n_blocks)


def _blocks(
    carriers: tuple[Carrier, Carrier], fs_hz: float, n_samples: int, late_samples: int, seed: int
) -> Iterator[ComplexArray]:
    """Yield both carriers apart, [2, block], in blocks of equal length that together have at least `n_samples`."""
    senders = [Transmitter((carrier,), fs_hz, seed=2 * seed + k) for k, carrier in enumerate(carriers)]
    senders[0].read(late_samples)
    n_blocks = max(1, -(-n_samples // _BLOCK))
    length = max(N_FFT, -(-n_samples // n_blocks))
    for _ in range(n_blocks):
        yield np.concatenate([sender.read(length) for sender in senders])
