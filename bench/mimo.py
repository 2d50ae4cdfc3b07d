"""Eight transmitters, eight receivers (papers/003, Table IV): symmetry against none, a shared function against own ones."""

from bench.rows import Row, at_least, at_most, noted
from pimdeploy.network_spec import BfanSpec
from pimdeploy.pipeline import load_dataset
from pimdeploy.quantization.job import quantize
from pimdeploy.recipe import Recipe, ScenarioSpec
from pimdeploy.signals.dataset import Dataset
from pimdeploy.training import metrics
from pimdeploy.training.train import TrainedNetwork, train
from pimdeploy.zoo import find_recipe

SYMMETRIES = ("odd", "even", "plain")
MOST_SECONDS, MOST_SHORT_DB, MOST_WORSE_DB, MOST_LOSS_DB = 60, 1.0, 0.1, 0.02


def mimo_rows() -> list[Row]:
    """Return the rows of one source, then those of two."""
    recipes = {symmetry: find_recipe(f"{symmetry}_bfan_mimo") for symmetry in SYMMETRIES}
    recipes["odd, a function each branch"] = _with(recipes["odd"], functions=_spec(recipes["odd"]).M_a)
    dataset = load_dataset(recipes["odd"])
    made = {name: train(dataset, recipe) for name, recipe in recipes.items()}
    rows = [row for name, network in made.items() for row in _quality(f"mimo-8x8, {name}", network, dataset)]
    for name in ("odd", "even"):
        rows += _against_plain(name, made[name], made["plain"])
    shared, own = (made[name].scores["test"].cancellation_db for name in ("odd", "odd, a function each branch"))
    rows.append(at_most("mimo-8x8, one source, shared function short of own ones", own - shared, MOST_WORSE_DB, "dB"))
    rows += [_loss(name, recipes[name], dataset, made[name]) for name in ("odd", "even")]
    return [*rows, *_two_sources(recipes["odd"])]


def _spec(recipe: Recipe) -> BfanSpec:
    assert isinstance(recipe.network, BfanSpec)
    return recipe.network


def _with(recipe: Recipe, **changes: int) -> Recipe:
    return recipe.model_copy(update={"network": _spec(recipe).model_copy(update=changes)})


def _quality(what: str, network: TrainedNetwork, dataset: Dataset) -> list[Row]:
    score, bound = network.scores["test"], metrics.bound_db(dataset, "test")
    if bound is None:
        raise RuntimeError("the scenario has lost its noise reference")
    short = [best - got for best, got in zip(bound.per_channel, score.per_channel_db, strict=True)]
    channels = ", ".join(f"{got:.2f}" for got in score.per_channel_db)
    counts = f"{network.parameters['real']} real parameters ({network.parameters['paper']} by the paper's count)"
    return [
        noted(what, f"{score.cancellation_db:.2f} dB of {bound.mean:.2f}; channels {channels}; {counts}"),
        at_most(f"{what}, short of its bound, worst channel", max(short), MOST_SHORT_DB, "dB"),
        at_most(f"{what}, training", network.seconds, MOST_SECONDS, "s", 0),
    ]


def _against_plain(name: str, network: TrainedNetwork, plain: TrainedNetwork) -> list[Row]:
    gains = [
        a - b for a, b in zip(network.scores["test"].per_channel_db, plain.scores["test"].per_channel_db, strict=True)
    ]
    return [
        at_least(f"mimo-8x8, {name} over plain, mean", sum(gains) / len(gains), 0, "dB"),
        at_least(f"mimo-8x8, {name} over plain, worst channel", min(gains), -MOST_WORSE_DB, "dB"),
    ]


def _loss(name: str, recipe: Recipe, dataset: Dataset, network: TrainedNetwork) -> Row:
    weights = {key: tensor.numpy() for key, tensor in network.weights.items()}
    made = quantize(recipe, dataset, weights, network.knot_spacing, lambda *_: None, sweep=False)
    loss = network.scores["test"].cancellation_db - made.scores["test"].cancellation_db
    return at_most(f"mimo-8x8, {name}, W16A16 loss to float", loss, MOST_LOSS_DB, "dB", 3)


def _two_sources(odd: Recipe) -> list[Row]:
    scenario = ScenarioSpec(preset="mimo-8x8", sources=2)
    rows = []
    for functions in (1, 2, _spec(odd).M_a):
        recipe = _with(odd, functions=functions).model_copy(update={"scenario": scenario})
        dataset = load_dataset(recipe)
        score = train(dataset, recipe).scores["test"]
        reached = f"{score.cancellation_db:.2f} dB of {score.bound_db:.2f}"
        rows.append(noted(f"mimo-8x8, two sources, odd, functions: {functions}", reached))
    return rows
