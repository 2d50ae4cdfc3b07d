"""Every arithmetic kernel of firmware_ref/c against Python integers: small values all, and the ends of its type."""

import math
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tools import require

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
    "ramp": lambda t, knot: max(t - knot, 0),
    "leaky_relu": lambda v, k: v * 2**k if v >= 0 else v,
}
KNOTS = ("dead_zone", "ramp")
"""Kernels whose second argument is as wide as the first."""


def cases(kernel: str, width: int) -> list[tuple[int, int]]:
    most = (1 << (width - 1)) - 1
    small = [(v, s) for v in range(-70, 71) for s in range(1, 7)]
    if kernel == "dead_zone":
        return [*small, (most, 0), (-most - 1, 0), (-most - 1, most), (most, most), (-most - 1, 1)]
    if kernel == "ramp":
        return [*small, (most, 0), (-most - 1, 0), (-most - 1, most), (most, most), (most, 1)]
    last = width - 1
    if kernel == "leaky_relu":
        return [*small, (most, 0), (-most - 1, last - 1), (1, last - 1), (most >> 3, 3), (0, last - 1), (-1, 0)]
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
        cast = "" if kernel in KNOTS else "(int)"
        lines += [
            f"    static const int{width}_t {kernel}_v[] = {{{values}}};",
            f"    static const int{width}_t {kernel}_s[] = {{{second}}};",
            f"    for (int i = 0; i < {len(pairs)}; ++i) {{",
            f"        const int{width}_t got = pim_{kernel}_i{width}({kernel}_v[i], {cast}{kernel}_s[i]);",
            '        printf("%lld\\n", (long long)got);',
            "    }",
        ]
    return "\n".join([*lines, "    return 0;", "}", ""])


