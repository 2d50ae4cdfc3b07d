"""Scenario files: the presets, defaults, and one line for everything that cannot be."""

import re

import pytest
from scenario_plans import CARRIERS, SMALL, SOURCE, planned

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import ScenarioSpec, dump_recipe, parse_recipe
from pimdeploy.signals.planned.library import load_plan, load_preset, parse_plan, planned_presets
from pimdeploy.signals.planned.resolve import resolve
from pimdeploy.signals.planned.scenes import scene_of
from pimdeploy.signals.planned.spec import ScenarioPlan
from pimdeploy.signals.scenario import (
    PRESETS,
    find_scenario,
    receive_band,
    sample_rate,
    scenario_names,
    split_ranges,
    title_of,
    with_plan,
)


def refusal(text: str) -> str:
    with pytest.raises(RecipeError) as caught:
        scene_of(planned(text), 1)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_presets() -> None:
    assert planned_presets() == (
        "band2-band4-shared",
        "band3-2x20",
        "band3-2x20-slope",
        "band3-mimo-8x8",
        "band8-gsm-lte",
    )
    assert scenario_names() == (*PRESETS, *planned_presets())
    assert all(title_of(name) for name in scenario_names())


@pytest.mark.parametrize(
    ("name", "rate_hz", "band_hz", "antennas"),
    [
        ("band3-2x20", 491.52e6, (1710e6, 1785e6), (1, 1)),
        ("band3-2x20-slope", 491.52e6, (1710e6, 1785e6), (1, 1)),
        ("band8-gsm-lte", 245.76e6, (880e6, 915e6), (1, 1)),
        ("band2-band4-shared", 983.04e6, (1710e6, 1755e6), (1, 1)),
        ("band3-mimo-8x8", 491.52e6, (1710e6, 1785e6), (8, 8)),
    ],
)
def test_what_the_presets_resolve_to(name, rate_hz, band_hz, antennas) -> None:
    made = resolve(load_preset(name), name)
    spec = ScenarioSpec(preset=name)
    assert made.fs_hz == made.rx_fs_hz == sample_rate(spec) == rate_hz
    middle = sum(band_hz) / 2
    assert made.center_hz == made.tx_center_hz == middle
    assert receive_band(name).band_hz == (band_hz[0] - middle, band_hz[1] - middle)
    assert (made.plan.transmitter.antennas, made.plan.receiver.antennas) == antennas
    assert made.spectrum.n_hits(made.victim) > 0


def test_the_rate_is_chosen_where_none_is_stated() -> None:
    # Order 3 of 1812.5 .. 1862.5 MHz ends at 1912.5, order 9 at 2062.5 MHz; the carriers reach 115 MHz from the centre.
    assert planned().fs_hz == 491.52e6
    low = SMALL.replace("center_hz = 1860e6", "center_hz = 1822e6")
    assert planned(low).fs_hz == 245.76e6


@pytest.mark.parametrize("order", [3, 5, 7])
def test_the_lowest_rate_that_is_named_works_and_one_less_does_not(order) -> None:
    asked = SMALL.replace("order = 3", f"order = {order}\nfs_hz = 200e6")
    line = refusal(asked)
    match = re.fullmatch(
        rf"small\.toml: fs_hz = 200000000: too low for products up to order {order} about the receiver's centre of "
        r"1747\.5 MHz: carriers must fit in and no product may fold into the receive band; the lowest rate that works is "
        r"(\d+) S/s",
        line,
    )
    assert match, line
    lowest = int(match[1])
    assert planned(asked.replace("200e6", f"{lowest}.0")).fs_hz == lowest
    assert f"the lowest rate that works is {lowest} S/s" in refusal(asked.replace("200e6", f"{lowest - 1}.0"))


def test_a_rate_for_a_lower_order_is_named() -> None:
    line = refusal(SMALL.replace("order = 3", "order = 9\nfs_hz = 300e6"))
    assert line.endswith("S/s, or ask for order = 5")


