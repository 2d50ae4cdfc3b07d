"""The C code of a bundle on Arm processors under QEMU: AArch64, ARMv7 with NEON, Cortex-M4, M7 and M55.

`firmware_ref/c/Makefile` says how each is built and run, for users and for this backend alike.
"""

import importlib.resources
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from pimdeploy.errors import BundleError, InputError
from pimdeploy.verify.backend import Backend, IntArray
from pimdeploy.verify.backends.harness import COMPILE_SECONDS, Harness, first_line, model_name, process

TARGETS = ("aarch64", "armv7", "cortex-m4", "cortex-m7", "cortex-m55")


@dataclass
class ArmBackend(Backend):
    """The bundle's host harness, cross-compiled with -O3 for `target` (of `TARGETS`) in one form, under QEMU."""

    target: str
    form: str
    streams: bool = True
    name: str = field(init=False)
    most_samples = 32_768
    most_products = 400_000_000  # some seconds of emulation
    in_one_run = True
    replays_golden = True
    awkward_blocks = (1, 37)
    node_samples = 0

    def __post_init__(self) -> None:
        self.name = f"arm_{self.target.replace('-', '_')}_{self.form}"
        self._bundle: Path | None = None
        self._work: Path | None = None

    def unavailable(self) -> str | None:
        """Return what is missing: make, the cross-compiler, its C library, the emulator."""
        if shutil.which("make") is None:
            return "make is not installed"
        probed = self._make(["probe"])
        return None if probed.returncode == 0 else first_line(probed, "is not installed|has no")

    def prepare(self, bundle: Path, work: Path) -> None:
        """Cross-compile the harness of `bundle` into `work`. Raises `BundleError` where that fails."""
        self._bundle, self._work = bundle.resolve(), work.resolve()
        self._build(self._work, "")

    def run(self, x_q: IntArray, block: int | None = None) -> IntArray:
        """See `Backend.run`."""
        return self._harness(self._folder).run(x_q, block)

    def trace(self, x_q: IntArray) -> dict[str, IntArray]:
        """Return the integers of every node, by a build of its own with PIM_TRACE."""
        return self.trace_in_blocks(x_q, None)

    def trace_in_blocks(self, x_q: IntArray, block: int | None) -> dict[str, IntArray]:
        """See `Backend.trace_in_blocks`."""
        folder = self._folder / "trace"
        if not folder.exists():
            self._build(folder, "-DPIM_TRACE")
        return self._harness(folder).trace(x_q, block)

    @property
    def _folder(self) -> Path:
        if self._work is None:
            raise InputError(f"backend {self.name}: prepare it before it runs")
        return self._work

    def _build(self, folder: Path, defines: str) -> None:
        built = self._make([f"BUNDLE={self._bundle}", f"OUT={folder}", f"DEFINES={defines}", "build"])
        if built.returncode != 0:
            raise BundleError(f"{self.name}: the cross-compiler refuses the C code: {first_line(built, 'error')}")

    def _harness(self, folder: Path) -> Harness:
        source = (self._bundle or folder) / "c"
        command = ("sh", str(_kernels() / "targets" / "emulate.sh"), self.target, str(folder / "harness"))
        return Harness(command, folder, source / f"{model_name(source)}.h", self.name)

    def _make(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        form = f"FORM=PIM_{self.form.upper()}"
        command = ["make", "-s", "-C", str(_kernels()), f"TARGET={self.target}", form, *arguments]
        return process(command, COMPILE_SECONDS, self.name)


def arm_backends() -> list[Backend]:
    """Return every emulated processor in both forms; `verify` runs those alone that are required by name."""
    return [ArmBackend(target, form) for target in TARGETS for form in ("table", "basis")]


def _kernels() -> Path:
    """Return firmware_ref/c, which holds the Makefile of the targets."""
    return Path(str(importlib.resources.files("firmware_ref"))) / "c"
