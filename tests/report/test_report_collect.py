"""The parts of a report, against signals and functions whose figures are known by hand."""

from dataclasses import replace

import numpy as np
import pytest
from demo_models import demo_model
from report_samples import FS_HZ, RECIPE, TONE_HZ, complex_noise

from pimdeploy.datapath.bounds import propagate
from pimdeploy.recipe import parse_recipe
from pimdeploy.report import collect


def test_a_tone_reads_its_power_and_noise_its_share_of_the_bandwidth():
    n_fft, fs_hz = 256, 1000.0
    n = np.arange(200_000)
    tone = 0.5 * np.exp(2j * np.pi * -20 / n_fft * n)
    freq_hz, levels = collect.power_spectrum(tone, fs_hz, n_fft)
    assert freq_hz[0] == -500
    assert np.all(np.diff(freq_hz) == fs_hz / n_fft)
    assert freq_hz[levels.argmax()] == -20 * fs_hz / n_fft
    assert levels.max() == pytest.approx(20 * np.log10(0.5), abs=1e-9)
    noise = complex_noise(np.random.default_rng(1), 1e-3, n.size)[0]
    _, levels = collect.power_spectrum(noise, fs_hz, n_fft)
    share = collect.resolution_bandwidth(fs_hz, n_fft) / fs_hz
    assert share == pytest.approx(1.5 / n_fft)
    assert 10 * np.log10(np.mean(10 ** (levels / 10))) == pytest.approx(10 * np.log10(1e-3 * share), abs=0.05)


def test_silence_has_a_floor():
    _, levels = collect.power_spectrum(np.zeros(64, dtype=complex), 1.0, 32)
    assert np.all(levels == collect.FLOOR_DB)


def test_spectra_before_and_after(dataset, estimate):
    found = collect.spectra(dataset, {"float": estimate}, latency=7)
    (channel,) = found.channels
    tone = int(np.argmin(np.abs(np.array(found.freq_hz) - TONE_HZ)))
    assert channel.received_db[tone] == pytest.approx(-20, abs=0.2)
    assert channel.float_db == pytest.approx(channel.noise_db, abs=1e-6)  # the estimate is exact: the noise is left
    assert channel.fixed_db is None
    assert found.band_hz == (-40e6, 40e6)
    assert -56e6 <= found.freq_hz[0] < -55e6
    assert 55e6 < found.freq_hz[-1] <= 56e6


def test_an_estimate_taken_without_its_latency_leaves_more(dataset, estimate):
    right = collect.spectra(dataset, {"float": estimate}, latency=7).channels[0].float_db
    wrong = collect.spectra(dataset, {"float": estimate}, latency=0).channels[0].float_db
    assert max(wrong) > max(right) + 10


def test_full_span_and_no_noise_reference(dataset, estimate):
    found = collect.spectra(replace(dataset, noise=None), {"fixed": estimate}, 7, margin=None)
    assert found.freq_hz[0] == -FS_HZ / 2
    assert found.channels[0].noise_db is None
    assert len(found.freq_hz) <= collect.MOST_POINTS


def test_too_few_samples_are_refused(dataset, estimate):
    short = replace(dataset, splits={"test": (0, 20)})
    with pytest.raises(ValueError, match="13 samples are too few"):
        collect.spectra(short, {"float": estimate}, 7)


@pytest.mark.parametrize(
    ("a", "f", "expected"),
    [
        ([0, 1, 2, 3], [0, 0, 0, 1], 2.01),
        ([0, 1, 2], [0, 0, -4], 1.01),
        ([0, 1], [0, 1], 0.01),
        ([0, 1, 2], [0, 0.01, 1], 1.0),
        ([0, 1, 2, 3], [0, 0.005, -0.995, 1], 1.015),
        ([0, 1], [1, 1], 0.0),
    ],
)
def test_critical_point_of_known_functions(a, f, expected):
    assert collect.critical_point(np.array(a, float), np.array(f, float)) == pytest.approx(expected, abs=1e-12)


def test_a_zero_function_has_no_critical_point():
    assert collect.critical_point(np.arange(4.0), np.zeros(4)) is None


