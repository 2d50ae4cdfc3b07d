"""Networks from recipes: sizes, latency, parameter counts."""

import math

import torch
from torch import Tensor

from pimdeploy.networks.bfan import WEIGHTS, OddBfan
from pimdeploy.networks.layers import LayerFactory
from pimdeploy.recipe import NetworkSpec


def weight_shapes(spec: NetworkSpec, n_tx: int = 1, n_rx: int = 1) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight of the network `spec`, by name (see `OddBfan`)."""
    return {
        "K": (2 * n_tx, spec.M_K),
        "Phi": (spec.M_a, 2 * n_tx, 2 * spec.M_N - 1),
        "f": (spec.N,),
        "Psi": (2 * n_rx, spec.M_a),
        "G": (2 * n_rx, spec.M_G),
    }


def default_latency(spec: NetworkSpec) -> int:
    """Return L, samples: half the memory of each filter, or what the recipe says. z[n] estimates d[n - L]."""
    if spec.latency_samples is not None:
        return spec.latency_samples
    return spec.M_N - 1 + (spec.M_K - 1) // 2 + (spec.M_G - 1) // 2


def warmup_samples(spec: NetworkSpec) -> int:
    """Return the samples that the network's memories need to fill: M_K - 1 + 2 M_N - 2 + M_G - 1."""
    return spec.M_K - 1 + 2 * spec.M_N - 2 + spec.M_G - 1


def default_knot_spacing(spec: NetworkSpec) -> float:
    """Return the spacing of the knots: the power of two for which the last knot, (N - 1) spacing, lies in [0.5, 1)."""
    return float(2.0 ** -math.ceil(math.log2(spec.N)))


def parameter_counts(spec: NetworkSpec, n_tx: int = 1, n_rx: int = 1) -> dict[str, int]:
    """Return {"real": real parameters, "paper": a complex one counted as one, as the paper's Table III does}."""
    sizes = {name: math.prod(shape) for name, shape in weight_shapes(spec, n_tx, n_rx).items()}
    real = sum(sizes.values())
    return {"real": real, "paper": real - (sizes["K"] + sizes["Psi"] + sizes["G"]) // 2}


def build_network(
    spec: NetworkSpec,
    factory: LayerFactory,
    initial: dict[str, Tensor] | None = None,
    knot_spacing: float | None = None,
    *,
    n_tx: int = 1,
    n_rx: int = 1,
) -> OddBfan:
    """Return the network of `spec`, built with `factory`.

    `initial` gives its weights by name (zeros where it is not given: for loading trained ones), `knot_spacing` the
    distance of its knots (a power of two; `default_knot_spacing` where it is not given).
    """
    if initial is None:
        initial = {name: torch.zeros(s, dtype=torch.float64) for name, s in weight_shapes(spec, n_tx, n_rx).items()}
    spacing = default_knot_spacing(spec) if knot_spacing is None else knot_spacing
    shapes = weight_shapes(spec, n_tx, n_rx)
    for name in WEIGHTS:
        if tuple(initial[name].shape) != shapes[name]:
            raise ValueError(f"weight {name}: got shape {list(initial[name].shape)}, expected {list(shapes[name])}")
    return OddBfan(initial, spacing, factory)
