"""The zoo's weights and formats lower to proven graphs; those of a golden bundle's model are the bundle's."""

from pathlib import Path

import pytest

from pimdeploy.bundle import Bundle, load_weights
from pimdeploy.datapath.check import check
from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering import lower
from pimdeploy.zoo import find_recipe, zoo_folder, zoo_names

EXPORT = Path(__file__).parents[1] / "export"


def lowered(name: str) -> Graph:
    folder, recipe = zoo_folder() / name, find_recipe(name)
    weights = load_weights((folder / "weights.safetensors").read_bytes(), name)
    formats = FormatMap.from_json((folder / "formats.json").read_text())
    return lower(recipe.network, weights, formats, name, 0)[0]


@pytest.mark.parametrize("name", zoo_names())
def test_weights_lower_to_a_graph_within_the_recipes_accumulators(name: str) -> None:
    acc_bits = find_recipe(name).datapath.acc_bits
    bounds = check(lowered(name), acc_bits)
    assert max(max(b.acc_bits, b.basis_acc_bits or 0) for b in bounds.values()) <= acc_bits


@pytest.mark.parametrize("name", zoo_names())
def test_every_model_has_a_card(name: str) -> None:
    assert (zoo_folder() / name / "card.md").read_text().startswith(f"# {name}\n")


def test_weights_are_those_of_the_golden_bundle() -> None:
    golden = Bundle.open(EXPORT / "odd_bfan_siso").graph
    assert lowered("odd_bfan_siso").nodes == golden.nodes
