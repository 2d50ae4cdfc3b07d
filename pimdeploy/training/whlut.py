"""The Wiener-Hammerstein LUT as the Levenberg-Marquardt solver sees it (`Family`)."""

import math

import torch
from torch import Tensor

from pimdeploy.datapath.magnitudes import ALPHA, BETA, COEFFICIENTS_FRAC
from pimdeploy.network_spec import WhlutSpec
from pimdeploy.networks.filters import complex_convolution
from pimdeploy.networks.magnitude import FloatRoot, magnitude
from pimdeploy.networks.piecewise import segment_index, table_bases
from pimdeploy.networks.whlut import GainTables, WhlutKind
from pimdeploy.training.family import Family, Point
from pimdeploy.training.objective import Objective
from pimdeploy.training.parameters import Weights, on_device
from pimdeploy.training.signals import delays, pairs, rows_of_pairs
from pimdeploy.training.spectra import Spectra

START_JITTER = 0.15
"""Standard deviation of what is added to the taps of K, from the second start on."""
START_QUANTILE = 0.998
"""Quantile of the magnitude at which a start puts the last knot."""
START_RIDGE = 1e-6
FILL = 0.96
"""Largest entry of a branch's table of slopes after the gauge, against the power of two above it."""
TINY = 1e-30


class WhlutPoint(Point):
    """The network of `spec` at `weights` over x [2 T, n], every memory starting with zeros.

    u, branch: [B, n] complex, before and behind the gain. r: [B, n], the magnitude. v: the estimate [R, n].
    """

    def __init__(self, spec: WhlutSpec, weights: Weights, spacing: float, x: Tensor) -> None:
        self.spec, self.weights, self.spacing, self.x = spec, weights, spacing, x
        filtered = complex_convolution(x[None], weights["K"])
        self.u = pairs(filtered[0])
        self.r = magnitude(filtered, spec.magnitude, FloatRoot())[0]
        self.gain, self.gain_slope = self._gains()
        self.branch = self.u * self.gain
        behind = complex_convolution(rows_of_pairs(self.branch)[None], weights["G"])
        self.v = pairs(behind[0])
        self._spectra: tuple[Spectra, list[Tensor], list[Tensor]] | None = None

    def _gains(self) -> tuple[Tensor, Tensor]:
        """Return g(r) and its slope, complex, [B, n]."""
        slopes, first = GainTables().tables(self.weights["lut"])
        bases = table_bases(slopes, first, self.spacing)
        index = segment_index(self.r, self.spec.N, self.spacing)
        offset = self.r - index.to(self.r.dtype) * self.spacing
        slope = torch.complex(slopes[0::2].gather(1, index), slopes[1::2].gather(1, index))
        base = torch.complex(bases[0::2].gather(1, index), bases[1::2].gather(1, index))
        return base + slope * offset, slope

    def columns(self, spectra: Spectra, receiver: int) -> dict[str, Tensor]:
        """See `Point.columns`. The filters G act behind the taper, which changes its ends alone."""
        taps = self.weights["G"][receiver]
        response = torch.complex(taps[:, 0], taps[:, 1]) @ spectra.phases(self.spec.M_G)
        K, lut = ([response[b] * part for b, part in enumerate(parts)] for parts in self._shared(spectra))
        behind = spectra.of(self.branch)[:, None] * spectra.phases(self.spec.M_G)
        return {
            "K": torch.cat(K),
            "lut": torch.cat([torch.cat([column, 1j * column]) for column in lut]),
            "G": torch.stack([behind, 1j * behind], dim=1).flatten(0, 2),
        }

    def _shared(self, spectra: Spectra) -> tuple[list[Tensor], list[Tensor]]:
        """Return the spectra of `k_signals` and `lut_signals`, by branch: all receivers use them."""
        if self._spectra is None or self._spectra[0] is not spectra:
            K, lut = self.k_signals(), self.lut_signals()
            self._spectra = (spectra, [spectra.of(b) for b in K], [spectra.of(b) for b in lut])
        return self._spectra[1], self._spectra[2]

    def k_signals(self) -> Tensor:
        """Return the derivatives of each branch to its filters, complex, [B, T 2 M_K, n], in the order of K[b]."""
        c_i, c_q = self._magnitude_slopes()
        bent = self.u * self.gain_slope
        out = []
        for x in delays(pairs(self.x), self.spec.M_K):  # [T, n] at each tap
            real = self.gain[:, None] * x + bent[:, None] * (c_i[:, None] * x.real + c_q[:, None] * x.imag)
            imag = self.gain[:, None] * 1j * x + bent[:, None] * (c_q[:, None] * x.real - c_i[:, None] * x.imag)
            out.append(torch.stack([real, imag], dim=2))
        return torch.stack(out, dim=3).flatten(1, 3)

    def lut_signals(self) -> Tensor:
        """Return the derivatives of each branch to the real parts of its gain's weights, complex, [B, N + 1, n]."""
        knots = torch.arange(self.spec.N, dtype=self.r.dtype, device=self.r.device) * self.spacing
        bends = (self.r[:, None] - knots[:, None]).clamp(min=0)
        return self.u[:, None] * torch.cat([torch.ones_like(bends[:, :1]), bends], dim=1)

    def _magnitude_slopes(self) -> tuple[Tensor, Tensor]:
        """Return the derivatives of r to I and to Q of u, [B, n] each."""
        i, q = self.u.real, self.u.imag
        match self.spec.magnitude:
            case "sqrt":
                r = self.r.clamp(min=math.sqrt(TINY))
                return i / r, q / r
            case "square":
                return 2 * i, 2 * q
            case "alpha_beta":
                larger = (i.abs() >= q.abs()).to(i.dtype)
                scale = 2.0**-COEFFICIENTS_FRAC
                alpha, beta = ALPHA * scale, BETA * scale
                return (
                    i.sign() * (alpha * larger + beta * (1 - larger)),
                    q.sign() * (beta * larger + alpha * (1 - larger)),
                )


