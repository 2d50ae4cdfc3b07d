"""Training of the CNN cancellers: it cancels, repeats, resumes to the same bits, and says what is wrong."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from pimdeploy.errors import TrainingError
from pimdeploy.network_spec import CnnSpec
from pimdeploy.networks.cnn_trainable import TrainableCnn, start_weights
from pimdeploy.recipe import BandSpec, Recipe, ScenarioSpec, TrainingSpec
from pimdeploy.training.adam_run import DivergedError
from pimdeploy.training.cnn import CnnRun, choose_device, train_cnn
from pimdeploy.training.cnn_objective import CnnObjective
from pimdeploy.training.metrics import cancellation_db
from pimdeploy.training.objective import one_thread
from pimdeploy.training.schedule import cyclic
from pimdeploy.training.train import estimate

SMALL = CnnSpec(front=(12,), back=(8,), dilations=(1, 1, 1), leaky_log2=1)
DENSE = CnnSpec(front=(8,), back=(8,), dilations=(1, 2, 1), leaky_log2=1, separable=True, kernel="dense", dense=(6, 8))


def recipe_of(network=SMALL, **training):
    fields = {"method": "adam", "iterations": 3, "learning_rate": 0.02, "weight_decay": 0.01, "batch_samples": 2048}
    return Recipe(
        name="small",
        seed=2,
        receive=BandSpec(band_hz=(-40e6, 40e6)),
        scenario=ScenarioSpec(),
        network=network,
        training=TrainingSpec(**(fields | training)),
    )


@pytest.fixture(autouse=True)
def _one_thread():
    with one_thread():
        yield


def trained(dataset, checkpoint=None, network=SMALL, **training):
    lines = []
    network, history = train_cnn(dataset, recipe_of(network, **training), lambda *line: lines.append(line), checkpoint)
    return network, history, lines


def same(one, other):
    a, b = one.float_weights(), other.float_weights()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("network", [SMALL, DENSE], ids=["lut", "dense"])
def test_training_cancels_and_says_so(small_dataset, network):
    made, history, lines = trained(small_dataset, network=network)
    z = estimate(made, small_dataset.x)
    memory = 4 * sum(network.dilations)
    test_db = cancellation_db(small_dataset, z, "test", memory // 2, memory).mean
    best = max(record.val_db for record in history)
    assert test_db > 4.5
    assert test_db == pytest.approx(best, abs=3.0)  # other samples
    assert [record.step for record in history] == [50, 100, 150]
    assert [line[:2] for line in lines] == [(50, 150), (100, 150), (150, 150)]
    last = history[-1]
    assert lines[-1][2] == f"loss {last.loss:.5f}, training {last.train_db:.2f} dB, validation {last.val_db:.2f} dB"


def test_equal_seeds_give_equal_bits_and_others_do_not(small_dataset):
    first, second = (trained(small_dataset, iterations=1)[0] for _ in range(2))
    assert same(first, second)
    other, _ = train_cnn(small_dataset, recipe_of(iterations=1).model_copy(update={"seed": 3}), lambda *_: None)
    assert not same(first, other)


class StoppedError(Exception):
    """An interrupt."""


@pytest.mark.parametrize("norm_share", [0.1, 0.9])
def test_an_interrupted_training_resumes_to_the_same_result(small_dataset, tmp_path, norm_share):
    whole, history, _ = trained(small_dataset, norm_share=norm_share)
    place = tmp_path / "checkpoint.safetensors"
    recipe = recipe_of(norm_share=norm_share)

    def interrupt(step, total, text):
        raise StoppedError

    with pytest.raises(StoppedError):
        train_cnn(small_dataset, recipe, interrupt, place)
    steps = []
    resumed, resumed_history = train_cnn(small_dataset, recipe, lambda step, *_: steps.append(step), place)
    assert steps == [100, 150]
    assert same(whole, resumed)
    assert history == resumed_history


def test_a_checkpoint_of_another_network_is_refused_in_one_line(small_dataset, tmp_path):
    place = tmp_path / "checkpoint.safetensors"
    trained(small_dataset, place, iterations=1)
    with pytest.raises(TrainingError, match="checkpoint of another network") as error:
        trained(small_dataset, place, network=DENSE, iterations=1)
    assert "\n" not in str(error.value)


def test_a_loss_that_diverges_stops_names_the_step_and_keeps_the_best(small_dataset, monkeypatch, tmp_path):
    taken = []
    honest = CnnObjective.loss

    def spoiled(self, network, first):
        taken.append(first)
        parts = honest(self, network, first)
        return replace(parts, in_band=parts.in_band * math.nan) if len(taken) == 73 else parts

    monkeypatch.setattr(CnnObjective, "loss", spoiled)
    place = tmp_path / "checkpoint.safetensors"
    message = (
        r"Adam diverged at step 73: the loss is nan; the best weights, \d+\.\d\d dB on validation, are in (.*); lower"
    )
    with pytest.raises(DivergedError, match=message) as error:
        trained(small_dataset, place, iterations=2)
    monkeypatch.undo()
    assert f"are in {place};" in str(error.value)
    assert place.is_file()
    assert same(error.value.network, trained_for(small_dataset, 50))


def trained_for(dataset, steps):
    run = CnnRun(dataset, recipe_of(iterations=2))
    run.advance(steps)
    return run.network()


def test_a_loss_that_explodes_has_diverged(small_dataset):
    with pytest.raises(DivergedError, match="diverged at step"):
        trained(small_dataset, learning_rate=1e6, clip=0, cyclic=False, iterations=1)


@pytest.mark.parametrize(
    "off", [{"cyclic": False}, {"weight_decay": 0.0}, {"clip": 0.0}, {"truncate": False}, {"norm_share": 1.0}]
)
def test_every_element_can_be_switched_off(small_dataset, off):
    made, history, _ = trained(small_dataset, iterations=2, **off)
    assert history[-1].val_db > 1.0
    assert not same(made, trained(small_dataset, iterations=2)[0])


def test_time_that_is_up_ends_the_training_with_what_it_has(small_dataset):
    _, history, _ = trained(small_dataset, max_seconds=1e-9)
    assert history == []


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({"batch_samples": 256}, r"batch_samples = 256: expected at least 510, two lengths of the receive filter"),
        ({"batch_samples": 30_000}, r"batch_samples = 30000: the training split has \d+ samples; expected fewer"),
    ],
)
def test_cuts_that_do_not_fit_are_refused(small_dataset, training, message):
    with pytest.raises(TrainingError, match=message):
        trained(small_dataset, **training)


def test_the_device_is_what_pytorch_sees(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto").type == choose_device("cpu").type == "cpu"
    with pytest.raises(TrainingError, match="device = cuda: PyTorch sees no CUDA device"):
        choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert (choose_device("auto").type, choose_device("cpu").type) == ("cuda", "cpu")


def test_the_cycles_are_triangles_each_half_as_high():
    rates = np.array([cyclic(step, 300, 3) for step in range(300)])
    assert [rates[10], rates[110], rates[210]] == pytest.approx([1.0, 0.5, 0.25])
    assert rates.min() == rates[0] == rates[299] == 0.02
    assert np.all(np.diff(rates[1:10]) > 0)
    assert np.all(np.diff(rates[10:98]) < 0)


def objective_of(dataset, **training):
    return CnnObjective(dataset, recipe_of(**training), dtype=torch.float64)


class Perfect:
    """An estimator that knows d."""

    def __init__(self, dataset, latency, share):
        d = np.roll(dataset.d, latency, axis=1) * share
        self.z = torch.from_numpy(np.stack([d.real, d.imag], 1).reshape(-1, d.shape[1]))

    def __call__(self, first):
        return lambda x: self.z[None, :, first : first + x.shape[2]]


@pytest.mark.parametrize("truncate", [True, False])
@pytest.mark.parametrize(("share", "loss"), [(1.0, 0.0), (0.0, 1.0), (0.9, 0.01)])
def test_the_loss_is_the_residuals_share_of_the_power_in_the_band(small_dataset, truncate, share, loss):
    objective = objective_of(small_dataset, truncate=truncate, batch_samples=8192)
    perfect = Perfect(small_dataset, objective.latency, share)
    parts = objective.loss(perfect(1000), 1000)
    assert parts.in_band.tolist() == pytest.approx([loss], rel=0.15, abs=1e-12)  # one cut is not the whole split
    assert (float(parts.out_of_band) > 0) == (share > 0)


def test_validation_is_the_metric(two_channel_dataset):
    network, _, _ = trained(two_channel_dataset, iterations=1)
    objective = objective_of(two_channel_dataset)
    start, stop = two_channel_dataset.splits["val"]
    z = np.zeros_like(two_channel_dataset.d)
    z[:, start:stop] = estimate(network, two_channel_dataset.x[:, start:stop])
    cut = replace(two_channel_dataset, splits={"val": (start, stop)})
    memory = 4 * sum(SMALL.dilations)
    expected = cancellation_db(replace(cut, splits={"val": (start, stop - memory // 2)}), z, "val", memory // 2, memory)
    assert objective.cancellation_db(network, "val") == pytest.approx(expected.mean, abs=1e-9)


def test_scales_of_the_capture_do_not_matter(small_dataset):
    louder = replace(small_dataset, d=small_dataset.d * 7.0)
    plain, scaled = trained(small_dataset, iterations=1)[1], trained(louder, iterations=1)[1]
    assert scaled[0].val_db == pytest.approx(plain[0].val_db, abs=0.05)


def test_start_weights_keep_the_power_of_the_signal_and_begin_near_zero():
    spec = CnnSpec(leaky_log2=1)
    start = start_weights(spec, 32, 16, torch.Generator().manual_seed(1))
    model = TrainableCnn(spec, 32, 16, start)
    trace = {}
    with torch.no_grad():
        model(torch.randn(1, 64, 2000, generator=torch.Generator().manual_seed(2)), trace)
    assert all(0.3 < float(trace[name].std()) < 3.0 for name in ("a1", "a2", "a3"))
    assert float(trace["z"].std()) < 0.3
