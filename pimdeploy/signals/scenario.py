"""Scenarios: captures that are made, not read, so that the noise and the best possible cancellation are known.

Two kinds go by name. The drawn ones are one period of an FFT, made whole, with levels set in the receive band that is
asked for. The planned ones are scenario files (pimdeploy/signals/planned) in W and Hz, made block by block.
"""

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pimdeploy.errors import RecipeError
from pimdeploy.recipe import BandSpec, ScenarioSpec
from pimdeploy.signals import antenna_array, mimo, siso
from pimdeploy.signals.dataset import Capture, sample_digest
from pimdeploy.signals.dynamic_array import dynamic_array
from pimdeploy.signals.passive_source import Simulation
from pimdeploy.signals.planned.library import load_plan, load_preset, planned_presets
from pimdeploy.signals.planned.spec import ScenarioPlan

if TYPE_CHECKING:
    from pimdeploy.signals.planned.resolve import Planned

RECEIVE_BANDS_HZ = {
    "siso": siso.BAND_HZ,
    "siso-covariant": siso.BAND_HZ,
    "siso-two-source": siso.BAND_HZ,
    "siso-threshold": siso.BAND_HZ,
    "mimo-8x8": mimo.BAND_HZ,
    "static-32x16": antenna_array.BAND_HZ,
    "dynamic-32x16": antenna_array.BAND_HZ,
}
"""The receive band that each drawn scenario is made for, by preset."""
PRESETS = tuple(RECEIVE_BANDS_HZ)
"""Names of the drawn scenarios."""
TITLES = {
    "siso": "two 5 MHz carriers, two sources close together, after papers/003",
    "siso-covariant": "the same carriers, one source: an envelope gain between two filters",
    "siso-two-source": "the same carriers, two distant sources",
    "siso-threshold": "the same carriers, one source of real projections",
    "mimo-8x8": "eight transmitters, eight receivers, one source or two, after papers/003",
    "static-32x16": "32 transmitters, 16 receivers, after papers/000",
    "dynamic-32x16": "the same with beams and powers that change from slot to slot",
}
BLOCK_SAMPLES = 32768
"""Samples that are made, or written, at a time."""
LEAST_SLOTS = 5
"""Fewest slots of which each split gets one."""


def scenario_names() -> tuple[str, ...]:
    """Return the names of all scenarios, drawn and planned."""
    return (*PRESETS, *planned_presets())


def title_of(name: str) -> str:
    """Return what the scenario of this name is, in one line."""
    return TITLES[name] if name in TITLES else load_preset(name).title


def find_scenario(name: str, seed: int, n_samples: int) -> ScenarioSpec:
    """Return the scenario of the preset or in the TOML file called `name`. Raises `RecipeError`."""
    if name in scenario_names():
        return ScenarioSpec(preset=name, seed=seed, n_samples=n_samples)
    if Path(name).suffix == ".toml" or Path(name).is_file():
        return with_plan(ScenarioSpec(file=name, seed=seed, n_samples=n_samples))
    raise _unknown(name)


def with_plan(spec: ScenarioSpec) -> ScenarioSpec:
    """Return `spec` with what its file says inside, and of the file no more than its name."""
    if spec.file is None or spec.plan is not None:
        return spec
    path = Path(spec.file)
    return spec.model_copy(update={"file": path.name, "plan": load_plan(path)})


def plan_of(spec: ScenarioSpec) -> tuple[ScenarioPlan, str] | None:
    """Return the scenario file of `spec` and what to call it, None for a drawn scenario. Raises `RecipeError`."""
    plan = with_plan(spec).plan
    if plan is not None:
        return plan, "scenario" if spec.file is None else Path(spec.file).name
    if spec.preset in PRESETS:
        return None
    if spec.preset not in planned_presets():
        raise _unknown(str(spec.preset))
    return load_preset(spec.preset), spec.preset


def planned(spec: ScenarioSpec) -> "Planned | None":
    """Return the checked figures of a planned scenario, None for a drawn one. Raises `RecipeError`."""
    from pimdeploy.signals.planned.resolve import resolve

    found = plan_of(spec)
    return None if found is None else resolve(*found)


def sample_rate(spec: ScenarioSpec) -> float:
    """Return the sample rate at which a canceller of the scenario works, Hz. Raises `RecipeError` for an unknown one."""
    made = planned(spec)
    if made is not None:
        return made.rx_fs_hz
    match spec.preset:
        case "siso" | "siso-covariant" | "siso-two-source" | "siso-threshold":
            return siso.FS_HZ
        case "mimo-8x8":
            return mimo.FS_HZ
        case "static-32x16" | "dynamic-32x16":
            return antenna_array.FS_HZ
        case _:
            raise _unknown(str(spec.preset))


