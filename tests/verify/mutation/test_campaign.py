"""`verify --mutate`: every fault in every family is killed and named, or shown to be none; and what it finds, it says."""

import re

import numpy as np
import pytest
from demo_bundle import demo_parts
from demo_cnn import SMALL, cnn_formats, cnn_weights
from demo_graphs import GRAPHS
from demo_models import demo_model
from mutant_bundles import bundle_of_graph

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.datapath.check import check
from pimdeploy.datapath.lowering import lower
from pimdeploy.datapath.nodes import (
    Add,
    Concatenate,
    Convolution,
    Delay,
    Magnitude,
    Multiply,
    Piecewise,
    Rectify,
    Requantize,
    Select,
    memory_of,
    sources_of,
)
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import InputError, MismatchError
from pimdeploy.verify.mutation import campaign, in_c, trials
from pimdeploy.verify.mutation.altered import altered_copy
from pimdeploy.verify.mutation.campaign import kinds_of, mutate
from pimdeploy.verify.mutation.mutant import KINDS, ONNX_FILES, Kind, Mutant, Target
from pimdeploy.verify.mutation.outcome import Mutation, Outcome
from pimdeploy.verify.mutation.trials import Trials
from pimdeploy.verify.stimuli.signals import Stimulus

SIZES = {"M_K": 3, "M_a": 3, "N": 4, "M_G": 3}
SAMPLES = 20_000
FAMILIES = {
    "odd of two antennas": lambda: demo_model(n_tx=2, n_rx=2, **SIZES).graph,
    "even": lambda: demo_model(symmetry="even", **SIZES).graph,
    "plain": lambda: demo_model(symmetry="plain", **SIZES).graph,
    "whlut": GRAPHS["gain_sqrt"],
    "polynomial": GRAPHS["polynomial"],
    "layers": GRAPHS["layers"],
    "cnn": lambda: lower(SMALL["lut"], cnn_weights(SMALL["lut"]), cnn_formats(SMALL["lut"]), "cnn", 3)[0],
}
UNDECIDED = {"cnn"}
"""Families with limits behind layers that no known input reaches, and of which no proof says that none does."""


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    return write_bundle(demo_parts(), tmp_path_factory.mktemp("odd") / "bundle")


def told(outcome):
    return [(one.mutant.title, one.status, one.first, one.reason) for one in outcome.bad]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_sample_of_every_family_is_killed_and_named(family, tmp_path):
    outcome = mutate(bundle_of_graph(FAMILIES[family](), tmp_path), samples=SAMPLES, most=24, seed=4)
    if family in UNDECIDED:
        assert all(one.reason.startswith("no input is known that drives ") for one in outcome.bad)
        assert [
            one.mutant.title for one in outcome.bad if one.mutant.kind not in (Kind.SATURATION, Kind.CONSTANTS)
        ] == []
    else:
        assert (told(outcome), outcome.good) == ([], True)
    assert outcome.available > 300
    assert outcome.count()["mutants"] == 24
    assert outcome.count()["killed"] >= 18


def test_every_kind_of_every_file_is_killed_and_named(odd, tmp_path):
    """One mutant of each kind and file of the odd BFAN: all that there can be."""
    run, chosen = Trials(odd, SAMPLES, 1, tmp_path), {}
    run.prepare()
    for mutant in campaign._mutants(odd, run, KINDS)[0]:
        chosen[mutant.target, mutant.kind] = mutant  # the last of each
    assert {target for target, _ in chosen} == set(Target)
    of_c = {kind for target, kind in chosen if target is Target.C}
    assert of_c == set(Kind)
    outcomes = campaign._all(run, list(chosen.values()), lambda *_: None, 2)
    assert [(one.mutant.title, one.status, one.named) for one in outcomes if not one.named] == []


def test_the_counts_add_up_and_are_in_the_json(odd):
    outcome = mutate(odd, {Kind.ROUNDING, Kind.STATE}, SAMPLES, most=12)
    data = outcome.to_json()
    assert data["good"]
    assert data["total"] == {"mutants": 12, "killed": 12, "named": 12, **dict.fromkeys(LEFT, 0)}
    assert set(data["kinds"]) <= {"rounding", "state"}
    assert sum(counts["mutants"] for counts in data["targets"].values()) == 12
    assert data["mutants"][0].keys() == MUTANT_KEYS
    assert data["available"] == 119


LEFT = ("equivalent", "unreached", "survived", "unbuilt")
MUTANT_KEYS = {"target", "kind", "node", "fault", "status", "named", "backend", "first", "reason", "equivalence"}


def test_the_seed_chooses_the_sample_and_progress_counts_up(odd):
    steps = []
    titles = [
        [
            one.mutant.title
            for one in mutate(odd, {Kind.TABLES}, 100, seed, 3, lambda *step: steps.append(step)).outcomes
        ]
        for seed in (1, 1, 2)
    ]
    assert titles[0] == titles[1] != titles[2]
    assert [step for step, _, _ in steps[:4]] == [0, 1, 2, 3]


