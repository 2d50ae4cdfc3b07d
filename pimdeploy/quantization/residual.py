"""What is left in the receive band after cancellation, as a differentiable loss of a network's output."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training.device import CPU
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

    @property
    def device(self) -> torch.device:
        """Where the samples are, and a network has to be that is judged by them."""
        return self.objective.x.device

    def loss(self, z: Tensor) -> Tensor:
        """Return the residual's energy in the band, and the estimate's outside by its penalty, over the target's.

        z: [1, 2 R, n_samples], the network's output for `x`.
        """
        estimate = torch.complex(z[0, 0::2], z[0, 1::2])
        error = self.objective.target - self.objective.weight * self.objective.spectrum(estimate)
        return (error.real**2 + error.imag**2).sum() / self.objective.scale


@dataclass(frozen=True)
class Samples:
    """Samples for fine-tuning: gradients come from `train`, the choice of the best weights from both together."""

    train: Residual
    val: Residual

    def loss(self, network: nn.Module) -> float:
        """Return the loss of `network` over both splits together, each by its target's energy."""
        with torch.no_grad():
            parts = [(float(part.loss(network(part.x))), part.objective.scale) for part in (self.train, self.val)]
        return sum(loss * scale for loss, scale in parts) / sum(scale for _, scale in parts)


def tuning_samples(
    dataset: Dataset, recipe: Recipe, max_samples: int | None = None, device: torch.device = CPU
) -> Samples:
    """Return training and validation samples on `device`, the first `max_samples` of each split where given."""
    weight = recipe.training.out_of_band_weight
    train, val = (
        Residual(make_objective(dataset, split, recipe.network, weight, max_samples, device))
        for split in ("train", "val")
    )
    return Samples(train, val)
