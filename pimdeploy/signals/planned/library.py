"""Scenario files: those that go by name, shipped with the package, and those of the user."""

import importlib.resources
import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from pimdeploy.documents import parse_toml
from pimdeploy.errors import RecipeError
from pimdeploy.files import regular
from pimdeploy.model_faults import first_fault
from pimdeploy.signals.planned.spec import ScenarioPlan

SUFFIX = ".toml"
PAGE = "docs/scenarios.md"


def planned_presets() -> tuple[str, ...]:
    """Return the names of the scenario files in the package."""
    return tuple(sorted(file.name.removesuffix(SUFFIX) for file in _folder().iterdir() if file.name.endswith(SUFFIX)))


def load_preset(name: str) -> ScenarioPlan:
    """Return the scenario file `name` of the package, one of `planned_presets`."""
    return parse_plan((_folder() / f"{name}{SUFFIX}").read_text(encoding="utf-8"), name)


def load_plan(path: Path) -> ScenarioPlan:
    """Return the scenario in the TOML file at `path`. Raises `RecipeError` with one line."""
    try:
        text = regular(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RecipeError(f"{path}: no such scenario file; {PAGE} shows one") from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RecipeError(f"{path}: cannot be read: {why}; expected a scenario as {PAGE} shows it") from error
    return parse_plan(text, path.name)


def parse_plan(text: str, where: str) -> ScenarioPlan:
    """Return the scenario that a TOML text describes; `where` names it in messages. Raises `RecipeError`."""
    try:
        return ScenarioPlan.model_validate(parse_toml(text))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{where}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise RecipeError(f"{where}: {first_fault(error, ScenarioPlan, 'scenario', PAGE)}") from error


def _folder() -> Traversable:
    return importlib.resources.files("pimdeploy.signals.planned") / "presets"
