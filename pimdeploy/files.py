"""Writing that leaves nothing half-written: beside the target, then renamed."""

import contextlib
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pimdeploy.errors import InputError


def json_bytes(data: dict[str, Any]) -> bytes:
    """Return `data` as the JSON that every file of a bundle or a stage holds: the same bytes for the same data."""
    return (json.dumps(data, indent=1) + "\n").encode()


def regular(path: Path) -> Path:
    """Return `path`. Raises `OSError` where it is no regular file: a device or a pipe may give bytes without an end."""
    if path.exists() and not path.is_file():
        kind = errno.EISDIR if path.is_dir() else errno.ENODEV
        reason = os.strerror(kind) if path.is_dir() else "it is a device or a pipe, a regular file was expected"
        raise OSError(kind, reason, str(path))
    return path


def check_folder(target: Path, marker: str) -> None:
    """Raise `InputError` where `replaced_folder` could not replace `target`: before hours of work, not after them."""
    try:
        if target.exists() and not (target.is_dir() and ((target / marker).is_file() or not any(target.iterdir()))):
            raise InputError(f"{target}: exists and holds no {marker}; give another folder or remove it")
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}; give another --out") from error
    if not os.access(target.parent, os.W_OK):
        raise InputError(f"{target}: cannot be written: {target.parent} is read-only; give another --out")


@contextlib.contextmanager
def replaced_folder(target: Path, marker: str) -> Iterator[Path]:
    """Yield an empty folder beside `target` that takes its place when the block ends well; else it is removed.

    An existing `target` is replaced only where it holds the file `marker` (so that it is one of ours) or is empty.
    Raises `InputError` with one line where the place cannot be written, a full disk included.
    """
    check_folder(target, marker)
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}; give another --out") from error
    try:
        yield beside
        beside.chmod(0o755)
        _swap(beside, target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}; nothing was changed") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _swap(beside: Path, target: Path) -> None:
    if not target.exists():
        beside.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    try:
        target.rename(old / "old")
        beside.rename(target)
    finally:
        if not target.exists():  # an error, or an interrupt, between the two
            (old / "old").rename(target)
        shutil.rmtree(old, ignore_errors=True)


def write_file(target: Path, data: bytes) -> None:
    """Write `data` to `target` atomically. Raises `InputError` with one line."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}; give another place") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror}; nothing was changed") from error
    finally:
        Path(name).unlink(missing_ok=True)