def test_a_sample_has_every_kind_in_every_node_of_every_file_before_any_twice(odd, tmp_path):
    run = Trials(odd, 2000, 1, tmp_path)
    run.prepare()
    mutants, _ = campaign._mutants(odd, run, KINDS)
    places = {(one.target, one.kind, one.node) for one in mutants}
    for most in (len(places) - 40, len(places), len(places) + 30):
        drawn = campaign._sample(mutants, most, seed=5)
        assert len(drawn) == len({one.title for one in drawn}) == most
        assert len({(one.target, one.kind, one.node) for one in drawn}) == min(most, len(places))
    assert [one for one in mutants if one in drawn] == drawn  # in their order
    assert campaign._sample(mutants, 9, seed=5) != campaign._sample(mutants, 9, seed=6)


def test_stimuli_that_are_too_few_leave_survivors(odd, pimdeploy):
    ended = pimdeploy("verify", odd.path, "--mutate", "rounding,saturation", "--samples", 4, "--mutants", 8, "--json")
    assert ended.status == 1
    assert ended.json["total"]["survived"] > 0
    assert not ended.json["good"]
    assert "survived" in ended.error


def test_the_command_prints_kills_over_mutants(odd, pimdeploy):
    ended = pimdeploy("verify", odd.path, "--mutate", "conjugate", "--samples", 2000)
    assert (ended.status, "14 mutants, 14 killed, 14 of them named" in ended.out) == (0, True)
    assert "conjugate" in ended.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--mutate", "roundings"], "--mutate roundings: no such kind of fault; did you mean rounding? known: all, "),
        (["--mutants", 3], "--mutants: only with --mutate; give --mutate all"),
        (["--mutate", "all", "--require", "numpy"], "--require: not with --mutate"),
    ],
)
def test_wrong_usage_is_one_line(odd, pimdeploy, arguments, line):
    ended = pimdeploy("verify", odd.path, *arguments)
    assert ended.status == 2
    assert line in ended.error


def test_all_means_every_kind_and_a_name_its_own():
    assert kinds_of(["all"]) == kinds_of(["rounding", "all"]) == set(Kind)
    assert kinds_of(["delay"]) == {Kind.DELAY}
    with pytest.raises(InputError, match=r"^--mutate : no such kind of fault; did you mean"):
        kinds_of([])


def test_the_api_does_what_the_command_does(odd):
    outcome = api.mutate(odd.path, ["sign"], 2000)
    assert (outcome.good, outcome.count()["named"]) == (True, 2)


def test_c_that_does_not_compile_is_no_kill(odd, monkeypatch):
    monkeypatch.setattr(in_c, "function_of", lambda name, _rule: f"static int64_t {name}(int64_t v) {{ return w; }}")
    outcome = mutate(odd, {Kind.ACCUMULATOR}, 200, most=10)
    of_c = [one for one in outcome.outcomes if one.mutant.target is Target.C]
    assert {one.status for one in of_c} == {"unbuilt"}
    assert not outcome.good
    assert "'w' undeclared" in of_c[0].reason


def test_a_missing_compiler_is_said_and_nothing_is_counted(odd, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _name: None)
    outcome = mutate(odd, {Kind.CONJUGATE}, 200, most=1)
    assert outcome.not_run == {Target.C: "gcc is not installed"}
    assert outcome.count(target=Target.C)["mutants"] == 0


def test_no_file_of_the_bundle_itself_is_touched(odd):
    before = {path: path.read_bytes() for path in odd.path.rglob("*") if path.is_file()}
    mutate(odd, {Kind.TABLES, Kind.CONJUGATE}, 200, most=12)
    assert {path: path.read_bytes() for path in odd.path.rglob("*") if path.is_file()} == before
    Bundle.open(odd.path)


def test_an_altered_copy_differs_in_what_is_altered(odd, tmp_path):
    altered_copy(odd.path, tmp_path / "copy", {"tables.npz": b"no table"})
    assert (tmp_path / "copy/tables.npz").read_bytes() == b"no table"
    for name in (*ONNX_FILES.values(), "manifest.json", "c/demo.c"):
        assert (tmp_path / "copy" / name).read_bytes() == (odd.path / name).read_bytes()


def silent(monkeypatch):
    """Leave the proof nothing but silence, in which most faults do not show."""

    def nothing(graph, *_):
        return [Stimulus("silence", np.zeros((graph.input.channels, 64), dtype=np.int64))]

    monkeypatch.setattr(trials, "stimuli", nothing)
    monkeypatch.setattr(trials, "each_stimulus", nothing)


