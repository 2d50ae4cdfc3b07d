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
from pimdeploy.datapath.lowering import Weights
from pimdeploy.errors import TrainingError
from pimdeploy.networks.bfan import WEIGHTS
from pimdeploy.quantization.network import tensors
from pimdeploy.quantization.residual import Residual
from pimdeploy.training.jacobian import flatten, parameter_slices, unflatten


def curvature(weights: Weights, spacing: float, residual: Residual) -> Tensor:
    """Return J^T J of the float network over the target's energy, [n_parameters, n_parameters]; f's first slope held.

    Raises `TrainingError` for a network that does nothing.
    """
    named = tensors(weights)
    error, signals = residual.objective.residual(named, spacing)
    gram, _ = residual.objective.normal_equations(named, spacing, error, signals)
    free = torch.ones(len(gram), dtype=gram.dtype)
    free[parameter_slices(named)["f"].start] = 0  # f stays flat below its first knot: its slope there is a gauge
    gram = gram * torch.outer(free, free)
    if not torch.diagonal(gram).any():
        raise TrainingError("fine-tuning: the trained weights cancel nothing; train again, with another seed")
    return gram


def damped(gram: Tensor, damping: float) -> Tensor:
    """Return `gram` with `damping` times its own diagonal added, and a little for directions that change nothing."""
    diagonal = torch.diagonal(gram)
    return gram + torch.diag(damping * diagonal + 1e-9 * diagonal.max())


def round_successively(
    weights: Weights, formats: FormatMap, gram: Tensor, damping: float
) -> dict[str, NDArray[np.float64]]:
    """Return weights on the grids of `formats`, rounded in the order of falling curvature.

    gram: `curvature` at `weights`. damping: relative; it keeps compensations small where the loss is flat. The basis
    weights of f are rounded through their slopes, which are what its format is for.
    """
    named = tensors(weights)
    slices = parameter_slices(named)
    slopes = slices["f"]
    values = flatten(named)
    values[slopes] = torch.cumsum(values[slopes], 0)
    change = torch.eye(len(gram), dtype=gram.dtype)  # from slopes to basis weights
    change[slopes, slopes] -= torch.diag(torch.ones(slopes.stop - slopes.start - 1, dtype=gram.dtype), -1)
    lsb, limit = torch.empty_like(values), torch.empty_like(values)
    for name in WEIGHTS:
        lsb[slices[name]], limit[slices[name]] = formats.weights[name].lsb, formats.weights[name].max_q
    scaled = damped(change.T @ gram @ change, damping) * torch.outer(lsb, lsb)
    rounded = _round(values / lsb, scaled, limit) * lsb
    rounded[slopes] = torch.diff(rounded[slopes], prepend=rounded.new_zeros(1))
    return {name: value.numpy() for name, value in unflatten(rounded, named).items()}


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
