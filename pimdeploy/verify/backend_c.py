"""The C code of a bundle, compiled here: gcc and clang, unoptimized and optimized, both forms, and with sanitizers.

Everything is built from the bundle's c/ folder alone. Plain builds are shared libraries that a thin wrapper drives in
this process; sanitizer builds run the bundle's own host harness as a process, for a sanitizer ends the process.
"""

import ctypes
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.harness import COMPILE_SECONDS, Harness, first_line, model_name, process

LANGUAGE = ("-std=c99", "-Wall", "-Wpedantic")
"""A warning is no failure here: a compiler that nobody has tried may have new ones. The tests compile with -Werror."""

VARIANTS = {
    "O0": ("-O0",),
    "O1": ("-O1",),
    "O2": ("-O2",),
    "O3": ("-O3",),
    "O3_native": ("-O3", "-march=native"),
    "O3_banked": ("-O3", "-DPIM_BANKED"),
    "sanitize": ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
}
"""Compiler flags by the name of the variant. Banked: weights from the state, not known to the compiler."""

SANITIZE = "sanitize"
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
        if self.variant == SANITIZE:
            self.node_samples = 0  # the other builds of the same source show them, in a fraction of the time
        self._source: Path | None = None
        self._work: Path | None = None
        self._model = ""
        self._library: ctypes.CDLL | None = None
        self._layout: _Layout | None = None

    def unavailable(self) -> str | None:
        """Return what is missing: the compiler, or a runtime library that the flags need."""
        if shutil.which(self.compiler) is None:
            return f"{self.compiler} is not installed"
        if self.variant != SANITIZE:
            return None
        with tempfile.TemporaryDirectory() as folder:
            source, program = Path(folder, "probe.c"), Path(folder, "probe")
            source.write_text("int main(void)\n{\n    return 0;\n}\n", encoding="ascii")
            steps = [[self.compiler, *VARIANTS[SANITIZE], "-o", str(program), str(source)], [str(program)]]
            works = all(process(step, COMPILE_SECONDS, self.name).returncode == 0 for step in steps)
        return None if works else f"{self.compiler} has no runtime for {VARIANTS[SANITIZE][2]}"

    def prepare(self, bundle: Path, work: Path) -> None:
        """Compile the C code of `bundle` into `work`. Raises `BundleError` where that fails."""
        self._source, self._work = bundle / "c", work
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
        """Return the integers of every node, by a build of its own with PIM_TRACE and the same flags."""
        return self.trace_in_blocks(x_q, None)

    def trace_in_blocks(self, x_q: IntArray, block: int | None) -> dict[str, IntArray]:
        """See `Backend.trace_in_blocks`."""
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
        wrapper = self._folder / "wrapper.c"
        wrapper.write_text(_WRAPPER.format(name=self._model, upper=self._model.upper()), encoding="ascii")
        library = self._folder / f"{self.name}.so"
        self._compile(library, [f"{self._model}.c", str(wrapper.resolve())], ["-shared", "-fPIC"])
        try:
            self._library = ctypes.CDLL(str(library.resolve()))
        except OSError as error:
            raise BundleError(f"{self.name}: the compiled library cannot be loaded: {error}") from error
        self._library.wrapper_state_bytes.restype = ctypes.c_size_t
        self._library.wrapper_layout.restype = ctypes.c_size_t
        self._library.wrapper_run.restype = None
        self._library.wrapper_run.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_size_t] * 2
        inputs, outputs, in_bytes, out_bytes = (int(self._library.wrapper_layout(k)) for k in range(4))
        state_bytes = int(self._library.wrapper_state_bytes())
        self._layout = _Layout(inputs, outputs, np.dtype(f"i{in_bytes}"), np.dtype(f"i{out_bytes}"), state_bytes)

    def _run_library(self, x_q: IntArray, block: int | None) -> IntArray:
        if self._library is None or self._layout is None:
            raise InputError(f"backend {self.name}: prepare it before it runs")
        layout = self._layout
        samples = _as_input(x_q, layout.inputs, layout.input_type, self.name)
        out = np.empty((layout.outputs, samples.shape[1]), dtype=layout.output_type)
        # The state starts as garbage: what init forgets shows.
        state = np.full(layout.state_bytes // 8 + 1, 0x5A5A5A5A5A5A5A5A, dtype=np.int64)
        step = block or max(samples.shape[1], 1)
        pointers = (a.ctypes.data_as(ctypes.c_void_p) for a in (state, samples, out))
        self._library.wrapper_run(*pointers, samples.shape[1], step)
        return out.astype(np.int64)

    def _as_harness(self, program: Path) -> Harness:
        header = (self._source or self._folder) / f"{self._model}.h"
        return Harness((str(program),), self._folder, header, self.name)


def c_backends() -> list[Backend]:
    """Return every C backend of `verify`: both compilers, -O0, -O3 and sanitizers, both forms, and gcc with banks."""
    plain = [(compiler, variant) for compiler in COMPILERS for variant in ("O0", "O3", SANITIZE)]
    return [CBackend(compiler, variant, form) for compiler, variant in [*plain, ("gcc", "O3_banked")] for form in FORMS]


def _as_input(x_q: IntArray, inputs: int, kind: "np.dtype[np.signedinteger]", name: str) -> np.ndarray:
    if x_q.ndim != 2 or x_q.shape[0] != inputs:
        raise InputError(f"{name}: input of shape {x_q.shape}; expected [{inputs}, n_samples]")
    limits = np.iinfo(kind)
    if x_q.size and (x_q.min() < limits.min or x_q.max() > limits.max):
        raise InputError(f"{name}: an input integer lies outside [{limits.min}, {limits.max}]")
    return np.ascontiguousarray(x_q, dtype=kind)
