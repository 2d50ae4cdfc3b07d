"""JSON and TOML of anybody: what would exhaust the libraries is refused like any other mistake."""

import re
import tomllib
from pathlib import Path

import pytest

from pimdeploy.documents import MOST_KEY_PARTS, parse_json, parse_toml

ROOT = Path(__file__).parents[1]
DEEP = 20_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a." * DEEP + "a = 1", "a key of more than 32 parts"),
        ("[" + '"a" . ' * DEEP + "a]", "a key of more than 32 parts"),
        ("x = {" + "'a'." * DEEP + "a = 1}", "a key of more than 32 parts"),
        ("x = " + "[" * DEEP, "nested too deeply"),
        ("x = " + "{a=" * DEEP + "1" + "}" * DEEP, "nested too deeply"),
        ("x = 1979-13-99", ".+"),
        (f"x = {'9' * 5000}", "Exceeds the limit .*"),
        (f"x = [{{y = 0x{'f' * 5000}}}]", "an integer of 20000 bits; expected at most 64"),
        (f"x = {1 << 63}", "an integer of 64 bits; expected at most 64"),
        ("x = ", ".+"),
    ],
)
def test_toml_that_is_refused(text, message):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        parse_toml(text)
    assert re.fullmatch(message, str(caught.value)), str(caught.value)[:200]


def test_toml_that_is_read():
    key = ".".join(["a"] * MOST_KEY_PARTS)
    assert parse_toml(f'{key} = 1\n"{"b." * 5}" = inf\nc = {(1 << 63) - 1}\nd = "{"x." * 20}"') == {
        **tomllib.loads(f"{key} = 1"),
        "b." * 5: float("inf"),
        "c": (1 << 63) - 1,
        "d": "x." * 20,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * DEEP + "]" * DEEP, "nested too deeply"),
        ('{"a":' * DEEP + "1" + "}" * DEEP, "nested too deeply"),
        ('{"a": [NaN]}', "the number nan; expected a finite one"),
        ("[1e999]", "the number inf; expected a finite one"),
        (f"[{10**400}]", "an integer of 1329 bits; expected at most 64"),
        (f"[{'9' * 5000}]", "Exceeds the limit .*"),
        (b"\xff", ".+"),
        ("", ".+"),
    ],
)
def test_json_that_is_refused(text, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its message is looked at
        parse_json(text)
    assert re.fullmatch(message, str(caught.value)), str(caught.value)[:200]


def test_json_that_is_read():
    assert parse_json('{"a": [1, 0.5, null, true, "b"]}') == {"a": [1, 0.5, None, True, "b"]}
    assert parse_json("[-1e999]", finite=False) == [float("-inf")]
    assert parse_json(b"-9223372036854775808") == -(1 << 63)


def test_files_of_users_are_read_by_what_knows_them():
    """Beside these modules, only tables that the package ships are parsed by the libraries themselves."""
    packaged = {"signals/modulation/numerology.py", "cost/targets/device.py"}
    found = {"tomllib.loads(": set(), "np.load(": set(), "read_array(": set()}
    for path in (ROOT / "pimdeploy").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call, where in found.items():
            if call in text:
                where.add(path.relative_to(ROOT / "pimdeploy").as_posix())
    assert found == {
        "tomllib.loads(": {"documents.py", *packaged},
        "np.load(": set(),
        "read_array(": {"array_files.py"},
    }
