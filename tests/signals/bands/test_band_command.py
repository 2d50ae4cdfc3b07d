"""`pimdeploy bands`: its tables, its JSON, its refusals, its page, and that it needs little to start."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from demo_bundle import command

from pimdeploy import api
from pimdeploy.errors import InputError
from pimdeploy.signals.bands.calibration import Calibration
from pimdeploy.signals.bands.carriers import Carrier

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "bands.md"
TWO = ["--carrier", "1815:20", "--carrier", "1860:20"]


def lines(ended):
    assert (ended.status, ended.err) == (0, "")
    return [" ".join(line.split()) for line in ended.out.splitlines()]


def test_the_table_says_both_limits():
    shown = lines(command("bands"))
    assert "2 II, PCS 1900 1850-1910 1930-1990 80 20 small 40/20 26.66/10 20/6.66 16/5" in shown
    assert "1 I 1920-1980 2110-2170 190 130 large any any 47.5/43.33 38/32.5" in shown
    assert len([line for line in shown if re.search(" (small|large) ", line)]) == 26


def test_bands_go_by_name():
    assert [line.split()[0] for line in lines(command("bands", "DCS 1800", "8"))[2:4]] == ["3", "8"]


def test_json_of_the_table():
    bands = command("bands", "2", "--json").json["bands"]
    assert [band["number"] for band in bands] == ["2"]
    assert bands[0]["limits"][0] == {"order": 3, "paired_hz": 40e6, "whole_uplink_hz": 20e6, "reaches": True}
    assert len(command("bands", "--json").json["bands"]) == len(api.bands()) == 26


def test_a_plan():
    shown = lines(command("bands", "3", *TWO, "--order", "5"))
    assert "IM3 8 1 45 60.0% 0.0% 100.0% 47.5/20" in shown
    assert "2f1 - f2 IM3 1740 1800 60 45 60.0% 75.0% partial" in shown
    assert "RF bandwidth used in band 3: 65 of 75 MHz" in shown


def test_the_channels_of_many_carriers_get_a_table_of_their_own():
    carriers = [part for k in range(12) for part in ("--carrier", f"{1808 + 6 * k}:5")]
    shown = lines(command("bands", "3", *carriers, "--order", "3"))
    assert "order products hit covered, MHz of the band RF bandwidth without it" in shown
    assert "IM3 1168 95 50.5 67.3% 47.5/20" in shown
    assert "f4's channel 1728.5 1733.5 0.0%" in shown
    assert "f5's channel 1734.5 1739.5 100.0%" in shown


def test_levels_stand_beside_the_products():
    shown = lines(command("bands", "3", "--carrier", "1815:5:43", "--carrier", "1860:5:43", "--level", "3=-150dBc@43"))
    assert any(line.startswith("2f1 - f2 IM3 ") and line.endswith(" whole -107.0") for line in shown)
    assert any(line.startswith("3f1 - 2f2 IM5 ") and line.endswith(" -") for line in shown)


def test_whole_downlinks_stand_in_for_carriers():
    shown = lines(command("bands", "1", "3", "--order", "3"))
    assert shown[0] == "whole downlinks, for any carriers in them, MHz"
    assert "around B3 IM3 1730 1955 225 35 58.3% 15.6% partial" in shown


def test_nothing_says_so():
    assert "nothing up to order 3 falls into it" in lines(command("bands", "4", "--order", "3"))


def test_all_lists_every_product_and_otherwise_the_rest_is_counted():
    many = [part for k in range(6) for part in ("--carrier", f"{926.2 + 6 * k:g}:0.2")]
    short = lines(command("bands", "8", *many, "--order", "5"))
    more = int(next(re.fullmatch(r"and (\d+) more, .*; --all lists them", s)[1] for s in short if s.startswith("and ")))
    every = lines(command("bands", "8", *many, "--order", "5", "--all"))
    hits = [line for line in every if re.search(r"(partial|whole)$", line)]
    assert len(hits) == 40 + more
    assert len(every[every.index("every product up to order 5, MHz") + 2 :]) == 2014
    data = command("bands", "8", *many, "--order", "5", "--json").json
    assert len(data["receivers"][0]["hits"]) == len(hits)
    assert data["n_products"] == 2014


def test_json_of_a_plan_and_its_picture(tmp_path):
    plot = tmp_path / "plan.svg"
    data = command("bands", "3", *TWO, "--order", "3", "--plot", plot, "--json").json
    assert data["plot"] == str(plot)
    assert plot.read_bytes().startswith(b"<svg ")
    assert data["carriers"][0] == {"name": "f1", "band": "3", "span_hz": [1805e6, 1825e6], "power_dbm": None}
    assert data["receivers"][0]["orders"][0]["share_of_receiver"] == 0.6


def test_a_file_adds_bands(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[[band]]\nnumber = "66"\nuplink_mhz = [1710, 1780]\ndownlink_mhz = [2110, 2200]\n')
    assert [line.split()[0] for line in lines(command("bands", "66", "--table", path))][2] == "66"
    assert command("bands", "66").status == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["33"], "unknown band '33'; did you mean 3 .*"),
        (["3", "3"], "band 3 is given twice; give each band once"),
        (
            ["3", "--carrier", "1700:20"],
            "--carrier 1700:20: covers 1690 to 1710 MHz, expected inside the downlink of .*",
        ),
        (["3", *TWO, "--carrier", "1865:5"], "--carrier 1860:20 and --carrier 1865:5: they overlap .*"),
        (["3", *TWO, *TWO], "--carrier 1815:20: given twice; give each carrier once"),
        (["3", *TWO, "--order", "1"], "--order 1: expected 2 to 15"),
        (["3", *TWO, "--order", "99"], "--order 99: expected 2 to 15"),
        (["3", "--carrier", "1815:20:43"], "--carrier 1815:20:43: a power says no level of a product without a .*"),
        (["3", *TWO, "--plot", "plan.png"], "--plot plan.png: expected a file name that ends in .svg"),
        (["3", "--carrier", "x"], "--carrier x: expected CENTRE:BANDWIDTH.*"),
        (["--receiver", "8"], "no band is named; .*"),
        (["--table", "/none.toml"], "/none.toml: cannot be read: No such file or directory; expected a TOML file .*"),
    ],
)
def test_bad_input_ends_in_one_line(arguments, message):
    ended = command("bands", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert re.fullmatch(f"pimdeploy: {message}", ended.error), ended.error


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    ended = command("bands", "3", *TWO, "--plot", tmp_path / "file" / "plan.svg")
    assert ended.status == 2
    assert "plan.svg: cannot be written: " in ended.error


HEAVY = ("torch", "brevitas", "scipy", "matplotlib", "onnx", "onnxruntime", "sigmf")


@pytest.mark.parametrize("arguments", [[], ["3", *TWO, "--json"], ["3", *TWO, "--plot", "plan.svg"]])
def test_it_runs_without_what_training_and_the_backends_need(arguments, tmp_path):
    code = f"import sys\nfor name in {HEAVY}: sys.modules[name] = None\n"
    code += "from pimdeploy.cli.main import _main\nsys.exit(_main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "bands", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "plan.svg").is_file() == ("--plot" in arguments)


def test_the_api_takes_figures_or_text():
    figures = api.plan_bands(
        ["3"],
        [Carrier(1815e6, 5e6, 43), Carrier(1860e6, 5e6, 43)],
        ["3"],
        order=3,
        levels=[Calibration(3, -107.0, 43.0)],
    )
    text = api.plan_bands(["DCS 1800"], ["1815:5:43", "1860:5:43"], order=3, levels=["3=-150dBc@43"])
    assert figures.to_json(every=True) == text.to_json(every=True)
    with pytest.raises(InputError, match=r"^--carrier nan:5: the edges must be positive frequencies"):
        api.plan_bands(["3"], [Carrier(float("nan"), 5e6)])


# --- the page --------------------------------------------------------------------------------------------------------

EXAMPLES = re.findall(r"```console\n\$ pimdeploy (bands.*)\n((?:.*\n)*?)```", PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("typed", "printed"), EXAMPLES, ids=[typed for typed, _ in EXAMPLES])
def test_the_page_shows_what_the_command_prints(typed, printed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = command(*shlex.split(typed))
    shown = [line.rstrip() for line in (ended.out + ended.err).splitlines()]
    for line in printed.splitlines():
        assert line.rstrip() in (*shown, "..."), line


def test_the_pictures_of_the_page_are_made_by_its_commands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    drawn = re.findall(r"--plot (\S+\.svg)", PAGE.read_text(encoding="utf-8"))
    for typed, _ in EXAMPLES:
        if "--plot" in typed:
            assert command(*shlex.split(typed)).status == 0
            name = re.search(r"--plot (\S+)", typed)[1]
            assert (tmp_path / name).read_bytes() == (ROOT / "docs" / "images" / name).read_bytes(), typed
    assert len(drawn) >= 2
