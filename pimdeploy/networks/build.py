"""Networks from recipes: sizes, latency, parameter counts."""

import math
from collections.abc import Mapping
from typing import assert_never

import torch
from torch import Tensor

from pimdeploy.network_spec import BfanSpec, CnnSpec, MemoryPolynomialSpec, NetworkSpec, WhlutSpec
from pimdeploy.networks.bfan import BfanKind
from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.kind import NetworkKind
from pimdeploy.networks.layers import LayerFactory


def kind_of(spec: NetworkSpec) -> NetworkKind:
    """Return what the family of `spec` says of its networks."""
    match spec:
        case BfanSpec():
            return BfanKind(spec)
        case WhlutSpec():
            from pimdeploy.networks.whlut import WhlutKind

            return WhlutKind(spec)
        case MemoryPolynomialSpec():
            from pimdeploy.networks.memory_polynomial import MemoryPolynomialKind

            return MemoryPolynomialKind(spec)
        case CnnSpec():
            from pimdeploy.networks.cnn import CnnKind

            return CnnKind(spec)
        case _:
            assert_never(spec)


def weight_shapes(spec: NetworkSpec, n_tx: int = 1, n_rx: int = 1) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight of the network `spec`, by name, in the family's order."""
    return kind_of(spec).weight_shapes(n_tx, n_rx)


def default_latency(spec: NetworkSpec) -> int:
    """Return L, samples: half the memory of each filter, or what the recipe says. z[n] estimates d[n - L]."""
    return kind_of(spec).latency() if spec.latency_samples is None else spec.latency_samples


def warmup_samples(spec: NetworkSpec) -> int:
    """Return the samples that the network's memories need to fill."""
    return kind_of(spec).warmup()


def default_knot_spacing(spec: NetworkSpec) -> float:
    """Return the distance of the knots of the network's piecewise-linear functions, a power of two."""
    return kind_of(spec).knot_spacing()


def antennas(spec: NetworkSpec, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
    """Return (T, R), the transmitters and receivers of weights of `shapes`. Raises `ValueError` where one is missing."""
    missing = set(weight_shapes(spec)) - set(shapes)
    if missing:
        raise ValueError(f"weight {min(missing)} is missing; have {', '.join(shapes) or 'none'}")
    return kind_of(spec).antennas(shapes)


def parameter_counts(spec: NetworkSpec, n_tx: int = 1, n_rx: int = 1) -> dict[str, int]:
    """Return {"real": real parameters, "paper": a complex one counted as one, as the papers do}."""
    kind = kind_of(spec)
    sizes = {name: math.prod(shape) for name, shape in weight_shapes(spec, n_tx, n_rx).items()}
    real = sum(size for name, size in sizes.items() if name not in kind.constants())
    return {"real": real, "paper": real - sum(sizes[name] for name in kind.complex_weights) // 2}


def build_network(
    spec: NetworkSpec,
    factory: LayerFactory,
    initial: dict[str, Tensor] | None = None,
    knot_spacing: float | None = None,
    *,
    n_tx: int | None = None,
    n_rx: int | None = None,
) -> Canceller:
    """Return the network of `spec`, built with `factory`.

    `initial` gives its weights by name (zeros where it is not given: for loading trained ones), `knot_spacing` the
    distance of its knots (a power of two; `default_knot_spacing` where it is not given). Antennas are those of
    `initial` (1 x 1 without it). Raises `ValueError` for a weight of another shape.
    """
    if initial is None:
        shapes = weight_shapes(spec, n_tx or 1, n_rx or 1)
        initial = {name: torch.zeros(shape, dtype=torch.float64) for name, shape in shapes.items()}
    found = antennas(spec, {name: tuple(value.shape) for name, value in initial.items()})
    shapes = weight_shapes(spec, n_tx or found[0], n_rx or found[1])
    for name, shape in shapes.items():
        if tuple(initial[name].shape) != shape:
            raise ValueError(f"weight {name}: got shape {list(initial[name].shape)}, expected {list(shape)}")
    spacing = default_knot_spacing(spec) if knot_spacing is None else knot_spacing
    return kind_of(spec).build(initial, spacing, factory)
