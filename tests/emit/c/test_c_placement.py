"""Section and alignment of the tables: what GCC does with them, and the words for TI's and CEVA's compilers."""

import re
from pathlib import Path

import pytest
from demo_models import demo_model
from tools import succeeded

from pimdeploy.emit.c.code import emit_c
from pimdeploy.emit.c.placement import Placement
from pimdeploy.errors import RecipeError
from pimdeploy.recipe import parse_recipe

RECIPE = 'name = "demo"\n[receive]\nband_hz = [-4e7, 4e7]\n[scenario]\npreset = "siso"\n[export]\n'
TABLES = ("K_TAPS", "PHI_TAPS", "F_SLOPES", "PSI_TAPS", "G_TAPS", "RECEIVE_FILTER_RE")


def header(place: Placement) -> str:
    return emit_c(demo_model(M_a=2), place)["c/demo_weights.h"].decode("ascii")


def placed_tables(text: str) -> int:
    """How many tables `text` defines; the limits of the envelope, of 64 bits, are read once a swap and are not placed."""
    return len(re.findall(r"^static const (?!int64_t)", text, re.MULTILINE))


def test_gcc_puts_every_table_where_it_is_asked_to(tmp_path: Path) -> None:
    for name, data in emit_c(demo_model(M_a=2), Placement("gcc", ".pim_tables", 64)).items():
        (tmp_path / Path(name).name).write_bytes(data)
    use = "extern const void *const at_{0};\nconst void *const at_{0} = DEMO_{0};\n"
    uses = "".join(use.format(name) for name in TABLES)
    (tmp_path / "uses.c").write_text(f'#include "demo_weights.h"\n{uses}')
    for compiler in ("gcc", "clang"):
        succeeded([compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-c", "uses.c"], tmp_path)
        symbols = succeeded(["objdump", "-t", "uses.o"], tmp_path)
        placed = re.findall(r"^([0-9a-f]+) .*\.pim_tables\s+\w+\s+DEMO_(\w+)$", symbols, re.MULTILINE)
        assert {name for _, name in placed} >= set(TABLES)
        assert all(int(address, 16) % 64 == 0 for address, _ in placed)
        succeeded([compiler, "-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-c", "demo.c"], tmp_path)
    assert "Each begins at a multiple of 64 bytes." in header(Placement("gcc", None, 64))


def test_ti_compilers_get_pragmas_that_name_the_table_in_c_and_none_in_cpp() -> None:
    text = header(Placement("ti", ".l2", 8))
    assert text.count("#ifdef __TI_COMPILER_VERSION__") == placed_tables(text)
    for name in TABLES:
        lines = text[: text.index(f"DEMO_{name}[")].splitlines()[-10:]
        assert f'#pragma DATA_SECTION(DEMO_{name}, ".l2")' in lines
        assert f"#pragma DATA_ALIGN(DEMO_{name}, 8)" in lines
        assert '#pragma DATA_SECTION(".l2")' in lines
    assert "__attribute__" not in text


def test_ceva_compilers_get_a_data_section_and_other_machines_nothing(tmp_path: Path) -> None:
    text = header(Placement("ceva", "pim_tables", 32))
    assert '#define DEMO_PLACED __attribute__((section(".DSECT pim_tables"), aligned(32)))' in text
    (tmp_path / "h.c").write_text(re.sub(r"#include .*", "", text))
    host = succeeded(["gcc", "-E", "h.c"], tmp_path)
    foreign = succeeded(["gcc", "-E", "-U__x86_64__", "-U__aarch64__", "h.c"], tmp_path)
    assert "section" not in host
    assert foreign.count('section(".DSECT pim_tables"), aligned(32)') == placed_tables(foreign)


def test_portable_headers_ask_for_nothing() -> None:
    assert header(Placement()) == header(Placement("gcc")) == emit_c(demo_model(M_a=2))["c/demo_weights.h"].decode()
    assert not re.search(r"__attribute__|pragma|PLACED", header(Placement()))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('c_section = ".x"', r"export: c_section and c_alignment need c_compiler: gcc, ti or ceva$"),
        ('c_compiler = "gcc"\nc_alignment = 48', r"export: c_alignment 48: expected a power of two$"),
        ('c_compiler = "gcc"\nc_section = "a b"', r"export\.c_section: String should match pattern"),
        ('c_compiler = "icc"', r"export\.c_compiler: Input should be 'portable', 'gcc', 'ti' or 'ceva', got 'icc'$"),
    ],
)
def test_a_wrong_placement_is_one_line(lines: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        parse_recipe(RECIPE + lines, "recipe.toml")
