"""The table models x backends: a column for every backend, mismatches and samples summed in each cell."""

import pytest

from bench.matrix import KINDS, compared, kind_of, matrix
from pimdeploy.verify.proof import GOLDEN, Proof, all_backends
from pimdeploy.verify.proving import BackendResult


def test_every_backend_has_a_column_and_every_column_a_backend():
    kinds = {kind_of(name) for name in (GOLDEN, *(backend.name for backend in all_backends()))}
    assert kinds == set(KINDS.values())
    with pytest.raises(KeyError):
        kind_of("fortran")


def test_a_cell_sums_the_backends_of_its_kind_that_ran():
    results = [
        BackendResult(GOLDEN, "ok", 64),
        BackendResult("c_gcc_O0_table", "ok", 1000),
        BackendResult("c_gcc_O3_basis", "mismatch", 1000, 3),
        BackendResult("arm_armv7_table", "ok", 40),
        BackendResult("qonnx", "not_run"),
    ]
    proofs = {"model": Proof(1000, results)}
    head, _, row = matrix(proofs).splitlines()
    cells = dict(zip(head.split("|")[2:-1], row.split("|")[2:-1], strict=True))
    shown = {column.strip(): cell.strip() for column, cell in cells.items() if cell.strip() != "-"}
    assert shown == {"golden vectors": "0 / 64", "C, gcc": "3 / 2,000", "Armv7": "0 / 40"}
    assert compared(proofs) == 2104
