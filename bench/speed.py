"""Speed: the C kernel, the NumPy reference. Medians of repeated runs on one core."""

import statistics
from pathlib import Path

from bench import c_kernel, numpy_reference
from bench.rows import Row, at_least, noted

REPEATS = 5


def speed_rows(bundle: Path) -> list[Row]:
    """Return the speeds of the code in `bundle`, M samples/s."""
    native = {form: _kernel(bundle, "native", form) for form in ("table", "basis")}
    others = {f"gcc -O3 {march or 'default target'}": _kernel(bundle, march, "table") for march in ("x86-64-v3", "")}
    numpy_table = numpy_reference.measure(bundle, "table")
    return [
        at_least("C kernel, gcc -O3 -march=native, table", native["table"], 50, "M samples/s", 0),
        noted("C kernel, gcc -O3 -march=native, basis", f"{native['basis']:.0f} M samples/s"),
        *(noted(f"C kernel, {what}, table", f"{speed:.0f} M samples/s") for what, speed in others.items()),
        at_least("NumPy reference, table", numpy_table, 3, "M samples/s", 1),
        noted("C kernel over NumPy reference", f"{native['table'] / numpy_table:.0f} times"),
    ]


def _kernel(bundle: Path, march: str, form: str) -> float:
    """Return the median of several builds and runs, M samples/s: on a shared machine one run says little."""
    return statistics.median(c_kernel.measure(bundle / "c", march, form) for _ in range(REPEATS))