class WhlutFamily(Family):
    """The Wiener-Hammerstein LUT of `spec` for T transmitters and R receivers."""

    last_filter = None
    per_receiver = frozenset({"G"})

    def __init__(self, spec: WhlutSpec, n_tx: int, n_rx: int) -> None:
        self.spec = spec
        self.n_rx = n_rx
        self.shapes = WhlutKind(spec).weight_shapes(n_tx, n_rx)
        self.knot_spacing = WhlutKind(spec).knot_spacing()

    def start(self, objective: Objective, number: int, seed: int) -> Weights:
        """See `Family.start`: K near impulses, then the tables, then G, each by least squares."""
        weights = on_device(self._impulses(number, seed), objective.x.device)
        weights = self._scaled_to_knots(weights, objective.x)
        weights = self._fit_tables(weights, objective)
        return self._fit_last_filters(weights, objective)

    def point(self, weights: Weights, x: Tensor) -> WhlutPoint:
        """See `Family.point`."""
        return WhlutPoint(self.spec, weights, self.knot_spacing, x)

    def ridge(self, point: Point, ridge: float) -> dict[str, Tensor]:
        """See `Family.ridge`: on changes of slope, inverse to the share of samples beyond a knot."""
        assert isinstance(point, WhlutPoint)
        r = point.r.detach()
        knots = torch.arange(self.spec.N, dtype=r.dtype, device=r.device) * self.knot_spacing
        beyond = torch.stack([(r > knot).double().mean(dim=1) for knot in knots], dim=1)
        scale = max(float(point.gain_slope.detach().abs().square().mean()), 1e-300)
        out = r.new_zeros(self.shapes["lut"])
        out[:, :, 1:] = (ridge / (beyond.clamp(min=1e-5) * scale))[:, None]
        return {"lut": out}

    def keep_inside(self, point: Point, quantile: float) -> Weights | None:
        """See `Family.keep_inside`: K grows, and each table is sampled anew on what follows from it."""
        assert isinstance(point, WhlutPoint)
        last = (self.spec.N - 1) * self.knot_spacing
        r = point.r.detach()
        if float((r > last).double().mean()) >= 1 - quantile:
            return None
        growth = last / _quantile(r, quantile) * (1 + 1e-6)  # of r
        return self._stretched(point.weights, growth)

    def fix_gauge(self, weights: Weights) -> Weights:
        """See `Family.fix_gauge`: the first transmitter's main tap of K is real and positive, gains fill their word.

        K turned by an angle turns v, and K's scale is fixed by the knots; a gain's scale moves to G.
        """
        K = torch.complex(weights["K"][:, :, 0], weights["K"][:, :, 1])
        first = K[:, 0]
        main = first.gather(1, first.abs().argmax(dim=1, keepdim=True))
        turn = main / main.abs().clamp(min=TINY)
        if self.spec.magnitude == "alpha_beta":  # a magnitude that sees phases: turning K would change it
            turn = torch.ones_like(turn)
        slopes, bases = GainTables().tables(weights["lut"])
        largest = torch.maximum(
            slopes.abs().amax(dim=1), bases.abs() if bases is not None else slopes.abs().amax(dim=1)
        )
        scale = FILL / largest.reshape(-1, 2).amax(dim=1).clamp(min=TINY)
        G = torch.complex(weights["G"][:, :, 0], weights["G"][:, :, 1]) * (turn / scale[:, None])[None]
        K = K / turn[:, None]
        return {
            "K": torch.stack([K.real, K.imag], dim=2),
            "lut": weights["lut"] * scale[:, None, None],
            "G": torch.stack([G.real, G.imag], dim=2),
        }

    def _impulses(self, number: int, seed: int) -> Weights:
        generator = torch.Generator().manual_seed(seed * 1000 + number)
        weights = {name: torch.zeros(shape, dtype=torch.float64) for name, shape in self.shapes.items()}
        weights["K"][:, :, 0, (self.spec.M_K - 1) // 2] = 1.0
        weights["G"][:, :, 0, (self.spec.M_G - 1) // 2] = 1.0
        # Branches that begin equal would stay equal: from the second on, and from the second start on, K is jittered.
        noise = START_JITTER * torch.randn(self.shapes["K"], generator=generator, dtype=torch.float64)
        weights["K"] += noise if number else noise * (torch.arange(self.spec.branches) > 0)[:, None, None, None]
        return weights

    def _scaled_to_knots(self, weights: Weights, x: Tensor) -> Weights:
        reach = _quantile(self.point(weights, x).r, START_QUANTILE)
        growth = (self.spec.N - 1) * self.knot_spacing / reach
        return {**weights, "K": weights["K"] * self._amplitude(growth)}

    def _amplitude(self, growth: float) -> float:
        """Return what K grows by where the magnitude grows by `growth`."""
        return math.sqrt(growth) if self.spec.magnitude == "square" else growth

    def _stretched(self, weights: Weights, growth: float) -> Weights:
        """Return weights whose magnitudes are `growth` times larger and whose tables are stretched with them."""
        slopes, first = GainTables().tables(weights["lut"])
        bases = table_bases(slopes, first, self.knot_spacing)
        knots = torch.arange(self.spec.N + 1, dtype=slopes.dtype, device=slopes.device) * self.knot_spacing / growth
        index = segment_index(knots, self.spec.N, self.knot_spacing).expand(len(slopes), -1)
        values = bases.gather(1, index) + slopes.gather(1, index) * (knots - index * self.knot_spacing)
        amplitude = self._amplitude(growth)
        lut = GainTables().parameters(torch.diff(values, dim=1) / self.knot_spacing, values[:, 0]) / amplitude
        return {**weights, "K": weights["K"] * amplitude, "lut": lut}

    def _fit_tables(self, weights: Weights, objective: Objective) -> Weights:
        """Return weights with the gains that fit the strongest receiver best, all G impulses."""
        point = self.point(weights, objective.x)
        strongest = int(objective.target.abs().square().sum(dim=1).argmax())
        delay = objective.spectra.phases(self.spec.M_G)[(self.spec.M_G - 1) // 2]
        signals = objective.spectrum(point.lut_signals().flatten(0, 1))
        found = least_squares(objective.weight * delay * signals, objective.target[strongest])
        gains = found.reshape(self.spec.branches, -1)
        return {**weights, "lut": torch.stack([gains.real, gains.imag], dim=1)}

    def _fit_last_filters(self, weights: Weights, objective: Objective) -> Weights:
        """Return weights with the filters G that fit each receiver best."""
        branch = objective.spectrum(self.point(weights, objective.x).branch)
        columns = objective.weight * (branch[:, None] * objective.spectra.phases(self.spec.M_G)).flatten(0, 1)
        taps = torch.stack([least_squares(columns, target) for target in objective.target])
        taps = taps.reshape(self.n_rx, self.spec.branches, self.spec.M_G)
        return {**weights, "G": torch.stack([taps.real, taps.imag], dim=2)}


def least_squares(columns: Tensor, target: Tensor) -> Tensor:
    """Return the complex coefficients of `columns` [P, bins] that fit `target` [bins] best, each under a small ridge.

    A column of zeros, of a knot that no sample passes, gets the coefficient 0.
    """
    gram = columns.conj() @ columns.T
    diagonal = gram.diagonal()
    gram += torch.diag(torch.where(diagonal == 0, 1.0, START_RIDGE * diagonal))
    found: Tensor = torch.linalg.solve(gram, columns.conj() @ target)
    return found


def _quantile(r: Tensor, quantile: float) -> float:
    values = r.flatten()
    return float(torch.kthvalue(values, max(1, math.ceil(quantile * len(values)))).values)
