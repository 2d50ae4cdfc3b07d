"""One backend on every stimulus, compared with what the NumPy reference makes of them, to the last bit."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pimdeploy.datapath.graph import Graph
from pimdeploy.errors import MismatchError, PimdeployError
from pimdeploy.verify.backend import LEAST_SAMPLES, Backend, IntArray
from pimdeploy.verify.comparison import count_mismatches, first_difference, locate
from pimdeploy.verify.reference import products_a_sample
from pimdeploy.verify.stimuli.signals import Stimulus, shares

Status = Literal["ok", "mismatch", "not_run"]

BLOCK = 8192
REPLAYED = "golden"
"""Name of the stimulus that golden vectors are."""
JOINED = "beginnings of all stimuli"
"""Name of the signal that the beginnings of all are, one behind the other."""
TRACED_SAMPLES = 65_536
"""Samples of which all nodes are shown to find why a backend stops: those of all stimuli would take gigabytes."""


@dataclass
class BackendResult:
    """What one backend did. `samples` counts those compared, blocks included; `first` is the first difference."""

    name: str
    status: Status
    samples: int = 0
    mismatches: int = 0
    first: dict[str, Any] | None = None
    reason: str | None = None
    seconds: float = 0.0
    """How long it took, without what was made ready while others ran."""

    def to_json(self) -> dict[str, Any]:
        """Return the backend's entry in the JSON of verify."""
        return {
            "name": self.name,
            "status": self.status,
            "samples": self.samples,
            "mismatches": self.mismatches,
            "first": self.first,
            "reason": self.reason,
        }


class Expected:
    """What a sound backend gives for some signals. It may be asked by several threads: the reference works for one at a time.

    outputs: [channels, n] for each of `signals`, by default what `reference`, ready to run, makes of them. lock: held while
    `reference` works; whoever else asks the same reference has to hold it, too.
    """

    def __init__(
        self,
        graph: Graph,
        reference: Backend,
        signals: Sequence[Stimulus],
        outputs: Sequence[IntArray] | None = None,
        lock: "threading.Lock | None" = None,
    ) -> None:
        self.graph = graph
        self.signals = list(signals)
        self._reference = reference
        self._lock = lock or threading.Lock()
        self._joined: dict[int, tuple[Stimulus, IntArray]] = {}
        self._traced: dict[int, list[tuple[Stimulus, dict[str, IntArray]]]] = {}
        self.outputs = [reference.run(s.x_q, BLOCK) for s in self.signals] if outputs is None else list(outputs)

    def before(self, signal: Stimulus, output: IntArray) -> "Expected":
        """Return the same with one signal more in front, and its output."""
        more = self._of([signal, *self.signals], [output, *self.outputs])
        more._joined = self._joined if signal.name == REPLAYED else {}
        return more

    def beginning(self, samples: int) -> "Expected":
        """Return the same of the beginnings of all signals, `samples` in all."""
        cut = {signal.name: signal for signal in shares(self.signals, samples)}
        both = [(s.name, y) for s, y in zip(self.signals, self.outputs, strict=True) if s.name in cut]
        outputs = [y[:, : cut[name].x_q.shape[1]] for name, y in both]
        return self._of([cut[name] for name, _ in both], outputs)

    def joined(self, samples: int) -> "Expected":
        """Return the same of one signal, the beginnings of all, `samples` altogether; golden vectors stay as they are."""
        golden = [(s, y) for s, y in zip(self.signals, self.outputs, strict=True) if s.name == REPLAYED]
        with self._lock:
            if samples not in self._joined:
                self._joined[samples] = self._in_a_row(samples)
        found = [pair for pair in (*golden, self._joined[samples]) if pair[0].x_q.shape[1]]
        return self._of([signal for signal, _ in found], [output for _, output in found])

    def _in_a_row(self, samples: int) -> tuple[Stimulus, IntArray]:
        """Return the signal that `joined` says and its output. What each signal gives from reset is known: anew come only
        the samples at its beginning that remember the one before it."""
        own = {s.name: y for s, y in zip(self.signals, self.outputs, strict=True) if s.name != REPLAYED}
        parts = shares([signal for signal in self.signals if signal.name != REPLAYED], samples)
        lengths, memory = [part.x_q.shape[1] for part in parts], self.graph.memory
        x_q = np.concatenate([np.zeros((self.graph.input.channels, 0), np.int64), *(p.x_q for p in parts)], axis=1)
        outputs = [own[part.name][:, :n] for part, n in zip(parts, lengths, strict=True)]
        y_q = np.concatenate(outputs, axis=1) if outputs else self._reference.run(x_q)
        for start in np.cumsum(lengths[:-1], dtype=int):
            first = max(start - memory, 0)
            y_q[:, start : start + memory] = self._reference.run(x_q[:, first : start + memory])[:, start - first :]
        return Stimulus(JOINED, x_q), y_q

    @property
    def samples(self) -> int:
        """Samples of all signals together."""
        return sum(signal.x_q.shape[1] for signal in self.signals)

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """Return the integers [channels, n] of every node for `x_q` from reset."""
        with self._lock:
            return self._reference.trace(x_q)

    def traced_shares(self, samples: int) -> list[tuple[Stimulus, dict[str, IntArray]]]:
        """Return a share of each signal, `samples` in all, with the integers of every node: made once."""
        with self._lock:
            if samples not in self._traced:
                made = shares(self.signals, samples)
                self._traced[samples] = [(signal, self._reference.trace(signal.x_q)) for signal in made]
            return self._traced[samples]

    def _of(self, signals: Sequence[Stimulus], outputs: Sequence[IntArray]) -> "Expected":
        return Expected(self.graph, self._reference, signals, outputs, self._lock)


