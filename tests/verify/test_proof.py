"""The proof on a bundle as it is: everything agrees, and what did not run is said and not called proven."""

import numpy as np
import pytest
from demo_bundle import demo_parts
from demo_models import demo_formats

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.formats import Overflow, Rounding
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify.backend import AWKWARD_BLOCKS, Backend
from pimdeploy.verify.backends.brevitas_network import NetworkBackend
from pimdeploy.verify.backends.c_code import c_backends
from pimdeploy.verify.backends.numpy_reference import NumpyBackend, numpy_backends
from pimdeploy.verify.backends.onnx_runtime import onnx_backends
from pimdeploy.verify.proof import backends_for, check_require, replay_golden, verify
from pimdeploy.verify.proving import JOINED

SAMPLES = 3000


class Spoiled(NumpyBackend):
    """The reference with a fault of a test's choice."""

    def __init__(self, fault):
        super().__init__("table")
        self.name = "spoiled"
        self._fault = fault

    def run(self, x_q, block=None):
        return self._fault(super().run(x_q, block).copy(), block)


class Missing(Backend):
    """A backend whose tool this machine lacks."""

    name = "missing_tool"
    streams = False

    def unavailable(self):
        return "no_such_tool is not installed"

    def prepare(self, bundle, work):
        raise AssertionError("prepared although it is unavailable")

    def run(self, x_q, block=None):
        raise AssertionError("ran although it is unavailable")

    def trace(self, x_q):
        raise AssertionError("ran although it is unavailable")


@pytest.fixture(scope="module")
def whole_proof(shared_bundle):
    steps = []
    proof = verify(Bundle.open(shared_bundle), SAMPLES, progress=lambda *step: steps.append(step))
    return proof, steps


def test_no_backend_of_this_machine_differs(whole_proof):
    proof, _ = whole_proof
    assert proof.good
    assert (proof.samples, proof.mismatches, proof.missing) == (SAMPLES, 0, [])
    assert {result.status for result in proof.backends} <= {"ok", "not_run"}


def test_every_known_backend_is_in_the_proof_and_says_why_it_did_not_run(whole_proof, shared_bundle):
    proof, _ = whole_proof
    assert [result.name for result in proof.backends] == ["golden_vectors", *(b.name for b in backends_for(()))]
    for backend, result in zip(backends_for(()), proof.backends[1:], strict=True):
        kept_back = backend.unavailable() or backend.unproven(shared_bundle)
        assert result.status == ("ok" if kept_back is None else "not_run"), result
        assert (result.reason is None) == (result.status == "ok")


def test_a_backend_counts_the_samples_that_it_compared(whole_proof):
    proof, _ = whole_proof
    golden, streams = proof.backends[0], {b.name: b.streams for b in backends_for(())}
    assert golden.samples == 512
    for result in proof.backends[1:]:
        if result.status == "not_run":
            assert (result.samples, result.mismatches) == (0, 0)
        elif streams[result.name]:
            assert result.samples > SAMPLES  # the blocks come on top
        else:
            assert result.samples == SAMPLES


def test_progress_counts_up_to_its_total(whole_proof):
    _, steps = whole_proof
    assert [step for step, _, _ in steps] == sorted(step for step, _, _ in steps)
    assert steps[-1][0] == steps[-1][1]


def test_the_json_has_the_contract_s_keys(whole_proof):
    proof, _ = whole_proof
    data = proof.to_json()
    assert {"samples", "mismatches", "backends"} <= data.keys()
    for backend in data["backends"]:
        assert backend.keys() == {"name", "status", "samples", "mismatches", "first", "reason"}


@pytest.mark.parametrize(
    ("rounding", "overflow", "bits"),
    [("half_up", "wrap", 12), ("half_even", "saturate", 8), ("half_away", "saturate", 12), ("floor", "wrap", 16)],
)
def test_other_formats_agree_too(tmp_path, rounding, bits, overflow):
    formats = demo_formats(bits, bits, Rounding(rounding), Overflow(overflow))
    bundle = write_bundle(demo_parts(formats=formats), tmp_path / "b")
    proof = verify(bundle, SAMPLES, backends=[*numpy_backends(), NetworkBackend(), *onnx_backends()])
    assert [result.name for result in proof.backends if result.status != "ok"] == (
        [] if bits == 8 else ["qdq_opt_off", "qdq_opt_on"]  # float32 holds every sum of short words only
    )


def test_a_missing_tool_is_not_run_and_never_passed(shared_bundle):
    proof = verify(Bundle.open(shared_bundle), 100, backends=[Missing()])
    result = proof.backends[1].to_json()
    assert (result["status"], result["reason"]) == ("not_run", "no_such_tool is not installed")
    assert proof.good