def test_the_receivers_own_rate_is_checked_too() -> None:
    line = refusal(SMALL + "[receiver]\nfs_hz = 122.88e6\n")
    assert line.startswith("small.toml: receiver.fs_hz = 122880000: too low for products up to order 3")
    line = refusal(SMALL.replace("order = 3", "order = 3\nfs_hz = 491.52e6") + "[receiver]\nfs_hz = 983.04e6\n")
    assert line.startswith("small.toml: receiver.fs_hz = 983040000: above fs_hz = 491520000, at which")
    line = refusal(SMALL.replace("order = 3", "order = 3\nfs_hz = 983.04e6") + "[receiver]\nfs_hz = 491.519999e6\n")
    assert line == (
        "small.toml: receiver.fs_hz = 491519999: no ratio of whole numbers up to 4096 to fs_hz = 983040000, from which rx "
        "is decimated; expected such a part of it, 491520000 for example"
    )


CHANGES = {
    "unknown band": ('bands = ["3"]', 'bands = ["33"]', r"unknown band '33'; did you mean 3 \(uplink .*"),
    "outside the band": (
        "center_hz = 1860e6",
        "center_hz = 1881e6",
        r"carrier 1881:5: covers 1878\.5 to 1883\.5 MHz, expected inside the downlink of band 3 .*",
    ),
    "in the uplink": (
        "center_hz = 1860e6",
        "center_hz = 1750e6",
        r"carrier 1750:5: .*; it lies in the uplink, where .*",
    ),
    "overlap": (
        "center_hz = 1860e6",
        "center_hz = 1819e6",
        r"carrier 1815:5 and carrier 1819:5: they overlap from 1816\.5 to 1817\.5 MHz; .*",
    ),
    "unknown waveform": (
        'waveform = "lte-5"',
        'waveform = "ltee-5"',
        r"carrier 1: waveform 'ltee-5': unknown; did you mean 'lte-5'\? known: .*",
    ),
    "unknown width": (
        'waveform = "lte-5"',
        'waveform = "lte-7"',
        r"carrier 1: lte channel of 7 MHz .* the nearest is .*",
    ),
    "unknown key": (
        "power_dbm = 43",
        "pwer_dbm = 43",
        r"unknown key 'carrier 1\.pwer_dbm'; did you mean 'power_dbm'\? known: waveform, .*",
    ),
    "unknown section": ("[[source]]", "[[sorce]]", r"unknown key 'sorce'; did you mean 'source'\? known: .*"),
    "no power": ("power_dbm = 43", "", r"carrier 1\.power_dbm: this key is missing; docs/scenarios\.md lists .*"),
    "no source": (SOURCE, "", r"no \[\[source\]\]: powers say no level of a product without a calibration; add one .*"),
    "no calibration": (
        'level = "-80 dBm at 2 x 43 dBm"',
        'law = "arctan"',
        r"source 1: law = 'arctan' has no calibration, and powers say no level without one; add level = .*",
    ),
    "half a calibration": (
        "-80 dBm at 2 x 43 dBm",
        "-80 dBm",
        r'source 1: level: "-80 dBm": expected a level and its carriers, such as "-150 dBc at 2 x 43 dBm"',
    ),
    "no unit": ("at 2 x 43 dBm", "at 2 x 43", r'source 1: level: .*: unit "" is none of dBm, dBc, .*'),
    "unknown law": (
        "[[source]]",
        '[[source]]\nlaw = "standard-level"',
        r"source 1\.law: there is no law 'standard-level'; did you mean 'standard-levels'\? known: .*",
    ),
    "a key of another law": ("[[source]]", '[[source]]\nim5 = "-117 dBm"', r"source 1: im5 says nothing of law = .*"),
    "no shape": (
        "[[source]]",
        '[[source]]\nlaw = "tanh"',
        r"source 1: law = 'tanh' needs im5 or slope_db for its shape; add one",
    ),
    "no critical point": (
        "[[source]]",
        '[[source]]\nlaw = "threshold"',
        r"source 1: law = 'threshold' needs critical_dbm.*",
    ),
    "a level that no law has": (
        "[[source]]",
        '[[source]]\nlaw = "tanh"\nim5 = "-60 dBm"',
        r"source 1: HyperbolicTangent: IM5 over IM3 = 20 asked; no coefficients of this law give it: .*",
    ),
    "no place": (
        "[[source]]",
        '[[source]]\npath = "external"',
        r"source 1: place_m is where an external source stands: .*",
    ),
    "a key of another path": (
        "[[source]]",
        '[[source]]\npath = "external"\nplace_m = [0, 0, 1]\ndelay_s = 1e-9',
        r"source 1: delay_s is no key of path = 'external'; drop it",
    ),
    "a branch that is not there": ("[[source]]", "[[source]]\nbranch = 1", r"source 1: branch = 1: expected 0 to 0"),
    "a place on an antenna": (
        "[[source]]",
        '[[source]]\npath = "external"\nplace_m = [0, 0, 0]',
        r"source 1: place \(0\.0, 0\.0, 0\.0\) m lies on an antenna element or is not finite",
    ),
    "a place in the plane": (
        "[[source]]",
        '[[source]]\npath = "external"\nplace_m = [0, 1]',
        r"source 1\.place_m: got \[0, 1\], expected x, y and z in m, such as \[0\.1, 0\.2, 0\.5\]",
    ),
    "a path of kilometres": (
        "[[source]]",
        "[[source]]\ndelay_s = 6e-3",
        r"source 1: path: a delay of 2949120 samples .* is more than 16384; .*",
    ),
    "a drift that is not slow": (
        SOURCE,
        SOURCE + "[source.drift]\nperiod_s = 1e-9",
        r"source 1: drift\.period_s = 1e-09: not slow at 491520000 S/s; expected at least 1\.63e-08",
    ),
    "a drift below no delay": (
        SOURCE,
        SOURCE + "[source.drift]\nperiod_s = 1e-3\ndelay_s = 1e-8",
        r"source 1: path: drift of \+-1e-08 s makes the delay of 0 s negative; .*",
    ),
    "dB over nothing": (
        "-80 dBm at",
        "-80 dB at",
        r'source 1: level: "-80 dB at 2 x 43 dBm": dB over what\? expected dBm or dBc, such as .*',
    ),
    "carriers in dB over nothing": ("x 43 dBm", "x 43 dB", r"source 1: level: .*: dB over what\? .*"),
    "a level in dB over nothing": (
        "[[source]]",
        '[[source]]\nlaw = "power-series"\nim5 = "-40 dB"',
        r'source 1: im5: "-40 dB": dB over what\? .*',
    ),
    "a product louder than its carriers": (
        "-80 dBm at",
        "50 dBc at",
        r'source 1: level: "50 dBc at 2 x 43 dBm": the product would be as strong as the carriers; dBc are negative',
    ),
    "MHz in place of Hz": (
        "center_hz = 1860e6",
        "center_hz = 1860",
        r"carrier 2: center_hz = 1860: no radio channel lies there; expected Hz, such as 1815e6",
    ),
    "a modulation of one who has none": (
        'waveform = "lte-5"',
        'waveform = "wcdma"\nmodulation = "qpsk"',
        r"carrier 1: modulation = 'qpsk': wcdma has no subcarriers; drop modulation",
    ),
    "a band by its number": (
        'bands = ["3"]',
        "bands = [3]",
        r"bands: got \[3\], expected a list of names, such as \[\"3\"\] or .*",
    ),
    "no bands": ('bands = ["3"]', "bands = []", r"bands: got \[\], expected a list of names, .*"),
    "even order": (
        "order = 3",
        "order = 4",
        r"scenario: order = 4: products near the carriers have odd orders, such as 3",
    ),
    "no carriers": (CARRIERS, "", r"carrier: this key is missing; .*"),
    "a level as text": (
        "power_dbm = 43",
        'power_dbm = "high"',
        r"carrier 1\.power_dbm: Input should be a valid number.*",
    ),
    "a crest of a constant envelope": (
        'waveform = "lte-5"',
        'waveform = "gsm"\npapr_db = 5.0',
        r"carrier 1: papr_db = 5 at the GSM carrier .*: its envelope is constant; leave papr_db out",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_cannot_be_is_one_line(change) -> None:
    old, new, pattern = CHANGES[change]
    assert old in SMALL
    line = refusal(SMALL.replace(old, new, 1))
    assert re.fullmatch(rf"small\.toml: {pattern}", line), line


MORE = {
    "streams": ("[transmitter]\nstreams = 2\n", r"transmitter: 2 streams on 1 antennas: expected no more streams .*"),
    "identity": (
        "[transmitter]\nantennas = 4\nstreams = 2\n",
        r"transmitter: precoding = 'identity' with streams = 2: .*",
    ),
    "half a converter": ("[receiver]\nadc_bits = 12\n", r"receiver: adc_bits and adc_full_scale_dbm go together: .*"),
    "two bands": (
        '[receiver]\nband = "3"\nband_hz = [1710e6, 1785e6]\n',
        r"receiver: band and band_hz: give one of the two",
    ),
    "edges": (
        "[receiver]\nband_hz = [1785e6, 1710e6]\n",
        r"receiver: band_hz = .*: expected the lower edge first, in Hz",
    ),
    "receiver": ('[receiver]\nband = "B99"\n', r"unknown band 'B99'; did you mean .*"),
    "noise figure": ("[receiver]\nnoise_figure_db = -1\n", r"receiver\.noise_figure_db: Input should be greater .*"),
    "centre": (
        "[transmitter]\ncenter_hz = 900e6\n",
        r"transmitter\.center_hz: fs_hz = 491520000: too low for carriers about 900 MHz; they need at least \d+ S/s",
    ),
    "panel": (
        '[transmitter]\nantennas = 8\n[array]\ncolumns = 3\n[[source]]\npath = "external"\nplace_m = [0, 0, 1]\n',
        r"array\.columns = 3: 8 antennas do not fill whole rows of it; give a divisor",
    ),
    "wanted": (
        '[[wanted]]\nwaveform = "lte-5-uplink"\ncenter_hz = 1784e6\npower_dbm = -100\n',
        r"wanted 1: covers 1781\.5 to 1786\.5 MHz, expected inside the receive band, 1710 to 1785 MHz; .*",
    ),
    "no toml": ("[", r"not valid TOML: .*"),
}


@pytest.mark.parametrize("more", MORE)
def test_what_is_added_and_cannot_be_is_one_line(more) -> None:
    text, pattern = MORE[more]
    line = refusal(SMALL + text)
    assert re.fullmatch(rf"small\.toml: {pattern}", line), line


def test_a_power_series_is_not_driven_to_where_its_highest_order_takes_over() -> None:
    """Beyond twice the power that it was calibrated with, peaks make more of the seventh order than of the third."""
    louder = SMALL.replace("power_dbm = 43", "power_dbm = {}")
    scene_of(planned(louder.format(46, 46)), 1)
    line = refusal(louder.replace("{}", "47"))
    assert line.startswith(
        "small.toml: source 1: law = 'standard-levels' is a power series, calibrated at 46.0 dBm in all; the carriers have "
        "50.0 dBm, where its highest order takes over: "
    )
    for law in (
        'law = "standard-slope"\n',
        'law = "power-series"\n',
    ):  # one saturates, the other has a third order alone
        scene_of(planned(louder.replace("{}", "55") + law), 1)


def test_a_modulation_is_kept_where_there_is_one_and_left_out_where_there_is_none() -> None:
    qpsk = SMALL.replace('waveform = "lte-5"', 'waveform = "lte-5"\nmodulation = "qpsk"', 1)
    found = [carrier.waveform.modulation for carrier in planned(qpsk).carriers]
    assert found == ["qpsk", "64qam"]
    gsm = parse_plan(SMALL.replace('"lte-5"', '"gsm"'), "gsm.toml")
    assert resolve(ScenarioPlan.model_validate(gsm.model_dump(mode="json", exclude_none=True)), "gsm.toml").carriers


def test_files_that_cannot_be_read(tmp_path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    for path, pattern in (
        (tmp_path / "none.toml", r".*none\.toml: no such scenario file; docs/scenarios\.md shows one"),
        (tmp_path / "binary.toml", r".*binary\.toml: cannot be read: it is not UTF-8 text; expected a scenario .*"),
        (tmp_path, r".*: cannot be read: Is a directory; .*"),
    ):
        with pytest.raises(RecipeError) as caught:
            load_plan(path)
        assert re.fullmatch(pattern, str(caught.value)), str(caught.value)


def test_an_unknown_preset_names_the_nearest_of_all() -> None:
    line = r"^scenario\.preset: there is no scenario 'band3-2x2'; did you mean 'band3-2x20'\? known: siso, .*, or a \.toml "
    with pytest.raises(RecipeError, match=line):
        find_scenario("band3-2x2", 1, 8192)
    with pytest.raises(RecipeError, match=line):
        sample_rate(ScenarioSpec(preset="band3-2x2"))


# --- in a recipe -----------------------------------------------------------------------------------------------------

RECIPE = 'name = "a"\n[receive]\nband_hz = [-37.5e6, 37.5e6]\n[scenario]\n'


def test_a_recipe_names_a_preset_or_a_file_and_holds_what_the_file_says(tmp_path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(SMALL)
    assert parse_recipe(RECIPE + 'preset = "band3-2x20"\n', "r").scenario == ScenarioSpec(preset="band3-2x20")
    recipe = parse_recipe(RECIPE + f'file = "{path}"\nseed = 3\n', "r")
    assert recipe.scenario is not None
    held = recipe.model_copy(update={"scenario": with_plan(recipe.scenario)})
    path.unlink()
    back = parse_recipe(dump_recipe(held), "r")  # no file is needed any more, and no folder is named
    assert back == held
    assert str(tmp_path) not in dump_recipe(held)
    assert back.scenario is not None
    assert (back.scenario.file, back.scenario.preset, back.scenario.seed) == ("own.toml", None, 3)
    assert back.scenario.plan == parse_plan(SMALL, "own.toml")
    assert receive_band(back.scenario).band_hz == (-37.5e6, 37.5e6)


@pytest.mark.parametrize(
    ("keys", "pattern"),
    [
        ('preset = "siso"\nfile = "a.toml"\n', r"r: scenario: preset and file: give one of the two"),
        (
            'preset = "band3-2x20"\nsources = 1\n',
            r"r: scenario: sources is a key of preset = 'mimo-8x8' alone; drop it",
        ),
        ('file = "a.toml"\nsources = 1\n', r"r: scenario: sources is a key of preset = 'mimo-8x8' alone; drop it"),
        (
            '[scenario.plan]\nbands = ["3"]\n[[scenario.plan.carrier]]\nwavefrm = "cw"\n',
            r"r: unknown key 'scenario\.plan\.carrier 1\.wavefrm'; did you mean 'waveform'\? .*",
        ),
        (
            'file = "a"\n[scenario.plan]\nbands = ["3"]\nordr = 3\n'
            '[[scenario.plan.carrier]]\nwaveform = "cw"\ncenter_hz = 1e9\npower_dbm = 1\n',
            r"r: unknown key 'scenario\.plan\.ordr'; did you mean 'order'\? .*",
        ),
    ],
)
def test_a_recipe_whose_scenario_cannot_be(keys, pattern) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(RECIPE + keys, "r")
    assert re.fullmatch(pattern, str(caught.value)), str(caught.value)


def test_a_plan_without_a_file_is_a_scenario_too() -> None:
    spec = ScenarioSpec(plan=parse_plan(SMALL, "x"))
    assert (spec.preset, sample_rate(spec)) == (None, 491.52e6)


def test_a_preset_comes_before_a_file_of_its_name(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "siso").write_text("no toml")
    assert find_scenario("siso", 1, 8192).preset == "siso"


def test_too_few_slots_for_the_splits() -> None:
    with pytest.raises(
        RecipeError, match=r"^scenario\.n_samples = 1000: 2 slots in it, at least 5 are needed .* 2500 "
    ):
        split_ranges(1000, ((0, 500), (500, 1000)))
