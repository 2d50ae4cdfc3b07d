"""The C code on emulated Arm processors: from the Makefile as users call it, and as backends of the proof."""

import re
import subprocess
from pathlib import Path

import c_graphs
import numpy as np
import pytest
from compiled import assert_nodes_equal, bundle_of, expected_nodes, model_of, stimulus
from demo_models import demo_model
from disassembled import counts_in_stages
from tools import missing, require

import firmware_ref
from pimdeploy.bundle import Bundle
from pimdeploy.datapath.model import Model
from pimdeploy.errors import BundleError, InputError, MismatchError
from pimdeploy.verify.backends.arm import TARGETS, ArmBackend, arm_backends
from pimdeploy.verify.proof import backends_for, check_require, verify

KERNELS = Path(firmware_ref.__file__).parent / "c"
GOLDEN = Path(__file__).parents[2] / "export"
BUNDLES = sorted(path.parent.name for path in GOLDEN.glob("*/manifest.json"))


def with_golden(model: Model, folder: Path, n_samples: int = 900) -> Path:
    """A folder as the Makefile wants it: c/ and golden vectors, which the NumPy reference makes."""
    bundle_of(model, folder)
    x_q = stimulus(model.graph)[:, :n_samples]
    (folder / "golden").mkdir()
    np.save(folder / "golden" / "stimulus.npy", x_q.astype(np.int32))
    expected = expected_nodes(model.graph, x_q)[model.graph.output.name]
    np.save(folder / "golden" / "expected.npy", expected.astype(np.int32))
    return folder


def made(*arguments: str) -> subprocess.CompletedProcess:
    require("make")
    command = ["make", "-s", "-C", str(KERNELS), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def available(target: str) -> ArmBackend:
    backend = ArmBackend(target, "table")
    reason = backend.unavailable()
    if reason is not None:
        missing(reason)
    return backend


@pytest.mark.parametrize("target", TARGETS)
def test_make_run_replays_the_golden_vectors_and_prints_size_and_instructions(target: str, tmp_path: Path) -> None:
    available(target)
    bundle = with_golden(demo_model(), tmp_path / "bundle")
    for form in ("PIM_TABLE", "PIM_BASIS"):
        ran = made(f"BUNDLE={bundle}", f"TARGET={target}", f"FORM={form}", f"OUT={tmp_path / form}", "run")
        assert ran.returncode == 0, ran.stderr
        for block in (0, 1, 37):
            assert f"demo: block={block} samples=900 mismatches=0\n" in ran.stdout
        size = re.search(r"text\s+data\s+bss.*\n\s+(\d+)\s+(\d+)\s+0", ran.stdout)
        counted = re.search(r"instructions a sample: (\d+\.\d)", ran.stdout)
        assert size is not None, ran.stdout
        assert 600 < int(size[1]) < 40_000
        if "not counted" in ran.stdout:
            missing("QEMU takes no plugins")
        assert counted is not None, ran.stdout
        assert 80 < float(counted[1]) < 6000
        check_instructions(tmp_path / form / "demo.o", target, form)


OWN_INSTRUCTIONS = {
    "aarch64": ("aarch64-linux-gnu-objdump", r"\bv\d+\.(4s|8h)"),
    "armv7": ("arm-linux-gnueabihf-objdump", r"\bq\d+\b"),
    "cortex-m4": ("arm-none-eabi-objdump", r"\bsm(la|ul)[bt][bt]\b"),
    "cortex-m7": ("arm-none-eabi-objdump", r"\bsm(la|ul)[bt][bt]\b"),
    "cortex-m55": ("arm-none-eabi-objdump", r"\bq[0-7]\b"),
}
"""What a build for a processor consists of that another's has not: vectors of NEON and Helium, products of halves."""


def check_instructions(compiled: Path, target: str, form: str) -> None:
    """Every stage is made of them, but the function of a Cortex-M4 or M7, which multiplies whole words."""
    objdump, pattern = OWN_INSTRUCTIONS[target]
    found = counts_in_stages(compiled, pattern, objdump)
    if target in ("cortex-m4", "cortex-m7") and form == "PIM_TABLE":
        found.pop("c")
    assert min(found.values()) >= 10, found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", BUNDLES)
def test_golden_bundles_have_no_mismatch_on_a_target(name: str, target: str, tmp_path: Path) -> None:
    available(target)
    bundle = GOLDEN / name
    ran = made(f"BUNDLE={bundle}", f"TARGET={target}", f"OUT={tmp_path}", "replay")
    assert ran.returncode == 0, ran.stderr + ran.stdout
    samples = np.load(bundle / "golden" / "stimulus.npy").shape[1]
    for block in (0, 1, 37):
        assert f"{name}: block={block} samples={samples} mismatches=0\n" in ran.stdout


def test_a_changed_golden_vector_fails_on_the_target(tmp_path: Path) -> None:
    available("cortex-m4")
    bundle = with_golden(demo_model(M_a=1), tmp_path / "bundle")
    expected = np.load(bundle / "golden" / "expected.npy")
    expected[1, 77] += 1
    np.save(bundle / "golden" / "expected.npy", expected)
    ran = made(f"BUNDLE={bundle}", "TARGET=cortex-m4", f"OUT={tmp_path / 'out'}", "run")
    assert ran.returncode != 0
    assert "first mismatch: channel 1, sample 77" in ran.stdout


@pytest.mark.parametrize("name", ["functions", "magnitudes", "wide_layers", "antennas"])
def test_every_width_of_integer_has_no_mismatch_on_a_32_bit_processor(name: str, tmp_path: Path) -> None:
    available("cortex-m55")
    model = model_of(c_graphs.GRAPHS[name]())
    backend = ArmBackend("cortex-m55", "basis")
    (tmp_path / "work").mkdir()
    backend.prepare(bundle_of(model, tmp_path / "bundle"), tmp_path / "work")
    x_q = stimulus(model.graph)
    output = expected_nodes(model.graph, x_q)[model.graph.output.name]
    for block in (None, 37):
        np.testing.assert_array_equal(backend.run(x_q, block), output)
    if name == "magnitudes":
        assert_nodes_equal(model, backend)


def test_the_banked_build_runs_on_a_target(tmp_path: Path) -> None:
    available("cortex-m7")
    bundle = with_golden(demo_model(M_a=2), tmp_path / "bundle")
    ran = made(f"BUNDLE={bundle}", "TARGET=cortex-m7", "DEFINES=-DPIM_BANKED", f"OUT={tmp_path / 'out'}", "run")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("mismatches=0") == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["TARGET=m68k", "BUNDLE=."], "TARGET=m68k: expected one of aarch64 armv7 cortex-m4 cortex-m7 cortex-m55"),
        (["TARGET=aarch64", "BUNDLE=/nowhere"], "BUNDLE=/nowhere: no c/<name>_weights.h in it; give a bundle's folder"),
    ],
)
def test_wrong_use_of_make_is_said_in_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    ran = made(*arguments, f"OUT={tmp_path}", "build")
    assert ran.returncode != 0
    assert ran.stderr.splitlines()[0] == message


