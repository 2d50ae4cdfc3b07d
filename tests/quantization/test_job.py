"""The job of quantization keeps the calibrated network where fine-tuning ends in one that cannot be built."""

import numpy as np
import pytest

from pimdeploy.progress import quiet
from pimdeploy.quantization import job as job_module
from pimdeploy.quantization.finetune import FineTuned


@pytest.mark.parametrize(("name", "factor"), [("f", 30.0), ("Psi", 1e3)], ids=["a table", "a filter"])
def test_weights_that_have_left_their_formats_are_not_kept(
    recipe, dataset, weights, trained, monkeypatch, name, factor
):
    runaway = {**weights, name: weights[name] * factor}
    monkeypatch.setattr(job_module, "finetune", lambda *_: FineTuned(runaway, 1.0, 0.5))
    result = job_module.quantize(recipe, dataset, weights, trained.knot_spacing, quiet, sweep=False)
    assert result.scores == result.calibrated
    assert all(np.array_equal(result.weights[key], weight) for key, weight in weights.items())
