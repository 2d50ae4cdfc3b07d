"""The scene sample by sample: blocks in, blocks out, memory bounded by the frame and the longest path.

The work is done in frames of fixed length whatever the blocks, so that the result is the same to the last bit however a
signal is cut. A frame goes through five stages, each with the memory that its filters need: paths to the sources,
interpolation, the laws, decimation, paths to the receivers. All filters are FIR, run by overlap-save.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pimdeploy.errors import InputError
from pimdeploy.signals.sources.drift import Grid
from pimdeploy.signals.sources.paths import HALF_TAPS, KAISER_BETA, LEAD, Link, Path
from pimdeploy.signals.sources.scene import Scene
from pimdeploy.signals.sources.tables import ZoneTable
from pimdeploy.signals.sources.zones import ComplexArray

FRAME = 4096
Links = Sequence[Sequence[Link]]


class FirBank:
    """Links [n_out][n_in] as filters: [n_in, frame] -> [n_out, frame], `LEAD` + `late` samples late.

    lag: how far the output then lies behind the scene's clock, which is what drift goes by.
    """

    def __init__(self, links: Links, fs_hz: float, frame: int, *, late: int = 0, lag: int = 0) -> None:
        self._fs_hz, self._frame, self._late, self._lag = fs_hz, frame, late, lag
        self._n_out, n_in = len(links), len(links[0])
        self._groups: dict[Grid | None, list[tuple[int, int, Path]]] = {}
        most = 1
        for o, row in enumerate(links):
            for i, link in enumerate(row):
                for path in link:
                    self._groups.setdefault(path.drift.grid if path.drift else None, []).append((o, i, path))
                    most = max(most, path.most_taps(fs_hz))
        self._n_fft = _fast_length(frame + most + late - 1)
        self._history = np.zeros((n_in, self._n_fft), dtype=np.complex128)
        self._spectra: dict[tuple[Grid | None, int], dict[tuple[int, int], ComplexArray]] = {}
        self._start = -lag

    def __call__(self, x: ComplexArray) -> ComplexArray:
        """Return the next frame of the outputs."""
        from scipy import fft

        self._history = np.concatenate([self._history[:, self._frame :], x], axis=1)
        spectra = fft.fft(self._history, axis=1)
        y = np.zeros((self._n_out, self._frame), dtype=np.complex128)
        for grid in self._groups:
            at_work = [(0, None)] if grid is None else grid.weights(self._start, self._start + self._frame)
            self._forget(grid, at_work[0][0])
            for node, weights in at_work:
                part = self._filtered(spectra, grid, node)
                y += part if weights is None else part * weights
        self._start += self._frame
        return y

    def _filtered(self, spectra: ComplexArray, grid: Grid | None, node: int) -> ComplexArray:
        from scipy import fft

        total = np.zeros((self._n_out, self._n_fft), dtype=np.complex128)
        for (o, i), taps in self._taps(grid, node).items():
            total[o] += spectra[i] * taps
        return np.asarray(fft.ifft(total, axis=1)[:, self._n_fft - self._frame :], dtype=np.complex128)

    def _taps(self, grid: Grid | None, node: int) -> dict[tuple[int, int], ComplexArray]:
        """Return the spectra of the filters of one node, by (output, input)."""
        from scipy import fft

        if (grid, node) not in self._spectra:
            taps: dict[tuple[int, int], ComplexArray] = {}
            for o, i, path in self._groups[grid]:
                own = path.filter(self._fs_hz, None if grid is None else node)
                padded = taps.setdefault((o, i), np.zeros(self._n_fft, dtype=np.complex128))
                padded[self._late : self._late + own.size] += own
            self._spectra[grid, node] = {pair: fft.fft(padded) for pair, padded in taps.items()}
        return self._spectra[grid, node]

    def _forget(self, grid: Grid | None, before: int) -> None:
        for key in [key for key in self._spectra if key[0] == grid and key[1] < before]:
            del self._spectra[key]


class RateChange:
    """Interpolation by `factor` and decimation back, both `HALF_TAPS` samples of the low rate late.

    Flat to 90 % of the low rate's Nyquist frequency, 120 dB down from 110 % on.
    """

    def __init__(self, n_channels: int, factor: int, frame: int) -> None:
        from scipy import fft

        self.factor, self._frame = factor, frame
        self._n_low = _fast_length(frame + 2 * HALF_TAPS)
        n = np.arange(-HALF_TAPS * factor, HALF_TAPS * factor + 1)
        reach = np.sqrt(np.clip(1.0 - (n / (HALF_TAPS * factor + 1.0)) ** 2, 0.0, None))
        taps = np.sinc(n / factor) * np.i0(KAISER_BETA * reach) / np.i0(KAISER_BETA)
        self._response = fft.fft(taps, self._n_low * factor)
        self._low = np.zeros((n_channels, self._n_low), dtype=np.complex128)
        self._high = np.zeros((n_channels, self._n_low * factor), dtype=np.complex128)

    def up(self, x: ComplexArray) -> ComplexArray:
        """Return [channel, factor * frame] of [channel, frame]."""
        from scipy import fft

        self._low = np.concatenate([self._low[:, self._frame :], x], axis=1)
        images = np.tile(fft.fft(self._low, axis=1), self.factor) * self._response
        return np.asarray(fft.ifft(images, axis=1, overwrite_x=True)[:, -self.factor * self._frame :])

    def down(self, z: ComplexArray) -> ComplexArray:
        """Return [channel, frame] of [channel, factor * frame]."""
        from scipy import fft

        self._high = np.concatenate([self._high[:, self.factor * self._frame :], z], axis=1)
        spectrum = fft.fft(self._high, axis=1) * (self._response / self.factor**2)
        folded = spectrum.reshape(z.shape[0], self.factor, self._n_low).sum(axis=1)
        return np.asarray(fft.ifft(folded, axis=1)[:, -self._frame :])


class Responder:
    """A scene at work: `respond` takes the next block and returns the answer as far as it is ready; `finish` the rest.

    All answers joined have as many samples as all blocks, in step with them: sample n of the answer belongs to sample n
    of the input, and the delays in it are those of the paths alone. Before the first sample there was silence.
    """

    def __init__(self, scene: Scene, frame: int = FRAME) -> None:
        if frame < 1:
            raise InputError(f"frame = {frame}: expected at least 1 sample")
        self.scene, self._frame = scene, frame
        rate_lag = 2 * HALF_TAPS if scene.oversampling > 1 else 0
        self.latency_samples = 2 * LEAD + rate_lag if scene.sources else LEAD
        self._tables = [ZoneTable(source.law, source.zone) for source in scene.sources]
        self._before = self._after = self._leakage = self._rate = None
        if scene.sources:
            before = [source.forward for source in scene.sources]
            after = [[source.backward[r] for source in scene.sources] for r in range(scene.n_rx)]
            self._before = FirBank(before, scene.fs_hz, frame, lag=LEAD)
            self._after = FirBank(after, scene.fs_hz, frame, lag=self.latency_samples)
            if scene.oversampling > 1:
                self._rate = RateChange(len(scene.sources), scene.oversampling, frame)
        if scene.leakage:
            late = self.latency_samples - LEAD
            self._leakage = FirBank(scene.leakage, scene.fs_hz, frame, late=late, lag=self.latency_samples)
        self._waiting: list[ComplexArray] = []
        self._n_waiting = self._n_in = self._n_out = 0
        self._to_drop = self.latency_samples
        self._finished = False

    def respond(self, block: ComplexArray) -> ComplexArray:
        """Return [n_rx, m] for the next `block`, [n_tx, n]; m is 0 while a frame fills up.

        Raises `InputError` for a wrong number of channels or samples that are not finite.
        """
        if self._finished:
            raise InputError("this responder has finished; make another for another signal")
        block = np.asarray(block, dtype=np.complex128)
        if block.ndim != 2 or block.shape[0] != self.scene.n_tx:
            raise InputError(f"block {block.shape}: expected [{self.scene.n_tx}, n] complex samples")
        if not np.isfinite(block).all():
            channel, sample = np.argwhere(~np.isfinite(block))[0]
            raise InputError(f"block[{channel}, {sample}] is not a finite number (sample {self._n_in + sample} in all)")
        self._n_in += block.shape[1]
        answer = self._advanced(block)
        self._n_out += answer.shape[1]
        return answer

    def finish(self) -> ComplexArray:
        """Return what is still missing, [n_rx, m], as if silence followed."""
        self._finished = True
        missing = self._n_in - self._n_out
        n_silent = -(-(missing + self._to_drop) // self._frame) * self._frame
        rest = self._advanced(np.zeros((self.scene.n_tx, n_silent), dtype=np.complex128))
        return rest[:, :missing]

    def _advanced(self, block: ComplexArray) -> ComplexArray:
        self._waiting.append(block)
        self._n_waiting += block.shape[1]
        if self._n_waiting < self._frame:
            return np.zeros((self.scene.n_rx, 0), dtype=np.complex128)
        joined = np.concatenate(self._waiting, axis=1)
        n_ready = joined.shape[1] // self._frame * self._frame
        frames = [self._one_frame(joined[:, k : k + self._frame]) for k in range(0, n_ready, self._frame)]
        self._waiting, self._n_waiting = [joined[:, n_ready:].copy()], joined.shape[1] - n_ready
        answer = np.concatenate(frames, axis=1)
        dropped = min(self._to_drop, answer.shape[1])
        self._to_drop -= dropped
        return answer[:, dropped:]

    def _one_frame(self, x: ComplexArray) -> ComplexArray:
        y = np.zeros((self.scene.n_rx, self._frame), dtype=np.complex128)
        if self._before is not None and self._after is not None:
            field = self._before(x)
            high = self._rate.up(field) if self._rate else field
            for channel, table in enumerate(self._tables):
                high[channel] = table(high[channel])
            y += self._after(self._rate.down(high) if self._rate else high)
        if self._leakage is not None:
            y += self._leakage(x)
        return y


def respond(scene: Scene, x: ComplexArray, frame: int = FRAME) -> ComplexArray:
    """Return what the receivers hear, [n_rx, n], of the whole signal `x`, [n_tx, n]: units and clock of `x`."""
    responder = Responder(scene, frame)
    return np.concatenate([responder.respond(x), responder.finish()], axis=1)


def respond_blocks(scene: Scene, blocks: Iterable[ComplexArray], frame: int = FRAME) -> Iterator[ComplexArray]:
    """Yield the answer to a stream of blocks, [n_rx, m] each, in step with it and as long in all."""
    responder = Responder(scene, frame)
    for block in blocks:
        yield responder.respond(block)
    yield responder.finish()


def _fast_length(n: int) -> int:
    from scipy import fft

    return int(fft.next_fast_len(n))
