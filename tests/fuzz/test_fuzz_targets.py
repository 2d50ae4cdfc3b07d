"""Every reader, fuzzed for a moment with a fixed seed; and every reader of captures is among them."""

import pytest

from fuzz.campaign import fuzz
from fuzz.case import Case, unpacked
from fuzz.mutate import mutated
from fuzz.mutate_bytes import LARGEST
from fuzz.source import Seeded
from fuzz.targets import TARGETS
from pimdeploy.signals.capture_io import READERS

NAMES = [target.name for target in TARGETS]
EXAMPLES = 60
SECONDS = 120.0
"""Never reached on a machine that works: the number of examples decides, so that equal code is tried with equal cases."""


def test_every_format_of_captures_is_fuzzed():
    assert set(READERS) <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_a_reader_ends_well_on_whatever_it_is_given(target):
    if target.missing is not None:
        pytest.skip(f"{target.missing} is not installed")
    outcome = fuzz(target, SECONDS, 1, most_examples=EXAMPLES)
    assert {where: failure.verdict.detail for where, failure in outcome.failures.items()} == {}
    assert outcome.examples >= EXAMPLES
    assert outcome.accepted >= len(target.seeds())


@pytest.mark.parametrize("target", TARGETS, ids=NAMES)
def test_mutations_change_most_cases_and_keep_them_small(target, tmp_path):
    if target.missing is not None:
        pytest.skip(f"{target.missing} is not installed")
    seeds = [*target.seeds(), *target.hostile()]
    made = [mutated(Seeded(number), seeds, target.seal) for number in range(60)]
    begun = {case.digest for case in seeds}
    assert sum(case.digest not in begun for case in made) >= 30
    largest = max(case.size for case in seeds)
    assert all(case.size <= 4 * (largest + LARGEST) for case in made)
    for case in (*seeds[:2], *made[:20]):  # what is kept of a case gives it back
        kept = tmp_path / f"kept{case.suffix}"
        kept.write_bytes(case.packed())
        assert unpacked(kept, case.entry).digest == case.digest


def test_a_case_is_written_as_it_is(tmp_path):
    case = Case({"a/b.json": b"{}", "c": b"1"}, links={"a/link": "../c", "c": "elsewhere"})
    assert case.write(tmp_path) == tmp_path
    assert (tmp_path / "a" / "link").read_bytes() == b"1"
    assert not (tmp_path / "c").is_symlink()
    assert case.suffix == ".tar"