# In the proof


def test_there_is_a_golden_bundle_of_every_kind_of_canceller() -> None:
    wanted = {"odd_bfan_siso", "odd_bfan_mimo", "whlut_siso", "memory_polynomial_siso", "cnn_lightweight"}
    assert wanted <= set(BUNDLES)


def test_emulated_processors_run_where_they_are_required_and_nowhere_else() -> None:
    names = {backend.name for backend in arm_backends()}
    assert names == {f"arm_{t.replace('-', '_')}_{form}" for t in TARGETS for form in ("table", "basis")}
    assert not names & {backend.name for backend in backends_for(["numpy", "c_gcc"])}
    assert names & {b.name for b in backends_for(["arm_cortex_m4", "numpy"])} == {
        "arm_cortex_m4_table",
        "arm_cortex_m4_basis",
    }
    for every in ("arm_", "arm"):
        assert names <= {backend.name for backend in backends_for([every])}
    check_require(["arm_cortex_m55_basis", "golden_vectors"])
    with pytest.raises(InputError, match=r"^--require arm_cortex_m3: no such backend; known: .*arm_cortex_m55_basis"):
        check_require(["arm_cortex_m3"])


def test_a_processor_replays_all_golden_vectors_and_the_beginning_of_every_stimulus(shared_bundle: Path) -> None:
    available("cortex-m7")
    bundle = Bundle.open(shared_bundle)
    proof = verify(bundle, samples=3000, require=["arm_cortex_m7_table"], backends=[ArmBackend("cortex-m7", "table")])
    result = proof.backends[1]
    assert (result.name, result.status, result.mismatches, proof.good) == ("arm_cortex_m7_table", "ok", 0, True)
    assert result.samples > bundle.load_array("golden/stimulus.npy").shape[1] + 3000


def test_a_fault_in_the_code_is_named_by_its_node_on_a_processor(bundle_path: Path) -> None:
    available("armv7")
    file = bundle_path / "c" / "demo.c"
    text = file.read_text()
    file.write_text(text.replace("a < 0 ? -y : y", "y"))
    assert file.read_text() != text
    proof = verify(Bundle.open(bundle_path, check_bytes=False), samples=2000, backends=[ArmBackend("armv7", "table")])
    result = proof.backends[1]
    assert (result.status, result.first and result.first["node"]) == ("mismatch", "f")


def test_code_that_does_not_compile_and_programs_that_fault_are_one_line(tmp_path: Path) -> None:
    available("cortex-m4")
    bundle = bundle_of(demo_model(M_a=1), tmp_path / "bundle")
    source = bundle / "c" / "demo.c"
    text = source.read_text()
    source.write_text(text + "int broken(void) { return missing; }\n")
    (tmp_path / "work").mkdir()
    with pytest.raises(
        BundleError, match=r"^arm_cortex_m4_table: the cross-compiler refuses the C code: .*demo\.c.*error"
    ):
        ArmBackend("cortex-m4", "table").prepare(bundle, tmp_path / "work")
    source.write_text(text.replace("    *state = zero;", "    *state = zero;\n    *(volatile int *)0xF0000000 = 1;"))
    backend = ArmBackend("cortex-m4", "table")
    backend.prepare(bundle, tmp_path / "work")
    with pytest.raises(MismatchError, match=r"^arm_cortex_m4_table: status 70$"):
        backend.run(np.zeros((2, 5), dtype=np.int64))


def test_a_missing_compiler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    require("make")
    probed = made("TARGET=aarch64", "CC=no-such-gcc", "probe")
    assert (probed.returncode != 0, probed.stdout) == (True, "no-such-gcc is not installed\n")
    monkeypatch.setenv("PATH", "/nowhere")
    assert ArmBackend("aarch64", "table").unavailable() == "make is not installed"
