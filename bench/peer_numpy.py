"""The odd BFAN as its users would write it by hand in NumPy: in float64, and in fixed point.

Neither reads the datapath graph: the equations of papers/003 are written down, with the model's tables as constants. Real
arrays are [channel, sample], complex ones [antenna, sample].
"""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.peer import IntArray, NotRunError, Peer, Runner, Signal, Subject, in_process
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.datapath.nodes import Input, Piecewise, Requantize, Symmetry, memory_of

BLOCKS = (8192, 65536)
NODES = ("x", "K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z", "y")
"""The steps of an odd BFAN whose branches share one function and whose taps of Phi reach over one sample."""


class _ByHand(Peer):
    """The equations z = G * Psi f(Phi (K * x)), whatever the numbers."""

    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """See `Peer.prepare`."""
        _require_odd_bfan(subject)
        self.take(subject)
        return [self._runner(subject, block) for block in BLOCKS]

    def _runner(self, subject: Subject, block: int) -> Runner:
        x = self.as_input(subject.noise(block))
        return in_process(lambda: self.compute(x), block, f"blocks of {block:,}")

    @abstractmethod
    def take(self, subject: Subject) -> None:
        """Keep the tables of `subject`."""

    @abstractmethod
    def as_input(self, x_q: IntArray) -> np.ndarray:
        """Return the samples as a user of this code would hold them."""

    @abstractmethod
    def compute(self, x: np.ndarray) -> np.ndarray:
        """Return the estimate for `x`, the past being zero."""


class FloatByHand(_ByHand):
    """Float64, complex numbers, np.convolve and np.interp; not rounded anywhere."""

    name = "NumPy by hand, float64"
    is_exact = False

    def take(self, subject: Subject) -> None:
        """See `_ByHand.take`."""
        real, (_, lsb_out) = subject.model.real_tables, subject.lsbs
        self._K, self._G = (_complex_taps(real[f"{name}.taps"]) for name in ("K", "G"))
        self._Phi, self._Psi = (real[f"{name}.taps"][:, :, 0] for name in ("Phi", "Psi"))
        f, a = subject.graph.node("f"), subject.bounds["a"].format
        assert isinstance(f, Piecewise)
        knots = np.append(np.arange(f.segments) * 2.0**f.segment_log2, 2.0 ** (a.bits - 1)) * a.lsb
        values = np.append(0.0, np.cumsum(np.diff(knots) * real["f.slopes"][0]))
        self._knots, self._values = np.append(-knots[:0:-1], knots), np.append(-values[:0:-1], values)
        self._lsbs = subject.lsbs[0], lsb_out

    def as_input(self, x_q: IntArray) -> np.ndarray:
        """See `_ByHand.as_input`."""
        x = x_q * self._lsbs[0]
        return x[::2] + 1j * x[1::2]

    def compute(self, x: np.ndarray) -> np.ndarray:
        """See `_ByHand.compute`."""
        n = x.shape[1]
        u = np.array([np.convolve(one, taps)[:n] for one, taps in zip(x, self._K, strict=True)])
        a = self._Phi @ np.stack([u.real, u.imag], axis=1).reshape(-1, n)
        c = np.interp(a, self._knots, self._values)
        v = self._Psi @ c
        v = v[::2] + 1j * v[1::2]
        return np.array([np.convolve(one, taps)[:n] for one, taps in zip(v, self._G, strict=True)])

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        z = self.compute(self.as_input(x_q)) / self._lsbs[1]
        signal: Signal = np.stack([z.real, z.imag], axis=1).reshape(-1, z.shape[1])
        return signal


class FixedByHand(_ByHand):
    """Int64: shifts, np.clip, a table read by an index array; whole arrays, a step at a time."""

    name = "NumPy by hand, fixed point"

    def take(self, subject: Subject) -> None:
        """See `_ByHand.take`."""
        tables = dict(np.load(subject.path / "tables.npz"))
        self._K, self._G = tables["K.taps"][:, 0], tables["G.taps"][:, 0]  # [antenna, (re, im), K]
        self._Phi, self._Psi = tables["Phi.taps"][:, :, 0], tables["Psi.taps"][:, :, 0]
        self._slopes, self._bases = tables["f.slopes"][0], tables["f.bases"][0]
        f, frac = subject.graph.node("f"), {name: node.format.frac for name, node in subject.bounds.items()}
        assert isinstance(f, Piecewise)
        self._m = f.segment_log2
        self._shifts = {wide: frac[wide] - frac[word] for wide, word in zip(NODES[1:-2:2], NODES[2:-1:2], strict=True)}

    def as_input(self, x_q: IntArray) -> np.ndarray:
        """See `_ByHand.as_input`."""
        return x_q

    def compute(self, x: np.ndarray) -> np.ndarray:
        """See `_ByHand.compute`."""
        u = self._rounded(_filtered(x, self._K), "K")
        a = self._rounded(self._Phi @ u, "Phi")
        t = np.abs(a)
        s = np.minimum(t >> self._m, self._slopes.size - 1)
        y = (self._bases[s] << self._m) + self._slopes[s] * (t - (s << self._m))
        c = self._rounded(np.where(a < 0, -y, y), "f")
        v = self._rounded(self._Psi @ c, "Psi")
        return self._rounded(_filtered(v, self._G), "G")

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        return self.compute(x_q)

    def _rounded(self, v: IntArray, node: str) -> IntArray:
        shift = self._shifts[node]
        word: IntArray = np.clip((v + (1 << (shift - 1))) >> shift, -32768, 32767)
        return word


def _filtered(x: IntArray, taps: IntArray) -> IntArray:
    """Return every complex signal of `x` [2 antennas, n] through its own complex taps [antenna, (re, im), K]."""
    y = np.zeros_like(x)
    for k in range(taps.shape[2]):
        late, re, im = x[:, : x.shape[1] - k], taps[:, 0, k, None], taps[:, 1, k, None]
        y[::2, k:] += re * late[::2] - im * late[1::2]
        y[1::2, k:] += re * late[1::2] + im * late[::2]
    return y


def _complex_taps(table: NDArray[np.float64]) -> NDArray[np.complex128]:
    return table[:, 0, 0] + 1j * table[:, 0, 1]


def _require_odd_bfan(subject: Subject) -> None:
    """Raise `NotRunError` unless the model is what is written here."""
    graph = subject.graph
    if tuple(node.name for node in graph.nodes) != NODES:
        raise NotRunError("written for the odd BFAN alone")
    f, phi = graph.node("f"), graph.node("Phi")
    if not (isinstance(f, Piecewise) and f.symmetry is Symmetry.ODD and f.shared):
        raise NotRunError("written for one odd function")
    if memory_of(phi):
        raise NotRunError("written for branches without memory")
    for node in graph.nodes:
        if isinstance(node, Input | Requantize) and (node.format.bits, node.format.signed) != (16, True):
            raise NotRunError("written for words of 16 bits")
        if isinstance(node, Requantize) and (node.rounding, node.overflow) != (Rounding.HALF_UP, Overflow.SATURATE):
            raise NotRunError("written for half_up and saturation")
