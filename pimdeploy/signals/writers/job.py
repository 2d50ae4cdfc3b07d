"""Which writer, and where: a capture is written beside its place and renamed when it is whole."""

import contextlib
import difflib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, assert_never

from pimdeploy.errors import CaptureError, InputError
from pimdeploy.files import replaced_folder
from pimdeploy.signals.capture_io import FORMAT_OF_SUFFIX
from pimdeploy.signals.writers.ci16 import Ci16Writer
from pimdeploy.signals.writers.common import CaptureHead, CaptureWriter
from pimdeploy.signals.writers.csv_folder import CsvWriter
from pimdeploy.signals.writers.hdf5 import Hdf5Writer
from pimdeploy.signals.writers.mat import MatWriter
from pimdeploy.signals.writers.npz import NpzWriter
from pimdeploy.signals.writers.sigmf_folder import SigmfWriter

CaptureFormat = Literal["sigmf", "mat", "npz", "csv", "ci16", "hdf5"]
FORMATS: tuple[CaptureFormat, ...] = ("sigmf", "mat", "npz", "csv", "ci16", "hdf5")


def find_format(name: str | None, target: Path) -> CaptureFormat:
    """Return the format called `name`; without a name the one that the suffix of `target` says, else SigMF.

    Raises `InputError` for an unknown name, naming the nearest, and for a file that the loader would not know.
    """
    if name is None:
        by_suffix = FORMAT_OF_SUFFIX.get(target.suffix.lower(), "sigmf")
        found: CaptureFormat | None = next((known for known in FORMATS if known == by_suffix), "sigmf")
    else:
        found = next((known for known in FORMATS if known == name), None)
    if found is None:
        near = difflib.get_close_matches(str(name), FORMATS, n=1, cutoff=0.0)[0]
        raise InputError(f"--format {name}: unknown; did you mean {near!r}? known: {', '.join(FORMATS)}")
    writer = writer_of(found)
    if writer.is_file and FORMAT_OF_SUFFIX.get(target.suffix.lower()) != found:
        raise InputError(
            f"--out {target}: a {writer.label} capture is one file, known by its name; call it {target}{writer.suffix}"
        )
    return found


def writer_of(name: CaptureFormat) -> type[CaptureWriter]:
    """Return the writer of a format."""
    match name:
        case "sigmf":
            return SigmfWriter
        case "mat":
            return MatWriter
        case "npz":
            return NpzWriter
        case "csv":
            return CsvWriter
        case "ci16":
            return Ci16Writer
        case "hdf5":
            return Hdf5Writer
        case _:
            assert_never(name)


def check_target(name: CaptureFormat, target: Path) -> None:
    """Raise `CaptureError` where `target` could not be replaced by a capture: before the work, not after it."""
    writer = writer_of(name)
    if not target.exists():
        return
    if writer.is_file and target.is_dir():
        raise CaptureError(f"{target}: is a folder; a {writer.label} capture is one file: give another name")
    if not writer.is_file and not (target.is_dir() and writer.replaces(target)):
        raise CaptureError(f"{target}: exists and is no {writer.label} capture; give a new folder")


@contextlib.contextmanager
def opened(name: CaptureFormat, target: Path, head: CaptureHead) -> Iterator[CaptureWriter]:
    """Yield a writer whose capture takes its place at `target` when the block ends well; else nothing is left.

    Raises `CaptureError` with one line, a full disk included.
    """
    check_target(name, target)
    writer = writer_of(name)
    with _place(writer, target) as folder, contextlib.ExitStack() as stack:
        stack.enter_context(_one_line(target))
        made = writer(folder, target.name, head)
        stack.callback(made.close)
        yield made


@contextlib.contextmanager
def _place(writer: type[CaptureWriter], target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target`; afterwards it, or the file of that name in it, is the target."""
    if not writer.is_file:
        present = [file.name for file in target.iterdir()] if target.exists() else []
        with replaced_folder(target, present[0] if present else writer.marker) as beside:
            yield beside
        return
    with _one_line(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            yield beside
            (beside / target.name).replace(target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


@contextlib.contextmanager
def _one_line(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CaptureError(
            f"{target}: cannot be written: {error.strerror or error}; check space and permissions, nothing was left"
        ) from error
