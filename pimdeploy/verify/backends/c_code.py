"""The C code of a bundle, compiled here: gcc and clang, unoptimized and optimized, both forms, and with sanitizers.

Everything is built from the bundle's c/ folder alone. Plain builds are shared libraries that a thin wrapper drives in
this process, and what they show of their nodes goes into memory: a node has many channels, and a file for each costs more
than the arithmetic. Sanitizer builds run the bundle's own host harness as a process, for a sanitizer ends the process.
"""

import ctypes
import functools
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backends.harness import COMPILE_SECONDS, Harness, first_line, model_name, process

LANGUAGE = ("-std=c99", "-Wall", "-Wpedantic")
"""A warning is no failure here: a compiler that nobody has tried may have new ones. The tests compile with -Werror."""

VARIANTS = {
    "O0": ("-O0",),
    "O1": ("-O1",),
    "O2": ("-O2",),
    "O3": ("-O3",),
    "O3_native": ("-O3", "-march=native"),
    "O3_banked": ("-O3", "-DPIM_BANKED"),
    "avx512": ("-O3", "-march=native", "-DPIM_AVX512"),
    "sanitize": (
        "-O1",
        "-fsanitize=address,undefined",
        "-fno-sanitize=pointer-overflow",
        "-fno-sanitize-recover=all",
    ),
}
"""Compiler flags by the name of the variant. Banked: weights from the state, not known to the compiler. Sanitizers name line
and column without -g, too; with it gcc would take three times as long, to follow where variables live. That a pointer does
not wrap around the whole address space is left out: clang takes twice as long for it, and what is read there is checked."""

SANITIZE = "sanitize"
AVX512 = "avx512"
COMPILERS = ("gcc", "clang")
FORMS = ("table", "basis")

_WRAPPER = """
#include "{name}.h"

size_t wrapper_state_bytes(void);
size_t wrapper_layout(int which);
void wrapper_run({name}_state *state, const {name}_input *in, {name}_output *out, size_t samples, size_t block);

size_t wrapper_state_bytes(void)
{{
    return sizeof({name}_state);
}}

size_t wrapper_layout(int which)
{{
    const size_t layout[4] = {{{upper}_INPUTS, {upper}_OUTPUTS, sizeof({name}_input), sizeof({name}_output)}};
    return layout[which];
}}

void wrapper_run({name}_state *state, const {name}_input *in, {name}_output *out, size_t samples, size_t block)
{{
    {name}_init(state);
    for (size_t start = 0; start < samples; start += block) {{
        const {name}_input *x[{upper}_INPUTS];
        {name}_output *y[{upper}_OUTPUTS];
        for (size_t c = 0; c < {upper}_INPUTS; ++c) {{
            x[c] = in + c * samples + start;
        }}
        for (size_t c = 0; c < {upper}_OUTPUTS; ++c) {{
            y[c] = out + c * samples + start;
        }}
        {name}_process(state, x, y, samples - start < block ? samples - start : block);
    }}
}}
"""


_TRACED = """
#include <stdlib.h>
#include <string.h>

#include "pim_trace.h"

typedef struct {
    const char *node;
    size_t channel;
    size_t filled;
    int64_t *values;
} traced_row;

static traced_row *rows;
static size_t count, room, following, n_samples;

void traced_begin(size_t samples);
size_t traced_rows(void);
size_t traced_row_at(size_t k, const char **node, size_t *channel, const int64_t **values);

void traced_begin(size_t samples)
{
    for (size_t k = 0; k < count; ++k) {
        free(rows[k].values);
    }
    count = 0;
    following = 0;
    n_samples = samples;
}

size_t traced_rows(void)
{
    return count;
}

size_t traced_row_at(size_t k, const char **node, size_t *channel, const int64_t **values)
{
    *node = rows[k].node;
    *channel = rows[k].channel;
    *values = rows[k].values;
    return rows[k].filled;
}

static int is_row(size_t k, const char *node, size_t channel)
{
    return k < count && rows[k].channel == channel && strcmp(rows[k].node, node) == 0;
}

/* Rows come in the same order in every block: the one that follows the last is nearly always the next. */
static traced_row *row_of(const char *node, size_t channel)
{
    size_t k = following < count ? following : 0;
    if (!is_row(k, node, channel)) {
        for (k = 0; k < count && !is_row(k, node, channel); ++k) {
        }
    }
    if (k == count) {
        const traced_row made = {node, channel, 0, calloc(n_samples + 1, sizeof(int64_t))};
        if (count == room) {
            room = 2 * room + 64;
            rows = realloc(rows, room * sizeof *rows);
        }
        if (rows == NULL || made.values == NULL) {
            abort();
        }
        rows[count++] = made;
    }
    following = k + 1;
    return &rows[k];
}

void pim_trace(const char *node, size_t channel, const int64_t *values, size_t samples)
{
    traced_row *row = row_of(node, channel);
    const size_t left = n_samples - row->filled;
    const size_t taken = samples < left ? samples : left;
    memcpy(row->values + row->filled, values, taken * sizeof *values);
    row->filled += taken;
}
"""
"""What a library build with PIM_TRACE hands its nodes to: a row of integers for each channel of each node that shows up."""


