"""Captures to begin with: a small sound one of every format, and ones that ask for more than they hold."""

import io
import json
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fuzz.case import Case, read_folder
from fuzz.mutate_zip import zeros

N = 1056
FS_HZ = 30.72e6
BOMB_BYTES = 60 << 20
"""Zeros in a bomb: just below what readers take from a compressed array without a question."""


def samples(channels: int, seed: int) -> NDArray[np.complex128]:
    """Return whole numbers [channels, N] that every format holds exactly."""
    parts = np.random.default_rng(seed).integers(-9000, 9000, size=(2, channels, N))
    made: NDArray[np.complex128] = parts[0] + 1j * parts[1]
    return made


TX, RX = samples(1, 1), samples(2, 2)


def interleaved(values: NDArray[np.complex128]) -> NDArray[np.int16]:
    """Return I and Q on a last axis, int16."""
    return np.stack([values.real, values.imag], axis=-1).astype("<i2")


def npz_cases() -> list[Case]:
    """Return .npz captures: complex and packed, int16, and with the names of MATLAB."""
    made = []
    for save, arrays in (
        (np.savez_compressed, {"tx": TX.astype(np.complex64), "rx": RX, "fs_hz": FS_HZ, "noise": RX}),
        (np.savez, {"x": interleaved(TX), "y": interleaved(RX), "Fs": np.array([[FS_HZ]])}),
    ):
        stream = io.BytesIO()
        save(stream, **arrays)
        made.append(Case({"c.npz": stream.getvalue()}, "c.npz"))
    return made


