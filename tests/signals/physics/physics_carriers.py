"""What the checks share: the antenna of papers/002, clause 7, and pairs of carriers at its 2 x 43 dBm."""

from pimdeploy.signals.modulation.carrier import Carrier
from pimdeploy.signals.modulation.catalogue import find_waveform
from pimdeploy.signals.modulation.two_carriers import measure_product
from pimdeploy.signals.sources import Carriers, PowerSeries, scaled_to

STANDARD = Carriers.dbm(43.0, 43.0)
ANTENNA = scaled_to(PowerSeries.of({3: 1.0}), "-150 dBc", STANDARD)
SPACING_HZ, FS_HZ = 15e6, 61.44e6
LTE_HZ, CHIP_HZ = 301 * 15e3, 3.84e6
N_SAMPLES = 1 << 20


def pair(first, second, powers_dbm=(43.0, 43.0)):
    return (
        Carrier(find_waveform(first), -SPACING_HZ / 2, powers_dbm[0]),
        Carrier(find_waveform(second), SPACING_HZ / 2, powers_dbm[1]),
    )


def measured(first, second, *, law=ANTENNA, powers_dbm=(43.0, 43.0), n_samples=N_SAMPLES, fs_hz=FS_HZ, **more):
    return measure_product(law, *pair(first, second, powers_dbm), fs_hz, n_samples, **more)
