"""When a search ends, and that no two modules of the package need each other."""

import ast
import graphlib
from pathlib import Path

import pimdeploy.training
from pimdeploy.recipe import Recipe
from pimdeploy.training.objective import one_thread
from pimdeploy.training.search import PATIENCE, search

PACKAGE = "pimdeploy.training"
ITERATIONS = 20


def losses_of(dataset, *, tolerance) -> list[float]:
    recipe = Recipe.model_validate(
        {
            "name": "small",
            "receive": {"band_hz": [-40e6, 40e6]},
            "scenario": {},
            "network": {"M_K": 3, "M_N": 1, "M_a": 4, "N": 6, "M_G": 5},
            "training": {"starts": 1, "iterations": ITERATIONS},
        }
    )
    with one_thread():
        _, history, _ = search(dataset, recipe, lambda *_: None, tolerance=tolerance)
    return [record.loss for record in history]


def test_a_search_ends_where_its_loss_stands_still(small_dataset):
    """Not before, and no step before the end is another one."""
    every, tolerance = losses_of(small_dataset, tolerance=0.0), 2e-2
    assert len(every) == ITERATIONS
    falls = [(before - now) / now for before, now in zip(every, every[PATIENCE:], strict=False)]
    still = next(k for k, fall in enumerate(falls) if fall < tolerance)
    ended = losses_of(small_dataset, tolerance=tolerance)
    assert ended == every[: still + PATIENCE + 1]
    assert len(ended) < ITERATIONS


def test_no_two_modules_of_training_need_each_other():
    """Types count too: what is imported for them alone is still a circle to whoever reads it."""
    folder = Path(pimdeploy.training.__file__).parent
    needs: dict[str, set[str]] = {}
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text())
        found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        needs[f"{PACKAGE}.{path.stem}"] = {name for name in found if name.startswith(f"{PACKAGE}.")}
    assert needs[f"{PACKAGE}.family"] >= {f"{PACKAGE}.objective"}
    assert len(list(graphlib.TopologicalSorter(needs).static_order())) >= len(needs)  # raises CycleError
