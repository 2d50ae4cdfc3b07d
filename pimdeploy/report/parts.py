"""The parts of a report: recipe, figures of merit, word lengths, headroom. Signals and functions: `drawings`.

Arrays are lists, decibels are dB, frequencies Hz. What a run does not have is null or empty.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Size = int | float | bool | str | tuple[int, ...]
"""A size of a network as its recipe gives it."""
Estimate = Literal["fixed", "float"]
"""Whose estimate: that of the fixed-point datapath, or of the floating-point network."""


class Part(BaseModel):
    """A part of the report: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecipeSummary(Part):
    """What of the recipe a reader wants to see beside the figures."""

    family: str
    sizes: dict[str, Size]
    """Sizes and choices of the network by the recipe's names (M_K, symmetry, front ...), those that it uses."""
    n_tx: int = Field(default=1, ge=1)
    """T, transmitters."""
    n_rx: int = Field(default=1, ge=1)
    """R, receivers."""
    weight_bits: int
    activation_bits: int
    input_bits: int
    output_bits: int
    rounding: str
    overflow: str
    acc_bits: int
    """Widest accumulator that calibration may use."""
    piecewise: str
    """Form of the nonlinearity, "table" or "basis"."""
    latency_samples: int
    """z[n] estimates d[n - latency_samples]."""
    fs_hz: FiniteFloat
    band_hz: tuple[FiniteFloat, FiniteFloat]
    seed: int


class Parameters(Part):
    """Two counts of the same parameters: real numbers, and the papers' count (null where no paper gives the network)."""

    real: int
    paper: int | None = None


class ChannelMetrics(Part):
    """Figures of one receive channel on one split, dB behind the receive filter (docs/spec/metrics.md).

    pim, res and ape are the noise-corrected triple of section 4, null where the power does not exceed the noise.
    """

    received_dbfs: FiniteFloat
    """Mean power before cancellation, over that of a full-scale complex tone."""
    bound_db: FiniteFloat | None = None
    """Best possible cancellation, which is the received power over the noise."""
    float_db: FiniteFloat
    """Cancellation of the floating-point network."""
    fixed_db: FiniteFloat | None = None
    """Cancellation of the fixed-point datapath."""
    float_power_error_db: FiniteFloat | None = None
    """Average power error, section 3."""
    fixed_power_error_db: FiniteFloat | None = None
    pim_db: FiniteFloat | None = None
    float_res_db: FiniteFloat | None = None
    float_ape_db: FiniteFloat | None = None
    fixed_res_db: FiniteFloat | None = None
    fixed_ape_db: FiniteFloat | None = None

    @property
    def best_db(self) -> float:
        """Cancellation of what ships: fixed point, else float."""
        return self.float_db if self.fixed_db is None else self.fixed_db

    @property
    def short_of_bound_db(self) -> float | None:
        """How far the cancellation stays below the best possible one."""
        return None if self.bound_db is None else self.bound_db - self.best_db


class SplitMetrics(Part):
    """Figures of one split, dB behind the receive filter (docs/spec/metrics.md); means are over channels."""

    pim_db: FiniteFloat | None = None
    """Interference over the noise; null where no noise reference is known."""
    bound_db: FiniteFloat | None = None
    """Best possible cancellation; null where no noise reference is known."""
    float_db: FiniteFloat
    """Cancellation of the floating-point network, mean."""
    fixed_db: FiniteFloat | None = None
    """Cancellation of the fixed-point datapath, mean; null before quantization."""
    out_of_band_db: FiniteFloat | None = None
    """The estimate's power outside the receive band over that inside it (fixed point where there is one)."""
    channels: tuple[ChannelMetrics, ...] = ()
    """Fixed-point figures other than the cancellation are those of the test split only."""

    @property
    def best_db(self) -> float:
        """Cancellation of what ships: fixed point, else float."""
        return self.float_db if self.fixed_db is None else self.fixed_db

    @property
    def loss_db(self) -> float | None:
        """Cancellation lost to fixed point."""
        return None if self.fixed_db is None else self.float_db - self.fixed_db

    @property
    def short_of_bound_db(self) -> float | None:
        """How far the cancellation stays below the best possible one."""
        return None if self.bound_db is None else self.bound_db - self.best_db

    def mean_db(self, figure: str) -> float | None:
        """Return the mean of a figure of `ChannelMetrics` over all channels; None where one of them lacks it."""
        values = [getattr(channel, figure) for channel in self.channels]
        return None if not values or None in values else sum(values) / len(values)


class TrainingStep(Part):
    """One training step: its start, the loss (1 = nothing cancelled), the cancellation on both splits, dB."""

    step: int
    start: int
    loss: FiniteFloat
    train_db: FiniteFloat
    val_db: FiniteFloat


class WordLength(Part):
    """Cancellation at one word length, dB: after calibration alone, and after fine-tuning where that was done."""

    word_length: str
    calibrated_db: FiniteFloat
    finetuned_db: FiniteFloat | None = None


class Sweep(Part):
    """Cancellation against word length, on one split."""

    split: str = "test"
    float_db: FiniteFloat
    points: tuple[WordLength, ...]


class NodeHeadroom(Part):
    """How full one node of the datapath is."""

    node: str
    kind: str
    format: str
    """Format of the result ("s16.15")."""
    acc_bits: int = Field(ge=1, le=64)
    """Bits of the proven accumulator, sign and every partial sum included; of the table form for a function."""
    basis_acc_bits: int | None = Field(default=None, ge=1, le=64)
    """Bits of the basis form's accumulator."""
    carrier: Literal["int32", "int64"]
    """Integer type of the emitted C code for the accumulator."""
    used: FiniteFloat | None = None
    """Largest |integer| seen over the format's largest, where samples were traced; 1 where it reached the end."""