def npz_bombs() -> list[Case]:
    """Return .npz files of a few kilobytes whose arrays are tens of megabytes of zeros."""
    return [
        _npz_of_zeros(dtype, count) for dtype, count in (("|i1", BOMB_BYTES), ("<c16", BOMB_BYTES // 16), ("|O", 9))
    ]


def _npz_of_zeros(dtype: str, count: int) -> Case:
    header = io.BytesIO()
    shape = (count // 2, 2) if dtype == "|i1" else (1, count)
    np.lib.format.write_array_header_1_0(header, {"descr": dtype, "fortran_order": False, "shape": shape})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("tx", "rx"):
            archive.writestr(f"{name}.npy", header.getvalue() + zeros(count * np.dtype(dtype).itemsize))
        rate = io.BytesIO()
        np.save(rate, np.float64(FS_HZ))
        archive.writestr("fs_hz.npy", rate.getvalue())
    return Case({"c.npz": stream.getvalue()}, "c.npz")


def mat_cases() -> list[Case]:
    """Return .mat captures of version 5, plain and packed."""
    from scipy.io import savemat

    made = []
    for packed in (False, True):
        stream = io.BytesIO()
        arrays = {"tx": TX, "rx": RX, "Fs": FS_HZ, "note": "text"}
        savemat(stream, arrays, do_compression=packed)  # type: ignore[arg-type]  # it takes open files, too
        made.append(Case({"c.mat": stream.getvalue()}, "c.mat"))
    return made


def mat_bombs() -> list[Case]:
    """Return a .mat file whose packed arrays are megabytes of zeros of one byte."""
    content = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    for name in (b"tx", b"rx"):
        count = BOMB_BYTES // 2
        head = struct.pack("<4I", 6, 8, 8 | 0x0800, 0) + struct.pack("<2I2i", 5, 8, count, 1)
        head += struct.pack("<2H4s", 1, len(name), name)
        body = head + (struct.pack("<2I", 1, count) + zeros(count)) * 2
        packed = zlib.compress(struct.pack("<2I", 14, len(body)) + body)
        content += struct.pack("<2I", 15, len(packed)) + packed
    return [Case({"c.mat": content}, "c.mat")]


def hdf5_cases() -> list[Case]:
    """Return HDF5 captures: packed in chunks, and as MATLAB 7.3 lays them out."""
    record = np.dtype([("real", "<f8"), ("imag", "<f8")])
    return [
        _hdf5({"tx": TX, "rx": RX, "fs_hz": FS_HZ}, compression="gzip"),
        _hdf5({"tx": TX.view(record).reshape(TX.shape).T, "rx": RX.view(record).reshape(RX.shape).T, "Fs": [[FS_HZ]]}),
    ]


def _hdf5(arrays: dict[str, Any], **options: Any) -> Case:  # noqa: ANN401 - what h5py takes
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array, **(options if np.ndim(array) else {}))
    return Case({"c.h5": stream.getvalue()}, "c.h5")


def hdf5_bombs() -> list[Case]:
    """Return HDF5 files with chunks never written, zeros packed tight, links outside and in circles, and odd types."""
    import h5py

    made = []
    for number in range(6):
        stream = io.BytesIO()
        with h5py.File(stream, "w") as file:
            file["fs_hz"], file["rx"] = FS_HZ, RX
            match number:
                case 0:
                    file.create_dataset("tx", (1, 10**12), "<c16", chunks=(1, 1024))
                case 1:
                    file.create_dataset("tx", data=np.zeros((1 << 22, 2), "i1"), chunks=True, compression="gzip")
                case 2:
                    file["tx"] = h5py.ExternalLink("c.h5", "/tx")
                case 3:
                    file["tx"], file["other"] = h5py.SoftLink("/other"), h5py.SoftLink("/tx")
                case 4:
                    file["tx"] = np.array(["a", "b"], dtype=h5py.string_dtype())
                case _:
                    layout = h5py.VirtualLayout((1, 10**9), "<c16")
                    layout[0, :] = h5py.VirtualSource("missing.h5", "tx", (10**9,))
                    file.create_virtual_dataset("tx", layout)
        made.append(Case({"c.h5": stream.getvalue()}, "c.h5"))
    return made


def csv_cases() -> list[Case]:
    """Return folders of CSV: a file a role, both in one, and the layout of OpenDPD."""
    rate = json.dumps({"fs_hz": FS_HZ}).encode()
    tx, rx = _columns(TX), _columns(RX)
    joined = _columns(np.concatenate([TX, RX[:1]]), "I_in,Q_in,I_out,Q_out")
    indices = {"input_signal_fs": FS_HZ, "split_indices": {"train_end": 600, "val_end": 800}}
    cut = {name: _columns(TX[:, n : n + 352]) for name, n in (("train", 0), ("val", 352), ("test", 704))}
    return [
        Case({"tx.csv": tx, "rx.csv": rx, "spec.json": rate}),
        Case({"data.csv": joined, "spec.json": json.dumps(indices).encode()}),
        Case({"spec.json": rate} | {f"{n}_{side}.csv": t for n, t in cut.items() for side in ("input", "output")}),
    ]


def _columns(values: NDArray[np.complex128], head: str = "") -> bytes:
    table = np.stack([values.real, values.imag], axis=1).reshape(-1, values.shape[1]).T
    stream = io.StringIO()
    np.savetxt(stream, table, fmt="%g", delimiter=",", header=head or "I,Q", comments="")
    return stream.getvalue().encode()


def ci16_cases() -> list[Case]:
    """Return folders of raw int16 with a sidecar in JSON or TOML."""
    json_facts = json.dumps({"fs_hz": FS_HZ, "n_channels": 2, "center_hz": 1.8e9}).encode()
    toml_facts = b"fs_hz = 30.72e6\nn_channels = 1\ncenter_hz = 1.8e9\n"
    tx, rx = interleaved(TX.T).tobytes(), interleaved(RX.T).tobytes()
    return [Case({"tx.ci16": tx, "tx.toml": toml_facts, "rx.ci16": rx, "rx.json": json_facts})]


def sigmf_cases() -> list[Case]:
    """Return SigMF folders: pairs of files with and without a hash of the samples, and archives."""
    from pimdeploy.signals.dataset import Capture
    from pimdeploy.signals.sigmf_writer import write_capture

    splits = {"train": (0, 600), "val": (600, 800), "test": (800, N)}
    capture = Capture(TX, RX, FS_HZ, FS_HZ, 1.8e9, 1.8e9, splits=splits)
    with TemporaryDirectory() as folder:
        write_capture(capture, Path(folder) / "c")
        hashed = read_folder(Path(folder) / "c")
    plain = Case({name: _without_hash(data) if name.endswith("meta") else data for name, data in hashed.files.items()})
    return [plain, hashed, Case({f"{role}.sigmf": _archive(plain, role) for role in ("tx", "rx")})]


def _without_hash(data: bytes) -> bytes:
    meta = json.loads(data)
    meta["global"].pop("core:sha512", None)
    return json.dumps(meta).encode()


def _archive(case: Case, role: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for suffix in (".sigmf-meta", ".sigmf-data"):
            member = tarfile.TarInfo(f"{role}/{role}{suffix}")
            member.size = len(case.files[f"{role}{suffix}"])
            archive.addfile(member, io.BytesIO(case.files[f"{role}{suffix}"]))
    return stream.getvalue()


def torch_cases() -> list[Case]:
    """Return .pth captures: the ZIP that PyTorch writes, and its older form."""
    import torch

    made = []
    for zipped in (True, False):
        stream = io.BytesIO()
        values = {"tx": torch.from_numpy(TX), "rx": torch.from_numpy(RX), "fs_hz": FS_HZ}
        torch.save(values, stream, _use_new_zipfile_serialization=zipped)
        made.append(Case({"c.pth": stream.getvalue()}, "c.pth"))
    return made


def torch_bombs() -> list[Case]:
    """Return a .pth file whose tensor claims more elements than it stores, and one of more than tensors."""
    import torch

    made = []
    for tx in (torch.zeros(1, dtype=torch.complex64).expand(10**11), {"a": [torch.zeros(3)] * 3}, 1 << 4000):
        stream = io.BytesIO()
        torch.save({"tx": tx, "rx": torch.from_numpy(RX), "fs_hz": FS_HZ}, stream)
        made.append(Case({"c.pth": stream.getvalue()}, "c.pth"))
    return made
