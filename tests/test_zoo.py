"""The zoo: every model's recipe loads, under the name of its folder."""

import pytest

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import load_recipe
from pimdeploy.zoo import find_recipe, zoo_folder, zoo_names


def test_the_zoo_lists_its_folders():
    assert zoo_names() == sorted(path.name for path in zoo_folder().iterdir() if path.is_dir())
    assert {"odd_bfan_siso", "odd_bfan_apa"} <= set(zoo_names())


@pytest.mark.parametrize("name", zoo_names())
def test_every_recipe_loads_and_has_the_name_of_its_folder(name):
    assert find_recipe(name).name == name


@pytest.mark.parametrize("name", zoo_names())
def test_every_model_states_a_figure_that_it_must_reach(name):
    assert find_recipe(name).target.model_dump(exclude_none=True)


def test_a_recipe_is_found_by_file_and_by_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = zoo_folder() / "odd_bfan_siso" / "recipe.toml"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "recipe.toml").write_bytes(file.read_bytes())
    assert find_recipe("mine") == find_recipe("mine/recipe.toml") == find_recipe(str(file)) == load_recipe(file)


def test_a_folder_of_the_name_of_a_model_is_not_in_its_way(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd_bfan_siso").mkdir()
    assert find_recipe("odd_bfan_siso").name == "odd_bfan_siso"


def test_an_unknown_name_names_the_nearest():
    message = r"^odd_bfan_sisso: neither a \.toml file nor a model of the zoo \(.*\); did you mean 'odd_bfan_siso'\?$"
    with pytest.raises(RecipeError, match=message):
        find_recipe("odd_bfan_sisso")


def test_a_name_like_no_other_lists_the_zoo():
    with pytest.raises(RecipeError, match=r"^zzz: neither a \.toml file nor a model of the zoo \([a-z_, ]+\)$"):
        find_recipe("zzz")


def test_a_missing_file_says_so():
    with pytest.raises(
        RecipeError, match=r"^none\.toml: no such recipe; give a \.toml file or the name of a zoo model$"
    ):
        find_recipe("none.toml")
