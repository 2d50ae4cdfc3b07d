"""cppcheck, its MISRA addon and clang-tidy on the emitted C of every node kind, in both builds."""

import re
from pathlib import Path

import c_graphs
import demo_graphs
import pytest
from compiled import bundle_of, model_of
from demo_models import demo_model
from tools import missing, ran, require, succeeded

DOCUMENT = Path(__file__).parents[3] / "docs" / "c_kernel.md"
MODELS = {name: model_of(make()) for name, make in (c_graphs.GRAPHS | demo_graphs.GRAPHS).items()}
MODELS |= {
    "odd": demo_model(),
    "odd_w8": demo_model(weight_bits=8, activation_bits=8),
    "small": demo_model(M_a=2, N=4),
    "even_bfan": demo_model(symmetry="even"),
}
BUILDS = (["-DPIM_PIECEWISE=PIM_TABLE", "-DPIM_BANKED"], ["-DPIM_PIECEWISE=PIM_BASIS"])
"""Both builds and both forms. A define keeps cppcheck from every other combination that it sees in the code."""
CPPCHECK = ["cppcheck", "-q", "--std=c99", "--enable=warning,style,performance,portability"]
MISRA = ["--addon=misra"]
UNDER_MISRA = {**dict.fromkeys(c_graphs.GRAPHS, 1), "odd": 2, "functions": 2, "long_functions": 2}
"""In how many builds, for the rules take four times as long as all else: every node kind in every type and loop."""
TIDY = "-*,bugprone-*,cert-*,clang-analyzer-*,misc-*,performance-*,portability-*"
NOT_TIDY = "bugprone-easily-swappable-parameters"
"""Two samples, two bounds: parameters of one type beside each other are what such code is made of."""


def sources(name: str, folder: Path) -> tuple[Path, str]:
    model = MODELS[name]
    return bundle_of(model, folder) / "c", model.graph.name


def findings(folder: Path, files: list[str], options: list[str]) -> list[str]:
    """What cppcheck says, a finding a line, its identifier first."""
    require("cppcheck")
    done = ran([*CPPCHECK, "--template={id} {file}:{line} {message}", *options, *files], folder)
    if "addon" in done.stderr and "misra-c2012" not in done.stderr:
        missing("cppcheck has no MISRA addon")
    return done.stderr.splitlines()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The findings in the code of every model, those of MISRA's addon included where it looks."""
    lines: dict[str, list[str]] = {}
    for name in MODELS:
        folder, stem = sources(name, tmp_path_factory.mktemp(name))
        lines[name] = []
        for number, build in enumerate(BUILDS):
            addon = MISRA if number < UNDER_MISRA.get(name, 0) else []
            lines[name] += findings(folder, [f"{stem}.c"], [*addon, *build])
    return lines


@pytest.mark.parametrize("name", MODELS)
def test_cppcheck_finds_nothing(name: str, found: dict[str, list[str]]) -> None:
    assert [line for line in found[name] if not line.startswith("misra-")] == []


def test_cppcheck_finds_nothing_in_the_harness_and_in_any_combination_of_defines(tmp_path: Path) -> None:
    folder, stem = sources("odd", tmp_path)
    # Without -U the stages in instructions, which cppcheck does not know, would be among the combinations.
    portable = findings(folder, [f"{stem}.c"], ["-UPIM_AVX512"])
    lines = [*portable, *findings(folder, [f"{stem}_harness.c"], ["-DPIM_BANKED"])]
    assert [line for line in lines if not line.startswith("misra-")] == []


def test_cppcheck_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.c").write_text("int f(void)\n{\n    int b[2] = {0};\n    return b[2];\n}\n")
    assert any(line.startswith("arrayIndexOutOfBounds bad.c:4") for line in findings(tmp_path, ["bad.c"], ["-DX"]))


@pytest.mark.parametrize(
    ("name", "files", "defines"),
    [
        ("odd", ["demo_harness.c"], ["-DPIM_BANKED"]),
        ("small", ["demo.c"], ["-DPIM_BANKED"]),
        ("layers", ["layers.c"], ["-DPIM_BANKED"]),
        ("gain_sqrt", ["gain_sqrt.c"], []),
    ],
)
def test_clang_tidy_finds_nothing(name: str, files: list[str], defines: list[str], tmp_path: Path) -> None:
    """It is slow: the harness, and the banked build, which holds the most, and the other one of a model each."""
    folder, _ = sources(name, tmp_path)
    command = ["clang-tidy", "-quiet", "-warnings-as-errors=*", f"-checks={TIDY},-{NOT_TIDY}", *files]
    succeeded([*command, "--", "-std=c99", *defines], folder)


def test_clang_tidy_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.c").write_text(
        "int f(int a)\n{\n    int b[2] = {0};\n    return b[a == 3 ? 2 : 0] / (a - a);\n}\n"
    )
    found = ran(
        ["clang-tidy", "-quiet", "-warnings-as-errors=*", f"-checks={TIDY}", "bad.c", "--", "-std=c99"], tmp_path
    )
    assert found.returncode != 0


def test_the_code_breaks_only_the_misra_rules_that_are_said(found: dict[str, list[str]]) -> None:
    """docs/c_kernel.md has a row a rule, with its reason; a rule that nothing breaks has none."""
    said = set(re.findall(r"^\| (\d+\.\d+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    lines = "\n".join(line for every in found.values() for line in every)
    assert set(re.findall(r"^misra-c2012-(\d+\.\d+) ", lines, re.MULTILINE)) == said