@dataclass(frozen=True)
class _Layout:
    """What the wrapper says of the compiled interface."""

    inputs: int
    outputs: int
    input_type: np.dtype[np.signedinteger]
    output_type: np.dtype[np.signedinteger]
    state_bytes: int


@dataclass
class CBackend(Backend):
    """The bundle's C code by one compiler, one set of flags (`VARIANTS`) and one form of the nonlinearity.

    `variant` "sanitize" builds the host harness with the address and undefined-behaviour sanitizers.
    """

    compiler: str
    variant: str
    form: str
    streams: bool = True
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"c_{self.compiler}_{self.variant}_{self.form}"
        if self.variant == AVX512:
            self.name = f"avx512_{self.compiler}"  # not among c_gcc_*: many a processor that does all of those lacks it
        self.in_one_run = self.variant == SANITIZE  # a process
        if self.variant in (SANITIZE, "O3", "O3_banked") or self.name == "avx512_clang":
            self.node_samples = 0  # other builds of the same source show them, and compile faster
        if self.compiler == "clang" and self.variant == "O0" and shutil.which("gcc") is not None:
            self.node_samples = 0  # gcc's builds show them
        self._source: Path | None = None
        self._work: Path | None = None
        self._model = ""
        self._library: ctypes.CDLL | None = None
        self._layout: _Layout | None = None
        self._traced: tuple[ctypes.CDLL, _Layout] | None = None

    @property
    def is_second_look(self) -> bool:
        """Whether the other compiler, which is here, puts its sanitizers on the same form: one of them is enough."""
        other, own_form = ("clang", "table") if self.compiler == "gcc" else ("gcc", "basis")
        return self.variant == SANITIZE and self.form != own_form and shutil.which(other) is not None

    def unavailable(self) -> str | None:
        """Return what is missing: the compiler, or a runtime library that the flags need."""
        if shutil.which(self.compiler) is None:
            return f"{self.compiler} is not installed"
        if self.variant == AVX512:
            return self._lacks_avx512()
        if self.variant != SANITIZE:
            return None
        return None if _sanitizes(self.compiler) else f"{self.compiler} has no runtime for {VARIANTS[SANITIZE][1]}"

    def _lacks_avx512(self) -> str | None:
        """Return what is missing: of the processor, by the macros that the compiler derives from it."""
        command = [self.compiler, "-march=native", "-dM", "-E", "-x", "c", os.devnull]
        macros = process(command, COMPILE_SECONDS, self.name).stdout
        return None if "__AVX512BW__" in macros else f"{self.compiler} finds no AVX-512 BW in this processor"

    def prepare(self, bundle: Path, work: Path) -> None:
        """Compile the C code of `bundle` into `work`. Raises `BundleError` where that fails."""
        self._source, self._work, self._traced = bundle / "c", work, None
        self._model = model_name(self._source)
        if self.variant == SANITIZE:
            self._compile(self._harness, [f"{self._model}_harness.c", f"{self._model}.c"], [])
        else:
            self._load()

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """Return the output for `x_q`, whole or in blocks; see `Backend.run`.

        Raises `MismatchError` where a sanitizer stops the program, with the first line that it printed.
        """
        if self.variant == SANITIZE:
            return self._as_harness(self._harness).run(x_q, block)
        return self._run_library(x_q, block)

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """Return the integers of every node, by a build of its own with PIM_TRACE and the same flags.

        AVX-512 stages are the same instructions at -O1, where their tracing is not vectorized for seconds.
        """
        return self.trace_in_blocks(x_q, None)

    def trace_in_blocks(self, x_q: IntArray, block: int | None) -> dict[str, IntArray]:
        """See `Backend.trace_in_blocks`."""
        if self.variant != SANITIZE:
            return self._trace_library(x_q, block)
        program = self._folder / "trace_harness"
        if not program.exists():
            self._compile(program, [f"{self._model}_harness.c", f"{self._model}.c"], ["-DPIM_TRACE"])
        return self._as_harness(program).trace(x_q, block)

    @property
    def _folder(self) -> Path:
        if self._work is None:
            raise InputError(f"backend {self.name}: prepare it before it runs")
        return self._work

    @property
    def _harness(self) -> Path:
        return self._folder / "harness"

    def _compile(self, target: Path, sources: list[str], extra: list[str]) -> None:
        if self._source is None:
            raise InputError(f"backend {self.name}: prepare it before it runs")
        form = f"-DPIM_PIECEWISE=PIM_{self.form.upper()}"
        flags = [*LANGUAGE, *VARIANTS[self.variant], form, *extra, f"-I{self._source}", "-o", str(target)]
        files = [str(self._source / name) for name in sources]
        built = process([self.compiler, *flags, *files], COMPILE_SECONDS, f"{self.name}: compiling {self._model}.c")
        if built.returncode != 0:
            raise BundleError(f"{self.name}: {self.compiler} refuses the C code: {first_line(built, 'error')}")

    def _load(self) -> None:
        self._library, self._layout = self._loaded(self.name, [], [])

    def _loaded(self, name: str, sources: list[str], extra: list[str]) -> tuple[ctypes.CDLL, _Layout]:
        """Return the library of the model, the wrapper and `sources`, and what its wrapper says of the interface."""
        wrapper, file = self._folder / "wrapper.c", self._folder / f"{name}.so"
        wrapper.write_text(_WRAPPER.format(name=self._model, upper=self._model.upper()), encoding="ascii")
        self._compile(file, [f"{self._model}.c", str(wrapper.resolve()), *sources], ["-shared", "-fPIC", *extra])
        try:
            library = ctypes.CDLL(str(file.resolve()))
        except OSError as error:
            raise BundleError(f"{self.name}: the compiled library cannot be loaded: {error}") from error
        library.wrapper_state_bytes.restype = library.wrapper_layout.restype = ctypes.c_size_t
        library.wrapper_run.restype = None
        library.wrapper_run.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_size_t] * 2
        inputs, outputs, in_bytes, out_bytes = (int(library.wrapper_layout(k)) for k in range(4))
        state_bytes = int(library.wrapper_state_bytes())
        return library, _Layout(inputs, outputs, np.dtype(f"i{in_bytes}"), np.dtype(f"i{out_bytes}"), state_bytes)

    def _run_library(self, x_q: IntArray, block: int | None) -> IntArray:
        if self._library is None or self._layout is None:
            raise InputError(f"backend {self.name}: prepare it before it runs")
        return self._run_in(self._library, self._layout, x_q, block)

    def _run_in(self, library: ctypes.CDLL, layout: _Layout, x_q: IntArray, block: int | None) -> IntArray:
        samples = _as_input(x_q, layout.inputs, layout.input_type, self.name)
        out = np.empty((layout.outputs, samples.shape[1]), dtype=layout.output_type)
        # The state starts as garbage: what init forgets shows.
        state = np.full(layout.state_bytes // 8 + 1, 0x5A5A5A5A5A5A5A5A, dtype=np.int64)
        step = block or max(samples.shape[1], 1)
        pointers = (a.ctypes.data_as(ctypes.c_void_p) for a in (state, samples, out))
        library.wrapper_run(*pointers, samples.shape[1], step)
        return out.astype(np.int64)

    def _trace_library(self, x_q: IntArray, block: int | None) -> dict[str, IntArray]:
        if self._traced is None:
            self._traced = self._with_trace()
        library, layout = self._traced
        library.traced_begin(x_q.shape[1])
        try:
            self._run_in(library, layout, x_q, block)
            return _traced_rows(library)
        finally:
            library.traced_begin(0)

    def _with_trace(self) -> tuple[ctypes.CDLL, _Layout]:
        """Return the library that shows its nodes, made now."""
        source = self._folder / "traced.c"
        source.write_text(_TRACED, encoding="ascii")
        flags = ["-DPIM_TRACE", *(["-O1"] if self.variant == AVX512 else [])]
        library, layout = self._loaded(f"{self.name}_trace", [str(source.resolve())], flags)
        library.traced_begin.restype, library.traced_begin.argtypes = None, [ctypes.c_size_t]
        library.traced_rows.restype = library.traced_row_at.restype = ctypes.c_size_t
        library.traced_row_at.argtypes = [ctypes.c_size_t] + [ctypes.c_void_p] * 3
        return library, layout

    def _as_harness(self, program: Path) -> Harness:
        header = (self._source or self._folder) / f"{self._model}.h"
        return Harness((str(program),), self._folder, header, self.name)


def c_backends() -> list[Backend]:
    """Return every C backend of `verify`: both compilers, -O0, -O3 and sanitizers, both forms, gcc with banks, AVX-512."""
    plain = [(compiler, variant) for compiler in COMPILERS for variant in ("O0", "O3", SANITIZE)]
    formed = [(*build, form) for build in [*plain, ("gcc", "O3_banked")] for form in FORMS]
    return [CBackend(*build) for build in [*formed, *((compiler, AVX512, "table") for compiler in COMPILERS)]]


@functools.cache
def _sanitizes(compiler: str) -> bool:
    """Return whether `compiler` makes programs with sanitizers that run: asked once, for both forms and all bundles."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder, "probe.c"), Path(folder, "probe")
        source.write_text("int main(void)\n{\n    return 0;\n}\n", encoding="ascii")
        steps = [[compiler, *VARIANTS[SANITIZE], "-o", str(program), str(source)], [str(program)]]
        return all(process(step, COMPILE_SECONDS, f"{compiler} with sanitizers").returncode == 0 for step in steps)


def _traced_rows(library: ctypes.CDLL) -> dict[str, IntArray]:
    """Return what a library of a build with PIM_TRACE has shown since it began, by node [channels, samples]."""
    rows: dict[str, dict[int, IntArray]] = {}
    node, channel, values = ctypes.c_char_p(), ctypes.c_size_t(), ctypes.POINTER(ctypes.c_int64)()
    for k in range(library.traced_rows()):
        filled = library.traced_row_at(k, ctypes.byref(node), ctypes.byref(channel), ctypes.byref(values))
        shown = np.ctypeslib.as_array(values, (filled,)).copy()
        rows.setdefault((node.value or b"").decode("ascii"), {})[channel.value] = shown
    return {name: _stacked([found[c] for c in sorted(found)]) for name, found in rows.items()}


def _stacked(rows: list[IntArray]) -> IntArray:
    """Return `rows` as one array, cut to the shortest: what is missing at the end of any is a difference."""
    shortest = min(len(row) for row in rows)
    return np.stack([row[:shortest] for row in rows])


def _as_input(x_q: IntArray, inputs: int, kind: "np.dtype[np.signedinteger]", name: str) -> np.ndarray:
    if x_q.ndim != 2 or x_q.shape[0] != inputs:
        raise InputError(f"{name}: input of shape {x_q.shape}; expected [{inputs}, n_samples]")
    limits = np.iinfo(kind)
    if x_q.size and (x_q.min() < limits.min or x_q.max() > limits.max):
        raise InputError(f"{name}: an input integer lies outside [{limits.min}, {limits.max}]")
    return np.ascontiguousarray(x_q, dtype=kind)
