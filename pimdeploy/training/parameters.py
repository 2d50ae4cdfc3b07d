"""Weights as one vector: the solver's view of them. The order is that of the mapping, which is the family's."""

import torch
from torch import Tensor

Weights = dict[str, Tensor]
"""A network's weights by name, float64, in the order of its family (`pimdeploy.networks.build.weight_shapes`)."""


def flatten(weights: Weights) -> Tensor:
    """Return all weights as one vector, in their order, each row by row."""
    return torch.cat([weight.reshape(-1) for weight in weights.values()])


def unflatten(vector: Tensor, like: Weights) -> Weights:
    """Return the weights that `vector` holds, in the order and the shapes of `like`."""
    parts = torch.split(vector, [weight.numel() for weight in like.values()])
    return {name: part.reshape(like[name].shape) for name, part in zip(like, parts, strict=True)}


def on_device(weights: Weights, device: torch.device) -> Weights:
    """Return the weights on `device`, the same tensors where they are there already."""
    return {name: weight.to(device) for name, weight in weights.items()}


def parameter_slices(weights: Weights) -> dict[str, slice]:
    """Return where each weight lies in the vector of `flatten`."""
    slices, start = {}, 0
    for name, weight in weights.items():
        slices[name] = slice(start, start + weight.numel())
        start += weight.numel()
    return slices
