"""Small models with seeded random weights: what tests of the datapath, the emitters and the backends run on."""

from typing import Any

import numpy as np

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.lowering_bfan import bfan_activations
from pimdeploy.datapath.model import Model
from pimdeploy.network_spec import BfanSpec


def signed(bits: int, frac: int) -> QFormat:
    return QFormat(True, bits, frac)


SIZES = {"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9}
KNOT_LOG2 = -4


def demo_spec(**fields: Any) -> BfanSpec:
    """The BFAN of `SIZES`, with `fields` of `BfanSpec` in their places."""
    return BfanSpec(**(SIZES | fields))


def demo_formats(
    weight_bits: int = 16,
    activation_bits: int = 16,
    rounding: Rounding = Rounding.HALF_UP,
    overflow: Overflow = Overflow.SATURATE,
    spec: BfanSpec | None = None,
) -> FormatMap:
    """Formats for `demo_weights` of `spec` (the odd one where it is not given)."""
    spec = spec or demo_spec()
    weights = {name: signed(weight_bits, weight_bits - 2) for name in ("K", "Phi", "f", "Psi", "G")}
    activations = {name: signed(activation_bits, activation_bits - 1) for name in bfan_activations(spec)}
    activations |= {"x": signed(16, 15), "a": signed(activation_bits, activation_bits - 2)}
    if spec.symmetry == "plain":  # the knots span the whole word of a
        activations["a"] = signed(activation_bits, activation_bits - int(np.log2(spec.N)) - KNOT_LOG2)
    return FormatMap(weights, activations, rounding, overflow, KNOT_LOG2)


def demo_weights(seed: int = 1, *, n_tx: int = 1, n_rx: int = 1, **fields: Any) -> dict[str, np.ndarray]:
    """Random weights of `demo_spec(**fields)` for `n_tx` transmitters and `n_rx` receivers."""
    spec = demo_spec(**fields)
    rng = np.random.default_rng(seed)
    made = {
        "K": rng.normal(size=(2 * n_tx, spec.M_K)) * 0.2,
        "Phi": rng.normal(size=(spec.M_a, 2 * n_tx, 2 * spec.M_N - 1)) * 0.4,
    }
    f = np.abs(rng.normal(size=(spec.functions, spec.N - 1))) * 0.05
    made["f"] = np.pad(f, ((0, 0), (1, 0)))
    if spec.symmetry == "even":
        made["f"] = np.concatenate([f, rng.normal(size=(spec.functions, 1)) * 0.2], axis=1)
    if spec.symmetry == "plain":
        ends = rng.normal(size=(spec.functions, 2)) * 0.2
        made["f"] = np.concatenate([-np.abs(ends[:, :1]), f, ends[:, 1:]], axis=1)
    made["Psi"] = rng.normal(size=(2 * n_rx, spec.M_a)) * 0.1
    made["G"] = rng.normal(size=(2 * n_rx, spec.M_G)) * 0.1
    return made


def demo_model(
    seed: int = 1,
    weight_bits: int = 16,
    activation_bits: int = 16,
    rounding: Rounding = Rounding.HALF_UP,
    overflow: Overflow = Overflow.SATURATE,
    piecewise: str = "table",
    **fields: Any,
) -> Model:
    """The lowered network of `demo_weights(seed, **fields)`."""
    spec = demo_spec(**{name: value for name, value in fields.items() if name not in ("n_tx", "n_rx")})
    formats = demo_formats(weight_bits, activation_bits, rounding, overflow, spec)
    graph, real_tables = lower(spec, demo_weights(seed, **fields), formats, "demo", delay_samples=7)
    taps = np.zeros(31, dtype=np.complex128)
    taps[15] = 1.0
    preprocessing = {"shift_hz": 0.0, "delay_samples": 0.0, "tx_scale": 1.0, "rx_scale": 1.0}
    return Model(graph, real_tables, 491.52e6, taps, preprocessing, piecewise)


def full_scale_noise(n_samples: int, channels: int = 2, seed: int = 7, bits: int = 16) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-(1 << (bits - 1)), 1 << (bits - 1), size=(channels, n_samples), dtype=np.int64)
