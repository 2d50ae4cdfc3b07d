"""A scenario as a stream: blocks of tx, truth and noise, memory bounded by the blocks and the longest path.

Everything runs at `fs_hz` about the receiver's centre; only what goes out is moved (tx) or decimated (rx).
"""

import math
from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.modulation.placement import phasor
from pimdeploy.signals.modulation.precoding import Precoding, SlotPrecoding, dft_beams, identity
from pimdeploy.signals.modulation.stages import Timeline
from pimdeploy.signals.modulation.transmitter import Transmitter
from pimdeploy.signals.planned.resolve import Planned, located
from pimdeploy.signals.planned.scenes import scene_of
from pimdeploy.signals.planned.spec import TransmitterEntry
from pimdeploy.signals.receiver.front_end import Read, Receiver
from pimdeploy.signals.resample import HALF_TAPS, rate_ratio, resample
from pimdeploy.signals.sources.streaming import Responder

BLOCK = 32768
SETTLE = 8192
"""Samples beyond the receiver's own transients that are left out at the start: the longest ordinary path is shorter."""


@dataclass(frozen=True)
class Block:
    """The next samples, sqrt(W): tx [n_tx, m]; truth (interference) and noise (all else), [n_rx, n]. rx = truth + noise.

    clipped: components of rx that the converter clipped, at its own rate.
    """

    tx: ComplexArray
    truth: ComplexArray
    noise: ComplexArray
    clipped: int

    @property
    def rx(self) -> ComplexArray:
        """What was received."""
        return self.truth + self.noise


class Tee:
    """One stream of blocks for several readers, each at its own pace; a block is kept until the last one has it."""

    def __init__(self, read: Read, block: int = BLOCK) -> None:
        self._read, self._block = read, block
        self._queues: list[deque[ComplexArray]] = []

    def reader(self) -> Read:
        """Return a function that returns the next n samples; every reader begins at the first one."""
        queue: deque[ComplexArray] = deque()
        self._queues.append(queue)
        return sequential(Timeline(lambda: self._next(queue), 0))

    def _next(self, queue: deque[ComplexArray]) -> ComplexArray:
        if not queue:
            made = self._read(self._block)
            for waiting in self._queues:
                waiting.append(made)
        return queue.popleft()


def sequential(timeline: Timeline) -> Read:
    """Return a function that returns the next n samples of a timeline from its sample 0 on."""
    position = 0

    def read(n_samples: int) -> ComplexArray:
        nonlocal position
        start, position = position, position + n_samples
        return timeline.window(start, position).copy()

    return read


