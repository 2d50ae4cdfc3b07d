"""Bad input ends in one line that says what, where, what was expected and what to do; never in a traceback."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from demo_bundle import SCENARIO

ROOT = Path(__file__).parents[2]


def expect_refusal(ended, pattern, status=2):
    """The command ended with `status` and one line that is `pattern` from its first to its last character."""
    assert ended.status == status, ended
    assert re.fullmatch(f"pimdeploy: {pattern}", ended.error), ended.error
    assert ended.out == ""


# --- captures --------------------------------------------------------------------------------------------------------


def spoiled(samples, value):
    changed = samples.copy()
    changed[0, 37] = value
    return changed


BAD_CAPTURES = {
    "nan": (
        lambda tx, rx: {"rx": spoiled(rx, np.nan)},
        r"capture\.npz: rx, channel 0, sample 37 is \(?nan.*; expected finite numbers: cut it out or record again",
    ),
    "infinity": (
        lambda tx, rx: {"tx": spoiled(tx, np.inf)},
        r"capture\.npz: tx, channel 0, sample 37 is \(?inf.*; expected finite numbers: cut it out or record again",
    ),
    "unequal lengths": (
        lambda tx, rx: {"rx": rx[:, :-5]},
        r"capture\.npz: tx has 16384 samples and rx has 16379; they must cover the same time: cut the longer one, or .*",
    ),
    "empty": (
        lambda tx, rx: {"tx": tx[:, :0], "rx": rx[:, :0]},
        r"capture\.npz: .*tx.* (0 samples|empty|no samples).*",
    ),
    "too short": (
        lambda tx, rx: {"tx": tx[:, :500], "rx": rx[:, :500]},
        r"capture\.npz: tx has 500 samples; at least 1024 are needed",
    ),
    "too short to train": (
        lambda tx, rx: {"tx": tx[:, :2000], "rx": rx[:, :2000]},
        r"training split: \d+ samples are too few for 24 parameters and 63 filter taps, expected at least 2048; .*",
    ),
    "missing samples": (
        lambda tx, rx: {"rx": None},
        r"capture\.npz: .*capture\.(tx|rx)_key.*",
    ),
    "missing rate": (
        lambda tx, rx: {"fs_hz": None},
        r"capture\.npz: no sample rate in the file; set capture\.fs_hz in the recipe",
    ),
    "band outside the rate": (
        lambda tx, rx: {"fs_hz": 50e6},
        r"receive\.band_hz = \[-4e\+07, 4e\+07\]: outside the sample rate of 5e\+07 Hz; expected edges between .*",
    ),
    "silence": (
        lambda tx, rx: {"rx": 0 * rx},
        r"capture\.npz: rx in the receive band, channel 0: all samples are zero; leave this channel out",
    ),
    "pickled": (lambda tx, rx: {"rx": np.array([[{"a": 1}]])}, r"capture\.npz: .*"),
}


@pytest.mark.parametrize("fault", BAD_CAPTURES)
def test_a_capture_that_cannot_be_used(pimdeploy, capture, capture_recipe, tmp_path, fault):
    change, pattern = BAD_CAPTURES[fault]
    path = capture(**change(capture.tx, capture.rx))
    expect_refusal(pimdeploy("run", capture_recipe, "--capture", path, "--out", tmp_path / "out"), pattern)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kept", [0, 40, 5000])
def test_a_truncated_capture(pimdeploy, capture, capture_recipe, tmp_path, kept):
    path = capture()
    path.write_bytes(path.read_bytes()[:kept])
    expect_refusal(pimdeploy("run", capture_recipe, "--capture", path, "--out", tmp_path / "out"), r"capture\.npz: .*")


def test_a_corrupt_capture(pimdeploy, capture, capture_recipe, tmp_path):
    path = capture()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    expect_refusal(pimdeploy("run", capture_recipe, "--capture", path, "--out", tmp_path / "out"), r"capture\.npz: .*")


def test_a_capture_that_is_not_there(pimdeploy, capture_recipe, tmp_path):
    expect_refusal(
        pimdeploy("run", capture_recipe, "--capture", tmp_path / "none", "--out", tmp_path / "out"),
        r".*/none: no such file or folder; check capture\.path or --capture",
    )
    expect_refusal(
        pimdeploy("run", capture_recipe, "--out", tmp_path / "out"),
        r"recipe tiny: no capture given; use --capture DIR\|FILE or set capture\.path",
    )


# --- recipes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "pattern"),
    [
        ("M_K = 3", "M_k = 3", r".*: unknown key 'network\.M_k'; did you mean 'M_K'\? known: family, symmetry, .*"),
        ('name = "tiny"', 'name = "tiny-1"', r".*: name: 'tiny-1' is no C identifier: letters, digits and _, .*"),
        ("steps = 2", "weight_bits = 40", r".*: quantization\.weight_bits: Input should be less than .* 24, got 40"),
        ("steps = 2", "activation_bits = 1", r".*: quantization\.activation_bits: Input should be greater .* 4, got 1"),
        ("[-40e6, 40e6]", "[1e9, 2e9]", r"receive\.band_hz = \[1e\+09, 2e\+09\]: outside the sample rate of .*"),
        ("[-40e6, 40e6]", "[40e6, -40e6]", r".*: receive: band_hz = .*: the lower edge must come first"),
        (
            "[scenario]",
            '[scenario]\npreset = "mimo0"',
            r"scenario\.preset: there is no scenario 'mimo0'; did you mean .*",
        ),
        ("[scenario]", "[scenario", r".*: not valid TOML: .*"),
        ('name = "tiny"', "", r".*: name: this key is missing; docs/recipe\.md lists what a recipe needs"),
    ],
)
def test_a_recipe_that_cannot_be_used(pimdeploy, tmp_path, old, new, pattern):
    assert old in SCENARIO
    (tmp_path / "r.toml").write_text(SCENARIO.replace(old, new))
    expect_refusal(pimdeploy("run", tmp_path / "r.toml", "--out", tmp_path / "out"), pattern)
    expect_refusal(pimdeploy("train", tmp_path / "r.toml", "--out", tmp_path / "work"), pattern)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "work").exists()


def test_an_accumulator_that_no_weights_fit(pimdeploy, tmp_path):
    (tmp_path / "r.toml").write_text(SCENARIO + "[datapath]\nacc_bits = 16\n")
    expect_refusal(
        pimdeploy("run", tmp_path / "r.toml", "--out", tmp_path / "out"),
        r"node '\w+': its accumulator needs \d+ bits more than the 16 of datapath\.acc_bits; raise acc_bits or .*",
    )


def test_an_unknown_model_names_the_nearest(pimdeploy):
    expect_refusal(
        pimdeploy("run", "odd_bfan_sios"),
        r"odd_bfan_sios: neither a \.toml file nor a model of the zoo \(.*\); did you mean 'odd_bfan_siso'\?",
    )


# --- the command itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "pattern"),
    [
        (["verfy"], r"No such command 'verfy'.* \(see pimdeploy --help\)"),
        (["verify"], r"Missing argument .* \(see pimdeploy --help\)"),
        (["verify", "b", "--fast"], r"No such option: --fast.* \(see pimdeploy --help\)"),
        (["verify", "b", "c"], r".*unexpected extra argument.*\(see pimdeploy --help\)"),
        (["verify", "b", "--samples", "0"], r"Invalid value for '--samples': .* \(see pimdeploy --help\)"),
        (["verify", "b", "--samples", "many"], r"Invalid value for '--samples': .* \(see pimdeploy --help\)"),
        (["train", "odd_bfan_siso"], r"Missing option '--out'.* \(see pimdeploy --help\)"),
        (
            ["verify", "none"],
            r"none: no bundle: expected a folder with manifest\.json, as `pimdeploy run` or `export` writes",
        ),
        (["quantize", "none"], r"none/stage\.json: cannot be read: No such file or directory; run the stage before .*"),
        (
            ["simulate", "mimo0", "--out", "none"],
            r"scenario\.preset: there is no scenario 'mimo0'; did you mean 'mimo-8x8'\? .*",
        ),
    ],
)
def test_a_command_that_is_none(pimdeploy, tmp_path, monkeypatch, arguments, pattern):
    monkeypatch.chdir(tmp_path)
    expect_refusal(pimdeploy(*arguments), pattern)
    assert list(tmp_path.iterdir()) == []


def test_no_command_prints_the_help(pimdeploy):
    ended = pimdeploy()
    assert (ended.status, ended.err) == (2, "")
    assert "pimdeploy [OPTIONS] COMMAND" in ended.out


@pytest.mark.parametrize("command", ["verify", "regress", "count", "inspect", "report"])
def test_a_changed_byte_is_status_1_and_an_unreadable_bundle_2(pimdeploy, bundle_path, tmp_path, command):
    (bundle_path / "ledger.json").write_text("{}")
    expect_refusal(
        pimdeploy(command, bundle_path), r".*: ledger\.json differs from its sha256 in the manifest; export .*", 1
    )
    (bundle_path / "manifest.json").write_text("{")
    expect_refusal(pimdeploy(command, bundle_path), r".*manifest\.json: cannot be read: .*; export the bundle again")


def test_requirements_are_checked_before_anything_runs(pimdeploy, shared_bundle, recipe_path, tmp_path):
    pattern = r"--require c_icc: no such backend; known: numpy_table, .*, golden_vectors"
    expect_refusal(pimdeploy("verify", shared_bundle, "--require", "c_icc"), pattern)
    ended = pimdeploy("run", recipe_path, "--out", tmp_path / "out", "--require", "numpy,c_icc")
    expect_refusal(ended, pattern)
    assert "training" not in ended.err
    assert not (tmp_path / "out").exists()


def test_an_unknown_form_is_named(pimdeploy, shared_bundle):
    expect_refusal(pimdeploy("count", shared_bundle, "--form", "lut"), r"--form lut: expected table or basis")


def test_a_folder_of_something_else_is_not_overwritten(pimdeploy, recipe_path, work, tmp_path):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    pattern = r".*/thesis: exists and holds no manifest\.json; give another folder or remove it"
    for ended in (pimdeploy("run", recipe_path, "--out", out), pimdeploy("export", work, "--out", out)):
        expect_refusal(ended, pattern)
        assert "training" not in ended.err  # it is said at once, not after the work
    assert (out / "thesis.txt").read_text() == "years of work"


# --- the stages ------------------------------------------------------------------------------------------------------


def test_an_export_without_its_quantization_is_refused(pimdeploy, work, tmp_path):
    (work / "weights.safetensors").unlink()
    expect_refusal(
        pimdeploy("export", work, "--out", tmp_path / "out"),
        r".*/weights\.safetensors: cannot be read: No such file or directory; run the stage before this one first",
    )


def test_a_new_training_takes_the_old_quantization_away(pimdeploy, work, recipe_path, tmp_path):
    assert pimdeploy("train", recipe_path, "--out", work).status == 0
    expect_refusal(pimdeploy("export", work, "--out", tmp_path / "out"), r".*/weights\.safetensors: cannot be read: .*")


def test_stages_of_two_captures_are_not_mixed(pimdeploy, work, capture, tmp_path):
    (work / "recipe.toml").write_text(
        (work / "recipe.toml").read_text().replace("seed = 1\nn_samples", "seed = 2\nn_samples")
    )
    expect_refusal(
        pimdeploy("export", work, "--out", tmp_path / "out"),
        r".*/work: trained on another capture \(sha256 differs\); give the same one or train again",
    )


@pytest.mark.parametrize("name", ["stage.json", "formats.json", "weights.safetensors", "recipe.toml"])
def test_a_spoiled_file_of_a_stage_is_named(pimdeploy, work, tmp_path, name):
    (work / name).write_bytes(b"\x00{")
    expect_refusal(pimdeploy("export", work, "--out", tmp_path / "out"), rf".*/{re.escape(name)}: not .*")


# --- what stops an export --------------------------------------------------------------------------------------------


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stop_at(monkeypatch, count, error):
    """Let the `count`-th file of an export fail with `error`."""
    write, written = Path.write_bytes, []

    def stop(self, data):
        written.append(self)
        if len(written) == count:
            write(self, data[: len(data) // 2])
            raise error
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", stop)


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("count", [1, 12, 32])
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize(("error", "status"), [(FULL, 2), (KeyboardInterrupt(), 130)])
def test_what_stops_an_export_leaves_nothing_half_written(
    pimdeploy, work, bundle_path, tmp_path, monkeypatch, count, there, error, status
):
    out = bundle_path if there else tmp_path / "new"
    before = contents(tmp_path)
    with monkeypatch.context() as patch:
        stop_at(patch, count, error)
        ended = pimdeploy("export", work, "--out", out)
    lines = {2: r".*: cannot be written: No space left on device; nothing was changed", 130: r"interrupted; nothing .*"}
    expect_refusal(ended, lines[status], status)
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {"work", "bundle"}


def test_a_disk_that_is_full_indeed(work, bundle_path, tmp_path):
    """The operating system refuses files longer than 4,000 bytes: the golden vectors are."""
    before = contents(tmp_path)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "from pimdeploy.cli.main import _main\n"
        f"sys.exit(_main(['export', {str(work)!r}, '--out', {str(bundle_path)!r}, '--json']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert re.fullmatch(r"pimdeploy: .*/bundle: cannot be written: File too large; nothing was changed\n", done.stderr)
    assert json.loads(done.stdout)["exit_status"] == 2
    assert contents(tmp_path) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_full_disk_behind_stdout_is_one_line(shared_bundle, options):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pimdeploy", "inspect", str(shared_bundle), *options],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "pimdeploy: [Errno 28] No space left on device\n")


def test_a_reader_that_went_away_is_the_status_of_a_broken_pipe(shared_bundle):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "pimdeploy", "inspect", str(shared_bundle), "--json"],
            cwd=ROOT,
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, "")


def test_a_fault_of_pimdeploy_is_one_line_too(pimdeploy, shared_bundle, monkeypatch):
    def fault(*_):
        raise ZeroDivisionError("by a test")

    monkeypatch.setattr("pimdeploy.cost.ledger.ledger", fault)
    monkeypatch.delenv("PIMDEPLOY_TRACEBACK", raising=False)
    expect_refusal(
        pimdeploy("count", shared_bundle),
        r"a fault of pimdeploy: ZeroDivisionError: by a test; PIMDEPLOY_TRACEBACK=1 shows where",
    )
    monkeypatch.setenv("PIMDEPLOY_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        pimdeploy("count", shared_bundle)


def test_memory_that_runs_out_is_one_line(pimdeploy, shared_bundle, monkeypatch):
    def fault(*_):
        raise MemoryError

    monkeypatch.setattr("pimdeploy.cost.ledger.ledger", fault)
    expect_refusal(pimdeploy("count", shared_bundle), r"out of memory.*")