@pytest.mark.parametrize("name", ["missing_tool", "missing"])
def test_a_required_backend_that_did_not_run_is_a_failure(shared_bundle, name):
    proof = verify(Bundle.open(shared_bundle), 100, require=[name], backends=[NumpyBackend("table"), Missing()])
    assert not proof.good
    assert proof.to_json()["required_not_run"] == [name]


def test_a_required_backend_that_ran_is_no_failure(shared_bundle):
    backends = [NumpyBackend("table"), Missing()]
    assert verify(Bundle.open(shared_bundle), 100, require=["numpy", "golden"], backends=backends).good


def test_an_unknown_requirement_is_refused_before_anything_runs():
    with pytest.raises(InputError, match=r"^--require c_icc: no such backend; known: numpy_table, .*, golden_vectors$"):
        check_require(["numpy", "c_icc"])


def test_a_fault_is_counted_and_its_first_place_named(shared_bundle):
    def fault(y, _block):
        y[1, 5] += 3
        return y

    proof = verify(Bundle.open(shared_bundle), SAMPLES, backends=[Spoiled(fault)])
    result = proof.backends[1]
    assert (result.status, result.mismatches) == ("mismatch", sum(1 for _ in proof.stimuli))
    assert not proof.good
    first = result.first
    assert (first["stimulus"], first["node"], first["channel"], first["sample"]) == ("impulse", "y", 1, 5)
    assert first["got"] == first["expected"] + 3


@pytest.mark.parametrize("size", AWKWARD_BLOCKS)
def test_a_fault_of_one_block_size_is_found(shared_bundle, size):
    def fault(y, block):
        if block == size:
            y[0, -1] -= 1
        return y

    result = verify(Bundle.open(shared_bundle), SAMPLES, backends=[Spoiled(fault)]).backends[1]
    assert result.status == "mismatch"
    assert (result.first["stimulus"], result.first["node"]) == (f"{JOINED}, blocks of {size}", "y")


def test_an_output_that_is_too_short_is_a_mismatch(shared_bundle):
    result = verify(Bundle.open(shared_bundle), 200, backends=[Spoiled(lambda y, _block: y[:, :-1])]).backends[1]
    assert (result.status, result.first["got"]) == ("mismatch", None)


def test_an_error_of_a_backend_is_its_mismatch_and_no_end_of_the_proof(shared_bundle):
    def fault(_y, _block):
        raise BundleError("the tool gave up")

    proof = verify(Bundle.open(shared_bundle), 200, backends=[Spoiled(fault), NumpyBackend("basis")])
    assert [(r.name, r.status, r.reason) for r in proof.backends[1:]] == [
        ("spoiled", "mismatch", "the tool gave up"),
        ("numpy_basis", "ok", None),
    ]


def test_the_seed_decides_the_random_stimuli(shared_bundle):
    seen = []

    def look(y, block):
        if block not in AWKWARD_BLOCKS:
            seen.append(y.copy())
        return y

    for seed in (1, 1, 2):
        verify(Bundle.open(shared_bundle), SAMPLES, seed, backends=[Spoiled(look)])
    third = len(seen) // 3
    one, again, other = (np.concatenate(seen[k : k + third], axis=1) for k in (0, third, 2 * third))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_replay_holds_a_bundle_against_another_s_golden_vectors(shared_bundle, tmp_path):
    parts = demo_parts()
    parts.weights["Phi"] = parts.weights["Phi"] + 2.0**-14
    changed = write_bundle(demo_parts(weights=parts.weights), tmp_path / "changed")
    same = replay_golden(Bundle.open(shared_bundle), Bundle.open(shared_bundle), backends=numpy_backends())
    other = replay_golden(changed, Bundle.open(shared_bundle), backends=numpy_backends())
    assert same.good
    assert {result.status for result in other.backends} == {"mismatch"}
    assert [result.first["node"] for result in other.backends] == ["Phi"] * 3


def test_the_work_folders_are_gone_afterwards(shared_bundle, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    verify(Bundle.open(shared_bundle), 100, backends=numpy_backends())
    assert list(tmp_path.iterdir()) == []


def test_the_proof_is_the_same_however_many_jobs_there_are(shared_bundle):
    def fault(y, _block):
        y[0, 20:] ^= 1
        return y

    proofs = []
    for jobs in (1, 3):
        backends = [NumpyBackend("basis"), Spoiled(fault), *[b for b in c_backends() if b.name.startswith("c_gcc_O0")]]
        proofs.append(verify(Bundle.open(shared_bundle), SAMPLES, backends=backends, jobs=jobs).to_json())
    assert proofs[0] == proofs[1]
    assert [result["name"] for result in proofs[0]["backends"]][:3] == ["golden_vectors", "numpy_basis", "spoiled"]


def test_an_error_of_the_reference_ends_the_proof_and_leaves_nothing(shared_bundle, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(InputError, match=r"^samples = 0; expected 1 or more$"):
        verify(Bundle.open(shared_bundle), 0, backends=c_backends())
    assert list(tmp_path.iterdir()) == []
