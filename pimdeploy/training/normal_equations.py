"""What the solver minimises at a point: the residual in the receive band, and the normal equations of its next step."""

from functools import partial

import torch
from torch import Tensor

from pimdeploy.training.device import piece
from pimdeploy.training.family import Family, Point, complex_rows, real_and_imaginary
from pimdeploy.training.objective import Objective
from pimdeploy.training.parallel import in_parallel

BLOCK_BINS = 1024
"""Bins of a block of the Jacobian: what is multiplied stays in the cache, and the whole never stands in memory."""
RECEIVERS_AT_ONCE = 2
"""Each holds its columns of the Jacobian as long as it is at work."""


def last_gain(objective: Objective, family: Family, point: Point) -> Tensor:
    """Return the response of the last filter of every receiver at the kept bins, weighted, [R, bins], complex."""
    if family.last_filter is None:
        return objective.weight.to(point.v.dtype).expand(len(point.v), -1)
    taps = complex_rows(point.weights[family.last_filter])
    return objective.weight * (taps @ objective.spectra.phases(taps.shape[1]))


def residual_at(objective: Objective, family: Family, point: Point) -> Tensor:
    """Return the weighted residual of the network at `point`, [R, bins], complex."""
    return objective.target - last_gain(objective, family, point) * objective.spectrum(point.v)


def normal_equations(objective: Objective, family: Family, point: Point, residual: Tensor) -> tuple[Tensor, Tensor]:
    """Return (J^T J, J^T residual) over all receivers, divided by the target's energy.

    [parameters, parameters] and [parameters]; real and imaginary parts are rows of J of their own. Sums are taken in an
    order that does not depend on which job was ready first.
    """
    n_parameters = sum(weight.numel() for weight in point.weights.values())
    device = residual.device
    gram = torch.zeros(n_parameters, n_parameters, dtype=torch.float64, device=device)
    gradient = torch.zeros(n_parameters, dtype=torch.float64, device=device)
    gains = last_gain(objective, family, point)

    def of_receiver(r: int) -> tuple[Tensor, Tensor, Tensor]:
        columns = {name: (gains[r], column) for name, column in point.columns(objective.spectra, r).items()}
        if family.last_filter is not None:
            delays = objective.spectra.phases(point.weights[family.last_filter].shape[1])
            column = real_and_imaginary(delays * objective.spectrum(point.v[r]))
            columns[family.last_filter] = (objective.weight, column)
        where = family.positions(r)
        return torch.cat([where[name] for name in columns]).to(device), *_products(list(columns.values()), residual[r])

    parts = [of_receiver(0)]  # alone: what receivers share is computed once
    parts += in_parallel([partial(of_receiver, r) for r in range(1, len(residual))], RECEIVERS_AT_ONCE, device)
    for at, block, vector in parts:
        gram[at[:, None], at] += block
        gradient[at] += vector
    return gram / objective.scale, gradient / objective.scale


def _products(columns: list[tuple[Tensor, Tensor]], residual: Tensor) -> tuple[Tensor, Tensor]:
    """Return (J^T J, J^T residual) of one receiver: each of the `columns` [entries, bins] times its factor [bins]."""
    size = piece(BLOCK_BINS, residual.device)
    spans = [slice(first, min(first + size, len(residual))) for first in range(0, len(residual), size)]
    halves = spans[: len(spans) // 2], spans[len(spans) // 2 :]
    jobs = [partial(_sums, columns, residual, half) for half in halves]
    (gram, vector), (more, more_vector) = in_parallel(jobs, device=residual.device)
    return gram + more, vector + more_vector


def _sums(columns: list[tuple[Tensor, Tensor]], residual: Tensor, spans: list[slice]) -> tuple[Tensor, Tensor]:
    n = sum(len(column) for _, column in columns)
    gram = torch.zeros(n, n, dtype=torch.float64, device=residual.device)
    vector = torch.zeros(n, dtype=torch.float64, device=residual.device)
    for span in spans:
        real = torch.view_as_real(torch.cat([factor[span] * column[:, span] for factor, column in columns])).flatten(1)
        # Only the left half and the lower right quarter are multiplied: the rest is their mirror image.
        gram[:, : n // 2].addmm_(real, real[: n // 2].T)
        gram[n // 2 :, n // 2 :].addmm_(real[n // 2 :], real[n // 2 :].T)
        vector.addmv_(real, torch.view_as_real(residual[span]).flatten())
    gram[: n // 2, n // 2 :] = gram[n // 2 :, : n // 2].T
    return gram, vector
