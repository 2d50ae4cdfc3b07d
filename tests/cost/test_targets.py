"""Devices as TOML: every figure has a source, no file goes unread, and what is no device is refused."""

from pathlib import Path
from typing import Any

import pytest

from pimdeploy.cost.targets.device import FOLDER, load_target, target_names
from pimdeploy.errors import InputError

TARGETS = ["c66x", "cortex_a72", "cortex_m55", "cortex_m7", "x86_avx2", "zu28dr", "zu48dr"]


def test_the_targets_that_are_shipped() -> None:
    assert target_names() == TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_every_group_of_figures_names_its_source(name: str) -> None:
    def groups(value: Any, where: str) -> list[tuple[str, dict[str, Any]]]:
        if isinstance(value, list | tuple):
            return [found for k, item in enumerate(value) for found in groups(item, f"{where}[{k}]")]
        if not isinstance(value, dict):
            return []
        own = [(where, value)] if any(isinstance(item, int | float) for item in value.values()) else []
        return own + [found for key, item in value.items() for found in groups(item, f"{where}.{key}")]

    found = groups(load_target(name).model_dump(), name)
    assert len(found) >= 5
    for where, figures in found:
        assert len(figures["source"].split()) >= 3, where


@pytest.mark.parametrize("name", TARGETS)
def test_clocks_and_memories_are_in_order(name: str) -> None:
    facts = load_target(name)
    assert 0 < facts.clock_hz <= facts.clock_limit_hz
    assert len({memory.name for memory in facts.memory}) == len(facts.memory)


def test_an_unknown_target_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^target 'zu29dr': no such device; did you mean 'zu28dr'\? known: c66x, "):
        load_target("zu29dr")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("clock_hz = 1.25e9", "clock_hz = -1"), r"processor\.clock_hz: .*greater than 0"),
        (lambda text: text.replace("[issue]", "[isue]"), r"processor\.issue: Field required"),
        (lambda text: text.replace("[multiply.32]", "[multiply.8]"), r"processor: .*multiply needs 16 and 32"),
        (lambda text: text.replace('kind = "processor"', 'kind = "gpu"'), r".*'gpu'.*"),
        (lambda text: text + "speed = 3\n", r".*speed: Extra inputs are not permitted"),
        (lambda text: text.replace("lanes = 16\n", "lanes = \n"), r"Invalid value.*"),
    ],
)
def test_a_file_that_is_no_device_is_refused_with_one_line(tmp_path: Path, change: Any, message: str) -> None:
    (tmp_path / "own.toml").write_text(change((FOLDER / "c66x.toml").read_text()))
    with pytest.raises(InputError, match=rf"^own\.toml: not (valid TOML|the facts of a device): {message}") as caught:
        load_target("own", tmp_path)
    assert "\n" not in str(caught.value)


def test_an_own_device_is_a_file_away(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text((FOLDER / "zu28dr.toml").read_text())
    assert load_target("own", tmp_path) == load_target("zu28dr")


def test_a_source_of_a_word_is_no_source(tmp_path: Path) -> None:
    text = (FOLDER / "c66x.toml").read_text().replace("source = ", 'source = "web" # ')
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(InputError, match=r"source: String should have at least 10 characters"):
        load_target("own", tmp_path)
