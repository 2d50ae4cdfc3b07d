"""What is expected of a backend: made once, shared by threads, cut and extended without a second reference at work."""

import threading
import time

import numpy as np

from pimdeploy.bundle import Bundle
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.proving import Expected
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
