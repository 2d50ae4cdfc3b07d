"""`python -m firmware_ref BUNDLE`: replay the golden vectors. Exit status 0 equal, 1 different, 2 bad input."""

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firmware_ref.array_files import read_npy
from firmware_ref.errors import FirmwareReferenceError
from firmware_ref.reference import Reference


def main(arguments: list[str] | None = None) -> int:
    """Print the number of samples and of mismatches, and the first of them; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m firmware_ref", description="Replay a bundle's golden vectors.")
    parser.add_argument("bundle", type=Path, help="folder with datapath.json, tables.npz and golden/")
    parser.add_argument("--form", choices=("table", "basis"), default="table", help="of the piecewise-linear functions")
    options = parser.parse_args(arguments)
    try:
        stimulus = read_npy(options.bundle / "golden" / "stimulus.npy")
        expected = read_npy(options.bundle / "golden" / "expected.npy")
        got = Reference.load(options.bundle, options.form).process(stimulus)
        return _report(expected, got)
    except FirmwareReferenceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _report(expected: NDArray[np.int64], got: NDArray[np.int64]) -> int:
    if expected.shape != got.shape:
        raise FirmwareReferenceError(
            f"golden/expected.npy has shape {expected.shape}, the datapath gives {got.shape}; export the bundle again"
        )
    differs = expected != got
    mismatches = int(differs.sum())
    print(f"{expected.shape[1]} samples, {mismatches} mismatches")
    if not mismatches:
        return 0
    sample = int(differs.any(axis=0).argmax())
    channel = int(differs[:, sample].argmax())
    print(
        f"first difference: channel {channel}, sample {sample}: "
        f"expected {expected[channel, sample]}, got {got[channel, sample]}"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
