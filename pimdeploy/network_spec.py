"""The [network] section of a recipe: the cancellers, one model a family, and their sizes, named as in the papers."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    """A section of the recipe: unknown keys are errors, values do not change, nothing is infinite."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False)


MagnitudeKind = Literal["sqrt", "alpha_beta", "square"]


class BfanSpec(Section):
    """Basis function approximation network (papers/003, equations (4) to (6)): K, Phi, f, Psi, G."""

    family: Literal["bfan"] = "bfan"
    """Kind of canceller."""
    symmetry: Literal["odd", "even", "plain"] = "odd"
    """Of the nonlinearity: f(a) odd; a f(a) with f even; or f with no symmetry."""
    functions: int = Field(default=1, ge=1, le=256)
    """Distinct nonlinear functions: 1 is shared by all branches, M_a gives each branch its own, anything between serves as
    many PIM sources. It divides M_a; neighbouring branches share."""
    M_K: int = Field(default=7, ge=1, le=512)
    """Taps of the first complex filter K of each transmitter."""
    M_N: int = Field(default=1, ge=1, le=64)
    """One-sided memory of the branches: each sees 2 M_N - 1 samples of I and of Q."""
    M_a: int = Field(default=8, ge=1, le=256)
    """Branches."""
    N: int = Field(default=16, ge=2, le=1024)
    """Basis functions of each nonlinearity; of one side of zero (odd, even), or of both (plain, a power of two)."""
    M_G: int = Field(default=9, ge=1, le=512)
    """Taps of the last complex filter G of each receiver."""
    latency_samples: int | None = Field(default=None, ge=0)
    """L: z[n] estimates d[n - L]. By default half of each memory: M_N - 1 + (M_K - 1) // 2 + (M_G - 1) // 2."""

    @model_validator(mode="after")
    def _functions_divide(self) -> "BfanSpec":
        if self.M_a % self.functions:
            raise ValueError(f"functions = {self.functions}: must divide M_a = {self.M_a}")
        if self.symmetry == "plain" and self.N & (self.N - 1):
            raise ValueError(f"N = {self.N}: a plain function's segments span a format, expected a power of two")
        return self

    @model_validator(mode="after")
    def _plain_segments_fill_the_word(self) -> "BfanSpec":
        if self.symmetry == "plain" and self.N & (self.N - 1):
            raise ValueError(f"N = {self.N}: a plain function spans a whole word, expected a power of two")
        return self


class WhlutSpec(Section):
    """Wiener-Hammerstein LUT: filters, a complex gain looked up by the magnitude |u|, filters."""

    family: Literal["whlut"] = "whlut"
    """Kind of canceller."""
    branches: int = Field(default=1, ge=1, le=64)
    """Filters with a table each, side by side, for as many PIM sources: u_b is the sum of K_bt * x_t over transmitters t."""
    M_K: int = Field(default=7, ge=1, le=512)
    """Taps of each complex filter K_bt, from a transmitter to a branch."""
    N: int = Field(default=32, ge=2, le=1024)
    """Segments of a table; it has N + 1 complex entries at its knots, linearly interpolated."""
    M_G: int = Field(default=9, ge=1, le=512)
    """Taps of each complex filter G_rb, from a branch to a receiver."""
    magnitude: MagnitudeKind = "sqrt"
    """What indexes the table: the exact integer square root, alpha max + beta min, or |u|^2."""
    latency_samples: int | None = Field(default=None, ge=0)
    """L: z[n] estimates d[n - L]. By default half of each memory: (M_K - 1) // 2 + (M_G - 1) // 2."""


