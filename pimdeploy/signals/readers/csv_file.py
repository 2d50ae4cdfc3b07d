"""CSV captures: a folder laid out as the data sets of OpenDPD, one with tx.csv and rx.csv, or one file of both."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import RawCapture, facts_from, pick, pick_optional, reading

SPLITS = ("train", "val", "test")
SPEC_NAME = "spec.json"


def read_csv(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture in the folder or file at `path`. Raises `CaptureError`.

    A folder holds {train,val,test}_{input,output}.csv; or data.csv with columns I_in, Q_in, I_out, Q_out; or tx.csv and
    rx.csv, columns I, Q an antenna. An optional spec.json gives the rate (input_signal_fs or fs_hz).
    """
    if not path.is_dir():
        return _read_joined(path, path.name, {})
    facts = _read_spec(path)
    if any((path / f"{name}_input.csv").exists() for name in SPLITS):
        raw = _read_splits(path)
    elif (path / _joined_name(facts)).exists():
        raw = _read_joined(path / _joined_name(facts), f"{path.name}/{_joined_name(facts)}", facts)
    else:
        raw = _read_pair(path, spec)
    for fact, value in facts_from(facts, f"{path.name}/{SPEC_NAME}").items():
        setattr(raw, fact, value)
    return raw


def _read_splits(folder: Path) -> RawCapture:
    parts: dict[str, list[ComplexArray]] = {"input": [], "output": []}
    ranges: dict[str, tuple[int, int]] = {}
    end = 0
    for name in SPLITS:
        for side, blocks in parts.items():
            blocks.append(_read_channels(folder / f"{name}_{side}.csv", f"{folder.name}/{name}_{side}.csv"))
        n_in, n_out = parts["input"][-1].shape[1], parts["output"][-1].shape[1]
        if n_in != n_out:
            raise CaptureError(
                f"{folder.name}: {name}_input.csv has {n_in} samples and {name}_output.csv {n_out}; expected as many"
            )
        ranges[name] = (end, end + n_in)
        end += n_in
    for side, blocks in parts.items():
        if len({block.shape[0] for block in blocks}) > 1:
            raise CaptureError(
                f"{folder.name}: the files *_{side}.csv differ in columns; expected the same antennas in all"
            )
    return RawCapture(np.concatenate(parts["input"], axis=1), np.concatenate(parts["output"], axis=1), splits=ranges)


def _read_joined(path: Path, where: str, facts: dict[str, Any]) -> RawCapture:
    """Return the capture in one file with the columns I_in, Q_in, I_out, Q_out."""
    table = _read_table(path, where)
    if table.shape[1] != 4:
        raise CaptureError(
            f"{where}: {table.shape[1]} columns; one file for both needs four, I_in, Q_in, I_out, Q_out; otherwise "
            "give a folder with tx.csv and rx.csv"
        )
    tx, rx = _complex_columns(table[:, :2]), _complex_columns(table[:, 2:])
    return RawCapture(tx, rx, splits=_split_indices(facts, table.shape[0], where))


def _split_indices(facts: dict[str, Any], n_samples: int, where: str) -> dict[str, tuple[int, int]]:
    indices = facts.get("split_indices", {})
    if not isinstance(indices, dict) or not {"train_end", "val_end"} <= indices.keys():
        return {}
    train_end, val_end = indices["train_end"], indices["val_end"]
    if not (isinstance(train_end, int) and isinstance(val_end, int) and 0 < train_end < val_end < n_samples):
        raise CaptureError(f"{where}: split_indices of {SPEC_NAME} do not lie in order within its {n_samples} samples")
    return {"train": (0, train_end), "val": (train_end, val_end), "test": (val_end, n_samples)}


def _read_pair(folder: Path, spec: CaptureSpec) -> RawCapture:
    stems = {file.stem: file for file in sorted(folder.glob("*.csv"))}
    channels = {
        role: _read_channels(stems[stem], f"{folder.name}/{stem}.csv")
        for role, stem in (
            ("tx", pick(stems, "tx", spec.tx_key, folder.name)),
            ("rx", pick(stems, "rx", spec.rx_key, folder.name)),
            ("noise", pick_optional(stems, "noise", spec.noise_key, folder.name)),
            ("truth", pick_optional(stems, "truth", None, folder.name)),
        )
        if stem is not None
    }
    return RawCapture(channels["tx"], channels["rx"], channels.get("noise"), channels.get("truth"))


def _read_channels(path: Path, where: str) -> ComplexArray:
    table = _read_table(path, where)
    if table.shape[1] % 2:
        raise CaptureError(f"{where}: {table.shape[1]} columns; expected I, Q an antenna, an even number")
    return _complex_columns(table)


def _complex_columns(table: NDArray[np.float64]) -> ComplexArray:
    return np.ascontiguousarray((table[:, 0::2] + 1j * table[:, 1::2]).T)


def _read_table(path: Path, where: str) -> NDArray[np.float64]:
    """Return the numbers of a CSV file, [row, column]; a first line that is no numbers is the header."""
    if not path.exists():
        raise CaptureError(f"{where}: no such file; expected I and Q as columns, one row a sample")
    with reading(where, "CSV of I and Q"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = next(csv.reader(stream), [])
        if not first:
            raise CaptureError(f"{where}: is empty; expected I and Q as columns, one row a sample")
        skip = 0 if _is_number(first[0]) else 1
        with path.open(encoding="utf-8-sig") as stream:
            if skip and sum(1 for _ in zip(range(2), stream, strict=False)) < 2:
                raise CaptureError(f"{where}: has a header and no samples; expected one row a sample")
        with path.open(encoding="utf-8-sig") as stream:
            return np.loadtxt(stream, delimiter=",", skiprows=skip, ndmin=2, dtype=np.float64)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _joined_name(facts: dict[str, Any]) -> str:
    """Return the name of the single file; only the name counts, the file lies in the folder."""
    return Path(str(facts.get("csv_filename", "data.csv"))).name or "data.csv"


def _read_spec(folder: Path) -> dict[str, Any]:
    path = folder / SPEC_NAME
    if not path.exists():
        return {}
    where = f"{folder.name}/{SPEC_NAME}"
    with reading(where, "JSON"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(facts, dict):
            raise CaptureError(f'{where}: expected one JSON object, such as {{"fs_hz": 491520000}}')
        return facts
