"""What the readers share: the raw capture, names of roles and facts, and turning arrays into [channel, sample]."""

import difflib
import importlib
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pimdeploy.array_files import as_samples, is_bomb
from pimdeploy.errors import CaptureError
from pimdeploy.recipe import CaptureSpec
from pimdeploy.signals.dataset import ComplexArray

Role = Literal["tx", "rx", "noise", "truth"]

ROLE_NAMES: dict[Role, tuple[str, ...]] = {
    "tx": ("tx", "x", "txa"),
    "rx": ("rx", "y", "rxa"),
    "noise": ("noise", "nfa"),
    "truth": ("truth",),
}
"""Names that stand for a role where the recipe gives no key; case does not matter, the first present is taken."""

FACT_NAMES: dict[str, tuple[str, ...]] = {
    "fs_hz": ("fs_hz", "fs", "sample_rate", "sample_rate_hz", "input_signal_fs"),
    "tx_fs_hz": ("tx_fs_hz", "fs_tx"),
    "tx_center_hz": ("tx_center_hz", "fc_tx"),
    "rx_center_hz": ("rx_center_hz", "fc_rx"),
}
"""Names of scalar facts in files that hold arrays by name."""


@dataclass
class RawCapture:
    """What a file holds: samples as [channel, sample], complex128, and the facts it states (None where it does not)."""

    tx: ComplexArray
    rx: ComplexArray
    noise: ComplexArray | None = None
    truth: ComplexArray | None = None
    fs_hz: float | None = None
    tx_fs_hz: float | None = None
    tx_center_hz: float | None = None
    rx_center_hz: float | None = None
    tx_full_scale: float | None = None
    splits: dict[str, tuple[int, int]] = field(default_factory=dict)
    slots: tuple[tuple[int, int], ...] = ()


@contextmanager
def reading(where: str, kind: str) -> Iterator[None]:
    """Turn whatever a library raises on a bad file into one line. Libraries raise all sorts on corrupt bytes.

    NumPy warns of numbers that are not finite; they are refused by place and value once all is read.
    """
    try:
        with np.errstate(all="ignore"):
            yield
    except CaptureError:
        raise
    except MemoryError as error:
        raise CaptureError(f"{where}: does not fit into memory; cut the capture into shorter files") from error
    except OSError as error:
        reason = error.strerror or _first_line(error)
        raise CaptureError(
            f"{where}: cannot be read as {kind}: {reason}; check the file and its permissions"
        ) from error
    except Exception as error:
        raise CaptureError(
            f"{where}: cannot be read as {kind}, it may be truncated or corrupt ({_first_line(error)}); "
            "record or export it again"
        ) from error


