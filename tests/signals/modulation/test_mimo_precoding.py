"""Precoding: power of each antenna, beams, matrices that change from slot to slot."""

from fractions import Fraction

import numpy as np
import pytest

from pimdeploy.errors import InputError
from pimdeploy.signals.modulation.carrier import Carrier
from pimdeploy.signals.modulation.ofdm import lte
from pimdeploy.signals.modulation.precoding import (
    Precoder,
    SlotPrecoding,
    dft_beams,
    fixed,
    identity,
    slot_start,
)
from pimdeploy.signals.modulation.transmitter import Transmitter

CARRIER = Carrier(lte(5, "qpsk"), 0.0, 40.0)


def levels_dbm(x):
    return 10 * np.log10(np.mean(np.abs(x) ** 2, axis=1)) + 30


def test_power_of_each_antenna_is_the_one_stated():
    weights = np.array([[1.0, 1j], [0.5, 0.0], [0.0, 0.1]])
    sender = Transmitter((CARRIER,), 15.36e6, precoding=fixed(weights))
    assert np.mean(10 ** (sender.antenna_power_dbm / 10)) == pytest.approx(10**4)
    np.testing.assert_allclose(levels_dbm(sender.read(1 << 17)), sender.antenna_power_dbm, atol=0.1)


def test_beams_of_the_dft_have_equal_powers_and_are_orthogonal():
    beams = dft_beams(8, 3)
    np.testing.assert_allclose(beams.antenna_power, 1.0)
    gram = beams.weights.conj().T @ beams.weights
    np.testing.assert_allclose(gram, 8 / 3 * np.eye(3), atol=1e-12)
    np.testing.assert_allclose(
        levels_dbm(Transmitter((CARRIER,), 15.36e6, precoding=beams).read(1 << 16)), 40, atol=0.15
    )


def test_antennas_are_combinations_of_the_streams():
    x = Transmitter((CARRIER,), 15.36e6, precoding=dft_beams(6, 2)).read(4000)
    singular = np.linalg.svd(x, compute_uv=False)
    assert singular[1] > 0.5 * singular[0]
    assert singular[2] < 1e-12 * singular[0]


def test_slots_have_matrices_of_their_own_and_one_total_power():
    precoding = SlotPrecoding(4, 2, Fraction(1, 2000), seed=3)
    sender = Transmitter((CARRIER,), 15.36e6, precoding=precoding)
    n = 30_000
    x = sender.read(n)
    slots = sender.slots(n)
    assert slots == ((0, 7680), (7680, 15_360), (15_360, 23_040), (23_040, 30_000))
    powers = []
    for slot, (start, stop) in enumerate(slots):
        part = x[:, start + 200 : stop - 200]
        u, singular, _ = np.linalg.svd(part, full_matrices=False)
        assert singular[2] < 1e-4 * singular[0]
        matrix = precoding.matrix(slot, 0)
        np.testing.assert_allclose(u[:, :2] @ (u[:, :2].conj().T @ matrix), matrix, atol=1e-3)
        powers.append(np.mean(np.abs(part) ** 2, axis=1))
    assert np.std(np.sum(powers, axis=1)) < 0.05 * np.mean(np.sum(powers, axis=1))
    assert np.std(powers, axis=0).min() > 0.02 * np.mean(powers)


def test_matrices_depend_on_seed_slot_and_carrier_only():
    precoding = SlotPrecoding(3, 3)
    np.testing.assert_array_equal(precoding.matrix(5, 1), SlotPrecoding(3, 3).matrix(5, 1))
    for other in (
        precoding.matrix(6, 1),
        precoding.matrix(5, 0),
        precoding.matrix(-5, 1),
        SlotPrecoding(3, 3, seed=2).matrix(5, 1),
    ):
        assert np.abs(other - precoding.matrix(5, 1)).max() > 0.1


def test_slots_that_are_no_whole_number_of_samples():
    """Slots of 10/3 samples begin at the first sample in them, also where frames cut them."""
    precoding, rate_hz = SlotPrecoding(1, 1, Fraction(10, 3)), Fraction(1)
    starts = [slot_start(slot, Fraction(10, 3)) for slot in range(-1, 4)]
    assert starts == [-3, 0, 4, 7, 10]
    whole = Precoder(precoding, 0, rate_hz, -3).push(np.ones((1, 13), dtype=np.complex128))
    pieces = Precoder(precoding, 0, rate_hz, -3)
    cut = np.concatenate([pieces.push(np.ones((1, n), dtype=np.complex128)) for n in (1, 5, 7)], axis=1)
    np.testing.assert_array_equal(cut, whole)
    changes = np.flatnonzero(np.abs(np.diff(whole[0])) > 1e-9) + 1 - 3
    assert changes.tolist() == [0, 4, 7]


def test_no_slots_where_nothing_changes():
    assert Transmitter((CARRIER,), 15.36e6, precoding=identity(2)).slots(1000) == ()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: dft_beams(2, 3),
            r"^2 antennas from 3 streams: expected at least one stream and no more than antennas$",
        ),
        (lambda: SlotPrecoding(2, 0), r"^2 antennas from 0 streams"),
        (lambda: SlotPrecoding(2, 1, Fraction(0)), r"^a precoding slot of 0 s: expected a positive length$"),
        (lambda: fixed(np.ones(3)), r"^precoding matrix of shape \[3\]: expected \[antenna, stream\]$"),
        (lambda: fixed(np.zeros((2, 2))), r"^precoding matrix: expected finite weights that are not all 0$"),
        (lambda: fixed(np.full((2, 2), np.nan)), r"^precoding matrix: expected finite weights"),
    ],
)
def test_precodings_that_do_not_exist_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
