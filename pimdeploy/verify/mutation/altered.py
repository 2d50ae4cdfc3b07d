"""A bundle with some files altered: a copy made of links, and the backends of the proof that read what is altered."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from pimdeploy.errors import PimdeployError
from pimdeploy.verify.backend import Backend
from pimdeploy.verify.backends.c_code import COMPILERS, FORMS, CBackend
from pimdeploy.verify.backends.numpy_reference import NumpyBackend
from pimdeploy.verify.backends.onnx_runtime import OnnxBackend
from pimdeploy.verify.backends.onnx_stream import OnnxStateBackend
from pimdeploy.verify.mutation.mutant import Target
from pimdeploy.verify.mutation.traced_c import TracedCBackend


class UnbuiltError(Exception):
    """An altered file is refused by a compiler or a runtime: a fault of this package, not one that the proof found."""


def altered_copy(bundle: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` the bundle at `bundle` with `files`, by path, in place of its own.

    All others are links to its own: a folder in which nothing is altered is one link.
    """
    folder.mkdir(parents=True)
    inside = {name.partition("/")[0] for name in files}
    for path in bundle.iterdir():
        if path.name not in inside:
            (folder / path.name).symlink_to(path.resolve())
        elif path.name not in files:
            own = {name.partition("/")[2]: data for name, data in files.items() if name.startswith(f"{path.name}/")}
            altered_copy(path, folder / path.name, own)
    for name, data in files.items():
        if "/" not in name:
            (folder / name).write_bytes(data)


def backends_of(target: Target) -> list[Backend]:
    """Return the backends of the proof that read the file `target`: the fewest that together see all of it."""
    match target:
        case Target.C:
            return [CBackend(compiler_in_use(), "O0", form) for form in FORMS]
        case Target.ONNX_INT_STATE | Target.ONNX_F64_STATE:
            return [OnnxStateBackend(target.value, "off")]
        case Target.ONNX_INT | Target.ONNX_INT_BASIS | Target.ONNX_F64:
            return [OnnxBackend(target.value, "off")]
        case Target.GRAPH | Target.TABLES:
            return [NumpyBackend("table")]


def quick_backends_of(target: Target) -> list[Backend]:
    """Return the same, the C code in builds that show the output and every node at once."""
    if target is Target.C:
        return [TracedCBackend(compiler_in_use(), form) for form in FORMS]
    return backends_of(target)


def compiler_in_use() -> str:
    """Return the first compiler that this machine has; without one, the first that there could be."""
    return next((compiler for compiler in COMPILERS if shutil.which(compiler)), COMPILERS[0])


def prepare(backend: Backend, bundle: Path, work: Path) -> None:
    """Make `backend` ready from the files of `bundle`, in the new folder `work`. Raises `UnbuiltError`."""
    work.mkdir(parents=True)
    try:
        backend.prepare(bundle, work)
    except PimdeployError as error:
        raise UnbuiltError(str(error)) from error
