"""The BFAN as the Levenberg-Marquardt solver sees it (`Family`)."""

import torch
from torch import Tensor

from pimdeploy.network_spec import BfanSpec
from pimdeploy.networks.bfan import BfanKind
from pimdeploy.networks.build import default_latency
from pimdeploy.training.bfan_point import BfanPoint
from pimdeploy.training.family import Family, Point
from pimdeploy.training.gauge import fix_gauge, move_knots_inside
from pimdeploy.training.linear_start import branch_quantile, last_knot, linear_start, scale_to_knots, spread_branches
from pimdeploy.training.mixing_start import source_mixings
from pimdeploy.training.objective import Objective
from pimdeploy.training.parameters import Weights, on_device

START_JITTER = 0.15
"""Standard deviation of what is added to the entries of Phi, from the second start on."""
START_QUANTILE = 0.998
"""Quantile of |a| at which a start puts its last knot: below that of the recipe, to leave room."""


class BfanFamily(Family):
    """The BFAN of `spec` for T transmitters and R receivers."""

    per_receiver = frozenset({"Psi", "G"})

    def __init__(self, spec: BfanSpec, n_tx: int, n_rx: int) -> None:
        self.spec = spec
        self.n_rx = n_rx
        self.shapes = BfanKind(spec).weight_shapes(n_tx, n_rx)
        self.knot_spacing = BfanKind(spec).knot_spacing()

    def start(self, objective: Objective, number: int, seed: int) -> Weights:
        """See `Family.start`: 0 is the evenly spread one, the others are jittered; with several transmitters number 1
        looks for two sources where 0 looks for one."""
        generator = torch.Generator().manual_seed(seed * 1000 + number)
        mixings = source_mixings(objective, default_latency(self.spec), self._sources(number))
        weights = spread_branches(self.spec, self.shapes, mixings, generator, START_JITTER if number else 0.0)
        weights = on_device(weights, objective.x.device)
        weights = scale_to_knots(self.spec, weights, self.knot_spacing, objective.x, START_QUANTILE)
        return linear_start(self.spec, weights, self.knot_spacing, objective)

    def _sources(self, number: int) -> int:
        if self.shapes["K"][0] == 2:
            return 1
        told = self.spec.functions if 1 < self.spec.functions < self.spec.M_a else 1
        return 2 if told == 1 and number == 1 else told

    def point(self, weights: Weights, x: Tensor) -> BfanPoint:
        """See `Family.point`."""
        return BfanPoint(self.spec, weights, self.knot_spacing, x)

    def held(self) -> dict[str, Tensor]:
        """See `Family.held`: what is linear in a gives nothing in the receive band, so that f is flat below its first
        knot (odd: w_0 = 0) or zero there (even: w_N = 0). The ends of a plain function are free: it needs its linear
        part to bend."""
        mask = torch.zeros(self.shapes["f"], dtype=torch.bool)
        if self.spec.symmetry != "plain":
            mask[:, 0 if self.spec.symmetry == "odd" else -1] = True
        return {"f": mask}

    def ridge(self, point: Point, ridge: float) -> dict[str, Tensor]:
        """See `Family.ridge`: on f, inverse to the share of samples beyond a knot.

        A change of slope as large as f's rms slope, at a knot all samples pass, costs `ridge`.
        """
        assert isinstance(point, BfanPoint)
        spec, n_functions = self.spec, self.spec.functions
        counts = (
            torch.bincount(point.table_index.flatten(), minlength=n_functions * spec.N)
            .double()
            .reshape(n_functions, -1)
        )
        beyond = counts.flip(1).cumsum(1).flip(1) / counts.sum(1, keepdim=True)
        slope_scale = float(point.f_slope.square().mean())
        costs = ridge / (beyond.clamp(min=1e-5) * max(slope_scale, 1e-300))
        out = costs.new_zeros(self.shapes["f"])
        match spec.symmetry:
            case "odd":
                out[:] = costs
            case "even":
                out[:, :-1] = costs[:, 1:]
            case "plain":
                out[:, :-1] = costs
        return {"f": out}

    def keep_inside(self, point: Point, quantile: float) -> Weights | None:
        """See `Family.keep_inside`; a plain function has knots everywhere its argument can be."""
        assert isinstance(point, BfanPoint)
        last = last_knot(self.spec, self.knot_spacing)
        if (
            self.spec.symmetry == "plain"
            or int((point.a.abs() > last).count_nonzero()) >= (1 - quantile) * point.a.numel()
        ):
            return None
        ratio = branch_quantile(point.a, quantile) / last
        return move_knots_inside(self.spec, point.weights, self.knot_spacing, ratio * (1 - 1e-6))

    def fix_gauge(self, weights: Weights) -> Weights:
        """See `Family.fix_gauge`."""
        return fix_gauge(self.spec, weights)
