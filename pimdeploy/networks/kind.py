"""What every family says of its networks before one is built: sizes, latency, ranges."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from pimdeploy.networks.canceller import Canceller
from pimdeploy.networks.layers import LayerFactory


@dataclass(frozen=True)
class ActivationRange:
    """What calibration must know of an activation: `end`, a power of two, fixes its format's range where it is given."""

    end: float | None = None
    signed: bool = True


class NetworkKind(ABC):
    """The networks of one family at the sizes of its spec."""

    complex_weights: ClassVar[tuple[str, ...]] = ()
    """Weights whose entries are real and imaginary parts: the paper counts a complex parameter as one."""

    @abstractmethod
    def weight_shapes(self, n_tx: int, n_rx: int) -> dict[str, tuple[int, ...]]:
        """Return the shape of every weight by name, in the family's order."""

    def constants(self) -> tuple[str, ...]:
        """Return the weights that are set once and not trained: they count as no parameters."""
        return ()

    @abstractmethod
    def antennas(self, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
        """Return (T, R), the transmitters and receivers of weights of `shapes`."""

    @abstractmethod
    def latency(self) -> int:
        """Return the default L, samples: z[n] estimates d[n - L]."""

    @abstractmethod
    def warmup(self) -> int:
        """Return the samples that the network's memories need to fill."""

    @abstractmethod
    def build(self, initial: dict[str, Tensor], spacing: float, factory: LayerFactory) -> Canceller:
        """Return the network with the weights `initial` and knots `spacing` apart, made with `factory`."""

    def knot_spacing(self) -> float:
        """Return the default distance of the knots, a power of two; 1 where the family has none."""
        return 1.0

    def ranges(self, spacing: float) -> dict[str, ActivationRange]:
        """Return the activations whose range is fixed or whose format is unsigned; the others are calibrated, signed."""
        del spacing
        return {}
