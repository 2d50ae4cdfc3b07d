"""Small models with seeded random weights: what tests of the datapath, the emitters and the backends run on."""

import numpy as np

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.model import Model


def signed(bits: int, frac: int) -> QFormat:
    return QFormat(True, bits, frac)


def demo_formats(
    weight_bits: int = 16,
    activation_bits: int = 16,
    rounding: Rounding = Rounding.HALF_UP,
    overflow: Overflow = Overflow.SATURATE,
) -> FormatMap:
    weights = {name: signed(weight_bits, weight_bits - 2) for name in ("K", "Phi", "f", "Psi", "G")}
    activations = {name: signed(activation_bits, activation_bits - 1) for name in ("u", "c", "v", "z")}
    activations |= {"x": signed(16, 15), "a": signed(activation_bits, activation_bits - 2)}
    return FormatMap(weights, activations, rounding, overflow, knot_log2=-4)


def demo_weights(
    seed: int = 1, M_K: int = 7, M_N: int = 1, M_a: int = 8, N: int = 16, M_G: int = 9
) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "K": rng.normal(size=(2, M_K)) * 0.2,
        "Phi": rng.normal(size=(M_a, 2, 2 * M_N - 1)) * 0.4,
        "f": np.concatenate([[0.0], np.abs(rng.normal(size=N - 1)) * 0.05]),
        "Psi": rng.normal(size=(2, M_a)) * 0.1,
        "G": rng.normal(size=(2, M_G)) * 0.1,
    }


def demo_model(
    seed: int = 1,
    weight_bits: int = 16,
    activation_bits: int = 16,
    rounding: Rounding = Rounding.HALF_UP,
    overflow: Overflow = Overflow.SATURATE,
    piecewise: str = "table",
    **sizes: int,
) -> Model:
    weights = demo_weights(seed, **sizes)
    formats = demo_formats(weight_bits, activation_bits, rounding, overflow)
    graph, real_tables = lower("odd_bfan", weights, formats, "demo", delay_samples=7)
    taps = np.zeros(31, dtype=np.complex128)
    taps[15] = 1.0
    preprocessing = {"shift_hz": 0.0, "delay_samples": 0.0, "tx_scale": 1.0, "rx_scale": 1.0}
    return Model(graph, real_tables, 491.52e6, taps, preprocessing, piecewise)


def full_scale_noise(n_samples: int, channels: int = 2, seed: int = 7, bits: int = 16) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-(1 << (bits - 1)), 1 << (bits - 1), size=(channels, n_samples), dtype=np.int64)