def test_nonlinearity_is_that_of_the_model():
    model = demo_model()
    (function,) = collect.nonlinearity(model)
    spacing = 2.0**-4
    assert function.knots == tuple(spacing * np.arange(16))
    assert (function.a[0], function.a[-1]) == (-1.0, 1.0)
    weights = np.diff(model.real_tables["f.slopes"][0], prepend=0)
    for a, f in zip(function.a, function.f, strict=True):
        knots = np.array(function.knots)
        basis = np.maximum(a - knots, 0) - np.maximum(-a - knots, 0)  # papers/003, equation (5)
        assert f == pytest.approx(float(weights @ basis), abs=1e-12)
    assert function.critical_point > 0


def test_nonlinearity_up_to_what_was_seen():
    model = demo_model()
    (whole,), (part,) = collect.nonlinearity(model), collect.nonlinearity(model, reach=0.3)
    assert part.a[-1] == 0.3
    assert part.knots == whole.knots[:5]
    assert part.f[-1] == pytest.approx(np.interp(0.3, whole.a, whole.f), abs=1e-12)


def test_functions_that_branches_do_not_share_are_told_apart():
    model = demo_model()
    node = next(n for n in model.graph.nodes if n.name == "f")
    rows = np.repeat(node.slopes.array, 8, axis=0)
    nodes = tuple(replace(n, slopes=type(n.slopes)(rows)) if n is node else n for n in model.graph.nodes)
    tables = model.real_tables | {"f.slopes": np.repeat(model.real_tables["f.slopes"], 8, axis=0)}
    found = collect.nonlinearity(replace(model, graph=replace(model.graph, nodes=nodes), real_tables=tables))
    assert [function.name for function in found] == [f"f[{i}]" for i in range(8)]


def test_headroom_is_that_of_the_bounds():
    graph = demo_model().graph
    found = {n.node: n for n in collect.headroom(graph, peaks_q={"u": 16384, "z": 40_000})}
    bounds = propagate(graph)
    assert list(found) == ["K", "u", "Phi", "a", "f", "c", "Psi", "v", "G", "z"]
    for name, node in found.items():
        assert (node.acc_bits, node.basis_acc_bits) == (bounds[name].acc_bits, bounds[name].basis_acc_bits)
        widest = max(node.acc_bits, node.basis_acc_bits or 0)
        assert node.carrier == ("int32" if widest <= 32 else "int64")
    assert found["f"].basis_acc_bits is not None
    assert found["u"].used == pytest.approx(16384 / 32767)
    assert found["z"].used == 1.0
    assert found["a"].used is None


def test_peaks_take_the_most_negative_code():
    trace = {"u": np.array([[3, -32768]]), "z": np.array([[5, -2]]), "none": np.zeros((2, 0), dtype=np.int64)}
    assert collect.peaks(trace) == {"u": 32768, "z": 5}


class Score:
    def __init__(self, db, bound_db=None):
        self.cancellation_db, self.per_channel_db = db, (db,)
        self.pim_db, self.bound_db, self.out_of_band_db = None, bound_db, -9.0


def test_figures_of_float_and_fixed_point():
    found = collect.split_metrics({"val": Score(15.0), "test": Score(16.0, 17.0)}, {"test": Score(15.5, 17.0)})
    assert found["test"].loss_db == 0.5
    assert found["test"].short_of_bound_db == 1.5
    assert (found["val"].loss_db, found["val"].short_of_bound_db, found["val"].best_db) == (None, None, 15.0)


def test_recipe_summary_has_the_sizes_and_the_resolved_widths():
    summary = collect.recipe_summary(parse_recipe(RECIPE, "recipe"), FS_HZ, 7)
    assert summary.sizes == {"M_K": 7, "M_N": 1, "M_a": 8, "N": 16, "M_G": 9}
    assert (summary.output_bits, summary.latency_samples) == (16, 7)


def test_a_reach_of_nothing_is_refused():
    with pytest.raises(ValueError, match="reach = 0"):
        collect.nonlinearity(demo_model(), reach=0.0)
