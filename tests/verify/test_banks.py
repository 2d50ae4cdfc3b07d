"""The banked build: bit exact as the other one, and weights replaced in mid-stream take effect at a block's start."""

import ctypes
import json
import re
from pathlib import Path

import c_graphs
import demo_graphs
import numpy as np
import pytest
from compiled import assert_equal_everywhere, assert_nodes_equal, bundle_of, model_of, prepared, stimulus
from demo_models import demo_model, signed
from retrained import retrained
from tools import missing, ran, succeeded

from firmware_ref import Reference
from pimdeploy.datapath.graph import Graph, tables, to_json
from pimdeploy.datapath.model import Model
from pimdeploy.datapath.nodes import Convolution, Input, IntTable, Output, Requantize
from pimdeploy.emit.c.banks import Banks, weight_vector
from pimdeploy.emit.c.envelope import envelopes, refused_by, refused_node
from pimdeploy.emit.c.plan import plan
from pimdeploy.verify.backends.c_code import CBackend

BANKED = ["-std=c99", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DPIM_BANKED"]
GRAPHS = {name: make() for name, make in (c_graphs.GRAPHS | demo_graphs.GRAPHS).items()} | {"odd": demo_model().graph}


def banked(model: Model, folder: Path, form: str = "TABLE") -> Path:
    """The harness of the banked build with sanitizers."""
    source, name = bundle_of(model, folder) / "c", model.graph.name
    files = [str(source / f"{name}_harness.c"), str(source / f"{name}.c")]
    succeeded(["gcc", *BANKED, f"-DPIM_PIECEWISE=PIM_{form}", "-o", str(folder / "harness"), *files])
    return folder / "harness"


def vector_file(graph: Graph, like: Graph, path: Path) -> Path:
    bits = Banks(plan(like), {}).value_bits
    path.write_bytes(weight_vector(graph).astype(f"<i{bits // 8}").tobytes())
    return path


def swapped(harness: Path, weights: Path, at: int, block: int, x_q: np.ndarray, graph: Graph) -> np.ndarray:
    """The output where new weights come in before the first block at or after sample `at`."""
    found = plan(graph)
    np.save(harness.with_name("x.npy"), x_q.astype(f"<i{found.input_bits // 8}"))
    options = ["--swap", str(weights), "--swap-at", str(at), "--block", str(block)]
    files = [str(harness.with_name("x.npy")), str(harness.with_name("y.raw"))]
    done = ran([str(harness), *options, *files])
    assert done.returncode == 0, done.stderr
    kind = f"<i{found.output_bits // 8}"
    return np.fromfile(files[1], dtype=kind).reshape(len(found.bounds[graph.output.name].ranges), -1)


def reference(graph: Graph) -> Reference:
    return Reference(json.loads(to_json(graph)), tables(graph))


def expected_with_swap(old: Graph, new: Graph, at: int, x_q: np.ndarray) -> np.ndarray:
    """Old weights before the sample `at`, new weights from it on, the memory of every node carried over."""
    before, after = reference(old), reference(new)
    first = before.process(x_q[:, :at])
    for mine, theirs in zip(before._stages, after._stages, strict=True):
        for name in ("_line", "_memory"):
            kept = getattr(mine, name, None)
            if isinstance(kept, np.ndarray):
                np.copyto(getattr(theirs, name), kept, casting="unsafe")
    return np.concatenate([first, after.process(x_q[:, at:])], axis=1)


@pytest.mark.parametrize("form", ["table", "basis"])
def test_the_banked_backend_has_no_mismatch(form: str, tmp_path: Path) -> None:
    model = demo_model()
    backend = CBackend("gcc", "O3_banked", form)
    prepared(model, backend, tmp_path)
    assert backend.name == f"c_gcc_O3_banked_{form}"
    assert_equal_everywhere(model, backend)
    assert_nodes_equal(model, backend)


@pytest.mark.parametrize("name", GRAPHS)
def test_new_weights_take_effect_at_a_block_and_the_memory_stays(name: str, tmp_path: Path) -> None:
    """Under sanitizers; every form is met, for the graphs take turns."""
    graph = GRAPHS[name]
    harness = banked(model_of(graph), tmp_path, ("TABLE", "BASIS")[list(GRAPHS).index(name) % 2])
    x_q = stimulus(graph)[:, :1200]
    old = reference(graph).process(x_q)
    same = vector_file(graph, graph, tmp_path / "same.bin")
    for block in (1, 37, 1000):
        np.testing.assert_array_equal(swapped(harness, same, 500, block, x_q, graph), old, err_msg=f"block {block}")
    others = [retrained(graph, seed, scale) for seed, scale in ((1, 0.9), (2, 0.7), (3, 0.4), (4, 0.1))]
    taken = [other for other in others if refused_node(plan(graph), other) is None]
    if not Banks(plan(graph), {}).nodes:
        assert weight_vector(graph).size == 0
        return
    if not taken:
        assert not all(envelopes(plan(graph)).values())
        return
    weights = vector_file(taken[0], graph, tmp_path / "new.bin")
    for at, block, first in ((700, 100, 700), (650, 64, 704), (1, 1, 1), (300, 37, 333)):
        got = swapped(harness, weights, at, block, x_q, graph)
        np.testing.assert_array_equal(got, expected_with_swap(graph, taken[0], first, x_q))
    assert (got != old).any()


def test_the_vector_of_the_bundle_is_what_is_compiled_in(tmp_path: Path) -> None:
    model = demo_model()
    bundle_of(model, tmp_path)
    stored = np.frombuffer((tmp_path / "c" / "demo_weights.bin").read_bytes(), dtype="<i4")
    np.testing.assert_array_equal(stored, weight_vector(model.graph))
    header = (tmp_path / "c" / "demo.h").read_text()
    assert f"#define DEMO_WEIGHTS {stored.size}\n" in header


# The interface, driven in this process


def library(model: Model, folder: Path) -> tuple[ctypes.CDLL, dict[str, int]]:
    """The banked build in this process, its functions under the name `demo`, and the numbers of its nodes."""
    source, name = bundle_of(model, folder) / "c", model.graph.name
    shared = ["gcc", "-std=c99", "-O2", "-DPIM_BANKED", "-shared", "-fPIC", "-o", str(folder / "demo.so")]
    renamed = (
        [f"-D{name}_{what}=demo_{what}" for what in ("init", "reset", "process", "swap")] if name != "demo" else []
    )
    succeeded([*shared, *renamed, str(source / f"{name}.c")])
    header = (source / f"{name}.h").read_text()
    nodes = {node: int(number) for node, number in re.findall(rf"#define {name.upper()}_NODE_(\w+) (\d+)", header)}
    return ctypes.CDLL(str(folder / "demo.so")), nodes


def swap(demo: ctypes.CDLL, state: np.ndarray, vector: np.ndarray, bits: int = 32) -> int:
    values = np.ascontiguousarray(vector, dtype=f"i{bits // 8}")
    return int(demo.demo_swap(state.ctypes.data_as(ctypes.c_void_p), values.ctypes.data_as(ctypes.c_void_p)))


def process(demo: ctypes.CDLL, state: np.ndarray, x_q: np.ndarray) -> np.ndarray:
    x, y = np.ascontiguousarray(x_q, dtype=np.int16), np.zeros(x_q.shape, dtype=np.int16)
    ins, outs = ((ctypes.c_void_p * 2)(*(row.ctypes.data for row in array)) for array in (x, y))
    demo.demo_process(state.ctypes.data_as(ctypes.c_void_p), ins, outs, ctypes.c_size_t(x.shape[1]))
    return y


def test_weights_that_could_overflow_are_refused_with_their_node_and_change_nothing(tmp_path: Path) -> None:
    model = demo_model()
    demo, nodes = library(model, tmp_path)
    state = np.full(8192, 0x5A, dtype=np.uint8)
    demo.demo_init(state.ctypes.data_as(ctypes.c_void_p))
    own, x_q = weight_vector(model.graph), stimulus(model.graph)[:, :900]
    for at, value, node in ((0, -32768, "K"), (14, 32768, "PHI"), (35, 1 << 30, "F"), (own.size - 1, 40000, "G")):
        bad = own.copy()
        bad[at] = value
        before = state.copy()
        assert swap(demo, state, bad) == nodes[node]
        np.testing.assert_array_equal(state, before)
    loud = own.copy()
    loud[:14] = 32767  # 14 full-scale taps of K: each fits, their sum does not
    assert swap(demo, state, loud) == nodes["K"]
    np.testing.assert_array_equal(process(demo, state, x_q), reference(model.graph).process(x_q))


def test_a_second_swap_waits_for_a_block_to_take_the_first(tmp_path: Path) -> None:
    old, new, last = (demo_model(seed=seed).graph for seed in (1, 2, 3))
    demo, _ = library(demo_model(), tmp_path)
    state = np.zeros(8192, dtype=np.uint8)
    demo.demo_init(state.ctypes.data_as(ctypes.c_void_p))
    x_q = stimulus(old)[:, :900]
    first = process(demo, state, x_q[:, :300])
    assert swap(demo, state, weight_vector(new)) == 0
    assert swap(demo, state, weight_vector(last)) == -1
    second = process(demo, state, x_q[:, 300:600])
    assert swap(demo, state, weight_vector(old)) == 0
    third = process(demo, state, x_q[:, 600:])
    got = np.concatenate([first, second, third], axis=1)
    np.testing.assert_array_equal(got[:, :600], expected_with_swap(old, new, 300, x_q)[:, :600])
    assert (third != reference(new).process(x_q)[:, 600:]).any()
    demo.demo_reset(state.ctypes.data_as(ctypes.c_void_p))
    np.testing.assert_array_equal(process(demo, state, x_q), reference(old).process(x_q))
    assert swap(demo, state, weight_vector(new)) == 0
    demo.demo_init(state.ctypes.data_as(ctypes.c_void_p))
    np.testing.assert_array_equal(process(demo, state, x_q), reference(old).process(x_q))


@pytest.mark.parametrize("name", ["odd", "even", "layers", "gain_sqrt", "functions", "antennas", "three_antennas"])
def test_the_code_and_the_tool_refuse_the_same_weights(name: str, tmp_path: Path) -> None:
    """Random weights around the edge of the envelope: swap and `refused_node` agree on each and on its node."""
    graph = GRAPHS[name]
    demo, nodes = library(model_of(graph), tmp_path)
    found, outcomes = plan(graph), set()
    admitted = envelopes(found)
    state = np.zeros(1 << 20, dtype=np.uint8)
    for seed in range(80):
        other = retrained(graph, seed, scale=0.6 + seed / 12)
        vector = weight_vector(other)
        bits = Banks(found, {}).value_bits
        if np.abs(vector).max() >= 1 << (bits - 1):
            continue
        demo.demo_init(state.ctypes.data_as(ctypes.c_void_p))
        refused = refused_by(found, admitted, other)
        assert swap(demo, state, vector, bits) == (0 if refused is None else nodes[refused.upper()]), seed
        outcomes.add(refused)
    assert len(outcomes) > 1


def test_a_harness_without_banks_and_a_file_of_another_network_are_refused(tmp_path: Path) -> None:
    model = demo_model(M_a=1)
    harness = banked(model, tmp_path)
    (tmp_path / "short.bin").write_bytes(b"1234")
    np.save(tmp_path / "x.npy", np.zeros((2, 4), dtype=np.int16))
    files = [str(tmp_path / "x.npy"), str(tmp_path / "y.raw")]
    short = ran([str(harness), "--swap", str(tmp_path / "short.bin"), *files])
    assert (short.returncode, "not as many bytes as the weights" in short.stderr) == (2, True)
    loud = np.full(weight_vector(model.graph).size, 1 << 20, dtype="<i4")
    (tmp_path / "loud.bin").write_bytes(loud.tobytes())
    refused = ran([str(harness), "--swap", str(tmp_path / "loud.bin"), *files])
    assert (refused.returncode, "weights refused, status 1" in refused.stderr) == (3, True)
    late = ran([str(harness), "--swap", str(tmp_path / "c" / "demo_weights.bin"), "--swap-at", "5", *files])
    assert (late.returncode, "no block begins at sample --swap-at or later" in late.stderr) == (2, True)
    source = tmp_path / "c"
    succeeded(
        ["gcc", "-std=c99", "-o", str(tmp_path / "plain"), str(source / "demo_harness.c"), str(source / "demo.c")]
    )
    plain = ran([str(tmp_path / "plain"), "--swap", str(tmp_path / "loud.bin"), *files])
    assert (plain.returncode, "build with -DPIM_BANKED" in plain.stderr) == (2, True)


TWO_THREADS = """
#include <pthread.h>
#include <stdio.h>
#include "two.h"

#define BLOCKS 2000
#define SAMPLES 64

static two_state state;
static volatile int is_over = 0;

static void *swapping(void *unused)
{
    int32_t vector[TWO_WEIGHTS] = {0};
    long taken = 0;
    (void)unused;
    while (!__atomic_load_n(&is_over, __ATOMIC_ACQUIRE)) {
        for (int k = 0; k < TWO_WEIGHTS; ++k) {
            vector[k] = taken % 2 == 0 ? 3000 : -2000;
        }
        taken += two_swap(&state, vector) == PIM_SWAP_TAKEN;
    }
    return NULL;
}

int main(void)
{
    int16_t in[2][SAMPLES], out[2][SAMPLES];
    const int16_t *x[2] = {in[0], in[1]};
    int16_t *y[2] = {out[0], out[1]};
    long torn = 0, seen[2] = {0, 0};
    pthread_t other;
    for (int n = 0; n < SAMPLES; ++n) {
        in[0][n] = in[1][n] = 8192;
    }
    two_init(&state);
    pthread_create(&other, NULL, swapping, NULL);
    for (int b = 0; b < BLOCKS; ++b) {
        two_process(&state, x, y, SAMPLES);
        for (int n = 0; n < SAMPLES; ++n) {
            torn += out[0][n] != out[0][0] || out[1][n] != out[0][0];
            torn += out[0][n] != 5 && out[0][n] != 4395 && out[0][n] != 1953;
        }
        seen[0] += out[0][0] == 4395;
        seen[1] += out[0][0] == 1953;
    }
    __atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
    pthread_join(other, NULL);
    printf("%ld %d %d\\n", torn, seen[0] > 10, seen[1] > 10);
    return 0;
}
"""


def test_a_thread_that_swaps_never_tears_a_block(tmp_path: Path) -> None:
    """Both layers of a block have the taps of one set: 5, 4395 or 1953 comes out, and of a mixture none of them."""
    taps = IntTable(np.full((2, 2, 1), 100))
    nodes = (
        Input("x", 2, signed(16, 15)),
        Convolution("P", "x", taps, signed(16, 15)),
        Requantize("a", "P", signed(16, 15)),
        Convolution("Q", "a", taps, signed(16, 9)),
        Requantize("z", "Q", signed(16, 13)),
        Output("y", "z"),
    )
    source = bundle_of(model_of(Graph("two", nodes, 0)), tmp_path) / "c"
    (tmp_path / "threads.c").write_text(TWO_THREADS)
    build = ["gcc", "-std=gnu99", "-O1", "-g", "-fsanitize=thread", "-DPIM_BANKED", f"-I{source}", "-pthread"]
    built = ran([*build, "-o", str(tmp_path / "threads"), str(tmp_path / "threads.c"), str(source / "two.c")])
    if "cannot find" in built.stderr:
        missing("gcc has no runtime for -fsanitize=thread")
    assert built.returncode == 0, built.stderr
    assert succeeded([str(tmp_path / "threads")]).split() == ["0", "1", "1"]