def prove_backend(
    backend: Backend, prepared: Callable[[], str | None], expected: Expected, *, to_first: bool = False
) -> BackendResult:
    """Compare `backend` with `expected` on every one of its signals.

    prepared: makes the backend ready, and returns why it cannot run, or None. to_first: stop at the first signal that
    differs.
    """
    result, since = BackendResult(backend.name, "ok"), time.perf_counter()
    try:
        reason = prepared()
        if reason is None:
            _compare_all(backend, expected, result, to_first=to_first)
        else:
            result.status, result.reason = "not_run", reason
    except PimdeployError as error:
        result.status, result.reason = "mismatch", str(error)
        result.mismatches = max(result.mismatches, 1)
    result.seconds = time.perf_counter() - since
    return result


def _compare_all(backend: Backend, expected: Expected, result: BackendResult, *, to_first: bool) -> None:
    most_samples = _most_samples(backend, expected)
    fed = expected.joined(most_samples or expected.samples) if backend.in_one_run else expected
    share = None if most_samples is None else max(64, most_samples // len(expected.signals))
    for signal, whole in zip(fed.signals, fed.outputs, strict=True):
        most = None if signal.name in (REPLAYED, JOINED) else share
        x_q, want = signal.x_q[:, :most], whole[:, :most]
        try:
            got = backend.run(x_q, BLOCK if backend.streams else None)
        except MismatchError as error:
            _stopped(backend, expected, Stimulus(signal.name, x_q), result, error)
            return
        compare(result, signal.name, want, got)
        if result.first is not None and result.first["stimulus"] == signal.name:
            _name_node(backend, expected, signal, want, result)
            if to_first:
                return
    if result.status == "ok":
        compare_nodes(backend, expected, result)
    if backend.streams and result.status == "ok":
        _awkward_blocks(backend, expected, result)


def _most_samples(backend: Backend, expected: Expected) -> int | None:
    """Return how many samples of all stimuli `backend` is given, None for all: the larger the graph, the fewer."""
    if backend.most_products is None:
        return backend.most_samples
    allowed = max(backend.most_products // max(products_a_sample(expected.graph.nodes), 1), LEAST_SAMPLES)
    return min(allowed, backend.most_samples or expected.samples)


def compare(result: BackendResult, stimulus: str, expected: IntArray, got: IntArray) -> None:
    """Count into `result` how two outputs [channels, n] of the signal `stimulus` differ, and where they first do."""
    result.samples += expected.shape[1]
    wrong = count_mismatches(expected, got)
    result.mismatches += wrong
    if wrong:
        result.status = "mismatch"
        difference = first_difference(expected, got)
        if result.first is None and difference is not None:
            result.first = {**difference.to_json(), "stimulus": stimulus}


def _name_node(backend: Backend, expected: Expected, signal: Stimulus, want: IntArray, result: BackendResult) -> None:
    """Replay the stimulus up to the first difference with every node shown, and put the first that differs in."""
    assert result.first is not None
    cut = result.first["sample"] + 1
    trace = expected.trace(signal.x_q[:, :cut])
    found = locate(trace, backend.trace(signal.x_q[:, :cut]), expected.graph)
    output = expected.graph.output.name
    if found is not None:
        result.first = {**found.to_json(), "stimulus": signal.name}
    elif not count_mismatches(want[:, :cut], trace[output]):
        result.first["node"] = output  # a state that only a long run spoils


def _stopped(
    backend: Backend, expected: Expected, signal: Stimulus, result: BackendResult, error: MismatchError
) -> None:
    """Put in that a backend stops within `signal`: the first node that differs where it shows any, and why."""
    result.status, result.reason = "mismatch", str(error)
    result.mismatches = max(result.mismatches, 1)
    if result.first is None:
        with contextlib.suppress(PimdeployError):
            shown = backend.trace(signal.x_q[:, :TRACED_SAMPLES])
            found = locate(expected.trace(signal.x_q[:, :TRACED_SAMPLES]), shown, expected.graph)
            result.first = {**found.to_json(), "stimulus": signal.name} if found else None


def compare_nodes(backend: Backend, expected: Expected, result: BackendResult) -> None:
    """Compare every node that `backend` shows, where all outputs agree: a later saturation may hide a fault from them."""
    for signal, trace in expected.traced_shares(backend.node_samples) if backend.node_samples else []:
        found = locate(trace, backend.trace(signal.x_q), expected.graph)
        if found is not None:
            result.status, result.mismatches = "mismatch", 1
            result.first = {**found.to_json(), "stimulus": signal.name}
            return


def _awkward_blocks(backend: Backend, expected: Expected, result: BackendResult) -> None:
    share = backend.awkward_samples
    fed = expected.joined(share)
    for block in backend.awkward_blocks:
        for signal, want in zip(fed.signals, fed.outputs, strict=True):
            x_q = signal.x_q[:, :share]
            cut = Stimulus(f"{signal.name}, blocks of {block or 'unequal lengths'}", x_q)
            compare(result, cut.name, want[:, :share], backend.run(x_q, block))
            if result.first is not None:
                _name_state(backend, expected, cut, block, result)
                return


def _name_state(
    backend: Backend, expected: Expected, signal: Stimulus, block: int | None, result: BackendResult
) -> None:
    """Put the first node that differs in, the whole signal agreeing: the one that reads a state which blocks spoil."""
    assert result.first is not None
    x_q = signal.x_q[:, : result.first["sample"] + 1]
    found = locate(expected.trace(x_q), backend.trace_in_blocks(x_q, block), expected.graph)
    result.first["node"] = expected.graph.output.name
    if found is not None:
        result.first = {**found.to_json(), "stimulus": signal.name}