def printed(source: str, folder: Path, *flags: str) -> list[int]:
    """Compile `source` with sanitizers, run it and return the integers that it prints."""
    require("gcc")
    (folder / "all.c").write_text(source)
    strict = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined", "-fno-sanitize-recover=all"]
    command = ["gcc", *strict, *flags, f"-I{KERNELS}", str(folder / "all.c"), "-o", str(folder / "all")]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([folder / "all"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [int(line) for line in ran.stdout.split()]


@pytest.mark.parametrize("width", [32, 64])
def test_kernels_equal_python_integers_and_have_no_undefined_behaviour(width: int, tmp_path: Path) -> None:
    expected = [(k, v, s, rule(v, s)) for k, rule in ONE_ARGUMENT.items() for v, s in cases(k, width)]
    lines = printed(program(width), tmp_path)
    assert [(*case[:3], value) for case, value in zip(expected, lines, strict=True)] == expected


def roots(width: int) -> list[int]:
    """Every small integer, both sides of squares and of powers of two, and the ends of the type."""
    most = (1 << width) - 1
    rng = np.random.default_rng(1)
    bases = [*range(1, 1 << (width // 2 - 1), (1 << (width // 2)) // 97), (1 << (width // 2)) - 1, 46340, 46341]
    bases += [int(v) for v in rng.integers(1, 1 << (width // 2), size=200)]
    near = [b * b + d for b in bases for d in (-1, 0, 1)]
    powers = [(1 << k) + d for k in range(width) for d in (-1, 0, 1)]
    return sorted({v for v in (*range(300), *near, *powers, most, most - 1, 2 << 30) if 0 <= v <= most})


@pytest.mark.parametrize("width", [32, 64])
def test_integer_square_roots_are_floors(width: int, tmp_path: Path) -> None:
    values = roots(width)
    listed = ", ".join(f"UINT{width}_C({v})" for v in values)
    source = f"""#include <stdio.h>
#include "pim_isqrt_u{width}.h"
int main(void)
{{
    static const uint{width}_t v[] = {{{listed}}};
    for (int i = 0; i < {len(values)}; ++i) {{
        printf("%lu\\n", (unsigned long)pim_isqrt_u{width}(v[i]));
    }}
    return 0;
}}
"""
    assert printed(source, tmp_path) == [math.isqrt(v) for v in values]


def test_every_root_of_16_bits_is_a_floor(tmp_path: Path) -> None:
    source = """#include <stdio.h>
#include "pim_isqrt_u32.h"
#include "pim_isqrt_u64.h"
int main(void)
{
    unsigned long wrong = 0;
    for (uint32_t root = 0; root < UINT32_C(65536); ++root) {
        const uint64_t square = (uint64_t)root * root;
        const uint64_t last = square + 2 * (uint64_t)root;
        wrong += pim_isqrt_u32((uint32_t)square) != root || pim_isqrt_u32((uint32_t)last) != root;
        wrong += pim_isqrt_u64(square) != root || pim_isqrt_u64(last) != root;
    }
    printf("%lu\\n", wrong);
    return 0;
}
"""
    assert printed(source, tmp_path) == [0]


SAMPLES = {"w16": ("pim_work16", 16, 32), "i32": ("int32_t", 32, 32), "i64": ("int64_t", 40, 64)}
"""Type of a sample, bits of those in the test, bits of a tap."""
ACCUMULATORS = [("w16", 32), ("w16", 64), ("i32", 32), ("i32", 64), ("i64", 64)]


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize(("suffix", "width"), ACCUMULATORS)
def test_accumulating_kernels_are_sums_of_products(suffix: str, width: int, rows: int, tmp_path: Path) -> None:
    kind, sample_bits, tap_bits = SAMPLES[suffix]
    sample_bits = min(sample_bits, 12) if width == 32 else sample_bits
    rng = np.random.default_rng(2)
    products, n_samples, row = 16, 21, 24
    most = 1 << (sample_bits - 1)
    x = rng.integers(-most, most, size=100)
    taps = rng.integers(-2047, 2048, size=(rows, products))
    offsets = rng.integers(0, 100 - n_samples, size=products)
    start = rng.integers(-99, 100, size=(rows, row))
    kernel = f"pim_accumulate{rows if rows > 1 else ''}_{suffix}_i{width}"

    def listed(values: np.ndarray) -> str:
        return ", ".join(map(str, values.ravel().tolist()))

    source = f"""#include <stdio.h>
#include "{kernel}.h"
int main(void)
{{
    static const {kind} x[] = {{{listed(x)}}};
    static const int{tap_bits}_t taps[] = {{{listed(taps)}}};
    static const size_t offsets[] = {{{listed(offsets)}}};
    static int{width}_t acc[] = {{{listed(start)}}};
    {kernel}(acc, {f"{row}, " if rows > 1 else ""}x, offsets, taps, {products}, {n_samples});
    for (int i = 0; i < {rows * row}; ++i) {{
        printf("%lld\\n", (long long)acc[i]);
    }}
    return 0;
}}
"""
    expected = start.copy()
    for r in range(rows):
        for n in range(n_samples):
            expected[r, n] += sum(int(taps[r, p]) * int(x[offsets[p] + n]) for p in range(products))
    assert printed(source, tmp_path, "-fsanitize=address") == expected.ravel().tolist()


def test_no_kernel_shifts_a_signed_integer_but_the_one_helper() -> None:
    shifting = [path.name for path in sorted(KERNELS.glob("*.h")) if ">>" in path.read_text().split("#define", 1)[1]]
    assert shifting == ["pim_isqrt_u32.h", "pim_isqrt_u64.h", "pim_shift_i32.h", "pim_shift_i64.h"]


def test_every_kernel_file_holds_the_function_of_its_name() -> None:
    for path in sorted(KERNELS.glob("*.h")):
        text = path.read_text(encoding="ascii")
        if path.stem not in ("pim_types", "pim_function_limits", "pim_avx512"):  # types alone, operations of a kind
            assert f" {path.stem}(" in text, path.name
        assert f"#ifndef {path.stem.upper()}_H" in text
