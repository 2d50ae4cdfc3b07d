"""What is expected of a backend: made once, shared by threads, cut and extended without a second reference at work."""

import threading
import time

import numpy as np

from pimdeploy.bundle import Bundle
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.proving import JOINED, REPLAYED, BackendResult, Expected, prove_backend
from pimdeploy.verify.stimuli.signals import Stimulus


class Watched(NumpyBackend):
    """The reference, that notices whoever asks it while it works."""

    busy, met, traces = 0, 0, 0

    def trace(self, x_q):
        self.busy += 1
        self.met, self.traces = max(self.met, self.busy), self.traces + 1
        time.sleep(0.01)
        found = super().trace(x_q)
        self.busy -= 1
        return found


def expected_of(path, tmp_path):
    reference = Watched("table")
    reference.prepare(path, tmp_path)
    noise = np.random.default_rng(1).integers(-32768, 32768, size=(2, 3000))
    return reference, Expected(
        Bundle.open(path).graph, reference, [Stimulus("a", noise), Stimulus("b", noise[:, :100])]
    )


def test_threads_that_ask_for_parts_of_it_never_ask_the_reference_at_once(shared_bundle, tmp_path):
    reference, whole = expected_of(shared_bundle, tmp_path)
    x_q, output = whole.signals[0].x_q[:, :500], whole.outputs[0][:, :500]
    parts = [whole, whole.beginning(400), whole.before(Stimulus("c", x_q), output)]
    right, found = whole.trace(x_q), []
    threads = [threading.Thread(target=lambda part=part: found.append(part.trace(x_q))) for part in parts * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), reference.met) == (12, 1)
    for trace in found:
        for name, values in trace.items():
            np.testing.assert_array_equal(values, right[name])


def test_shares_are_traced_once_for_all_who_compare_nodes(shared_bundle, tmp_path):
    reference, whole = expected_of(shared_bundle, tmp_path)
    first = whole.traced_shares(300)
    assert [(signal.name, signal.x_q.shape[1]) for signal, _ in first] == [("a", 200), ("b", 100)]
    assert (whole.traced_shares(300) is first, reference.traces) == (True, 2)


def test_a_beginning_has_the_beginnings_of_the_outputs(shared_bundle, tmp_path):
    _, whole = expected_of(shared_bundle, tmp_path)
    part = whole.beginning(400)
    assert (part.samples, [signal.name for signal in part.signals]) == (400, ["a", "b"])
    for signal, output, sound in zip(part.signals, part.outputs, whole.outputs, strict=True):
        np.testing.assert_array_equal(output, sound[:, : signal.x_q.shape[1]])


def test_the_beginnings_of_all_come_one_behind_the_other_made_once(shared_bundle, tmp_path):
    reference, whole = expected_of(shared_bundle, tmp_path)
    golden = Stimulus(REPLAYED, whole.signals[0].x_q[:, :50])
    replaying = whole.before(golden, whole.outputs[0][:, :50])
    joined = replaying.joined(400)
    assert [(s.name, s.x_q.shape[1]) for s in joined.signals] == [(REPLAYED, 50), (JOINED, 400)]
    x_q = np.concatenate([whole.signals[0].x_q[:, :300], whole.signals[1].x_q], axis=1)
    np.testing.assert_array_equal(joined.signals[1].x_q, x_q)
    np.testing.assert_array_equal(joined.outputs[1], reference.run(x_q))
    assert replaying.joined(400).outputs[1] is whole.joined(400).outputs[0] is joined.outputs[1]


def test_beginnings_shorter_than_the_memory_remember_all_before_them(shared_bundle, tmp_path):
    reference, whole = expected_of(shared_bundle, tmp_path)
    memory, x_q = whole.graph.memory, whole.signals[1].x_q
    parts = [Stimulus(str(k), x_q[:, 3 * k : 3 * k + 3]) for k in range(memory)]
    short = Expected(whole.graph, reference, parts).joined(3 * memory)
    assert memory > 3
    np.testing.assert_array_equal(short.outputs[0], reference.run(x_q[:, : 3 * memory]))


class Slow(NumpyBackend):
    """The reference as a backend of which every run has to be started."""

    in_one_run = True
    most_samples = 2000
    awkward_blocks = (37,)
    awkward_samples = 500
    node_samples = 0

    def __init__(self):
        super().__init__("table")
        self.fed = []

    def run(self, x_q, block=None):
        self.fed.append((x_q.shape[1], block))
        return super().run(x_q, block)


def proved_slowly(path, tmp_path, backend) -> BackendResult:
    _, whole = expected_of(path, tmp_path)
    backend.prepare(path, tmp_path)
    return prove_backend(backend, lambda: None, whole)


def test_a_backend_that_is_slow_to_start_runs_once_for_all_signals(shared_bundle, tmp_path):
    backend = Slow()
    result = proved_slowly(shared_bundle, tmp_path, backend)
    assert backend.fed == [(2000, 8192), (500, 37)]
    assert (result.status, result.samples) == ("ok", 2500)


def test_of_a_large_graph_it_is_given_fewer_samples_but_not_too_few(shared_bundle, tmp_path, monkeypatch):
    monkeypatch.setattr("pimdeploy.verify.proving.LEAST_SAMPLES", 700)
    for products, samples in ((10**9, 2000), (1, 700)):
        backend = Slow()
        backend.most_products = products
        proved_slowly(shared_bundle, tmp_path, backend)
        assert backend.fed[0] == (samples, 8192)


def test_a_difference_in_what_runs_at_once_names_the_node(shared_bundle, tmp_path):
    class Wrong(Slow):
        def run(self, x_q, block=None):
            z_q = super().run(x_q, block)
            z_q[1, 1234:1235] += 1
            return z_q

    result = proved_slowly(shared_bundle, tmp_path, Wrong())
    assert (result.status, result.mismatches) == ("mismatch", 1)
    assert (result.first["stimulus"], result.first["sample"], result.first["channel"]) == (JOINED, 1234, 1)
    assert result.first["node"] == Bundle.open(shared_bundle).graph.output.name
