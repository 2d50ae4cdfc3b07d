"""The BFAN as the streaming identifier sees it: complex parameters, its signals over a window, gradients of the window.

Gradients follow rules (7) to (11) of papers/003 with their errata (docs/spec/identification.md). They are computed from
the error backwards: the paper's sums over delayed signals, in another order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pimdeploy.identification.nonlinearity import BranchNonlinearity, BranchValues, FloatArray
from pimdeploy.signals.dataset import ComplexArray

GROUPS = ("K", "Phi", "f", "Psi", "G")
"""The five groups of parameters, in the order of the flat vector."""
COMPLEX_GROUPS = frozenset({"K", "Psi", "G"})
DIRECT_TAPS = 32
"""Filters of at most so many taps, and blocks of at most so many samples, are convolved directly, others by FFT."""


@dataclass(frozen=True)
class Parameters:
    """K [T, M_K], Psi [R, M_a], G [R, M_G], complex; Phi [M_a, 2 T, 2 M_N - 1] and f [functions, N], real."""

    K: ComplexArray
    Phi: FloatArray
    f: FloatArray
    Psi: ComplexArray
    G: ComplexArray

    @property
    def memories(self) -> tuple[int, int, int]:
        """Past samples that K, Phi and G reach back: M_K - 1, 2 M_N - 2, M_G - 1."""
        return self.K.shape[1] - 1, self.Phi.shape[2] - 1, self.G.shape[1] - 1

    @classmethod
    def from_weights(cls, weights: Mapping[str, NDArray[np.floating]]) -> "Parameters":
        """Return the parameters that a network's weights hold (rows re, im of each complex one; f [N] or [functions, N])."""
        w = {name: np.array(weights[name], dtype=np.float64) for name in GROUPS}
        K, Psi, G = (w[name][0::2] + 1j * w[name][1::2] for name in ("K", "Psi", "G"))
        return cls(K, w["Phi"], np.atleast_2d(w["f"]), Psi, G)

    def to_weights(self) -> dict[str, FloatArray]:
        """Return the parameters in the shapes of a network's weights, f as [functions, N]."""
        return {
            name: real_rows(getattr(self, name)) if name in COMPLEX_GROUPS else getattr(self, name).copy()
            for name in GROUPS
        }

    def flat(self) -> FloatArray:
        """Return all parameters as one real vector [P], in the order of `GROUPS`; complex groups as all re, then all im."""
        vector: FloatArray = flatten({name: getattr(self, name)[None] for name in GROUPS})[0]
        return vector

    def with_flat(self, vector: FloatArray) -> "Parameters":
        """Return parameters of these shapes from a real vector [P]."""
        parts, start = {}, 0
        for name in GROUPS:
            like = getattr(self, name)
            stop = start + like.size * (2 if name in COMPLEX_GROUPS else 1)
            part = vector[start:stop]
            if name in COMPLEX_GROUPS:
                part = part[: like.size] + 1j * part[like.size :]
            parts[name], start = part.reshape(like.shape), stop
        return Parameters(**parts)


def group_of_each(parameters: Parameters) -> NDArray[np.int64]:
    """Return the number of the group (its place in `GROUPS`) of each entry of the flat vector."""
    sizes = [getattr(parameters, name).size * (2 if name in COMPLEX_GROUPS else 1) for name in GROUPS]
    return np.repeat(np.arange(len(GROUPS)), sizes)


def real_rows(z: ComplexArray) -> FloatArray:
    """Return complex rows [C, n] as real ones [2 C, n] in the order re0, im0, re1, im1 ..."""
    out = np.empty((2 * z.shape[0], *z.shape[1:]))
    out[0::2], out[1::2] = z.real, z.imag
    return out


def flatten(gradients: Mapping[str, NDArray[np.inexact]]) -> FloatArray:
    """Return gradients, each [sets, ...], as real vectors [sets, P] in the order of `Parameters.flat`."""
    parts: list[NDArray[np.inexact]] = []
    for name in GROUPS:
        part = gradients[name].reshape(len(gradients[name]), -1)
        parts += [part.real, part.imag] if name in COMPLEX_GROUPS else [part]
    return np.concatenate(parts, axis=1, dtype=np.float64)


def filter_valid(x: ComplexArray, taps: ComplexArray) -> ComplexArray:
    """Return y[c, n] = sum over k of taps[c, k] x[c, n - k] where all taps lie inside: [C, n - n_taps + 1].

    x: [C, n]; taps: [C, n_taps] or [1, n_taps] for all channels.
    """
    n_taps = taps.shape[1]
    n_out = x.shape[1] - n_taps + 1
    if n_taps > DIRECT_TAPS and n_out > DIRECT_TAPS:
        n_fft = _fft_length(x.shape[1])
        full = np.fft.ifft(np.fft.fft(x, n_fft) * np.fft.fft(taps, n_fft))
        return np.ascontiguousarray(full[:, n_taps - 1 : x.shape[1]])
    if n_taps > n_out:
        windows = np.lib.stride_tricks.sliding_window_view(x, n_taps, axis=1)
        turned = np.broadcast_to(taps[:, ::-1], (len(x), n_taps))
        return np.asarray(np.einsum("cnk,ck->cn", windows, turned), dtype=np.complex128)
    out: ComplexArray = taps[:, :1] * x[:, n_taps - 1 :]
    for k in range(1, n_taps):
        out += taps[:, k : k + 1] * x[:, n_taps - 1 - k : x.shape[1] - k]
    return out


