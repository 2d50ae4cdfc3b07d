"""The Python API mirrors the commands of the command line."""

import inspect

import pytest

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.cli.main import app
from pimdeploy.errors import InputError

COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
FOR_EYES_ONLY = {"doctor"}


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - FOR_EYES_ONLY))
def test_every_command_has_a_function(name: str) -> None:
    function = getattr(api, name)
    assert inspect.isfunction(function)
    assert function.__doc__


def test_verify_count_and_inspect_take_a_path_or_a_bundle(shared_bundle) -> None:
    opened = Bundle.open(shared_bundle)
    for bundle in (str(shared_bundle), shared_bundle, opened):
        assert api.count(bundle).totals("table").multiplies > 0
        assert api.inspect(bundle)["digest"] == opened.digest
    proof = api.verify(opened, samples=2000, require=["numpy"])
    assert proof.good
    assert proof.mismatches == 0


def test_simulate_writes_a_capture_that_reads_back(tmp_path) -> None:
    from pimdeploy.recipe import CaptureSpec
    from pimdeploy.signals.capture_io import load_capture

    api.simulate("siso", tmp_path / "capture", samples=8192)
    made, read = api.capture_of("siso", samples=8192), load_capture(CaptureSpec(), tmp_path / "capture")
    assert read.tx.shape == made.tx.shape
    assert read.splits == made.splits
    assert read.noise is not None
    assert abs(read.rx - made.rx).max() < 1e-6 * abs(made.rx).max()


def test_an_unknown_form_is_refused(shared_bundle) -> None:
    with pytest.raises(InputError, match=r"^--form round: expected table or basis$"):
        api.count(shared_bundle, "round")