class PlannedStream:
    """The samples of a scenario, block by block. Equal seeds give equal samples to the last bit however `read` cuts them.

    Transients are over before the first sample. `seed` decides symbols, noise, precoding and the phases of the paths.
    """

    def __init__(self, planned: Planned, seed: int) -> None:
        self.planned = planned
        tx_seed, noise_seed, wanted_seed, path_seed, slot_seed = (
            int(word) for word in np.random.SeedSequence(seed).generate_state(5)
        )
        entry = planned.plan.transmitter
        with located(f"{planned.name}: transmitter"):
            self._transmitter = Transmitter(
                planned.carriers,
                planned.fs_hz,
                center_hz=planned.center_hz,
                precoding=_precoding(entry, slot_seed),
                papr_db=entry.papr_db,
                seed=tx_seed,
            )
        self.scene = scene_of(planned, path_seed)
        sent = Tee(self._transmitter.read)
        self._tx = sent.reader()
        with located(f"{planned.name}: receiver"):
            self._receiver = Receiver(
                planned.front_end,
                planned.fs_hz,
                self.scene.n_rx,
                interference=_answer(Responder(self.scene), sent.reader()),
                wanted=_wanted(planned, wanted_seed),
                transmit=_coupled(sent.reader(), self.scene.n_rx),
                seed=noise_seed,
            )
        self._clipped = 0
        self._up, self._down = rate_ratio(planned.rx_fs_hz, planned.fs_hz)
        self._margin = 0 if self._up == self._down else self._down * (HALF_TAPS + 2)
        self.n_rx_read = self.n_tx_read = 0
        """Samples read so far."""
        self.skipped = self._receiver.settled + SETTLE
        """Samples at `fs_hz` before the first one."""
        self._tx(self.skipped)
        self._receiver.read(self.skipped - self._margin)
        self._received = self._behind()

    @property
    def n_tx(self) -> int:
        """Channels of tx."""
        return self.scene.n_tx

    @property
    def n_rx(self) -> int:
        """Channels of rx."""
        return self.scene.n_rx

    def tx_samples(self, n_rx_samples: int) -> int:
        """Return how many samples of tx go with the first `n_rx_samples` of rx."""
        return -(-n_rx_samples * self._down // self._up)

    def slots(self, n_samples: int) -> tuple[tuple[int, int], ...]:
        """Return the slots among the first `n_samples` of rx, half-open; () where the precoding never changes."""
        total = self.skipped + self.tx_samples(n_samples)
        edges = [
            (-(-max(start - self.skipped, 0) * self._up // self._down), (stop - self.skipped) * self._up / self._down)
            for start, stop in self._transmitter.slots(total)
        ]
        found = [(start, min(math.ceil(stop), n_samples)) for start, stop in edges]
        return tuple((start, stop) for start, stop in found if start < stop)

    def read(self, n_samples: int) -> Block:
        """Return the next `n_samples` of rx and what of tx goes with them."""
        self.n_rx_read += n_samples
        tx_end = self.tx_samples(self.n_rx_read)
        tx = self._tx(tx_end - self.n_tx_read)
        offset_hz = Fraction(self.planned.center_hz) - Fraction(self.planned.tx_center_hz)
        if offset_hz:
            tx *= phasor(offset_hz, Fraction(self.planned.fs_hz), self.n_tx_read, tx.shape[1])
        self.n_tx_read = tx_end
        parts = self._received(n_samples)
        clipped, self._clipped = self._clipped, 0
        return Block(tx, parts[: self.n_rx], parts[self.n_rx :], clipped)

    def _parts(self, n_samples: int) -> ComplexArray:
        """Return truth and noise, one below the other, at the scenario's rate."""
        received = self._receiver.read(n_samples)
        self._clipped += received.clipped
        return np.concatenate([received.interference, received.reference])

    def _behind(self) -> Read:
        """Return a function that reads what `_parts` returns at the receiver's rate."""
        if not self._margin:
            return self._parts
        n_in = self._down * max(1, BLOCK // self._down)
        held = self._parts(2 * self._margin)

        def decimated() -> ComplexArray:
            nonlocal held
            window = np.concatenate([held, self._parts(n_in)], axis=1)
            held = window[:, n_in:]
            first = self._margin // self._down * self._up
            return resample(window, self._up, self._down)[:, first : first + n_in // self._down * self._up]

        return sequential(Timeline(decimated, 0))


def _precoding(entry: TransmitterEntry, seed: int) -> Precoding:
    streams = entry.antennas if entry.streams is None else entry.streams
    match entry.precoding:
        case "identity":
            return identity(entry.antennas)
        case "beams":
            return dft_beams(entry.antennas, streams)
        case "slots":
            return SlotPrecoding(entry.antennas, streams, Fraction(entry.slot_s).limit_denominator(10**9), seed)


def _answer(responder: Responder, sent: Read) -> Read:
    """Return a function that returns the next n samples of what the sources answer, in step with what was sent."""

    def more() -> ComplexArray:
        answer = responder.respond(sent(BLOCK))
        while answer.shape[1] == 0:
            answer = responder.respond(sent(BLOCK))
        return answer

    return sequential(Timeline(more, 0))


def _coupled(sent: Read, n_rx: int) -> Read:
    """Return a function that returns what each receiver's duplexer lets through: its own antenna's transmission.

    Receivers beyond the number of transmit antennas hear the last one, fewer receivers the first ones.
    """

    def read(n_samples: int) -> ComplexArray:
        tx = sent(n_samples)
        return np.asarray(tx[np.minimum(np.arange(n_rx), tx.shape[0] - 1)])

    return read


def _wanted(planned: Planned, seed: int) -> Read | None:
    if not planned.wanted:
        return None
    with located(f"{planned.name}: wanted"):
        sender = Transmitter(
            planned.wanted,
            planned.fs_hz,
            center_hz=planned.center_hz,
            precoding=identity(planned.plan.receiver.antennas),
            seed=seed,
        )
    return sender.read
