"""The learning curve and its picture."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from lms_reference import complex_noise

from pimdeploy.identification.curve import LearningCurve, last_cancellation_db, learning_curve
from pimdeploy.identification.picture import learning_chart, learning_picture

TAPS = np.array([0.25, 0.5, 0.25], dtype=np.complex128)


def test_each_window_has_its_own_cancellation():
    d = complex_noise(np.random.default_rng(1), 2, 3 * 1000 + 2 + 4)
    e = np.zeros_like(d)
    e[:, 4:] = d[:, :-4]
    e[0] *= np.repeat([1.0, 0.1, 0.01], [1005, 1000, 1001])
    curve = learning_curve(d, e, TAPS, latency=4, window=1000)
    np.testing.assert_allclose(curve.cancellation_db[0], [0, 20, 40], atol=0.05)
    np.testing.assert_allclose(curve.cancellation_db[1], 0, atol=1e-9)
    np.testing.assert_allclose(curve.mean_db, [0, 10, 20], atol=0.05)
    np.testing.assert_array_equal(curve.samples, [505, 1505, 2505])


def test_what_lies_outside_the_receive_band_does_not_count():
    d = complex_noise(np.random.default_rng(2), 1, 4000)
    alternating = 10.0 * (-1.0) ** np.arange(4000)[None]
    curve = learning_curve(d, 0.1 * d + alternating, TAPS, window=1000)
    np.testing.assert_allclose(curve.cancellation_db, 20, atol=1e-9)


def test_the_bound_of_a_window_is_its_cancellation_by_a_perfect_model():
    d, noise = (complex_noise(np.random.default_rng(seed), 1, 4000) for seed in (4, 5))
    curve = learning_curve(d, np.roll(noise, 3, axis=1), TAPS, latency=3, window=1000, noise=noise)
    np.testing.assert_allclose(curve.bound_db, curve.cancellation_db, atol=1e-9)
    assert learning_curve(d, noise, TAPS).bound_db is None


def test_the_last_part_of_a_stream():
    d = complex_noise(np.random.default_rng(3), 1, 5000)
    e = np.concatenate([np.zeros((1, 2)), d[:, :-2]], axis=1) * np.where(np.arange(5000) < 4000, 1.0, 0.1)
    assert last_cancellation_db(d, e, TAPS, latency=2) == pytest.approx(20, abs=1e-9)


def test_json_holds_the_curve():
    curve = LearningCurve(np.array([5, 15]), np.array([[1.23456, 2.0]]), 10)
    assert curve.to_json() == {
        "window_samples": 10,
        "samples": [5, 15],
        "cancellation_db": [[1.235, 2.0]],
        "bound_db": None,
    }


@pytest.mark.parametrize("channels", [1, 3, 40])
def test_the_picture_draws_the_mean_the_channels_and_the_bound(channels):
    db = np.linspace(0, 19, 50) + np.zeros((channels, 1))
    curve = LearningCurve(1024 * np.arange(1, 51), db, 1024, db + 1)
    root = ET.fromstring(learning_picture(curve, "a < b"))
    lines = [element.get("class") for element in root.iter() if element.tag.endswith("polyline")]
    assert lines.count("line other") == (4 if channels == 3 else 0)
    assert lines.count("line fixed") == lines.count("line noise") == 2
    assert root.get("aria-label") == "a < b"
    assert "bound" not in learning_chart(LearningCurve(curve.samples, db, 1024)).svg()