def filter_adjoint(y: ComplexArray, taps: ComplexArray) -> ComplexArray:
    """Return what `filter_valid` has as its adjoint: sum over k of conj(taps[c, k]) y[.., c, n + k].

    y: [sets, C, n]; returns [sets, C, n + n_taps - 1], the first n_taps - 1 columns lying before those of `y`.
    """
    n_taps, n = taps.shape[1], y.shape[2]
    n_out = n + n_taps - 1
    turned = np.conj(taps[:, ::-1])
    if n_taps > DIRECT_TAPS and n > DIRECT_TAPS:
        n_fft = _fft_length(n_out)
        return np.fft.ifft(np.fft.fft(y, n_fft) * np.fft.fft(turned, n_fft))[..., :n_out]
    out = np.zeros((*y.shape[:2], n_out), dtype=np.complex128)
    if n_taps > n:
        for m in range(n):
            out[..., m : m + n_taps] += y[..., m : m + 1] * turned
        return out
    for k in range(n_taps):
        out[..., k : k + n] += turned[:, k : k + 1] * y
    return out


def _fft_length(n: int) -> int:
    return 1 << (n - 1).bit_length()


def tap_gradient(delta: ComplexArray, x: ComplexArray, n_taps: int) -> ComplexArray:
    """Return the sum over n of delta[.., c, n] conj(x[c, n - k]), k < n_taps: [sets, C, n_taps].

    delta: [sets, C, n]; x: [C, n + n_taps - 1], beginning n_taps - 1 samples before `delta`.
    """
    windows = np.lib.stride_tricks.sliding_window_view(np.conj(x), delta.shape[2], axis=1)[:, ::-1]
    sums = delta.transpose(1, 0, 2) @ np.ascontiguousarray(windows).transpose(0, 2, 1)
    return np.asarray(sums.transpose(1, 0, 2), dtype=np.complex128)


@dataclass(frozen=True)
class Signals:
    """The network's signals over a window that ends now; each begins as far back as the gradients need it.

    x [T, .] and u [2 T, .] (I and Q, real), the branches' values [M_a, .], v [R, .].
    """

    x: ComplexArray
    u: FloatArray
    branches: BranchValues
    v: ComplexArray


def apply_phi(Phi: FloatArray, u: FloatArray, n_out: int) -> FloatArray:
    """Return the last `n_out` samples of a_i[n] = sum over j, m of Phi[i, j, m] u_j[n - m]: [M_a, n_out]."""
    n = u.shape[1]
    a = Phi[:, :, 0] @ u[:, n - n_out :]
    for m in range(1, Phi.shape[2]):
        a += Phi[:, :, m] @ u[:, n - n_out - m : n - m]
    return a


def gradients(p: Parameters, nonlinearity: BranchNonlinearity, s: Signals, delta_z: ComplexArray) -> FloatArray:
    """Return the gradients of sum over n of |e[n]|^2 / 2 to all parameters, real vectors [sets, P] (see `Parameters.flat`).

    delta_z: [sets, R, n], the error carried back to z: -dJ/dz = dJ/d(Re e) + j dJ/d(Im e), over samples that end now. A
    complex parameter's entry is dJ/dRe + j dJ/dIm, which is d(e e*)/d theta*, the paper's expression.
    """
    m_k, m_n, m_g = p.memories
    n = delta_z.shape[2] + m_g
    dG = -tap_gradient(delta_z, s.v[:, s.v.shape[1] - n :], m_g + 1)
    delta_v = filter_adjoint(delta_z, p.G)
    values = s.branches.last(n)
    rows = np.concatenate([delta_v.real, delta_v.imag], axis=1)
    d_psi = -(rows @ values.c.T)
    n_rx = len(p.Psi)
    delta_c = np.concatenate([p.Psi.real, p.Psi.imag]).T @ rows
    df = -nonlinearity.weight_gradient(p.f, values, delta_c)
    delta_a = delta_c * values.slope
    d_phi, delta_u = _through_phi(p.Phi, s.u, delta_a)
    x = s.x[:, s.x.shape[1] - n - m_n - m_k :]
    dK = -tap_gradient(delta_u[:, 0::2] + 1j * delta_u[:, 1::2], x, m_k + 1)
    d_psi_complex = d_psi[:, :n_rx] + 1j * d_psi[:, n_rx:]
    return flatten({"K": dK, "Phi": d_phi, "f": df, "Psi": d_psi_complex, "G": dG})


def _through_phi(Phi: FloatArray, u: FloatArray, delta_a: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the gradient of Phi [sets, M_a, 2 T, 2 M_N - 1] and the error carried back to u [sets, 2 T, n + 2 M_N - 2]."""
    n, n_delays, total = delta_a.shape[2], Phi.shape[2], u.shape[1]
    d_phi = np.empty((len(delta_a), *Phi.shape))
    delta_u = np.zeros((len(delta_a), Phi.shape[1], n + n_delays - 1))
    for m in range(n_delays):
        d_phi[..., m] = -(delta_a @ u[:, total - n - m : total - m].T)
        delta_u[..., n_delays - 1 - m : n_delays - 1 - m + n] += Phi[:, :, m].T @ delta_a
    return d_phi, delta_u
