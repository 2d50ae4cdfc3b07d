"""What `count` looks at: the graph of a bundle, or of a model of the zoo by name. Needs no torch."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from pimdeploy.bundle import Bundle
from pimdeploy.datapath.graph import Graph
from pimdeploy.datapath.lowering import lower
from pimdeploy.errors import InputError
from pimdeploy.recipe import Recipe
from pimdeploy.zoo import find_recipe, trained, zoo_names


@dataclass(frozen=True)
class Subject:
    """A canceller to be counted: its graph, its recipe, and its sample rate in Hz where it is known."""

    name: str
    graph: Graph
    recipe: Recipe
    fs_hz: float | None


def find_subject(name: str) -> Subject:
    """Return the bundle in the folder `name`, or else the zoo model of that name.

    Raises `BundleError` or `BundleChangedError` for a folder that is no sound bundle, `InputError` for an unknown name.
    """
    if name in zoo_names() and not Path(name).exists():
        return _of_zoo(name)
    if not Path(name).exists() and Path(name).name == name:
        near = difflib.get_close_matches(name, zoo_names(), n=1, cutoff=0.5)
        guess = f"; did you mean the zoo's {near[0]!r}?" if near else ""
        raise InputError(f"{name}: neither a bundle's folder nor a model of the zoo ({', '.join(zoo_names())}){guess}")
    return of_bundle(Bundle.open(Path(name)))


def of_bundle(bundle: Bundle) -> Subject:
    """Return what an opened bundle holds."""
    return Subject(bundle.name, bundle.graph, bundle.recipe, float(bundle.manifest["facts"]["fs_hz"]))


def _of_zoo(name: str) -> Subject:
    """Lower the zoo's weights and formats; the latency, which costs nothing, is left at 0."""
    recipe, (weights, formats) = find_recipe(name), trained(name)
    graph, _ = lower(recipe.network, weights, formats, recipe.name, 0, recipe.datapath.products)
    return Subject(name, graph, recipe, _sample_rate(recipe))


def _sample_rate(recipe: Recipe) -> float | None:
    if recipe.scenario is None:
        return recipe.capture.fs_hz if recipe.capture is not None else None
    from pimdeploy.signals.scenario import sample_rate

    return sample_rate(recipe.scenario)
