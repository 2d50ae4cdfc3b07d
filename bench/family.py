"""Every model of one antenna, at its own recipe: cancellation, training time, and the curve over word lengths."""

from bench.quality import Trained, short_of_bound_db, trained
from bench.rows import Row, at_most, noted

BFAN = ("odd_bfan_siso", "even_bfan_siso", "plain_bfan_siso", "multi_bfan_siso")
OTHERS = ("whlut_siso", "memory_polynomial_siso")
MOST_SECONDS, MOST_SHORT_DB, MOST_LOSS_DB = 60, 1.0, 0.02


def family_rows() -> list[Row]:
    """Return the rows of all models that papers/003 compares on one antenna."""
    return [row for name in (*BFAN, *OTHERS) for row in _rows(trained(name, None))]


def _rows(model: Trained) -> list[Row]:
    name, score = model.recipe.name, model.network.scores["test"]
    counts = (
        f"{model.network.parameters['real']} real parameters ({model.network.parameters['paper']} by the paper's count)"
    )
    rows = [
        noted(name, f"{score.cancellation_db:.2f} dB of {score.bound_db:.2f} in float; {counts}"),
        noted(f"{name}, loss to float calibrated / fine-tuned, dB", _curve(model)),
        at_most(f"{name}, training", model.network.seconds, MOST_SECONDS, "s", 1),
    ]
    if name in BFAN:
        rows.append(at_most(f"{name}, short of the bound", short_of_bound_db(model.network), MOST_SHORT_DB, "dB"))
        rows.append(at_most(f"{name}, W16A16 loss to float", model.loss_db("W16A16")[1], MOST_LOSS_DB, "dB", 3))
    return rows


def _curve(model: Trained) -> str:
    points = [point.word_length for point in model.quantized.sweep]
    losses = {point: model.loss_db(point) for point in points}
    return ", ".join(f"{point} {calibrated:.3f} / {tuned:.3f}" for point, (calibrated, tuned) in losses.items())
