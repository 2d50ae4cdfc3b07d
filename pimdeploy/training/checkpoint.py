"""Checkpoints: what a training that was interrupted goes on from, to the same result.

One safetensors file, written atomically; numbers beside the tensors stand in its header as JSON. Nothing is unpickled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from pimdeploy.errors import TrainingError
from pimdeploy.files import write_file
from pimdeploy.recipe import Recipe
from pimdeploy.signals.dataset import Dataset

_STATE = "state"
_FINGERPRINT = "fingerprint"


@dataclass(frozen=True)
class Checkpoint:
    """tensors: by name. state: numbers, texts and lists of them, as JSON holds them (floats to the last bit)."""

    tensors: dict[str, Tensor]
    state: dict[str, Any]


def fingerprint(recipe: Recipe, dataset: Dataset) -> str:
    """Return the SHA-256 of all that decides a training: the sections network and training, the seed, the samples."""
    data = {
        "network": recipe.network.model_dump(mode="json"),
        "training": recipe.training.model_dump(mode="json"),
        "receive": recipe.receive.model_dump(mode="json"),
        "seed": recipe.seed,
        "samples": dataset.sha256,
        "splits": {name: list(span) for name, span in dataset.splits.items()},
    }
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def save_checkpoint(path: Path, fingerprint: str, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Write a checkpoint of the training `fingerprint` to `path`, atomically. Raises `InputError` with one line."""
    from safetensors.torch import save

    header = {_FINGERPRINT: fingerprint, _STATE: json.dumps(state)}
    write_file(path, save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, header))


def load_checkpoint(path: Path, fingerprint: str) -> Checkpoint | None:
    """Return the checkpoint at `path`, or None where there is none.

    Raises `TrainingError` where it cannot be read, or belongs to another training than `fingerprint`.
    """
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
        state = json.loads(header[_STATE])
        found = header[_FINGERPRINT]
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        raise TrainingError(f"{path}: not a checkpoint: {error}; remove it, or give another place") from error
    if found != fingerprint:
        raise TrainingError(
            f"{path}: a checkpoint of another network, training or capture; remove it, or give another place"
        )
    return Checkpoint(tensors, state)
