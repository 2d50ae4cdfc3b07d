"""The section of mutations: a share of all that are faults, and what falls short of it by name."""

from bench.mutations import rows_of, table_of
from pimdeploy.verify.mutation.equivalence import Proof
from pimdeploy.verify.mutation.mutant import Kind, Mutant, Target
from pimdeploy.verify.mutation.outcome import Mutation, Outcome


def mutant(target, kind):
    return Mutant(target, kind, "u", "floor", dict, frozenset({"u"}))


KILLED = [Outcome(mutant(Target.C, Kind.ROUNDING), "killed", named=True) for _ in range(3)]
EQUIVALENT = Outcome(mutant(Target.GRAPH, Kind.SIGN), "equivalent", reason="equal", equivalence=Proof.RESTS)
UNREACHED = Outcome(mutant(Target.C, Kind.CONSTANTS), "unreached", reason="no input is known")
UNNAMED = Outcome(mutant(Target.C, Kind.DELAY), "killed", named=False, first={"node": "z"})


def figures(outcome):
    return {row.figure: row for row in rows_of("demo", outcome)}


def test_equivalents_are_no_faults_and_their_proofs_are_counted():
    rows = figures(Mutation([*KILLED, EQUIVALENT], 4, 1000, 2.4))
    share = rows["demo: mutants killed and named"]
    assert (share.reached, share.met) == ("100.0 %, 3 of 3", True)
    assert rows["demo: equivalent by"].reached == "every rest: 1"
    assert rows["demo: mutants"].reached.startswith("4 (all): 3 killed, 3 named, 1 equivalent, 0 unreached")
    assert rows["demo: duration"].reached == "2 s, 1,000 samples"


def test_what_is_unreached_or_not_named_misses_the_goal_and_is_told():
    rows = figures(Mutation([*KILLED, UNREACHED, UNNAMED], 9, 1000, 2.0, {Target.ONNX_INT: "onnx is not installed"}))
    share = rows["demo: mutants killed and named"]
    assert (share.reached, share.met) == ("60.0 %, 3 of 5", False)
    assert rows["demo: mutants"].reached.startswith("5 (5 of 9, seed 1)")
    assert rows["demo: c: u: floor"].reached == "the proof names z"
    assert rows["demo: onnx_int not run"].reached == "onnx is not installed"
    told = [row.reached for row in rows_of("demo", Mutation([UNREACHED], 1, 10, 1.0))]
    assert "unreached: no input is known" in told


def test_nothing_tried_is_no_success():
    assert figures(Mutation([], 0, 10, 0.1))["demo: mutants killed and named"].met is False


def test_the_table_has_a_row_a_file_and_a_kind():
    lines = table_of("demo", Mutation([*KILLED, EQUIVALENT, UNREACHED], 5, 10, 1.0)).splitlines()
    assert lines[0] == "| demo | mutants | killed | named | equivalent | unreached | survived | unbuilt |"
    assert lines[2:] == [
        "| graph | 1 | 0 | 0 | 1 | 0 | 0 | 0 |",
        "| c | 4 | 3 | 3 | 0 | 1 | 0 | 0 |",
        "| rounding | 3 | 3 | 3 | 0 | 0 | 0 | 0 |",
        "| constants | 1 | 0 | 0 | 0 | 1 | 0 | 0 |",
        "| sign | 1 | 0 | 0 | 1 | 0 | 0 | 0 |",
    ]
