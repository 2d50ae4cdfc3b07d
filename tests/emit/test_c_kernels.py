"""Every arithmetic kernel of firmware_ref/c against Python integers: small values all, and the ends of its type."""

import shutil
import subprocess
from pathlib import Path

import pytest

import firmware_ref

KERNELS = Path(firmware_ref.__file__).parent / "c"


def half_even(v: int, s: int) -> int:
    floor, rest = divmod(v, 1 << s)
    return floor + int(2 * rest > 1 << s or (2 * rest == 1 << s and floor % 2 == 1))


def half_away(v: int, s: int) -> int:
    rounded = (2 * abs(v) + (1 << s)) // (1 << (s + 1))
    return rounded if v >= 0 else -rounded


ONE_ARGUMENT = {
    "round_floor": lambda v, s: v // (1 << s),
    "round_half_up": lambda v, s: (2 * v + (1 << s)) // (1 << (s + 1)),
    "round_half_even": half_even,
    "round_half_away": half_away,
    "wrap": lambda v, bits: (v + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1)),
    "wrap_unsigned": lambda v, bits: v % (1 << bits),
    "dead_zone": lambda a, knot: max(a - knot, 0) - max(-a - knot, 0),
}


def cases(kernel: str, width: int) -> list[tuple[int, int]]:
    most = (1 << (width - 1)) - 1
    small = [(v, s) for v in range(-70, 71) for s in range(1, 7)]
    if kernel == "dead_zone":
        return [*small, (most, 0), (-most - 1, 0), (-most - 1, most), (most, most), (-most - 1, 1)]
    last = width - 1
    if kernel.startswith("wrap") or kernel == "round_floor":
        return [*small, *[(v, s) for v in (most, -most - 1, most - 1) for s in (1, 2, last - 1, last)]]
    # A rounding constant and a value that together just fit.
    ends = [(v, s) for s in (1, 2, 9, last - 1) for v in (most - (1 << (s - 1)), -most - 1 + (1 << (s - 1)))]
    return [*small, *ends, (-1, last), (0, last), (1 << (last - 2), last), (-(1 << (last - 1)), last)]


def program(width: int) -> str:
    lines = [f'#include "pim_{kernel}_i{width}.h"' for kernel in ONE_ARGUMENT]
    lines += ["#include <stdio.h>", "int main(void)", "{"]
    for kernel in ONE_ARGUMENT:
        pairs = cases(kernel, width)
        last = -(1 << (width - 1))
        values = ", ".join(f"INT{width}_C({v})" if v != last else f"-INT{width}_C({-v - 1}) - 1" for v, _ in pairs)
        second = ", ".join(f"INT{width}_C({s})" for _, s in pairs)
        cast = "" if kernel == "dead_zone" else "(int)"
        lines += [
            f"    static const int{width}_t {kernel}_v[] = {{{values}}};",
            f"    static const int{width}_t {kernel}_s[] = {{{second}}};",
            f"    for (int i = 0; i < {len(pairs)}; ++i) {{",
            f"        const int{width}_t got = pim_{kernel}_i{width}({kernel}_v[i], {cast}{kernel}_s[i]);",
            '        printf("%lld\\n", (long long)got);',
            "    }",
        ]
    return "\n".join([*lines, "    return 0;", "}", ""])


@pytest.mark.parametrize("width", [32, 64])
def test_kernels_equal_python_integers_and_have_no_undefined_behaviour(width: int, tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    (tmp_path / "all.c").write_text(program(width))
    flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined", "-fno-sanitize-recover=all"]
    command = ["gcc", *flags, f"-I{KERNELS}", str(tmp_path / "all.c"), "-o", str(tmp_path / "all")]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([tmp_path / "all"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    expected = [(k, v, s, rule(v, s)) for k, rule in ONE_ARGUMENT.items() for v, s in cases(k, width)]
    got = [(*case[:3], int(line)) for case, line in zip(expected, ran.stdout.split(), strict=True)]
    assert got == expected


def test_no_kernel_shifts_a_negative_integer_but_the_one_helper() -> None:
    shifting = [path.name for path in sorted(KERNELS.glob("*.h")) if ">>" in path.read_text().split("#define", 1)[1]]
    assert shifting == ["pim_shift_i32.h", "pim_shift_i64.h"]


def test_every_kernel_file_holds_the_function_of_its_name() -> None:
    for path in sorted(KERNELS.glob("*.h")):
        text = path.read_text(encoding="ascii")
        if path.stem not in ("pim_types",):
            assert f" {path.stem}(" in text, path.name
        assert f"#ifndef {path.stem.upper()}_H" in text