def require(module: str, extra: str, where: str, what: str) -> Any:  # noqa: ANN401 - a module without types
    """Return the imported `module`, or say which extra brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise CaptureError(
            f"{where}: {what} need {module.partition('.')[0]}, which is not installed; pip install 'pimdeploy[{extra}]'"
        ) from error


def pick(present: Collection[str], role: Role, wanted: str | None, where: str) -> str:
    """Return the name among `present` that stands for `role`, the recipe's key `wanted` first.

    Raises `CaptureError` naming what is there, and the nearest name to a wanted one that is not.
    """
    name = pick_optional(present, role, wanted, where)
    if name is None:
        side = "transmit" if role == "tx" else "receive"
        raise CaptureError(
            f"{where}: cannot tell the {side} samples: nothing is named {', '.join(ROLE_NAMES[role])}; present: "
            f"{_shown(present)}; set capture.{role}_key in the recipe"
        )
    return name


def pick_optional(present: Collection[str], role: Role, wanted: str | None, where: str) -> str | None:
    """Return as `pick` does, or None where the recipe names nothing and no usual name is there."""
    if wanted is not None and wanted not in present:
        near = difflib.get_close_matches(wanted, list(present), n=1, cutoff=0.0)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise CaptureError(f"{where}: capture.{role}_key = {wanted!r} is not in it{hint} present: {_shown(present)}")
    if wanted is not None:
        return wanted
    by_lower = {name.lower(): name for name in sorted(present, reverse=True)}
    return next((by_lower[alias] for alias in ROLE_NAMES[role] if alias in by_lower), None)


def capture_from_arrays(
    present: Collection[str], read: Callable[[str], NDArray[Any]], spec: CaptureSpec, where: str
) -> RawCapture:
    """Return the capture in a file that holds arrays by name; `read` returns one of them, and only those needed."""
    tx_name, rx_name = pick(present, "tx", spec.tx_key, where), pick(present, "rx", spec.rx_key, where)
    noise_name = pick_optional(present, "noise", spec.noise_key, where)
    truth_name = pick_optional(present, "truth", None, where)
    tx, tx_full_scale = as_channels(read(tx_name), where, tx_name)
    rx, _ = as_channels(read(rx_name), where, rx_name)
    return RawCapture(
        tx=tx,
        rx=rx,
        noise=None if noise_name is None else as_channels(read(noise_name), where, noise_name)[0],
        truth=None if truth_name is None else as_channels(read(truth_name), where, truth_name)[0],
        tx_full_scale=tx_full_scale,
        **{fact: _read_fact(fact, present, read, where) for fact in FACT_NAMES},  # type: ignore[arg-type]
    )


def facts_from(values: Mapping[str, Any], where: str) -> dict[str, float | None]:
    """Return the facts of `FACT_NAMES` that a mapping (a sidecar) states, None for the others."""
    return {fact: _read_fact(fact, values, lambda name: np.asarray(values[name]), where) for fact in FACT_NAMES}


def as_channels(array: NDArray[Any], where: str, name: str) -> tuple[ComplexArray, float | None]:
    """Return `array` as [channel, sample], complex128, and its full scale.

    The full scale is that of int8 or int16, else None. Complex arrays have one or two axes, the longer one counts
    samples. Real ones carry I and Q on a last axis, or on a first one, of length 2.
    """
    array = np.asarray(array)
    if array.dtype.kind not in "cif":
        raise CaptureError(
            f"{where}: {name} has type {array.dtype}; expected complex numbers, or I and Q as integers or floats"
        )
    # Wider integers are mostly narrow samples in a wide type: their type says nothing about full scale.
    full_scale = float(2 ** (8 * array.dtype.itemsize - 1)) if array.dtype in (np.int8, np.int16) else None
    if array.dtype.kind != "c":
        array = _join_iq(array, where, name)
    array = array.reshape([n for n in array.shape if n != 1] or [array.size])
    if array.ndim > 2:
        raise CaptureError(f"{where}: {name} has shape {array.shape}; expected [channel, sample]")
    if array.ndim == 1:
        array = array[np.newaxis]
    elif array.shape[0] > array.shape[1] > 0:
        array = array.T
    return np.ascontiguousarray(array, dtype=np.complex128), full_scale


def refuse_bomb(n_values: int, dtype: np.dtype[Any], n_stored: int, where: str, name: str) -> None:
    """Refuse an array that claims `n_values` of a type where the file stores `n_stored` bytes; nothing is allocated yet."""
    n_bytes = n_values * dtype.itemsize
    if is_bomb(max(n_bytes, as_samples(n_values, dtype)), n_stored):
        raise CaptureError(
            f"{where}: {name} claims {n_bytes} bytes but the file holds {n_stored}; it is truncated or "
            "corrupt, export it again"
        )


def channel_list(key: str, text: str | None, n_channels: int, where: str) -> list[int]:
    """Return the channels of a recording that holds tx and rx together, from a recipe key such as "0,1"."""
    if text is None:
        raise CaptureError(
            f"{where}: one recording of {n_channels} channels; set capture.tx_key and capture.rx_key to channel "
            'numbers, such as "0" and "1"'
        )
    parts = text.replace(" ", "").split(",")
    if not all(part.isdecimal() and int(part) < n_channels for part in parts):
        raise CaptureError(
            f'{where}: {key} = {text!r}: expected channel numbers from 0 to {n_channels - 1}, such as "0,1"'
        )
    return [int(part) for part in parts]


def _join_iq(array: NDArray[Any], where: str, name: str) -> NDArray[Any]:
    if array.ndim == 2 and array.shape[0] == 2 < array.shape[1]:
        array = array.T
    if array.ndim < 2 or array.shape[-1] != 2:
        raise CaptureError(
            f"{where}: {name} is real, of shape {array.shape}; expected complex samples, or I and Q on an axis of 2"
        )
    joined = np.empty(
        array.shape[:-1], dtype=np.complex128
    )  # part by part: a sum of both would take three times as much
    joined.real, joined.imag = array[..., 0], array[..., 1]
    return joined


def _read_fact(fact: str, present: Collection[str], read: Callable[[str], NDArray[Any]], where: str) -> float | None:
    by_lower = {name.lower(): name for name in present}
    name = next((by_lower[alias] for alias in FACT_NAMES[fact] if alias in by_lower), None)
    if name is None:
        return None
    value = np.asarray(read(name))
    if value.size != 1 or value.dtype.kind not in "iuf" or not math.isfinite(number := float(value.ravel()[0])):
        raise CaptureError(f"{where}: {name} is no single finite number; expected {fact} in Hz")
    return number


def _shown(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:160]}" if text else type(error).__name__
