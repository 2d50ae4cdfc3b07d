"""What a run of the main job made, as data: the report and the command line read it."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pimdeploy.bundle import Bundle
from pimdeploy.cost.ledger import Ledger
from pimdeploy.verify.proof import Proof

if TYPE_CHECKING:
    from pimdeploy.quantization.quantized import Quantized
    from pimdeploy.training.train import TrainedNetwork


@dataclass
class Run:
    """All that a run made."""

    bundle: Bundle
    trained: "TrainedNetwork"
    quantized: "Quantized"
    ledger: Ledger
    proof: Proof
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `run`."""
        test, fixed = self.trained.scores["test"], self.quantized.scores["test"]
        return {
            "bundle": str(self.bundle.path),
            "report": str(self.bundle.path / "report.html"),
            "digest": self.bundle.digest,
            "parameters": self.trained.parameters,
            "metrics": {
                "pim_db": test.pim_db,
                "bound_db": test.bound_db,
                "cancellation_db": {
                    "float": test.cancellation_db,
                    "fixed": fixed.cancellation_db,
                    "per_channel": {"float": list(test.per_channel_db), "fixed": list(fixed.per_channel_db)},
                },
            },
            "splits": {
                name: {
                    "bound_db": score.bound_db,
                    "float": score.cancellation_db,
                    "fixed": self.quantized.scores[name].cancellation_db,
                }
                for name, score in self.trained.scores.items()
            },
            "sweep": [asdict(point) for point in self.quantized.sweep],
            "ledger": self.ledger.to_json()["datapath"],
            "verify": self.proof.to_json(),
            "seconds": self.seconds,
        }
