"""Raw interleaved int16 captures (.ci16, little-endian I0 Q0 I1 Q1 ...) with a JSON or TOML sidecar."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy.documents import parse_toml
from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.dataset import ComplexArray
from pimdeploy.signals.readers.common import RawCapture, channel_list, pick, pick_optional, reading

SIDECAR_KEYS = ("fs_hz", "n_channels", "center_hz", "tx_channels", "rx_channels", "description")


@dataclass(frozen=True)
class _Recording:
    samples: ComplexArray
    facts: dict[str, Any]


def read_ci16(path: Path, spec: CaptureSpec) -> RawCapture:
    """Return the capture at `path`: a folder with tx.ci16 and rx.ci16, or one file that holds the channels of both.

    The sidecar states fs_hz, n_channels (1 by default; channels change fastest) and center_hz; that of a single file
    also tx_channels and rx_channels, or the recipe gives them as capture.tx_key = "0". Samples stay in codes of the
    converter: full scale is 32768. Raises `CaptureError`.
    """
    if not path.is_dir():
        return _read_single(path, spec)
    stems = {file.stem: file for file in sorted(path.glob("*.ci16"))}
    tx = _read_recording(stems[pick(stems, "tx", spec.tx_key, path.name)], path.name)
    rx = _read_recording(stems[pick(stems, "rx", spec.rx_key, path.name)], path.name)
    noise = pick_optional(stems, "noise", spec.noise_key, path.name)
    truth = pick_optional(stems, "truth", None, path.name)
    return RawCapture(
        tx=tx.samples,
        rx=rx.samples,
        noise=None if noise is None else _read_recording(stems[noise], path.name).samples,
        truth=None if truth is None else _read_recording(stems[truth], path.name).samples,
        fs_hz=rx.facts.get("fs_hz"),
        tx_fs_hz=tx.facts.get("fs_hz"),
        tx_center_hz=tx.facts.get("center_hz"),
        rx_center_hz=rx.facts.get("center_hz"),
        tx_full_scale=32768.0,
    )


def _read_single(path: Path, spec: CaptureSpec) -> RawCapture:
    recording = _read_recording(path, None)
    n_channels = recording.samples.shape[0]
    chosen = {
        role: channel_list(f"capture.{role}_key", key or _stated(recording.facts, role), n_channels, path.name)
        for role, key in (("tx", spec.tx_key), ("rx", spec.rx_key))
    }
    return RawCapture(
        tx=recording.samples[chosen["tx"]],
        rx=recording.samples[chosen["rx"]],
        fs_hz=recording.facts.get("fs_hz"),
        tx_center_hz=recording.facts.get("center_hz"),
        rx_center_hz=recording.facts.get("center_hz"),
        tx_full_scale=32768.0,
    )


def _stated(facts: dict[str, Any], role: str) -> str | None:
    channels = facts.get(f"{role}_channels")
    return ",".join(map(str, channels)) if isinstance(channels, list) else None


def _read_recording(path: Path, folder: str | None) -> _Recording:
    where = path.name if folder is None else f"{folder}/{path.name}"
    facts = _read_sidecar(path, where)
    n_channels = facts.get("n_channels", 1)
    with reading(where, "interleaved int16"):
        codes = np.fromfile(path, dtype="<i2")
    if path.stat().st_size % (4 * n_channels):
        raise CaptureError(
            f"{where}: {path.stat().st_size} bytes are no whole number of samples of {n_channels} channels (4 bytes "
            "each); it is truncated, or n_channels of its sidecar is wrong"
        )
    pairs = codes.reshape(-1, n_channels, 2)
    samples = np.empty((n_channels, len(pairs)), dtype=np.complex128)
    samples.real, samples.imag = pairs[..., 0].T, pairs[..., 1].T
    return _Recording(samples, facts)


def _read_sidecar(path: Path, where: str) -> dict[str, Any]:
    for suffix, parse in ((".json", json.loads), (".toml", parse_toml)):
        sidecar = path.with_suffix(suffix)
        if sidecar.exists():
            named = where.removesuffix(path.name) + sidecar.name
            with reading(named, suffix[1:].upper()):
                return _checked(parse(sidecar.read_text(encoding="utf-8")), named)
    raise CaptureError(
        f"{where}: no sidecar {path.stem}.json or {path.stem}.toml beside it; write one, such as "
        '{"fs_hz": 491520000, "n_channels": 1, "center_hz": 0}'
    )


def _checked(facts: object, where: str) -> dict[str, Any]:
    if not isinstance(facts, dict):
        raise CaptureError(f"{where}: expected an object with {', '.join(SIDECAR_KEYS)}")
    for key, value in facts.items():
        if key not in SIDECAR_KEYS:
            raise CaptureError(f"{where}: unknown key {key!r}; known: {', '.join(SIDECAR_KEYS)}")
        if key.endswith("_hz") and not (isinstance(value, int | float) and math.isfinite(value)):
            raise CaptureError(f"{where}: {key} = {value!r}: expected a number of Hz")
    n_channels = facts.get("n_channels", 1)
    if not isinstance(n_channels, int) or not 1 <= n_channels <= 1024:
        raise CaptureError(f"{where}: n_channels = {n_channels!r}: expected a whole number from 1 to 1024")
    return facts
