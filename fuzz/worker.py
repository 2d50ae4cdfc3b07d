"""A process that runs a reader on one case after another, within limits of time and memory; its parent outlives it."""

import contextlib
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from fuzz.case import Case, read_folder
from fuzz.judge import DEADLINE_S, MIB, SHOWN, Fault, Verdict, allowed_bytes, fault_of_ending, fault_of_folder
from fuzz.target import Target

PATIENCE_S = 60.0
"""Wall time of a case, for a reader that sleeps: the deadline is of processor time, for the machine may be busy."""
START_S = 300.0
"""Wall time of the imports and of the first, sound case."""
READY = "ready"
ROOM = 64 * MIB
"""Address space beyond what is allowed: what the allocator takes itself."""


class Worker:
    """A process for `target`, started when it is needed and started again after each death."""

    def __init__(self, target: Target, deadline_s: float = DEADLINE_S) -> None:
        self._target = target
        self._deadline_s = deadline_s
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self, case: Case) -> Verdict:
        """Return how the reader ends on `case`."""
        pipe = self._started()
        try:
            pipe.send(case)
            if pipe.poll(PATIENCE_S):
                verdict: Verdict = pipe.recv()
                return verdict
            self._end()
            return self._hang("did not end")
        except (EOFError, OSError):
            return self._died()

    def _started(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._folder = tempfile.TemporaryDirectory(prefix="pimdeploy-fuzz-")  # outlives a process that is killed
        given = (theirs, self._target, self._deadline_s, Path(self._folder.name))
        self._process = context.Process(target=_serve, args=given, daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(START_S):
            self._end()
            raise RuntimeError(f"target {self._target.name}: its worker did not start within {START_S:.0f} s")
        told: str = self._pipe.recv()
        if told != READY:
            self._end()
            raise RuntimeError(f"target {self._target.name}: its worker could not start: {told}")
        return self._pipe

    def _died(self) -> Verdict:
        status = None
        if self._process is not None:
            self._process.join(self._deadline_s)
            status = self._process.exitcode
        self._end()
        if status == -signal.SIGPROF:
            return self._hang(f"took more than {self._deadline_s:g} s of processor time")
        name = signal.Signals(-status).name if status is not None and status < 0 else f"exit status {status}"
        return Verdict(Fault.CRASH, f"{Fault.CRASH} by {name}", f"the process ended by {name}")

    def _hang(self, detail: str) -> Verdict:
        return Verdict(Fault.HANG, Fault.HANG, detail, seconds=self._deadline_s)

    def _end(self) -> None:
        if self._process is not None and self._pipe is not None:
            self._pipe.close()
            self._process.kill()
            self._process.join()
        if self._folder is not None:
            self._folder.cleanup()
        self._process = self._pipe = self._folder = None


def _serve(pipe: Connection, target: Target, deadline_s: float, place: Path) -> None:
    """Answer every case with a verdict; begin with a sound case, so that what is imported lazily counts for none."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for category in (RuntimeWarning, UserWarning):
        warnings.simplefilter("always", category)
    noise = _redirected(place / "noise")
    try:
        for case in target.seeds():
            _examined(target, case, place / "case", noise)
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")
        return
    os.ftruncate(noise, 0)
    pipe.send(READY)
    with contextlib.suppress(EOFError):
        while True:
            case = pipe.recv()
            signal.signal(signal.SIGPROF, signal.SIG_DFL)  # its default is the end, within a library, too
            signal.setitimer(signal.ITIMER_PROF, deadline_s)
            verdict = _measured(target, case, place / "case", noise)
            signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send(verdict)


def _measured(target: Target, case: Case, folder: Path, noise: int) -> Verdict:
    """Return the verdict on `case` with its time and the most memory that it took."""
    allowed = allowed_bytes(case.size)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + allowed + ROOM, hard))
    resident, start = _peak_resident(reset=True), time.process_time()
    verdict = _examined(target, case, folder, noise)
    seconds = time.process_time() - start
    peak = _peak_resident() - resident
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, hard))
    verdict = replace(verdict, peak_bytes=peak, seconds=seconds)
    if verdict.fault is None and peak > allowed:
        detail = f"{peak / MIB:.0f} MiB for {case.size} bytes of input"
        return replace(verdict, fault=Fault.MEMORY, where=f"{Fault.MEMORY}, {target.name}", detail=detail)
    return verdict


def _examined(target: Target, case: Case, folder: Path, noise: int) -> Verdict:
    """Run the reader on `case` in a fresh folder, which is gone afterwards."""
    folder.mkdir()
    try:
        given = case.write(folder)
        error = _ending(target, given)
        sys.stdout.flush()
        sys.stderr.flush()
        found = fault_of_ending(error, target.refusals) or fault_of_folder(case, read_folder(folder)) or _noise(noise)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if found is not None:
        return Verdict(*found)
    return Verdict(accepted=True) if error is None else Verdict(detail=str(error))


def _ending(target: Target, given: Path) -> BaseException | None:
    try:
        target.read(given)
    except Exception as error:
        return error
    except SystemExit as error:
        return error
    return None


def _noise(descriptor: int) -> tuple[Fault, str, str] | None:
    """Return what was written to stdout or stderr, where a refusal is all that a user should see."""
    size = os.fstat(descriptor).st_size
    if not size:
        return None
    text = os.pread(descriptor, SHOWN, 0).decode(errors="replace")
    os.ftruncate(descriptor, 0)
    return Fault.NOISE, f"{Fault.NOISE}: {text[:60]!r}", repr(text)


def _redirected(path: Path) -> int:
    """Send what this process and its libraries print into the file `path`; return its descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(descriptor, stream.fileno())
    return descriptor


def _status(key: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    return 0


def _address_space() -> int:
    return _status("VmSize:")


def _peak_resident(*, reset: bool = False) -> int:
    """Return the most memory that was resident since the last reset, bytes."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmHWM:")
