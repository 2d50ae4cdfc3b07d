"""docs/budgets.md says what the device facts say."""

from pathlib import Path

import pytest

from pimdeploy.cost.demand import Product
from pimdeploy.cost.loads_logic import slices_of
from pimdeploy.cost.savings import OPTIONS
from pimdeploy.cost.targets.device import ProcessorFacts, load_target, target_names

PAGE = (Path(__file__).parents[2] / "docs" / "budgets.md").read_text()


def row(name: str) -> str:
    facts = load_target(name)
    if isinstance(facts, ProcessorFacts):
        narrow, wide = facts.multiply["16"], facts.multiply["32"]
        units, first, second = facts.cores, narrow.lanes * narrow.per_cycle, wide.lanes * wide.per_cycle
        sums = f"{narrow.fused_adds:g}, {narrow.accumulator_bits} bits"
    else:
        units = facts.dsp.slices
        first, second = (units / slices_of(facts.dsp, Product(bits, bits, 1)) for bits in (16, 32))
        sums = f"1, {facts.dsp.accumulator_bits} bits"
    clock = f"{facts.clock_hz / 1e6:g}"
    return f"| `{name}` | {facts.title} | {units} | {clock} | {first:g} | {sums} | {second:g} |"


@pytest.mark.parametrize("name", target_names())
def test_the_table_of_devices_is_current(name: str) -> None:
    assert row(name) in PAGE.splitlines()


def test_no_device_of_the_table_is_gone() -> None:
    rows = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert rows == target_names()


@pytest.mark.parametrize("option", [known.option for known in OPTIONS])
def test_every_option_is_explained(option: str) -> None:
    assert option in PAGE
