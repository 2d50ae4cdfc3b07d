"""What peers are compared with: the bundle's C kernel and the NumPy reference."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench import c_kernel
from bench.peer import IntArray, NotRunError, Peer, Runner, Signal, Subject, in_process
from firmware_ref import Reference
from firmware_ref.reader import Form
from pimdeploy.verify.backends.c_code import AVX512, CBackend

C_RUN_S = 0.02
"""Processor seconds of one run of the C harness, which makes several and takes their median."""
C_SAMPLES = (1 << 12, c_kernel.SAMPLES)
"""Fewest and most samples of such a run."""
REFERENCE_SAMPLES = 1 << 16


class CKernel(Peer):
    """The bundle's C at -O3 -march=native: portable C99 in one form, or with the optional stages in AVX-512 instructions."""

    is_ours = True

    def __init__(self, compiler: str, form: Form, *, avx512: bool = False) -> None:
        self.name = f"our C, {'AVX-512 stages' if avx512 else form}, {compiler}"
        self.is_portable = not avx512
        self._compiler, self._form = compiler, form
        self._defines = ["-DPIM_AVX512"] if avx512 else []
        self._backend = CBackend(compiler, AVX512 if avx512 else "O3_native", form)

    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """See `Peer.prepare`."""
        missing = self._backend.unavailable()
        if missing:
            raise NotRunError(missing, is_missing=self.is_portable)
        self._backend.prepare(subject.path, work)
        program = c_kernel.build(subject.path / "c", work, "native", self._form, self._compiler, self._defines)
        fewest, most = C_SAMPLES
        samples = round(C_RUN_S * fewest / c_kernel.seconds(program, fewest))
        samples = min(max(samples, fewest), most)
        return [Runner(f"{samples:,} samples", lambda: c_kernel.seconds(program, samples) / samples)]

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        return self._backend.run(x_q)


class NumpyReference(Peer):
    """firmware_ref, which needs NumPy alone."""

    name = "our NumPy reference"
    is_ours = True

    def prepare(self, subject: Subject, work: Path) -> Sequence[Runner]:
        """See `Peer.prepare`."""
        reference = self._reference = Reference.load(subject.path)
        fmt = subject.graph.input.format
        x_q = subject.noise(REFERENCE_SAMPLES)
        x_q = x_q.astype(np.int16) if fmt.signed and fmt.bits <= 16 else x_q
        return [in_process(lambda: reference.process(x_q), REFERENCE_SAMPLES, f"{REFERENCE_SAMPLES:,} samples")]

    def run(self, x_q: IntArray) -> Signal:
        """See `Peer.run`."""
        self._reference.reset()
        return self._reference.process(x_q)