class MemoryPolynomialSpec(Section):
    """Memory polynomial: z[n] = sum over t, p, m of w[t, p, m] x_t[n - m] |x_t[n - m]|^p, cross terms as an option."""

    family: Literal["memory_polynomial"] = "memory_polynomial"
    """Kind of canceller."""
    orders: tuple[int, ...] = (0, 2, 4, 6)
    """Powers p of the envelope; x |x|^p is of order p + 1."""
    M: int = Field(default=15, ge=1, le=512)
    """Taps of each power."""
    cross_lags: tuple[int, ...] = ()
    """Generalized cross terms x[n] |x[n - l]|^p: lags l in samples, negative for a leading envelope; empty for none. They
    exist for the powers p > 0."""
    basis: Literal["orthogonal", "power"] = "orthogonal"
    """Polynomials of the envelope: orthogonal on the training samples, or plain powers, which need a ridge. Orthogonal ones
    come from a three-term recurrence and take orders in equal steps from 0, such as [0, 2, 4] or [0, 1, 2, 3]."""
    magnitude: MagnitudeKind = "square"
    """The envelope that the powers are taken of; "square" admits even powers only."""
    latency_samples: int | None = Field(default=None, ge=0)
    """L: z[n] estimates d[n - L]. By default half the memory, (M - 1) // 2."""

    @model_validator(mode="after")
    def _sensible_orders(self) -> "MemoryPolynomialSpec":
        if not self.orders or min(self.orders) < 0 or len(set(self.orders)) != len(self.orders):
            raise ValueError(f"orders = {list(self.orders)}: expected different powers of 0 or more, such as [0, 2, 4]")
        if max(self.orders) > 16:
            raise ValueError(f"orders = {list(self.orders)}: expected powers of at most 16")
        if self.basis == "orthogonal" and not self._in_equal_steps():
            raise ValueError(f"orders = {list(self.orders)}: basis 'orthogonal' takes 0 to P in equal steps of 1 or 2")
        if self.magnitude == "square" and any(p % 2 for p in self.orders):
            raise ValueError(f"orders = {list(self.orders)}: magnitude 'square' gives even powers only")
        if 0 in self.cross_lags or len(set(self.cross_lags)) != len(self.cross_lags):
            raise ValueError(f"cross_lags = {list(self.cross_lags)}: expected different lags other than 0")
        return self

    def _in_equal_steps(self) -> bool:
        step = 2 if all(p % 2 == 0 for p in self.orders) else 1
        return self.orders == tuple(range(0, step * len(self.orders), step))


class CnnSpec(Section):
    """Convolutions, a nonlinear kernel, convolutions (papers/000, section 2.3): sizes from the recipe."""

    family: Literal["cnn"] = "cnn"
    """Kind of canceller."""
    front: tuple[int, ...] = (32, 32)
    """Channels after each convolution before the nonlinear kernel."""
    back: tuple[int, ...] = (32,)
    """Channels after each convolution behind the kernel, but for the last, which gives the receivers' 2 R channels."""
    kernel_taps: int = Field(default=5, ge=1, le=63)
    """Taps of each convolution along time."""
    dilations: tuple[int, ...] = (1, 1, 1, 1)
    """Dilation of each convolution, front to back."""
    separable: bool = False
    """Depthwise-separable convolutions: depthwise, activation, pointwise, norm, activation."""
    kernel: Literal["lut", "dense"] = "lut"
    """The nonlinear kernel: look-up tables and ReLU, or fully connected layers with sigmoid."""
    lut_entries: int = Field(default=32, ge=2, le=1024)
    """Entries of a look-up table, a power of two, linearly interpolated over the whole range of its argument ("lut")."""
    lut_shared: bool = True
    """One table for all channels ("lut")."""
    lut_range_log2: int = Field(default=2, ge=-4, le=8)
    """The table's argument saturates at -2^lut_range_log2 and 2^lut_range_log2 ("lut"); norms make its variance 1."""
    dense: tuple[int, ...] = (16, 48)
    """Outputs of the fully connected layers, each with bias and sigmoid ("dense")."""
    sigmoid_segments: int = Field(default=64, ge=4, le=1024)
    """Segments of the sigmoid's table, a power of two: training sees the table that ships ("dense")."""
    sigmoid_range_log2: int = Field(default=3, ge=1, le=6)
    """The sigmoid's argument saturates at -2^sigmoid_range_log2 and 2^sigmoid_range_log2 ("dense")."""
    leaky_log2: int = Field(default=3, ge=0, le=15)
    """LeakyReLU has the slope 2^-leaky_log2 for negative arguments."""
    normalize: bool = True
    """Batch norm without affine parameters behind each convolution but the last, folded before quantization."""
    latency_samples: int | None = Field(default=None, ge=0)
    """L: z[n] estimates d[n - L]. By default half of the memory of all convolutions."""

    @model_validator(mode="after")
    def _consistent(self) -> "CnnSpec":
        n_convolutions = len(self.front) + len(self.back) + 1
        if not self.front or min((*self.front, *self.back, *self.dense), default=1) < 1:
            raise ValueError("front, back, dense: expected at least one front convolution and sizes of 1 or more")
        if len(self.dilations) != n_convolutions or min(self.dilations) < 1:
            raise ValueError(
                f"dilations = {list(self.dilations)}: expected one of 1 or more for each of the "
                f"{n_convolutions} convolutions"
            )
        if self.kernel == "dense" and not self.dense:
            raise ValueError("dense: expected at least one fully connected layer, such as [16, 48]")
        for key, size in (("lut_entries", self.lut_entries), ("sigmoid_segments", self.sigmoid_segments)):
            if size & (size - 1):
                raise ValueError(f"{key} = {size}: expected a power of two, such as 32")
        return self


NetworkSpec = BfanSpec | WhlutSpec | MemoryPolynomialSpec | CnnSpec
"""The closed union of cancellers, told apart by `family`."""
FAMILIES = tuple(str(model.model_fields["family"].default) for model in get_args(NetworkSpec))
"""Names that `network.family` takes."""
