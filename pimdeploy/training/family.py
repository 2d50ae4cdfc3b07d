"""What the Levenberg-Marquardt solver knows of a family of networks, and nothing more.

With z_r = G_r * v_r, the derivative of z_r to a weight before the last filter G_r is G_r * (the derivative of v_r), and
that to a tap of G_r is v_r, delayed. A family gives v and its derivatives as signals; the objective filters them, all
at once, in the frequency domain. A family without a last filter has z = v.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from pimdeploy.training.objective import Objective
from pimdeploy.training.parameters import Weights, flatten
from pimdeploy.training.spectra import Spectra


class Point(ABC):
    """The network at one set of weights over one input.

    weights: in the family's order. v: [R, n], complex, the signal before each receiver's last filter, or the estimate.
    It is computed by torch from `weights`, so that a loss can be differentiated through it.
    """

    weights: Weights
    v: Tensor

    @abstractmethod
    def columns(self, spectra: Spectra, receiver: int) -> dict[str, Tensor]:
        """Return the derivatives of v[receiver], complex, as spectra at the kept bins, by name of weight.

        [entries, bins], entries in the order of the weight; of a weight in `Family.per_receiver` those of this
        receiver alone. The last filter, and weights that do not reach v, are left out. The derivative to an imaginary
        part is j times that to the real part.
        """


class Family(ABC):
    """A family at the sizes of one recipe.

    shapes: of the weights, in order. last_filter: name of the complex filters [2 R, taps] that end the network, or None.
    per_receiver: weights whose leading axis is that of the receivers, as many rows each, the last filter included: the
    estimate of receiver r depends on its own rows only. knot_spacing: a power of two (1 where there are no knots).
    """

    shapes: dict[str, tuple[int, ...]]
    n_rx: int
    last_filter: str | None = "G"
    per_receiver: frozenset[str] = frozenset({"G"})
    knot_spacing: float = 1.0

    @abstractmethod
    def start(self, objective: Objective, number: int, seed: int) -> Weights:
        """Return the weights from which start `number` begins, on the objective's device.

        Number 0 uses no chance, the others `seed`: what chance decides is drawn on the CPU, the same for every device.
        """

    @abstractmethod
    def point(self, weights: Weights, x: Tensor) -> Point:
        """Return the network `weights` over the input x [2 T, n], every memory starting with zeros."""

    def held(self) -> dict[str, Tensor]:
        """Return masks on the CPU, shaped as the weights, of the parameters that are not trained; unnamed ones all are."""
        return {}

    def ridge(self, point: Point, ridge: float) -> dict[str, Tensor]:
        """Return what a squared weight costs beyond the decay, in units of the loss, by name; unnamed ones nothing."""
        del point, ridge
        return {}

    def keep_inside(self, point: Point, quantile: float) -> Weights | None:
        """Return weights whose knots all lie below `quantile` of their arguments, or None where they do already."""
        del point, quantile
        return None

    def fix_gauge(self, weights: Weights) -> Weights:
        """Return the weights with the same estimate that waste no words."""
        return weights

    def free(self, weights: Weights) -> Tensor:
        """Return which parameters are trained, bool [n_parameters] in the order of `flatten`."""
        held = self.held()
        masks = {name: held.get(name, torch.zeros(w.shape, dtype=torch.bool)) for name, w in weights.items()}
        return ~flatten({name: mask.to(weights[name].device) for name, mask in masks.items()})

    def positions(self, receiver: int) -> dict[str, Tensor]:
        """Return where the parameters that reach `receiver` stand in the vector of `flatten`, by name, on the CPU."""
        found, start = {}, 0
        for name, shape in self.shapes.items():
            size = torch.Size(shape).numel()
            share = size // self.n_rx
            own = name in self.per_receiver
            first = start + receiver * share if own else start
            found[name] = torch.arange(first, first + (share if own else size))
            start += size
        return found


def complex_rows(rows: Tensor) -> Tensor:
    """Return weights stored as rows re0, im0, re1, im1 ... as complex ones, [C, ...] of [2 C, ...]."""
    return torch.complex(rows[0::2], rows[1::2])


def real_and_imaginary(column: Tensor) -> Tensor:
    """Return the derivatives to real and imaginary parts, stacked, of those to complex weights [entries, bins]."""
    return torch.cat([column, 1j * column])
