"""The parts of a report that come from the recipe and from the training as it went."""

from collections.abc import Iterable
from typing import Protocol, assert_never

from pimdeploy.network_spec import BfanSpec, CnnSpec, MemoryPolynomialSpec, NetworkSpec, WhlutSpec
from pimdeploy.recipe import Recipe
from pimdeploy.report.parts import RecipeSummary, Size, TrainingStep

NOT_SIZES = {"family", "latency_samples"}


class Step(Protocol):
    """One training step, as `pimdeploy.training.search.StepRecord` has it."""

    @property
    def step(self) -> int:
        """Number of the step within its start."""

    @property
    def start(self) -> int:
        """Number of the start."""

    @property
    def loss(self) -> float:
        """1 where nothing is cancelled."""

    @property
    def train_db(self) -> float:
        """Cancellation on the training split."""

    @property
    def val_db(self) -> float:
        """Cancellation on the validation split."""


def recipe_summary(
    recipe: Recipe, fs_hz: float, latency_samples: int, *, n_tx: int = 1, n_rx: int = 1
) -> RecipeSummary:
    """Return what the report shows of `recipe`.

    fs_hz: sample rate. latency_samples: L, as resolved. n_tx, n_rx: transmitters and receivers.
    """
    widths = recipe.quantization
    return RecipeSummary(
        family=recipe.network.family,
        sizes=network_sizes(recipe.network),
        n_tx=n_tx,
        n_rx=n_rx,
        weight_bits=widths.weight_bits,
        activation_bits=widths.activation_bits,
        input_bits=widths.input_bits,
        output_bits=widths.output_bits or widths.activation_bits,
        rounding=widths.rounding,
        overflow=widths.overflow,
        acc_bits=recipe.datapath.acc_bits,
        piecewise=recipe.datapath.piecewise,
        latency_samples=latency_samples,
        fs_hz=fs_hz,
        band_hz=recipe.receive.band_hz,
        seed=recipe.seed,
    )


def network_sizes(spec: NetworkSpec) -> dict[str, Size]:
    """Return the sizes and choices of a network by name, without those that it does not use."""
    return spec.model_dump(exclude=NOT_SIZES | _unused(spec))


def _unused(spec: NetworkSpec) -> set[str]:
    match spec:
        case CnnSpec(kernel="lut"):
            return {"dense", "sigmoid_segments", "sigmoid_range_log2"}
        case CnnSpec():
            return {"lut_entries", "lut_shared", "lut_range_log2"}
        case BfanSpec() | WhlutSpec() | MemoryPolynomialSpec():
            return set()
        case _:
            assert_never(spec)


def training_history(steps: Iterable[Step]) -> tuple[TrainingStep, ...]:
    """Return the training steps as the report takes them."""
    return tuple(
        TrainingStep(step=s.step, start=s.start, loss=s.loss, train_db=s.train_db, val_db=s.val_db) for s in steps
    )
