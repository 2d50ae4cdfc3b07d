"""The model zoo: recipes that go by name, shipped with the package."""

import difflib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pimdeploy.datapath.format_map import FormatMap
from pimdeploy.errors import InputError, RecipeError
from pimdeploy.recipe import Recipe, load_recipe


def zoo_folder() -> Path:
    """Return the folder of the zoo: beside the code in an installed package, models/ in a checkout."""
    installed = Path(__file__).with_name("zoo_models")
    return installed if installed.is_dir() else Path(__file__).parents[1] / "models"


def zoo_names() -> list[str]:
    """Return the names of the zoo's models."""
    return sorted(path.parent.name for path in zoo_folder().glob("*/recipe.toml"))


def trained(name: str) -> tuple[dict[str, NDArray[np.float64]], FormatMap]:
    """Return the trained weights and the number formats of the zoo model `name`. Raises `InputError` without them."""
    from pimdeploy.bundle import load_weights

    folder = zoo_folder() / name
    try:
        weights = load_weights((folder / "weights.safetensors").read_bytes(), f"{name}/weights.safetensors")
        formats = FormatMap.from_json((folder / "formats.json").read_text(encoding="utf-8"), f"{name}/formats.json")
    except FileNotFoundError as error:
        raise InputError(
            f"{name}: this zoo holds no trained weights of it; run `pimdeploy run {name}` first"
        ) from error
    return weights, formats


def find_recipe(name_or_path: str) -> Recipe:
    """Return the recipe at a path, or that of the zoo model of that name. Raises `RecipeError`."""
    path = Path(name_or_path)
    if (path / "recipe.toml").is_file():
        return load_recipe(path / "recipe.toml")
    if path.suffix == ".toml" or path.is_file():
        return load_recipe(path)
    names = zoo_names()
    if name_or_path in names:
        return load_recipe(zoo_folder() / name_or_path / "recipe.toml")
    near = difflib.get_close_matches(name_or_path, names, n=1, cutoff=0.3)
    guess = f"; did you mean {near[0]!r}?" if near else ""
    raise RecipeError(f"{name_or_path}: neither a .toml file nor a model of the zoo ({', '.join(names)}){guess}")
