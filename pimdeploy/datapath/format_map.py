"""The one map of number formats, formats.json: it feeds the Brevitas quantizers and the lowering alike."""

import json
from dataclasses import dataclass
from typing import Any

from pimdeploy.datapath.formats import Overflow, QFormat, Rounding
from pimdeploy.datapath.node_json import integer_of
from pimdeploy.documents import parse_json
from pimdeploy.errors import BundleError


@dataclass(frozen=True)
class FormatMap:
    """Formats by stable node name.

    weights: format of each weight ("K", "Phi", ...); for those of a piecewise-linear function, that of its slopes.
    activations: format of each requantized activation ("x", "u", ...).
    rounding, overflow: of every Requantize. knot_log2: knots of the piecewise-linear functions lie at k * 2^knot_log2.
    """

    weights: dict[str, QFormat]
    activations: dict[str, QFormat]
    rounding: Rounding
    overflow: Overflow
    knot_log2: int

    def to_json(self) -> str:
        """Return the text of formats.json."""
        data = {
            "activations": {name: fmt.to_json() for name, fmt in self.activations.items()},
            "knot_log2": self.knot_log2,
            "overflow": self.overflow.value,
            "rounding": self.rounding.value,
            "weights": {name: fmt.to_json() for name, fmt in self.weights.items()},
        }
        return json.dumps(data, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str = "formats.json") -> "FormatMap":
        """Return the map that `to_json` wrote. Raises `BundleError` with one line."""
        try:
            data: dict[str, Any] = parse_json(text)
            return cls(
                weights={name: QFormat.from_json(fmt) for name, fmt in data["weights"].items()},
                activations={name: QFormat.from_json(fmt) for name, fmt in data["activations"].items()},
                rounding=Rounding(data["rounding"]),
                overflow=Overflow(data["overflow"]),
                knot_log2=integer_of(data, "knot_log2"),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BundleError(f"{where}: not a format map: {error}; export the bundle again") from error
