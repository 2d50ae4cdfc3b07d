"""What lies between the stages of a run is read like any other file: in one line where it is wrong."""

import json
import re

import pytest

from pimdeploy.errors import InputError
from pimdeploy.stages import STAGE, read_state

STATE = {"knot_log2": -4, "delay_samples": 7, "capture_sha256": "0" * 64, "scores": {}}


def test_a_state_is_read_with_all_that_it_holds(tmp_path):
    (tmp_path / STAGE).write_text(json.dumps({**STATE, "parameters": {"real": 88}}))
    assert read_state(tmp_path) == {**STATE, "parameters": {"real": 88}}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("[]", r"no knot_log2 that is of type int; run `pimdeploy train` again"),
        (json.dumps(STATE | {"knot_log2": "4"}), r"no knot_log2 that is of type int; run .*"),
        (json.dumps(STATE | {"delay_samples": 1.5}), r"no delay_samples that is of type int; run .*"),
        (json.dumps(STATE | {"capture_sha256": None}), r"no capture_sha256 that is of type str; run .*"),
        (json.dumps(STATE | {"scores": []}), r"no scores that is of type dict; run .*"),
        (json.dumps(STATE | {"extra": float("nan")}), r"not JSON: the number nan; expected a finite one; run .*"),
        ("[" * 20_000, r"not JSON: nested too deeply; run .*"),
        ("{", r"not JSON: .*; run .*"),
    ],
)
def test_a_state_that_is_refused(text, pattern, tmp_path):
    (tmp_path / STAGE).write_text(text)
    with pytest.raises(InputError) as caught:
        read_state(tmp_path)
    assert re.fullmatch(rf".*/stage\.json: {pattern}", str(caught.value)), str(caught.value)


def test_a_state_that_never_ends_is_refused(tmp_path):
    (tmp_path / STAGE).symlink_to("/dev/zero")
    with pytest.raises(
        InputError, match=r"cannot be read: it is a device or a pipe, a regular file was expected; run "
    ):
        read_state(tmp_path)
