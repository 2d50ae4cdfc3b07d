"""Piecewise-linear functions in table form, as all networks use them (docs/spec/fixed_point.md, section 7)."""

import torch
from torch import Tensor


def table_bases(slopes: Tensor, first_bases: Tensor | None, spacing: float) -> Tensor:
    """Return base [rows, S], f at the knots: base[0] is `first_bases` [rows] (0), base[s + 1] = base[s] + slope[s] * spacing.

    Exact sums, so that both forms of the datapath agree.
    """
    steps = torch.cumsum(slopes[:, :-1] * spacing, 1)
    base = torch.cat([slopes.new_zeros(len(slopes), 1), steps], dim=1)
    return base if first_bases is None else base + first_bases[:, None]


def segment_index(t: Tensor, n_segments: int, spacing: float) -> Tensor:
    """Return floor(t / spacing), within 0 .. `n_segments` - 1: the segment of each value, int64."""
    return (t.detach() / spacing).floor().clamp(min=0, max=n_segments - 1).long()


def table_rows(n_channels: int, n_rows: int, outputs: int = 1) -> Tensor:
    """Return the row of the tables that each of the n_channels * outputs results reads."""
    channel = torch.arange(n_channels)[:, None]
    row = channel * (n_rows // outputs) // n_channels * outputs + torch.arange(outputs)
    return row.flatten()


def interpolate(t: Tensor, slopes: Tensor, first_bases: Tensor | None, spacing: float, outputs: int = 1) -> Tensor:
    """Return f(t) = base[s] + slope[s] (t - s * spacing), s the segment of t; right of the last knot its segment goes on.

    t: [batch, C, n_samples], at least 0. slopes: [tables * outputs, S], first_bases: [tables * outputs] or None (zeros).
    Channel c reads table c * tables // C and gives the results c * outputs + j: [batch, C * outputs, n_samples].
    """
    n_segments = slopes.shape[1]
    bases = table_bases(slopes, first_bases, spacing).flatten()
    index = segment_index(t, n_segments, spacing)
    offset = t - index.to(t.dtype) * spacing
    if len(slopes) > 1:
        if outputs > 1:
            index, offset = index.repeat_interleave(outputs, 1), offset.repeat_interleave(outputs, 1)
        index = index + n_segments * table_rows(t.shape[1], len(slopes), outputs)[:, None].to(t.device)
    return bases[index] + slopes.flatten()[index] * offset