def test_a_fault_that_the_stimuli_miss_is_a_survivor_and_no_equivalent(odd, pimdeploy, monkeypatch):
    """Floor differs from half up wherever half an LSB or more is cut off: the verdict says where, and the command fails."""
    silent(monkeypatch)
    ended = pimdeploy("verify", odd.path, "--mutate", "rounding", "--json")
    floors = [one for one in ended.json["mutants"] if one["fault"] == "half_up became floor"]
    assert {(one["node"], one["status"]) for one in floors} == {
        (node, "survived") for node in ("u", "a", "c", "v", "z")
    }
    assert {one["target"] for one in floors} == {target.value for target in Target} - {"tables"}
    assert all(one["reason"].startswith("it would differ at ") for one in floors)
    assert (ended.status, ended.json["good"], ended.json["total"]["killed"]) == (1, False, 0)
    assert re.search(
        r"mutants \d+ survived, 0 were not named, 0 were not built; first graph: u: half_up became", ended.error
    )


def test_a_survivor_is_printed_with_what_is_known_of_it(odd, pimdeploy, monkeypatch):
    silent(monkeypatch)
    ended = pimdeploy("verify", odd.path, "--mutate", "sign", "--samples", 64)
    assert (ended.status, "0 killed" in ended.out) == (1, True)
    assert "c: survived: f: sign of the argument lost: no stimulus shows it" in ended.out


def test_what_no_known_input_reaches_is_no_better_than_a_survivor():
    mutant = Mutant(Target.C, Kind.ROUNDING, "u", "floor", dict, frozenset({"u"}))
    known = [Outcome(mutant, "killed", named=True), Outcome(mutant, "equivalent")]
    assert Mutation(known, 2, 100, 1.0).good
    for status in ("unreached", "survived", "unbuilt"):
        outcome = Mutation([*known, Outcome(mutant, status)], 3, 100, 1.0)
        assert (outcome.good, len(outcome.bad)) == (False, 1)
    assert not Mutation([Outcome(mutant, "killed", named=False)], 1, 100, 1.0).good


def test_a_bundle_that_differs_without_any_fault_shows_nothing_of_faults(bundle_path):
    file = bundle_path / "c" / "demo_weights.h"
    file.write_text(
        re.sub(r"(K_TAPS\[1\]\[1\]\[2\]\[3\] = \{\s*\{\s*\{\s*\{)", r"\g<1>1 + ", file.read_text(), count=1)
    )
    spoiled = Bundle.open(bundle_path, check_bytes=False)
    with pytest.raises(
        MismatchError, match=r"c_gcc_O0_table differs without any fault; run `pimdeploy verify \S+` first$"
    ):
        mutate(spoiled, {Kind.SIGN}, 200)


# What has to be there: a node of a graph, and the kinds of fault in its own file, beside those in the graph and the tables

OF_KIND = {
    Convolution: {Kind.TABLES, Kind.ACCUMULATOR},
    Piecewise: {Kind.TABLES, Kind.ACCUMULATOR},
    Requantize: {Kind.ROUNDING, Kind.CONSTANTS},
    Multiply: {Kind.ACCUMULATOR},
    Magnitude: {Kind.ACCUMULATOR},
    Add: {Kind.ACCUMULATOR},
    Rectify: {Kind.ACCUMULATOR, Kind.SIGN},
    Delay: {Kind.ACCUMULATOR},
    Select: {Kind.ACCUMULATOR},
    Concatenate: {Kind.ACCUMULATOR},
}


def wanted(node, graph):
    """Kinds of fault that a file which computes `node` must offer, by what the node is."""
    found = set(OF_KIND.get(type(node), ()))
    if isinstance(node, Convolution | Multiply) and node.is_complex:
        found.add(Kind.CONJUGATE)
    if isinstance(node, Requantize):
        source = check(graph)[node.source]
        ends = [end * 2.0**-source.format.frac for bounds in source.ranges for end in bounds]
        if (
            min(ends) < (node.format.min_q - 1) * node.format.lsb
            or max(ends) > (node.format.max_q + 1) * node.format.lsb
        ):
            found.add(Kind.SATURATION)
    return found | ({Kind.DELAY} if memory_of(node) else set())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_node_of_every_file_has_the_faults_that_make_sense_there(family, tmp_path):
    graph = FAMILIES[family]()
    run = Trials(bundle_of_graph(graph, tmp_path / "bundle"), 6000, 1, tmp_path)
    run.prepare()
    found, not_run = campaign._mutants(run.bundle, run, KINDS)
    offered = {(one.target, one.node, one.kind) for one in found}
    assert not_run == {}
    for node in graph.nodes:
        for target in (Target.C, Target.ONNX_INT, Target.ONNX_INT_STATE, Target.ONNX_F64, Target.ONNX_F64_STATE):
            lacking = {kind for kind in wanted(node, graph) if (target, node.name, kind) not in offered}
            assert lacking == set(), (target, node.name)
            if memory_of(node):
                of_state = {node.name, *sources_of(node)} if target is Target.C else {node.name}
                assert any((target, name, Kind.STATE) in offered for name in of_state), (target, node.name)
