"""The fuzzer finds each kind of fault in a planted reader, keeps a small case of it, and that case replays it."""

import re

import planted
import pytest

from fuzz.__main__ import main
from fuzz.campaign import fuzz
from fuzz.judge import Fault
from fuzz.worker import Worker

FAULTS = {
    "raising": (planted.raising, Fault.TRACEBACK, r"KeyError: 'n'"),
    "greedy": (planted.greedy, Fault.MEMORY, r"29\d MiB for \d+ bytes of input"),
    "asking": (planted.asking, Fault.MEMORY, r"asked for more memory than allowed: MemoryError: .*"),
    "endless": (planted.endless, Fault.HANG, r"took more than 0\.5 s of processor time"),
    "dying": (planted.dying, Fault.CRASH, r"the process ended by SIGABRT"),
    "writing": (planted.writing, Fault.LEFT, r"changed or left half"),
    "verbose": (planted.verbose, Fault.MESSAGE, r"'first line\\nsecond line'"),
    "coloured": (planted.coloured, Fault.MESSAGE, r"'\\x1b\[31mred'"),
    "noisy": (planted.noisy, Fault.NOISE, r"'warning: strange\\n'"),
    "refusing": (planted.refusing, Fault.REFUSED, r"a sound file was refused: c\.json: nothing is good enough"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_kind_of_fault_is_found(name):
    read, fault, detail = FAULTS[name]
    outcome = fuzz(planted.planted(read), 10.0, 1, most_examples=12, deadline_s=0.5)
    (failure,) = outcome.failures.values()
    assert failure.verdict.fault is fault
    assert re.fullmatch(detail, failure.verdict.detail), failure.verdict


def test_a_sound_reader_has_no_failure():
    outcome = fuzz(planted.planted(planted.sound), 30.0, 1, most_examples=60)
    assert not outcome.failures
    assert outcome.examples >= 60
    assert 0 < outcome.accepted < outcome.examples


def test_a_reader_that_sleeps_is_a_hang(monkeypatch):
    monkeypatch.setattr("fuzz.worker.PATIENCE_S", 4.0)
    (case,) = planted.cases()
    with Worker(planted.planted(planted.sleeping), deadline_s=0.5) as worker:
        assert worker.run(case).accepted
        changed = worker.run(type(case)({"c.json": b"{}"}, "c.json"))
        assert (changed.fault, changed.detail) == (Fault.HANG, "did not end")
        assert worker.run(case).accepted  # a new process goes on


def test_the_case_is_kept_small_and_replays(tmp_path, capsys):
    broken, mended = planted.planted(planted.raising), planted.planted(planted.sound)
    assert main(["--seconds", "4"], [broken], tmp_path) == 1
    out = capsys.readouterr().out
    (kept,) = (tmp_path / "planted").iterdir()
    assert kept.suffix == ".json"
    assert kept.stat().st_size <= len(planted.SOUND)
    assert kept.read_bytes()[:1] != b"{"
    assert f"  python -m fuzz --replay {kept}\n" in out
    assert "planted: traceback (KeyError at fuzz/planted.py raising): KeyError: 'n'\n" in out
    assert re.search(r"\| planted \| \d+ \| \d+ \| \d+ \| 1 \| [\d.]+ MiB \| \d+ bytes \| [\d.]+ s \|\n", out)

    assert main(["--replay", str(kept)], [broken]) == 1
    assert capsys.readouterr().out == "planted: traceback (KeyError at fuzz/planted.py raising): KeyError: 'n'\n"
    assert main(["--replay", str(kept)], [mended]) == 0
    assert capsys.readouterr().out.startswith("planted: refused: another content, ")


def test_equal_seeds_find_equal_cases():
    first, second = (fuzz(planted.planted(planted.raising), 30.0, 5, most_examples=40).failures for _ in range(2))
    assert [(where, one.case.digest) for where, one in first.items()] == [
        (where, one.case.digest) for where, one in second.items()
    ]


def test_wrong_usage_is_one_line(tmp_path, capsys):
    target = planted.planted(planted.sound)
    assert main(["--only", "planned"], [target]) == 2
    assert capsys.readouterr().err == "fuzz: no target 'planned'; known: planted\n"
    assert main(["--replay", str(tmp_path / "a" / "b.tar")], [target]) == 2
    assert capsys.readouterr().err.startswith(f"fuzz: {tmp_path}/a/b.tar: expected a file out/fuzz/<target>/<digest>")
