"""The host harness of a bundle's C code as a process: how it is built from c/, fed with samples, and read."""

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pimdeploy.errors import BundleError, InputError, MismatchError
from pimdeploy.verify.backend import IntArray

COMPILE_SECONDS = 300
RUN_SECONDS = 1200


@dataclass(frozen=True)
class Harness:
    """A harness that is built. command: what starts it, an emulator included. folder: for its files.

    header: <name>.h, which states the interface. backend: named in messages.
    """

    command: tuple[str, ...]
    folder: Path
    header: Path
    backend: str

    def run(self, x_q: IntArray, block: int | None = None, more: Sequence[str] = ()) -> IntArray:
        """Return the output [channels, n_samples] for `x_q`, whole or in blocks. more: further options of the harness.

        Raises `MismatchError` where the program fails, with the first line that it printed.
        """
        outputs, in_type, out_type = _interface(self.header)
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            source, result = Path(folder, "x.npy"), Path(folder, "y.raw")
            np.save(source, np.ascontiguousarray(x_q).astype(in_type), allow_pickle=False)
            options = [*(["--block", str(block)] if block else []), *more]
            ran = process([*self.command, *options, str(source), str(result)], RUN_SECONDS, self.backend)
            if ran.returncode != 0:
                raise MismatchError(f"{self.backend}: {first_line(ran, 'runtime error|ERROR: ')}")
            return np.fromfile(result, dtype=out_type).reshape(outputs, -1).astype(np.int64)

    def trace(self, x_q: IntArray, block: int | None = None) -> dict[str, IntArray]:
        """Return the integers of every node, fed as `run` does; the harness is a build with PIM_TRACE."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            self.run(x_q, block, ["--trace", folder])
            return _read_trace(Path(folder))


def model_name(source: Path) -> str:
    """Return the name of the model whose C code lies in the folder `source`. Raises `BundleError`."""
    found = sorted(source.glob("*_weights.h"))
    if len(found) != 1:
        raise BundleError(f"{source}: {len(found)} files *_weights.h; expected one; export the bundle again")
    return found[0].name.removesuffix("_weights.h")


def process(command: Sequence[str], seconds: float, what: str) -> subprocess.CompletedProcess[str]:
    """Run `command`; raise `MismatchError` where it takes longer than `seconds`, `InputError` where it cannot start."""
    environment = os.environ | {"LC_ALL": "C", "ASAN_OPTIONS": "detect_leaks=0"}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=seconds, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise MismatchError(f"{what}: stopped after {seconds:.0f} s without a result") from error
    except OSError as error:
        raise InputError(f"{what}: {error}") from error


def first_line(ran: subprocess.CompletedProcess[str], telling: str) -> str:
    """Return the first line of the output that matches `telling`, else the first line, else the status."""
    lines = [line.strip() for line in (ran.stderr + "\n" + ran.stdout).splitlines() if line.strip()]
    return next((line for line in lines if re.search(telling, line)), lines[0] if lines else f"status {ran.returncode}")


def _interface(header: Path) -> tuple[int, str, str]:
    text, model = header.read_text(encoding="ascii"), header.stem
    outputs = re.search(rf"#define {model.upper()}_OUTPUTS (\d+)", text)
    types = [re.search(rf"typedef int(\d+)_t {model}_{what};", text) for what in ("input", "output")]
    if outputs is None or types[0] is None or types[1] is None:
        raise BundleError(f"{header}: it does not state the types of its samples; export the bundle again")
    in_bits, out_bits = (int(found[1]) for found in types if found is not None)
    return int(outputs[1]), f"<i{in_bits // 8}", f"<i{out_bits // 8}"


def _read_trace(folder: Path) -> dict[str, IntArray]:
    rows: dict[str, dict[int, IntArray]] = {}
    for path in sorted(folder.glob("*.i64")):
        node, channel = path.stem.rsplit("_", 1)
        rows.setdefault(node, {})[int(channel)] = np.fromfile(path, dtype="<i8").astype(np.int64)
    return {node: np.stack([found[c] for c in sorted(found)]) for node, found in rows.items()}
