"""State, stack and tables: what the header and the ledger state beside what compilers say."""

import json
import re
from pathlib import Path

import c_graphs
import demo_graphs
import pytest
from compiled import bundle_of, model_of
from demo_models import demo_model
from tools import succeeded

from pimdeploy import api
from pimdeploy.bundle import Bundle
from pimdeploy.emit.c.memory import FRAME_BYTES, memory
from pimdeploy.emit.c.plan import plan
from pimdeploy.verify.backends.c_code import AVX512, CBackend

GRAPHS = {name: make() for name, make in (c_graphs.GRAPHS | demo_graphs.GRAPHS).items()} | {"odd": demo_model().graph}
BUILDS = (
    ("-Os", "-DPIM_BANKED"),
    ("-O3", "-march=x86-64-v3", "-DPIM_BANKED"),
    ("-O3", "-DPIM_PIECEWISE=PIM_BASIS"),
)
MORE_BUILDS = (("-O2",), ("-O3", "-march=x86-64-v3", "-DPIM_PIECEWISE=PIM_BASIS"))
"""For the canceller of the paper's sizes."""
SLACK = 8192
"""What is stated beyond what is used on an Arm processor, at most: registers there are fewer and narrower."""


def printed_sizes(source: Path, name: str, flags: tuple[str, ...], folder: Path) -> dict[str, int]:
    """What the header states and what sizeof says, by one compiler."""
    upper = name.upper()
    wanted = {
        "stack": f"{upper}_STACK_BYTES",
        "stated": f"{upper}_STATE_BYTES",
        "state": f"sizeof({name}_state)",
        "work": "sizeof(pim_work16)",
    }
    lines = "".join(f'    printf("{key} %lu\\n", (unsigned long)({text}));\n' for key, text in wanted.items())
    (folder / "sizes.c").write_text(
        f'#include <stdio.h>\n#include "{name}.h"\nint main(void)\n{{\n{lines}    return 0;\n}}\n'
    )
    succeeded(["gcc", "-std=c99", *flags, f"-I{source}", "-o", str(folder / "sizes"), str(folder / "sizes.c")])
    return {
        key: int(value) for key, value in (line.split() for line in succeeded([str(folder / "sizes")]).splitlines())
    }


def used_stack(source: Path, name: str, flags: tuple[str, ...], folder: Path, compiler: str = "gcc") -> int:
    """The stack under one call of process: its own, that of a block, and that of the hungriest stage."""
    succeeded([compiler, "-std=c99", *flags, "-fstack-usage", "-c", f"{name}.c", "-o", str(folder / "o.o")], source)
    rows = (line.split("\t") for line in (folder / "o.su").read_text().splitlines())
    used = {place.rsplit(":", 1)[1]: int(size) for place, size, _ in rows}
    stages = [size for function, size in used.items() if f"{name}_stage_" in function]
    blocks = [size for function, size in used.items() if function.startswith(f"{name}_block")]
    return used[f"{name}_process"] + sum(blocks) + max(stages, default=0)


@pytest.mark.parametrize("name", GRAPHS)
def test_the_stated_stack_holds_what_gcc_uses_and_the_state_is_as_stated(name: str, tmp_path: Path) -> None:
    graph = GRAPHS[name]
    source = bundle_of(model_of(graph), tmp_path) / "c"
    taken = memory(graph)
    for flags in (*BUILDS, *(MORE_BUILDS if name == "odd" else ())):
        sizes = printed_sizes(source, graph.name, flags, tmp_path)
        used = used_stack(source, graph.name, flags, tmp_path)
        assert used <= sizes["stack"], flags
        is_banked = "-DPIM_BANKED" in flags
        assert sizes["state"] == (taken.state_banked if is_banked else taken.state), flags
        assert sizes["stated"] == taken.state
        if sizes["work"] == 2:
            assert sizes["stack"] == (taken.stack_banked if is_banked else taken.stack)


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_stated_stack_holds_with_stages_in_avx512_instructions(name: str, compiler: str, tmp_path: Path) -> None:
    reason = CBackend(compiler, AVX512, "table").unavailable()
    if reason:
        pytest.skip(reason)
    graph = GRAPHS[name]
    source = bundle_of(model_of(graph), tmp_path) / "c"
    flags = ("-O3", "-march=native", "-DPIM_AVX512")
    assert (
        used_stack(source, graph.name, flags, tmp_path, compiler)
        <= printed_sizes(source, graph.name, flags, tmp_path)["stack"]
    )


