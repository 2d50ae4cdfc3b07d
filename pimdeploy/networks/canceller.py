"""What every network is: weights and named activations, a forward pass that can be traced."""

from abc import ABC, abstractmethod

from torch import Tensor, nn


class Canceller(nn.Module, ABC):
    """A network that estimates interference from transmit samples.

    `weights` are modules of a `LayerFactory` by name, in the order of the family; `activations` its requantizers, under
    the names of the nodes of the datapath graph, in the order in which they are computed.
    """

    def __init__(self, weights: dict[str, nn.Module], activations: dict[str, nn.Module]) -> None:
        super().__init__()
        self.weights = nn.ModuleDict(weights)
        self.activations = nn.ModuleDict(activations)

    @abstractmethod
    def forward(self, x: Tensor, trace: dict[str, Tensor] | None = None) -> Tensor:
        """Return the estimate z [batch, 2 R, n_samples] of the samples x [batch, 2 T, n_samples] (I0, Q0, I1, Q1 ...).

        Every memory starts with zeros of its own input. Where `trace` is given, every named activation is put into it,
        as the next stage sees it.
        """

    def activate(self, name: str, value: Tensor, trace: dict[str, Tensor] | None) -> Tensor:
        """Return `value` behind the requantizer `name`, noted in `trace` where that is given."""
        out: Tensor = self.activations[name](value)
        if trace is not None:
            trace[name] = out
        return out

    def parameter(self, name: str) -> Tensor:
        """Return the trainable parameter behind the weight `name`."""
        parameter = self.weights[name].weight
        assert isinstance(parameter, Tensor)
        return parameter

    def float_weights(self) -> dict[str, Tensor]:
        """Return the trained parameters by name (before any quantization), detached copies in float64."""
        return {name: self.parameter(name).detach().double().clone() for name in self.weights}
