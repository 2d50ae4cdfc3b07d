"""Rounding that knows what it does: weights are rounded one after another, and those not yet rounded make up for it.

Near the float optimum the loss is quadratic in the weights, with the solver's J^T J as its curvature. Rounding all
weights to nearest ignores how they act together; here each rounding moves the weights that are still free to where the
quadratic loss is least again (the idea of OBS: Hassibi and Stork, "Second order derivatives for network pruning", 1993).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.formats import CARRIER_BITS
from pimdeploy.datapath.lowering import Weights
from pimdeploy.errors import TrainingError
from pimdeploy.network_spec import NetworkSpec
from pimdeploy.networks.build import antennas
from pimdeploy.quantization.factory import QuantizedPiecewise, QuantizedWeight
from pimdeploy.quantization.network import quantized_network, tensors
from pimdeploy.quantization.residual import Residual
from pimdeploy.training.families import family_of
from pimdeploy.training.normal_equations import normal_equations, residual_at
from pimdeploy.training.parameters import on_device


def curvature(spec: NetworkSpec, weights: Weights, residual: Residual) -> Tensor:
    """Return J^T J of the float network over the target's energy, [n_parameters, n_parameters]; held parameters are 0.

    It is computed on the device of `residual`, and stays there. Raises `TrainingError` for a network that does nothing.
    """
    named = on_device(tensors(spec, weights), residual.device)
    family = family_of(spec, *antennas(spec, shapes_of(named)))
    objective = residual.objective
    point = family.point(named, objective.x)
    gram, _ = normal_equations(objective, family, point, residual_at(objective, family, point))
    free = family.free(named).to(gram.dtype)  # what is held is a gauge: rounding must not count on it
    gram = gram * torch.outer(free, free)
    if not torch.diagonal(gram).any():
        raise TrainingError("fine-tuning: the trained weights cancel nothing; train again, with another seed")
    return gram


def shapes_of(weights: dict[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of `weights`."""
    return {name: tuple(weight.shape) for name, weight in weights.items()}


def damped(gram: Tensor, damping: float) -> Tensor:
    """Return `gram` with `damping` times its own diagonal added, and a little for directions that change nothing."""
    diagonal = torch.diagonal(gram)
    return gram + torch.diag(damping * diagonal + 1e-9 * diagonal.max())


def round_successively(
    spec: NetworkSpec, weights: Weights, formats: FormatMap, gram: Tensor, damping: float
) -> dict[str, NDArray[np.float64]]:
    """Return weights on the grids of `formats`, rounded in the order of falling curvature.

    gram: `curvature` at `weights`, on the CPU: one rounding after another keeps no device busy. damping: relative; it keeps
    compensations small where the loss is flat. Parameters of a piecewise-linear function are rounded through its slopes and
    its values at t = 0, which are what its format is for.
    """
    lattice = [_Lattice(name, module, formats) for name, module in quantized_modules(spec, weights, formats)]
    change = torch.block_diag(*(part.change for part in lattice))  # type: ignore[no-untyped-call]
    lsb = torch.cat([part.lsb for part in lattice])
    limit = torch.cat([part.limit for part in lattice])
    values = torch.cat([part.values for part in lattice])
    scaled = damped(change.T @ gram @ change, damping) * torch.outer(lsb, lsb)
    rounded = _round(values / lsb, scaled, limit) * lsb
    pieces = torch.split(rounded, [len(part.values) for part in lattice])
    return {part.name: part.parameters(piece).numpy() for part, piece in zip(lattice, pieces, strict=True)}


def quantized_modules(spec: NetworkSpec, weights: Weights, formats: FormatMap) -> list[tuple[str, QuantizedWeight]]:
    """Return the modules of the quantized network's weights by name, in the order of the family."""
    modules = []
    for name, module in quantized_network(spec, weights, formats).weights.items():
        assert isinstance(module, QuantizedWeight)
        modules.append((name, module))
    return modules


class _Lattice:
    """What is rounded of one weight: `values`, on grids of `lsb` within `limit` steps; parameters = change @ values."""

    def __init__(self, name: str, module: QuantizedWeight, formats: FormatMap) -> None:
        self.name, self.module = name, module
        fmt = formats.weights[name]
        weight = module.weight.detach()
        slopes, bases = module.table_map.tables(weight) if isinstance(module, QuantizedPiecewise) else (weight, None)
        self.slope_shape, n_slopes = slopes.shape, slopes.numel()
        self.values = torch.cat([slopes.reshape(-1), *([] if bases is None else [bases])])
        self.lsb = torch.full_like(self.values, fmt.lsb)
        self.limit = torch.full_like(self.values, fmt.max_q)
        if isinstance(module, QuantizedPiecewise):
            self.lsb[n_slopes:] = module.base_lsb
            self.limit[n_slopes:] = float(2**CARRIER_BITS)
        unit = torch.eye(len(self.values), dtype=self.values.dtype)
        self.change = torch.stack([self.parameters(row).reshape(-1) for row in unit], dim=1)

    def parameters(self, values: Tensor) -> Tensor:
        """Return the parameters of `values`, shaped as the weight."""
        n_slopes = self.slope_shape.numel()
        slopes = values[:n_slopes].reshape(self.slope_shape)
        if not isinstance(self.module, QuantizedPiecewise):
            return slopes
        return self.module.table_map.parameters(slopes, values[n_slopes:] if len(values) > n_slopes else None)


def _round(target: Tensor, metric: Tensor, limit: Tensor) -> Tensor:
    """Return integers near `target`: after each rounding the free entries go to the minimum of the quadratic form."""
    order = torch.argsort(torch.diagonal(metric), descending=True, stable=True)
    metric, target, limit = metric[order][:, order], target[order], limit[order]
    current = target.clone()
    inverse = torch.linalg.inv(metric)
    for i in range(len(target)):
        rounded = torch.clamp(torch.round(current[i]), -limit[i], limit[i])
        # Entries before i are fixed: their rows and columns of the inverse have been eliminated.
        current = current + inverse[:, i] * ((rounded - current[i]) / inverse[i, i])
        current[i] = rounded
        inverse = inverse - torch.outer(inverse[:, i], inverse[i]) / inverse[i, i]
    integers = torch.empty_like(current)
    integers[order] = torch.round(current)
    return integers
