"""Looks at a mutant: the quick ones find what the whole proof finds, and count only where the sound bundle passes them."""

from collections import Counter

import numpy as np
import pytest
from demo_bundle import demo_parts

from pimdeploy.bundle import Bundle
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import MismatchError
from pimdeploy.verify.backends.c_code import CBackend
from pimdeploy.verify.mutation import campaign, trials
from pimdeploy.verify.mutation.altered import altered_copy
from pimdeploy.verify.mutation.equivalence import Proof, Verdict
from pimdeploy.verify.mutation.mutant import KINDS, Kind, Mutant, Target
from pimdeploy.verify.mutation.traced_c import TracedCBackend
from pimdeploy.verify.mutation.trials import DATA, Look, Trials, names

SAMPLES = 20_000


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return write_bundle(demo_parts(), tmp_path_factory.mktemp("trials") / "bundle")


@pytest.fixture(scope="module")
def sound(bundle, tmp_path_factory):
    run = Trials(bundle, SAMPLES, 1, tmp_path_factory.mktemp("work"))
    run.prepare()
    return run


@pytest.fixture(scope="module")
def mutants(sound):
    return campaign._mutants(sound.bundle, sound, KINDS)[0]


def chosen(mutants, target):
    """One mutant of each kind of the file `target`."""
    return {one.kind: one for one in mutants if one.target is target}.values()


@pytest.mark.parametrize("target", Target)
def test_what_a_quick_look_finds_the_whole_proof_finds_and_names_alike(sound, mutants, target):
    """Of the graph, the whole proof is on the stimuli of the altered graph, not on those of the sound one."""
    for mutant in chosen(mutants, target):
        with sound._altered(mutant) as differs:
            looks = {look: differs(look) for look in Look}
        quick = next(found for found in looks.values() if found is not None)
        assert names(quick, mutant), mutant.title
        whole = looks[Look.ALL]
        assert whole is not None, mutant.title
        assert names(whole, mutant), mutant.title


def test_most_mutants_need_no_more_than_the_first_look(sound, mutants):
    needed = Counter()
    for mutant in [one for target in Target for one in chosen(mutants, target)]:
        with sound._altered(mutant) as differs:
            needed[next(look for look in Look if differs(look) is not None)] += 1
    assert needed[Look.NODES] > 0.7 * needed.total()
    assert needed[Look.ALL] == 0


def test_the_c_build_that_shows_nodes_computes_as_the_one_of_the_proof(bundle, tmp_path):
    x_q = np.random.default_rng(2).integers(-32768, 32768, size=(2, 300))
    for form in ("table", "basis"):
        quick, plain = TracedCBackend("gcc", form), CBackend("gcc", "O0", form)
        for name, backend in (("quick", quick), ("plain", plain)):
            (tmp_path / f"{name}_{form}").mkdir()
            backend.prepare(bundle.path, tmp_path / f"{name}_{form}")
        assert quick.name == plain.name
        for block in (None, 1, 37):
            assert np.array_equal(quick.run(x_q, block), plain.run(x_q, block))
            expected, got = plain.trace_in_blocks(x_q, block), quick.trace_in_blocks(x_q, block)
            assert expected.keys() == got.keys() >= {"K", "u", "f", "z"}
            assert all(np.array_equal(expected[node], got[node]) for node in expected)
        assert len(list((tmp_path / f"quick_{form}").glob("*.so"))) == 1


def test_a_look_that_the_sound_bundle_fails_kills_nothing(bundle, tmp_path, monkeypatch):
    """Where the bundle differs by itself under a look, a mutant that differs under the same one shows nothing."""
    run = Trials(bundle, SAMPLES, 1, tmp_path)
    run.prepare()
    mutant = next(one for one in campaign._mutants(bundle, run, {Kind.SIGN})[0] if one.target is Target.C)
    assert run.outcome(mutant).status == "killed"
    run._sound.clear()
    monkeypatch.setattr(run, "_differing", lambda target, look: f"{target} under {look.name} differs")
    with pytest.raises(MismatchError, match=r"c under NODES differs without any fault; run `pimdeploy verify"):
        run.outcome(mutant)


def test_a_verdict_is_made_once_for_all_files_and_says_how(sound, mutants, monkeypatch):
    asked = []

    def verdict(effect, *_):
        asked.append(effect.source)
        return Verdict("as the test says", Proof.RESTS)

    monkeypatch.setattr(trials, "verdict", verdict)
    monkeypatch.setattr(sound, "_verdicts", {})
    monkeypatch.setattr(trials._FileTrial, "__call__", lambda *_: None)
    same = [one for one in mutants if (one.node, one.what) == ("u", "half_up became floor") and one.target not in DATA]
    outcomes = [sound.outcome(one) for one in same]
    assert len(same) == 6
    assert {(one.status, one.equivalence, one.reason) for one in outcomes} == {
        ("equivalent", Proof.RESTS, "as the test says")
    }
    assert asked == ["K"]


def test_a_mutant_without_a_known_effect_is_never_called_equivalent(sound, monkeypatch):
    monkeypatch.setattr(trials._FileTrial, "__call__", lambda *_: None)
    mutant = Mutant(Target.C, Kind.STATE, "x", "nothing", dict, frozenset({"x"}))
    assert (sound.outcome(mutant).status, sound.outcome(mutant).reason) == ("survived", None)


def test_folders_without_alterations_are_links(bundle, tmp_path):
    altered_copy(bundle.path, tmp_path / "copy", {"c/demo.c": b"int x;", "tables.npz": b"none"})
    copied = {path.name: path.is_symlink() for path in (tmp_path / "copy").iterdir()}
    assert copied.pop("c") is copied.pop("tables.npz") is False
    assert all(copied.values())
    assert copied.keys() | {"c", "tables.npz"} == {path.name for path in bundle.path.iterdir()}
    assert (tmp_path / "copy/c/demo.c").read_bytes() == b"int x;"
    assert (tmp_path / "copy/c/demo_weights.h").read_bytes() == (bundle.path / "c/demo_weights.h").read_bytes()
    Bundle.open(bundle.path)
