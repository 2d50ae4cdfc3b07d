"""The parts of a report that are drawn: spectra, functions, excerpts, and the course of cancellation over the test split."""

from typing import Literal

from pydantic import Field, FiniteFloat, model_validator

from pimdeploy.report.parts import Estimate, Part


class ChannelSpectra(Part):
    """Power spectra of one receive channel, dB of full scale in the resolution bandwidth, on `Spectra.freq_hz`."""

    received_db: tuple[FiniteFloat, ...]
    float_db: tuple[FiniteFloat, ...] | None = None
    """After cancellation by the floating-point network."""
    fixed_db: tuple[FiniteFloat, ...] | None = None
    """After cancellation by the fixed-point datapath."""
    noise_db: tuple[FiniteFloat, ...] | None = None
    """The noise alone, where it is known."""
    estimate_db: tuple[FiniteFloat, ...] | None = None
    """The estimate itself (fixed point where there is one)."""


class Spectra(Part):
    """Power spectra before the receive filter H, a set a receive channel."""

    split: str
    freq_hz: tuple[FiniteFloat, ...] = Field(min_length=2)
    """Ascending."""
    band_hz: tuple[FiniteFloat, FiniteFloat]
    rbw_hz: FiniteFloat = Field(gt=0)
    """Equivalent noise bandwidth of the window: a full-scale complex tone reads 0 dB, white noise its power in this."""
    channels: tuple[ChannelSpectra, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _equal_lengths(self) -> "Spectra":
        for channel in self.channels:
            for curve in (
                channel.received_db, channel.float_db, channel.fixed_db, channel.noise_db, channel.estimate_db
            ):  # fmt: skip
                if curve is not None and len(curve) != len(self.freq_hz):
                    raise ValueError(f"a curve of {len(curve)} points over {len(self.freq_hz)} frequencies")
        return self


class Function(Part):
    """A trained function: linear between the points of `a`, so that these points are the whole of it."""

    name: str
    """Node of the datapath, with the number of the function where the node has several ("f[2]")."""
    node: str
    symmetry: Literal["odd", "even", "plain", "index"]
    """odd, plain: the unit gives f(a). even: it gives a f(a). index: a complex gain that multiplies u, a = |u|."""
    a: tuple[FiniteFloat, ...] = Field(min_length=2)
    """Ascending: from -reach to reach, over the whole format (plain), or from 0 (index)."""
    f: tuple[FiniteFloat, ...]
    """f(a) in real units, the real part of a complex gain."""
    f_imag: tuple[FiniteFloat, ...] | None = None
    """Imaginary part of a complex gain."""
    knots: tuple[FiniteFloat, ...]
    """Breakpoints; odd and even: those of one side, x_k >= 0."""
    critical_point: FiniteFloat | None = None
    """Smallest a > 0 where what the unit gives (f, for even a f) first exceeds 1 % of its maximum over `a`; null where
    it is 0 everywhere, and for functions without a symmetry."""
    trained: bool = True
    """False for a fixed function: a sigmoid."""
    rectified: bool = False
    """A ReLU follows."""

    @model_validator(mode="after")
    def _equal_lengths(self) -> "Function":
        for values in (self.f, self.f_imag):
            if values is not None and len(self.a) != len(values):
                raise ValueError(f"{len(self.a)} points a and {len(values)} values f")
        return self


class Overlay(Part):
    """An excerpt of one channel behind the receive filter, in units of the receiver's full scale."""

    split: str
    channel: int = Field(ge=0)
    kind: Estimate
    first_sample: int = Field(ge=0)
    """Sample of the split at which the excerpt begins."""
    received_i: tuple[FiniteFloat, ...] = Field(min_length=2)
    """I of H d."""
    received_q: tuple[FiniteFloat, ...]
    estimate_i: tuple[FiniteFloat, ...]
    """I of H z, moved back by the latency."""
    estimate_q: tuple[FiniteFloat, ...]

    @model_validator(mode="after")
    def _equal_lengths(self) -> "Overlay":
        if len({len(self.received_i), len(self.received_q), len(self.estimate_i), len(self.estimate_q)}) > 1:
            raise ValueError("received and estimate: expected equally many samples")
        return self


class Heatmap(Part):
    """Cancellation of every start and length in whole segments (papers/000, Figs. 6 and 9), mean over channels, dB."""

    split: str
    kind: Estimate
    segment_samples: int = Field(ge=1)
    rows_db: tuple[tuple[FiniteFloat, ...], ...] = Field(min_length=1)
    """rows_db[start][length - 1], in segments; a row ends where the split does."""

    @model_validator(mode="after")
    def _triangle(self) -> "Heatmap":
        if [len(row) for row in self.rows_db] != list(range(len(self.rows_db), 0, -1)):
            raise ValueError("rows_db: expected a triangle, each row one shorter than the one before")
        return self


class LengthMetrics(Part):
    """Figures of the first samples of a split (papers/000, Table 1), dB, means over channels."""

    n_samples: int
    bound_db: FiniteFloat | None = None
    float_db: FiniteFloat
    fixed_db: FiniteFloat | None = None
    float_power_error_db: FiniteFloat | None = None
    fixed_power_error_db: FiniteFloat | None = None


class SlotMetrics(Part):
    """Cancellation within one slot, in which beams and powers hold still, dB a channel."""

    first_sample: int
    """Of the slot within its split."""
    n_samples: int
    bound_db: tuple[FiniteFloat, ...] | None = None
    float_db: tuple[FiniteFloat, ...] = Field(min_length=1)
    fixed_db: tuple[FiniteFloat, ...] | None = None

    @property
    def best_db(self) -> tuple[float, ...]:
        """Cancellation of what ships: fixed point, else float."""
        return self.float_db if self.fixed_db is None else self.fixed_db

    @property
    def mean_db(self) -> float:
        """Mean over channels of what ships."""
        return sum(self.best_db) / len(self.best_db)

    @property
    def worst(self) -> int:
        """Channel that is cancelled least."""
        return self.best_db.index(min(self.best_db))

    @property
    def mean_bound_db(self) -> float | None:
        """Best possible cancellation, mean over channels."""
        return None if self.bound_db is None else sum(self.bound_db) / len(self.bound_db)
