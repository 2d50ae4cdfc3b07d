"""The C code of a bundle, compiled here: gcc and clang, unoptimized and optimized, both forms, and with sanitizers.

Everything is built from the bundle's c/ folder alone. Plain builds are shared libraries that a thin wrapper drives in
this process; sanitizer builds run the bundle's own host harness as a process, for a sanitizer ends the process.
"""

import ctypes
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pimdeploy.errors import BundleError, InputError, MismatchError
from pimdeploy.verify.backend import Backend, IntArray

LANGUAGE = ("-std=c99", "-Wall", "-Wpedantic")
"""A warning is no failure here: a compiler that nobody has tried may have new ones. The tests compile with -Werror."""

VARIANTS = {
    "O0": ("-O0",),
    "O1": ("-O1",),
    "O2": ("-O2",),
    "O3": ("-O3",),
    "O3_native": ("-O3", "-march=native"),
    "sanitize": ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
}
"""Compiler flags by the name of the variant."""

SANITIZE = "sanitize"
COMPILERS = ("gcc", "clang")
FORMS = ("table", "basis")

COMPILE_SECONDS = 300
RUN_SECONDS = 1200

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
            works = all(_process(step, COMPILE_SECONDS, self.name).returncode == 0 for step in steps)
        return None if works else f"{self.compiler} has no runtime for {VARIANTS[SANITIZE][2]}"

    def prepare(self, bundle: Path, work: Path) -> None:
        """Compile the C code of `bundle` into `work`. Raises `BundleError` where that fails."""
        self._source, self._work = bundle / "c", work
        self._model = _model_name(self._source)
        if self.variant == SANITIZE:
            self._compile(self._harness, [f"{self._model}_harness.c", f"{self._model}.c"], [])
        else:
            self._load()

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """Return the output for `x_q`, whole or in blocks; see `Backend.run`.

        Raises `MismatchError` where a sanitizer stops the program, with the first line that it printed.
        """
        if self.variant == SANITIZE:
            return self._run_process(self._harness, x_q, block, None)
        return self._run_library(x_q, block)

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """Return the integers of every node, by a build of its own with PIM_TRACE and the same flags."""
        program = self._folder / "trace_harness"
        if not program.exists():
            self._compile(program, [f"{self._model}_harness.c", f"{self._model}.c"], ["-DPIM_TRACE"])
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            self._run_process(program, x_q, None, Path(folder))
            return _read_trace(Path(folder))

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
        built = _process([self.compiler, *flags, *files], COMPILE_SECONDS, f"{self.name}: compiling {self._model}.c")
        if built.returncode != 0:
            raise BundleError(f"{self.name}: {self.compiler} refuses the C code: {_first_line(built, 'error')}")

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

    def _run_process(self, program: Path, x_q: IntArray, block: int | None, trace: Path | None) -> IntArray:
        header = (self._source or self._folder) / f"{self._model}.h"
        outputs, in_type, out_type = _interface(header, self._model)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            source, result = Path(folder, "x.npy"), Path(folder, "y.raw")
            np.save(source, np.ascontiguousarray(x_q).astype(in_type), allow_pickle=False)
            command = [str(program), *(["--block", str(block)] if block else [])]
            command += ["--trace", str(trace)] if trace is not None else []
            ran = _process([*command, str(source), str(result)], RUN_SECONDS, self.name)
            if ran.returncode != 0:
                raise MismatchError(f"{self.name}: {_first_line(ran, 'runtime error|ERROR: ')}")
            return np.fromfile(result, dtype=out_type).reshape(outputs, -1).astype(np.int64)


def c_backends() -> list[Backend]:
    """Return every C backend of `verify`: both compilers, -O0, -O3 and sanitizers, both forms."""
    return [
        CBackend(compiler, variant, form)
        for compiler in COMPILERS
        for variant in ("O0", "O3", SANITIZE)
        for form in FORMS
    ]


def _model_name(source: Path) -> str:
    found = sorted(source.glob("*_weights.h"))
    if len(found) != 1:
        raise BundleError(f"{source}: {len(found)} files *_weights.h; expected one; export the bundle again")
    return found[0].name.removesuffix("_weights.h")


def _interface(header: Path, model: str) -> tuple[int, str, str]:
    text = header.read_text(encoding="ascii")
    outputs = re.search(rf"#define {model.upper()}_OUTPUTS (\d+)", text)
    types = [re.search(rf"typedef int(\d+)_t {model}_{what};", text) for what in ("input", "output")]
    if outputs is None or types[0] is None or types[1] is None:
        raise BundleError(f"{header}: it does not state the types of its samples; export the bundle again")
    in_bits, out_bits = (int(found[1]) for found in types if found is not None)
    return int(outputs[1]), f"<i{in_bits // 8}", f"<i{out_bits // 8}"


def _as_input(x_q: IntArray, inputs: int, kind: "np.dtype[np.signedinteger]", name: str) -> np.ndarray:
    if x_q.ndim != 2 or x_q.shape[0] != inputs:
        raise InputError(f"{name}: input of shape {x_q.shape}; expected [{inputs}, n_samples]")
    limits = np.iinfo(kind)
    if x_q.size and (x_q.min() < limits.min or x_q.max() > limits.max):
        raise InputError(f"{name}: an input integer lies outside [{limits.min}, {limits.max}]")
    return np.ascontiguousarray(x_q, dtype=kind)


def _process(command: list[str], seconds: float, what: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"LC_ALL": "C", "ASAN_OPTIONS": "detect_leaks=0"}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=seconds, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise MismatchError(f"{what}: stopped after {seconds:.0f} s without a result") from error
    except OSError as error:
        raise InputError(f"{what}: {error}") from error


def _first_line(ran: "subprocess.CompletedProcess[str]", telling: str) -> str:
    lines = [line.strip() for line in (ran.stderr + "\n" + ran.stdout).splitlines() if line.strip()]
    return next((line for line in lines if re.search(telling, line)), lines[0] if lines else f"status {ran.returncode}")


def _read_trace(folder: Path) -> dict[str, IntArray]:
    rows: dict[str, dict[int, IntArray]] = {}
    for path in sorted(folder.glob("*.i64")):
        node, channel = path.stem.rsplit("_", 1)
        rows.setdefault(node, {})[int(channel)] = np.fromfile(path, dtype="<i8").astype(np.int64)
    return {node: np.stack([found[c] for c in sorted(found)]) for node, found in rows.items()}