def receive_band(scenario: str | ScenarioSpec) -> BandSpec:
    """Return the receive band of a scenario or preset, about its receiver's centre. Raises `RecipeError`."""
    spec = ScenarioSpec(preset=scenario) if isinstance(scenario, str) else scenario
    made = planned(spec)
    return BandSpec(band_hz=RECEIVE_BANDS_HZ[str(spec.preset)] if made is None else made.front_end.band_hz)


def _unknown(name: str) -> RecipeError:
    known = scenario_names()
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
    return RecipeError(
        f"scenario.preset: there is no scenario {name!r}; did you mean {near!r}? known: {', '.join(known)}, or a .toml file"
    )


def simulate(spec: ScenarioSpec, band: BandSpec) -> Simulation:
    """Return what a drawn scenario gives, the fields at its sources included; levels are set in `band`.

    Raises `RecipeError` for an unknown preset, a band that the scenario's rate does not hold, or too few samples.
    """
    seed, n_samples = spec.seed, spec.n_samples
    match spec.preset:
        case "siso" | "siso-covariant" | "siso-two-source" | "siso-threshold":
            return siso.siso(spec.preset, seed, n_samples, band)
        case "mimo-8x8":
            return mimo.mimo(seed, n_samples, band, spec.sources or 1)
        case "static-32x16":
            return antenna_array.static_array(seed, n_samples, band)
        case "dynamic-32x16":
            return dynamic_array(seed, n_samples, band)
        case _:
            raise _unknown(str(spec.preset))


def make_scenario(spec: ScenarioSpec, band: BandSpec) -> Capture:
    """Return the capture of the scenario `spec`, in memory; a drawn one's level is set in the receive band of `band`.

    tx and rx are [channel, n_samples], complex128; `truth` is the interference without noise and `noise` all else, so
    that rx = truth + noise. A drawn scenario's tx and rx share the receiver's centre frequency and one rate; a planned
    one's are in sqrt(W), at the centres and rates of its file. Equal seeds give equal samples. Where the scenario changes
    from slot to slot, `slots` says where, and the splits are of whole slots.
    Raises `RecipeError` for an unknown preset, a band that the scenario's rate does not hold, or too few samples.
    """
    made = planned(spec)
    return _drawn_capture(spec, band) if made is None else _planned_capture(made, spec)


def _drawn_capture(spec: ScenarioSpec, band: BandSpec) -> Capture:
    made = simulate(spec, band)
    rx = made.truth + made.noise
    sources = f", {spec.sources} sources" if spec.sources == 2 else ""
    return Capture(
        tx=made.tx,
        rx=rx,
        fs_hz=made.fs_hz,
        tx_fs_hz=made.fs_hz,
        noise=made.noise,
        truth=made.truth,
        splits=split_ranges(spec.n_samples, made.slots),
        slots=made.slots,
        source=f"scenario {spec.preset}{sources}, seed {spec.seed}",
        sha256=sample_digest(made.tx, rx),
    )


def _planned_capture(made: "Planned", spec: ScenarioSpec) -> Capture:
    from pimdeploy.signals.planned.stream import PlannedStream

    stream = PlannedStream(made, spec.seed)
    blocks = [stream.read(step) for step in block_lengths(spec.n_samples)]
    tx, truth, noise = (
        np.concatenate([getattr(block, part) for block in blocks], axis=1) for part in ("tx", "truth", "noise")
    )
    slots, rx = stream.slots(spec.n_samples), truth + noise
    return Capture(
        tx=tx,
        rx=rx,
        fs_hz=made.rx_fs_hz,
        tx_fs_hz=made.fs_hz,
        tx_center_hz=made.tx_center_hz,
        rx_center_hz=made.center_hz,
        noise=noise,
        truth=truth,
        splits=split_ranges(spec.n_samples, slots),
        slots=slots,
        source=f"scenario {made.name}, seed {spec.seed}",
        sha256=sample_digest(tx, rx),
    )


def block_lengths(n_samples: int) -> list[int]:
    """Return the lengths of the blocks in which `n_samples` are made."""
    return [min(BLOCK_SAMPLES, n_samples - start) for start in range(0, n_samples, BLOCK_SAMPLES)]


def split_ranges(n_samples: int, slots: tuple[tuple[int, int], ...] = ()) -> dict[str, tuple[int, int]]:
    """Return the half-open ranges of training (60 %), validation (20 %) and test (20 %), in this order.

    With `slots` each split is a whole number of them. Raises `RecipeError` where there are too few for that.
    """
    if slots and len(slots) < LEAST_SLOTS:
        raise RecipeError(
            f"scenario.n_samples = {n_samples}: {len(slots)} slots in it, at least {LEAST_SLOTS} are needed so that each "
            f"split has one; ask for {-(-n_samples * LEAST_SLOTS // len(slots))} samples, or for shorter slots"
        )
    if slots:
        first, second = (slots[int(part * len(slots))][0] for part in (0.6, 0.8))
    else:
        first, second = int(0.6 * n_samples), int(0.8 * n_samples)
    return {"train": (0, first), "val": (first, second), "test": (second, n_samples)}
