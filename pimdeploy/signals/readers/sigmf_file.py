"""SigMF captures: a folder with a recording each for tx and rx, or one recording of many channels."""

import itertools
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import RawCapture, channel_list, pick, pick_optional, reading, require

META, DATA, ARCHIVE = ".sigmf-meta", ".sigmf-data", ".sigmf"
SPLIT_LABELS = {"train": "train", "training": "train", "val": "val", "validation": "val", "test": "test"}
SLOT_LABEL = "slot"


@dataclass(frozen=True)
class _Recording:
    """samples: [channel, sample]; integer types are scaled so that full scale is 1."""

    samples: ComplexArray
    fs_hz: float | None
    center_hz: float | None
    full_scale: float | None
    splits: dict[str, tuple[int, int]]
    slots: tuple[tuple[int, int], ...]


def read_sigmf(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture at `path`: a folder, a .sigmf-meta or .sigmf-data file, or an uncompressed .sigmf archive.

    Annotations labelled train, val and test are the splits, those labelled slot the slots, core:frequency is the centre,
    core:num_channels the antennas. Of a single recording with many channels capture.tx_key = "0" and
    capture.rx_key = "1" say which is which. Raises `CaptureError`.
    """
    if not path.is_dir():
        return _from_single(path, spec, path.name)
    found = {
        file.name.removesuffix(file.suffix): file for suffix in (ARCHIVE, META) for file in path.glob(f"*{suffix}")
    }
    if len(found) == 1:
        file = next(iter(found.values()))
        return _from_single(file, spec, f"{path.name}/{file.name}")
    tx = _read(found[pick(found, "tx", spec.tx_key, path.name)], path.name)
    rx = _read(found[pick(found, "rx", spec.rx_key, path.name)], path.name)
    noise = pick_optional(found, "noise", spec.noise_key, path.name)
    truth = pick_optional(found, "truth", None, path.name)
    return RawCapture(
        tx=tx.samples,
        rx=rx.samples,
        noise=None if noise is None else _read(found[noise], path.name).samples,
        truth=None if truth is None else _read(found[truth], path.name).samples,
        fs_hz=rx.fs_hz,
        tx_fs_hz=tx.fs_hz,
        tx_center_hz=tx.center_hz,
        rx_center_hz=rx.center_hz,
        tx_full_scale=tx.full_scale,
        splits=rx.splits or (tx.splits if tx.fs_hz == rx.fs_hz else {}),
        slots=rx.slots or (tx.slots if tx.fs_hz == rx.fs_hz else ()),
    )


def _from_single(path: Path, spec: CaptureSpec, where: str) -> RawCapture:
    recording = _read(path, None if where == path.name else where.partition("/")[0])
    n_channels = recording.samples.shape[0]
    if n_channels == 1:
        raise CaptureError(f"{where}: one recording of one channel; give the folder that holds tx{META} and rx{META}")
    return RawCapture(
        tx=recording.samples[channel_list("capture.tx_key", spec.tx_key, n_channels, where)],
        rx=recording.samples[channel_list("capture.rx_key", spec.rx_key, n_channels, where)],
        fs_hz=recording.fs_hz,
        tx_center_hz=recording.center_hz,
        rx_center_hz=recording.center_hz,
        tx_full_scale=recording.full_scale,
        splits=recording.splits,
        slots=recording.slots,
    )


def _read(path: Path, folder: str | None) -> _Recording:
    path = path.with_suffix(META) if path.suffix == DATA else path
    where = path.name if folder is None else f"{folder}/{path.name}"
    sigmf = require("sigmf", "train", where, "SigMF captures")
    schema_error = require("jsonschema", "train", where, "SigMF captures").exceptions.ValidationError
    if path.suffix == META:
        _refuse_bad_pair(path, where)
    with reading(where, "SigMF"), warnings.catch_warnings():
        # The library only warns where data end before an annotation or within a sample: here that is a fault.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("error", UserWarning)
        try:
            recording = sigmf.fromfile(path)
            recording.validate()
            return _samples_of(recording, where)
        except schema_error as error:
            raise CaptureError(
                f"{where}: {error.json_path.removeprefix('$.')}: {error.message[:200]}; mend it"
            ) from error
        except sigmf.error.SigMFFileError as error:
            if "hash" not in str(error):
                raise
            raise CaptureError(
                f"{where}: the samples do not match core:sha512; the data are truncated or changed, copy them again"
            ) from error


def _refuse_bad_pair(path: Path, where: str) -> None:
    if not path.exists():
        raise CaptureError(f"{where}: no such file; a SigMF recording is a pair of {META} and {DATA}")
    with reading(where, "SigMF"):
        meta = json.loads(path.read_text(encoding="utf-8"))
        if not (isinstance(meta, dict) and isinstance(meta.get("global"), dict)):
            raise CaptureError(f"{where}: no object 'global' in it; expected SigMF metadata")
    if not isinstance(meta["global"].get("core:datatype"), str):
        raise CaptureError(f"{where}: global: 'core:datatype' is missing; expected cf32_le, ci16_le or the like")
    data = path.with_suffix(DATA)
    if not data.exists() and "core:dataset" not in meta["global"]:
        raise CaptureError(
            f"{where}: {data.name} is missing beside it; a SigMF recording is a pair of {META} and {DATA}"
        )


def _samples_of(recording: Any, where: str) -> _Recording:  # noqa: ANN401 - the library has no types
    datatype = str(recording.get_global_field("core:datatype"))
    if not datatype.startswith("c"):
        raise CaptureError(f"{where}: core:datatype {datatype} is real; expected complex baseband, such as cf32_le")
    if recording.sample_count == 0:
        raise CaptureError(f"{where}: no samples in it; record again")
    samples = np.atleast_2d(np.asarray(recording[:], dtype=np.complex128).T)
    centers = {capture.get("core:frequency") for capture in recording.get_captures()}
    if len(centers) > 1:
        raise CaptureError(f"{where}: core:frequency changes within the recording; cut it into one file a frequency")
    return _Recording(
        samples=np.ascontiguousarray(samples),
        fs_hz=recording.get_global_field("core:sample_rate"),
        center_hz=next(iter(centers), None),
        full_scale=None if "f" in datatype.partition("_")[0] else 1.0,
        splits=_splits(recording.get_annotations(), samples.shape[1], where),
        slots=_slots(recording.get_annotations(), samples.shape[1], where),
    )


def _splits(annotations: list[dict[str, Any]], n_samples: int, where: str) -> dict[str, tuple[int, int]]:
    splits: dict[str, tuple[int, int]] = {}
    for annotation in annotations:
        name = SPLIT_LABELS.get(str(annotation.get("core:label", "")).lower())
        if name is None:
            continue
        if name in splits:
            raise CaptureError(f"{where}: two annotations are labelled {name}; expected one stretch of samples a split")
        splits[name] = _range(annotation, n_samples)
    return splits


def _slots(annotations: list[dict[str, Any]], n_samples: int, where: str) -> tuple[tuple[int, int], ...]:
    slots = sorted(_range(a, n_samples) for a in annotations if str(a.get("core:label", "")).lower() == SLOT_LABEL)
    for (_, stop), (start, _) in itertools.pairwise(slots):
        if start < stop:
            raise CaptureError(f"{where}: annotations labelled slot overlap at sample {start}; expected them apart")
    return tuple(slots)


def _range(annotation: dict[str, Any], n_samples: int) -> tuple[int, int]:
    start = int(annotation["core:sample_start"])
    return start, start + int(annotation.get("core:sample_count", n_samples - start))
