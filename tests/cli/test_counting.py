"""`count --target`, `--savings` and zoo names: text and JSON, and budgets on devices end in exit status 1."""

from pathlib import Path

import pytest
from demo_bundle import RECIPE, demo_parts

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.emit.bundle import write_bundle
from pimdeploy.errors import InputError

ROOT = Path(__file__).parents[2]


def test_a_share_of_a_device_as_json(pimdeploy, shared_bundle):
    ended = pimdeploy("count", shared_bundle, "--target", "zu48dr", "--json")
    assert ended.status == 0
    found = ended.json["target"]
    assert found.keys() == {
        "target", "title", "assumptions", "form", "fs_hz", "clock_hz", "share", "binding", "highest_fs_hz", "bounds",
        "memory", "notes", "facts",
    }  # fmt: skip
    assert (found["target"], found["fs_hz"], found["form"]) == ("zu48dr", 491.52e6, "table")
    assert found["share"] == max(bound["share"] for bound in found["bounds"].values())
    assert found["highest_fs_hz"] == pytest.approx(found["fs_hz"] / found["share"])
    assert found["facts"]["dsp"]["source"].startswith("AMD DS889")
    assert ended.json["savings"] is None
    plain = pimdeploy("count", shared_bundle, "--json").json
    assert (plain["target"], plain["savings"]) == (None, None)


def test_a_share_of_a_device_for_eyes(pimdeploy, shared_bundle):
    ended = pimdeploy("count", shared_bundle, "--target", "c66x", "--fs-hz", "30.72e6", "--form", "basis")
    assert ended.status == 0
    for text in (
        "demo on TI TMS320C6678, C66x at 1.25 GHz, 30.72 MS/s, basis form",
        "(binds)",
        "of 8 cores",
        "highest sample rate: ",
        "memory: ",
        "fits L1D of a core",
        "assumed: peak, not measured: ",
    ):
        assert text in ended.out


def test_another_clock_scales_the_share(pimdeploy, shared_bundle):
    shares = [
        pimdeploy("count", shared_bundle, "--target", "zu28dr", "--clock-hz", clock, "--json").json["target"]["share"]
        for clock in (245.76e6, 491.52e6)
    ]
    assert shares[0] == pytest.approx(2 * shares[1])


def test_the_devices_are_listed_with_their_sources(pimdeploy):
    for_eyes = pimdeploy("count", "--target", "list")
    assert for_eyes.status == 0
    data = pimdeploy("count", "--target", "list", "--json").json["targets"]
    assert data.keys() == api.targets().keys()
    for name, facts in data.items():
        assert name in for_eyes.out
        assert facts["source"]


def test_savings_are_ranked(pimdeploy, shared_bundle):
    ended = pimdeploy("count", shared_bundle, "--savings", "--json")
    ranked = ended.json["savings"]
    assert ranked[0]["option"] == "three-multiply complex products"
    assert ranked[0]["saves"]["multiplies"] == 3 + 3  # K and G have three complex taps each
    for_eyes = pimdeploy("count", shared_bundle, "--savings").out
    assert "what would save, a sample, table form" in for_eyes
    assert 'the same integers; recipe: datapath.products = "three"' in for_eyes
    assert "nothing to save by: " in for_eyes


def test_a_model_of_the_zoo_is_counted_by_name(pimdeploy):
    ended = pimdeploy("count", "odd_bfan_siso", "--target", "zu28dr", "--json")
    golden = api.count(ROOT / "export" / "odd_bfan_siso").to_json()
    assert ended.json["datapath"] == golden["datapath"]
    assert ended.json["target"]["fs_hz"] == 491.52e6


def test_the_antenna_arrays_have_their_own_rate():
    assert api.estimate("cnn_lightweight", "zu28dr").fs_hz == 245.76e6
    assert api.estimate("even_bfan_mimo", "zu28dr").fs_hz == 491.52e6


def test_a_rate_that_only_the_capture_knows_is_asked_for(pimdeploy):
    ended = pimdeploy("count", "odd_bfan_apa", "--target", "c66x")
    assert (ended.status, ended.error) == (
        2,
        "pimdeploy: odd_bfan_apa: its recipe leaves the sample rate to the capture; give --fs-hz",
    )
    assert pimdeploy("count", "odd_bfan_apa", "--target", "c66x", "--fs-hz", "200e6").status == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--target", "c67x"), "target 'c67x': no such device; did you mean 'c66x'? known: "),
        (("--target", "c66x", "--fs-hz", "0"), "--fs-hz 0: expected a sample rate above 0, in Hz"),
        (("--target", "c66x", "--clock-hz", "2e9"), "--clock-hz 2e+09: c66x runs at up to 1.25e+09 Hz; "),
        (("--clock-hz", "2e9"), "--clock-hz: a clock is that of a device; give --target, too"),
    ],
)
def test_what_cannot_be_asked(pimdeploy, shared_bundle, arguments, line):
    ended = pimdeploy("count", shared_bundle, *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.error.startswith(f"pimdeploy: {line}")


def test_without_a_bundle_and_with_an_unknown_name(pimdeploy):
    assert pimdeploy("count").error.startswith("pimdeploy: count: no bundle given; ")
    ended = pimdeploy("count", "odd_bfan_sisi")
    assert ended.status == 2
    assert ended.error.endswith("did you mean the zoo's 'odd_bfan_siso'?")


def test_a_budget_on_a_device_is_status_1_and_names_the_nodes(pimdeploy, tmp_path):
    limits = '[budget]\ntarget = "cortex_m7"\nshare = 0.9\nweight_bytes = 3\n'
    path = write_bundle(demo_parts(recipe=RECIPE + limits), tmp_path / "b").path
    ended = pimdeploy("count", path, "--json")
    assert ended.status == 1
    weights, share = ended.json["exceeded"]
    assert weights.startswith("budget.weight_bytes: ")
    assert share.startswith("budget.share: ")
    assert "cortex_m7 at 491.52 MS/s in table form (instructions bind; peak, not measured), 90 % allowed" in share
    assert "largest: " in share
    assert pimdeploy("count", path, "--fs-hz", "1e3", "--json").json["exceeded"] == [weights]


def test_the_api_takes_what_the_command_takes(shared_bundle):
    bundle = Bundle.open(shared_bundle)
    assert api.estimate(bundle, "c66x").share == api.estimate(shared_bundle, "c66x").share
    assert api.savings(bundle)[0].total == api.savings(str(shared_bundle))[0].total
    with pytest.raises(InputError, match=r"^--form round: expected table or basis$"):
        api.estimate(bundle, "c66x", "round")