def test_the_stated_stack_is_no_more_than_the_arrays_and_the_frames(tmp_path: Path) -> None:
    """For the model of the paper's sizes, whose weights gcc knows: within the allowance of the arrays that it has."""
    graph = demo_model().graph
    source = bundle_of(model_of(graph), tmp_path) / "c"
    assert memory(graph).stack - used_stack(source, "demo", ("-O2",), tmp_path) <= FRAME_BYTES


@pytest.mark.parametrize(
    ("compiler", "cpu"),
    [
        ("aarch64-linux-gnu-gcc", ()),
        ("arm-none-eabi-gcc", ("-mthumb", "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")),
        ("arm-none-eabi-gcc", ("-mthumb", "-mcpu=cortex-m55", "-mfloat-abi=hard")),
    ],
)
def test_the_stated_stack_holds_on_arm_processors(compiler: str, cpu: tuple[str, ...], tmp_path: Path) -> None:
    source = bundle_of(demo_model(), tmp_path) / "c"
    for build in (("-DPIM_PIECEWISE=PIM_BASIS",), ("-DPIM_BANKED",)):
        flags = ("-O3", *cpu, *build)
        used = used_stack(source, "demo", flags, tmp_path, compiler)
        check = f"typedef char it_fits[({used} <= DEMO_STACK_BYTES && DEMO_STACK_BYTES < {used} + {SLACK}) ? 1 : -1];"
        (tmp_path / "fits.c").write_text(f'#include "demo.h"\n{check}\n')
        succeeded([compiler, "-std=c99", *flags, f"-I{source}", "-c", "-o", "fits.o", "fits.c"], tmp_path)


def test_a_shorter_block_needs_less_stack_and_the_header_says_so(tmp_path: Path) -> None:
    source = bundle_of(demo_model(), tmp_path) / "c"
    whole, short = ((f"-DDEMO_BLOCK={block}", "-O2") for block in (256, 16))
    stated = [printed_sizes(source, "demo", flags, tmp_path)["stack"] for flags in (whole, short)]
    used = [used_stack(source, "demo", flags, tmp_path) for flags in (whole, short)]
    assert used[1] <= stated[1] < used[0] <= stated[0]


def test_tables_are_counted_as_they_are_stored() -> None:
    taken = memory(demo_model().graph)
    taps = 2 * (2 * 7 + 8 * 2 + 2 * 8 + 2 * 9)
    assert taken.tables == {"table": taps + 16 * 2 + 16 * 4, "basis": taps + 16 * 2}
    assert memory(demo_model(weight_bits=8, activation_bits=8).graph).tables["basis"] == (taps + 16 * 2) // 2


def test_the_header_states_state_and_stack_in_numbers(tmp_path: Path) -> None:
    header = (bundle_of(demo_model(), tmp_path) / "c" / "demo.h").read_text()
    found, taken = plan(demo_model().graph), memory(demo_model().graph)
    assert f"#define DEMO_STATE_BYTES {taken.state}\n" in header
    assert f"(with PIM_BANKED {taken.state_banked})" in header
    assert f"#define DEMO_BLOCK {found.block}" in header
    stack = r"\(DEMO_STACK_ARRAYS \+ \d+ \+ PIM_SPILLED_BYTES\(\d+\) \+ \\\n +PIM_AVX512_BYTES\(\d+ \+ \d+ \* DEMO_BLOCK\)\)"
    assert re.search(f"#define DEMO_STACK_BYTES {stack}", header)


def test_the_ledger_and_the_command_state_it_too(shared_bundle: Path, pimdeploy) -> None:
    taken = memory(Bundle.open(shared_bundle).graph)
    assert json.loads((shared_bundle / "ledger.json").read_text())["c"] == taken.to_json()
    assert json.loads(pimdeploy("count", shared_bundle, "--json").out)["c"] == taken.to_json()
    shown = pimdeploy("count", shared_bundle).out
    assert f"C code: state {taken.state} bytes, stack at most {taken.stack}" in " ".join(shown.split())
    assert api.c_memory(shared_bundle) == taken
