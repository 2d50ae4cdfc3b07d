"""What is left in the receive band after cancellation, as a differentiable loss of a network's output."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.objective import Objective, make_objective


@dataclass(frozen=True)
class Residual:
    """Training samples and the loss of an estimate made from them: 1 where nothing is cancelled.

    x: [1, 2 T, n_samples], the network's input.
    """

    objective: Objective

    @property
    def x(self) -> Tensor:
        """The network's input, [1, 2 T, n_samples]."""
        return self.objective.x.unsqueeze(0)

    def loss(self, z: Tensor) -> Tensor:
        """Return the residual's energy in the band, and the estimate's outside by its penalty, over the target's.

        z: [1, 2 R, n_samples], the network's output for `x`.
        """
        estimate = torch.complex(z[0, 0::2], z[0, 1::2])
        error = self.objective.target - self.objective.weight * self.objective.spectrum(estimate)
        return (error.real**2 + error.imag**2).sum() / self.objective.scale


def training_residual(dataset: Dataset, recipe: Recipe, max_samples: int | None = None) -> Residual:
    """Return the loss over the training split (its first `max_samples` where given)."""
    weight = recipe.training.out_of_band_weight
    return Residual(make_objective(dataset, "train", recipe.network, weight, max_samples))
