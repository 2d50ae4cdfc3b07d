"""What `count` looks at: a bundle's folder first, then the zoo by name; every other name is one line."""

from pathlib import Path

import pytest

from pimdeploy import zoo
from pimdeploy.errors import BundleError, InputError
from pimdeploy.subject import find_subject
from pimdeploy.zoo import zoo_names


@pytest.mark.parametrize("name", zoo_names())
def test_every_model_of_the_zoo_is_found(name: str) -> None:
    found = find_subject(name)
    assert (found.name, found.graph.name, found.recipe.name) == (name, name, name)
    assert found.fs_hz == {"mimo-8x8": 491.52e6, "siso": 491.52e6, None: None}.get(
        found.recipe.scenario.preset if found.recipe.scenario else None, 245.76e6
    )


def test_a_bundle_brings_its_sample_rate(shared_bundle: Path) -> None:
    found = find_subject(str(shared_bundle))
    assert (found.name, found.fs_hz) == ("demo", 491.52e6)


def test_a_folder_of_that_name_comes_before_the_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd_bfan_siso").mkdir()
    with pytest.raises(BundleError, match=r"^odd_bfan_siso: no bundle: expected a folder"):
        find_subject("odd_bfan_siso")


def test_a_path_that_is_not_there_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no bundle: expected a folder"):
        find_subject(str(tmp_path / "gone"))


def test_a_zoo_model_that_was_never_trained_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = tmp_path / "whlut_siso" / "recipe.toml"
    recipe.parent.mkdir()
    recipe.write_bytes((zoo.zoo_folder() / "whlut_siso" / "recipe.toml").read_bytes())
    monkeypatch.setattr(zoo, "zoo_folder", lambda: tmp_path)
    with pytest.raises(InputError, match=r"^whlut_siso: this zoo holds no trained weights of it; "):
        find_subject("whlut_siso")
