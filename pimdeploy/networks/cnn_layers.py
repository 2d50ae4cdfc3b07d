"""What the CNN cancellers are made of: convolution, table, rectifier, norm."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv1d, leaky_relu, pad

from pimdeploy.datapath.cnn_plan import TableLayer
from pimdeploy.networks.layers import Tables
from pimdeploy.networks.piecewise import table_bases

NORM_EPSILON = 1e-5
"""Added to a variance before its root is taken: a channel that stands still is not amplified without bound."""


@dataclass(frozen=True)
class EntryTables:
    """Values at the knots, [tables, S + 1], linearly interpolated, and their tables (`TableMap`)."""

    spacing: float

    def tables(self, w: Tensor) -> Tables:
        """See `TableMap.tables`."""
        return torch.diff(w, dim=1) / self.spacing, w[:, 0]

    def parameters(self, slopes: Tensor, first_bases: Tensor | None) -> Tensor:
        """See `TableMap.parameters`."""
        first = slopes.new_zeros(len(slopes)) if first_bases is None else first_bases
        return torch.cat([first[:, None], first[:, None] + torch.cumsum(slopes * self.spacing, 1)], dim=1)


def convolve(x: Tensor, taps: Tensor, bias: Tensor | None, groups: int = 1, dilation: int = 1) -> Tensor:
    """Return y[o, n] = sum over i, k of taps[o, i, k] x[i, n - dilation k] + bias[o], its memory zero at the start.

    x: [batch, channels_in, n_samples]; taps: [channels_out, channels_in / groups, n_taps], depthwise or of one group.
    """
    padded = pad(x, (dilation * (taps.shape[-1] - 1), 0))
    if x.dtype == torch.float64:
        y = _shifted_sums(padded, taps, groups, dilation)
        return y if bias is None else y + bias[:, None]
    return conv1d(padded, taps.flip(-1), bias, groups=groups, dilation=dilation)


def _shifted_sums(padded: Tensor, taps: Tensor, groups: int, dilation: int) -> Tensor:
    """The convolution as a product a tap: PyTorch's own takes ten times as long in float64, and sums in any order are
    the same where values are integers times a power of two."""
    n_taps = taps.shape[-1]
    n = padded.shape[-1] - dilation * (n_taps - 1)
    y: Tensor | None = None
    for k in range(n_taps):
        shifted = padded[..., dilation * (n_taps - 1 - k) :][..., :n]
        term = taps[:, :, k] @ shifted if groups == 1 else taps[:, 0, k : k + 1] * shifted
        y = term if y is None else y + term
    assert y is not None
    return y


class _Lookup(torch.autograd.Function):
    """y = base[row] + slope[row] r: its gradients are sums over the samples of each row, taken in one pass."""

    @staticmethod
    def forward(context: Any, r: Tensor, row: Tensor, base: Tensor, slope: Tensor) -> Tensor:  # noqa: ANN401
        slopes = slope.flatten()[row]
        context.save_for_backward(r, row, slopes)
        context.shape = slope.shape
        return torch.addcmul(base.flatten()[row], slopes, r)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        r, row, slopes = context.saved_tensors
        of_base = _row_sums(gradient, row, context.shape) if context.needs_input_grad[2] else None
        of_slope = _row_sums(gradient * r, row, context.shape) if context.needs_input_grad[3] else None
        return gradient * slopes, None, of_base, of_slope


def _row_sums(values: Tensor, row: Tensor, shape: torch.Size) -> Tensor:
    """Return the sums of `values` over the samples of each row of a table of `shape`."""
    sums = torch.zeros(shape.numel(), dtype=values.dtype, device=values.device)
    return sums.index_add_(0, row.flatten(), values.flatten()).reshape(shape)


def interpolate(a: Tensor, tables: Tables, layer: TableLayer) -> Tensor:
    """Return the table's value of each a [batch, channels, n_samples], which saturates at the ends of the table's range.

    The plain form of docs/spec/fixed_point.md, section 7.
    """
    slope, first_bases = tables
    spacing, end = 2.0**layer.spacing_log2, 2.0**layer.range_log2
    t = a.clamp(-end, end) + end
    index = (t.detach() / spacing).floor().clamp(max=layer.segments - 1)
    row = index.long()
    if layer.tables > 1:
        function = torch.arange(layer.channels, device=a.device) * layer.tables // layer.channels
        row = row + layer.segments * function[:, None]
    base = table_bases(slope, first_bases, spacing)
    y: Tensor = _Lookup.apply(t - index * spacing, row, base, slope)  # type: ignore[no-untyped-call]
    return y


def rectify(x: Tensor, slope: float) -> Tensor:
    """Return LeakyReLU: x where it is positive, else slope x."""
    return leaky_relu(x, slope)


class Norm(nn.Module):
    """Batch norm without affine parameters, over batch and time.

    While `follows`, statistics are those of the batch and a running mean of them is kept; afterwards they stand still,
    in training too, so that the network that is trained is the one that is deployed.
    """

    MOMENTUM: ClassVar[float] = 0.1
    """Share of a batch in the running mean."""
    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, dtype=dtype))
        self.register_buffer("variance", torch.ones(channels, dtype=dtype))
        self.follows = True
        self.momentum = self.MOMENTUM

    def forward(self, x: Tensor) -> Tensor:
        """Return x [batch, channels, n_samples] with each channel's mean 0 and variance 1."""
        of_batch = self.training and self.follows
        return batch_norm(x, self.mean, self.variance, training=of_batch, momentum=self.momentum, eps=NORM_EPSILON)

    def gain(self) -> Tensor:
        """Return what the norm multiplies by, [channels], float64."""
        return 1.0 / torch.sqrt(self.variance.double() + NORM_EPSILON)
