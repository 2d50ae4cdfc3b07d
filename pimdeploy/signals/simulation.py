"""`pimdeploy simulate`: a scenario, block by block, into a capture of any format, and what its levels are."""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pimdeploy import __version__
from pimdeploy.progress import Progress, quiet
from pimdeploy.recipe import ScenarioSpec
from pimdeploy.signals import scenario as scenarios
from pimdeploy.signals.bands.plan import Plan
from pimdeploy.signals.dataset import Capture
from pimdeploy.signals.planned.levels import Levels, Meter, levelled_plan, levels_of
from pimdeploy.signals.planned.resolve import Planned
from pimdeploy.signals.planned.stream import Block, PlannedStream
from pimdeploy.signals.readers.common import Role
from pimdeploy.signals.writers.common import CaptureHead, CaptureWriter, head_of
from pimdeploy.signals.writers.job import CaptureFormat, opened

STAGE = "simulate"


@dataclass(frozen=True)
class Simulated:
    """A scenario that was made. Levels are of its samples, behind the receive filter of its band, by receive channel.

    head: channels, rates, centres. path, format: of the capture, None where nothing was written. written: what the format
    did to the samples. noise_db: power of all but the interference; dBm, or dB over 1 where a drawn scenario has no unit.
    bound_db: the most that a canceller can cancel (docs/spec/metrics.md, section 2). levels: in dBm, of a planned scenario.
    """

    name: str
    seed: int
    head: CaptureHead
    band_hz: tuple[float, float]
    noise_db: tuple[float, ...]
    pim_db: tuple[float, ...]
    """Interference over `noise_db`."""
    bound_db: tuple[float, ...]
    levels: Levels | None
    path: Path | None = None
    format: CaptureFormat | None = None
    written: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `simulate`."""
        return {
            "capture": None if self.path is None else str(self.path),
            "format": self.format,
            "preset": self.name,
            "seed": self.seed,
            "samples": self.head.n_rx_samples,
            **self.head.scalars(),
            "tx_channels": self.head.n_tx,
            "rx_channels": self.head.n_rx,
            "receive_band_hz": list(self.band_hz),
            "noise_db": list(self.noise_db),
            "pim_over_noise_db": [value if math.isfinite(value) else None for value in self.pim_db],
            "bound_db": list(self.bound_db),
            "levels": None if self.levels is None else self.levels.to_json(),
            "spectrum": None if self.levels is None else self.levels.spectrum.to_json(),
            "written": self.written,
        }


@dataclass(frozen=True)
class _Made:
    """Blocks of one scenario as they come, and what is known before the first."""

    head: CaptureHead
    blocks: Iterator[Block]
    band_hz: tuple[float, float]
    spectrum: Plan | None
    """Of a planned scenario, with levels."""


def simulate(
    spec: ScenarioSpec, out: Path | None = None, format_name: CaptureFormat = "sigmf", progress: Progress = quiet
) -> Simulated:
    """Make the scenario `spec` and write it to `out` where given; a planned one is never in memory as a whole.

    Raises `RecipeError` for a scenario that cannot be, `CaptureError` where it cannot be written.
    """
    planned = scenarios.planned(spec)
    name = str(spec.preset) if planned is None else planned.name
    progress(STAGE, 0, spec.n_samples, name)
    made = _drawn(spec) if planned is None else _streamed(planned, spec)
    meter, clipped, done, written = Meter(made.head.fs_hz), 0, 0, None
    with _writer(out, format_name, made.head) as writer:
        for block in made.blocks:
            _append(writer, block)
            meter.add(block)
            clipped += block.clipped
            done += block.rx.shape[1]
            progress(STAGE, done, spec.n_samples, f"{done} samples")
        levels = None
        if planned is not None and made.spectrum is not None:
            levels = levels_of(planned, made.spectrum, meter, clipped)
        result = _result(name, spec, made, meter, levels)
        if writer is not None:
            written = writer.finish(_facts(result, planned, spec))
    if out is None:
        return result
    return Simulated(**{**vars(result), "path": out, "format": format_name, "written": written})


@contextlib.contextmanager
def _writer(out: Path | None, format_name: CaptureFormat, head: CaptureHead) -> Iterator[CaptureWriter | None]:
    if out is None:
        yield None
        return
    with opened(format_name, out, head) as writer:
        yield writer


def _append(writer: CaptureWriter | None, block: Block) -> None:
    if writer is None:
        return
    roles: tuple[Role, ...] = ("tx", "rx", "noise", "truth")
    for role in roles:
        writer.append(role, getattr(block, role))


def _streamed(planned: Planned, spec: ScenarioSpec) -> _Made:
    stream = PlannedStream(planned, spec.seed)
    slots, adc = stream.slots(spec.n_samples), planned.front_end.adc
    head = CaptureHead(
        n_tx=stream.n_tx,
        n_rx=stream.n_rx,
        n_tx_samples=stream.tx_samples(spec.n_samples),
        n_rx_samples=spec.n_samples,
        fs_hz=planned.rx_fs_hz,
        tx_fs_hz=planned.fs_hz,
        tx_center_hz=planned.tx_center_hz,
        rx_center_hz=planned.center_hz,
        splits=scenarios.split_ranges(spec.n_samples, slots),
        slots=slots,
        source=f"scenario {planned.name}, seed {spec.seed}",
        full_scale=None if adc is None else adc.lsb * 2 ** (adc.bits - 1),
        in_watts=True,
    )
    blocks = (stream.read(step) for step in scenarios.block_lengths(spec.n_samples))
    return _Made(head, blocks, planned.front_end.band_hz, levelled_plan(planned, stream.scene))


def _drawn(spec: ScenarioSpec) -> _Made:
    band = scenarios.receive_band(spec)
    capture = scenarios.make_scenario(spec, band)
    return _Made(head_of(capture), _cut(capture, spec.n_samples), band.band_hz, None)


def _cut(capture: Capture, n_samples: int) -> Iterator[Block]:
    truth, noise = capture.truth, capture.noise
    if truth is None or noise is None:
        raise ValueError("a scenario knows its truth and its noise")
    start = 0
    for step in scenarios.block_lengths(n_samples):
        part = slice(start, start + step)
        yield Block(capture.tx[:, part], truth[:, part], noise[:, part], 0)
        start += step


def _result(name: str, spec: ScenarioSpec, made: _Made, meter: Meter, levels: Levels | None) -> Simulated:
    truth, noise, rx = meter.behind(made.band_hz)
    unit_db = 0.0 if levels is None else 30.0  # dBm of 1 W
    return Simulated(
        name=name,
        seed=spec.seed,
        head=made.head,
        band_hz=made.band_hz,
        noise_db=tuple((unit_db + 10 * np.log10(noise)).tolist()),
        pim_db=tuple(10 * math.log10(ratio) if ratio > 0 else -math.inf for ratio in (truth / noise).tolist()),
        bound_db=tuple((10 * np.log10(rx / noise)).tolist()),
        levels=levels,
    )


def _facts(result: Simulated, planned: Planned | None, spec: ScenarioSpec) -> dict[str, Any]:
    """Return what a capture says of itself."""
    data = result.to_json()
    kept = ("preset", "seed", "samples", "receive_band_hz", "noise_db", "pim_over_noise_db", "bound_db", "levels")
    facts: dict[str, Any] = {"made_by": f"pimdeploy {__version__}", **{key: data[key] for key in kept}}
    if planned is not None:
        facts["plan"] = planned.plan.model_dump(mode="json", exclude_none=True)
    elif spec.sources is not None:
        facts["sources"] = spec.sources
    return facts
