"""The Python API: one function a command of the command line, same names, same meaning.

Paths may be strings. Errors are those of `pimdeploy.errors`. `progress(stage, step, total, text)` is called now and then.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pimdeploy.bundle import Bundle
from pimdeploy.defaults import PLAN_ORDER, PROOF_SAMPLES, SCENARIO_SAMPLES
from pimdeploy.progress import Progress, StepProgress, quiet
from pimdeploy.recipe import Recipe
from pimdeploy.zoo import find_recipe

if TYPE_CHECKING:
    from pimdeploy.cost.estimate import Estimate
    from pimdeploy.cost.ledger import Ledger
    from pimdeploy.cost.savings import Saving
    from pimdeploy.cost.targets.device import DeviceFacts
    from pimdeploy.emit.c.memory import Memory
    from pimdeploy.result import Run
    from pimdeploy.signals.bands.calibration import Calibration
    from pimdeploy.signals.bands.carriers import Carrier
    from pimdeploy.signals.bands.plan import Plan
    from pimdeploy.signals.bands.table import Band
    from pimdeploy.signals.dataset import Capture
    from pimdeploy.signals.simulation import Simulated
    from pimdeploy.subject import Subject
    from pimdeploy.verify.mutation.outcome import Mutation
    from pimdeploy.verify.proof import Proof
    from pimdeploy.verify.regression.job import Regression

PathLike = str | Path


def run(
    recipe: PathLike | Recipe,
    capture: PathLike | None = None,
    out: PathLike | None = None,
    *,
    scenario: PathLike | None = None,
    samples: int = PROOF_SAMPLES,
    require: Sequence[str] = (),
    progress: Progress = quiet,
) -> "Run":
    """Do the main job: train, fine-tune, export a bundle into `out` (out/NAME by default), prove it, report it.

    scenario: a preset or a .toml file in place of a capture; its receive band takes the place of the recipe's.
    """
    from pimdeploy import pipeline

    resolved = _for_scenario(recipe, scenario, capture)
    folder = Path(out) if out is not None else Path("out") / resolved.name
    return pipeline.run(resolved, _path(capture), folder, progress, samples=samples, require=require)


def simulate(
    scenario: PathLike,
    out: PathLike | None = None,
    *,
    format: str | None = None,
    seed: int = 1,
    samples: int = SCENARIO_SAMPLES,
    progress: Progress = quiet,
) -> "Simulated":
    """Make the scenario of a preset or a .toml file; write it into `out` where given; return its levels and its bound.

    format: sigmf, mat, npz, csv, ci16 or hdf5; by default what the suffix of `out` says, else sigmf. `capture_of` gives
    the samples in memory.
    """
    from pimdeploy.signals.scenario import find_scenario
    from pimdeploy.signals.simulation import simulate as simulate_scenario
    from pimdeploy.signals.writers.job import check_target, find_format

    spec, target = find_scenario(str(scenario), seed, samples), _path(out)
    name = find_format(format, target if target is not None else Path())
    if target is not None:
        check_target(name, target)
    return simulate_scenario(spec, target, name, progress)


def capture_of(scenario: PathLike, *, seed: int = 1, samples: int = SCENARIO_SAMPLES) -> "Capture":
    """Return the capture that `simulate` writes, in memory: double precision, one array a role."""
    from pimdeploy.signals.scenario import find_scenario, make_scenario, receive_band

    spec = find_scenario(str(scenario), seed, samples)
    return make_scenario(spec, receive_band(spec))


def train(
    recipe: PathLike | Recipe,
    out: PathLike,
    capture: PathLike | None = None,
    *,
    scenario: PathLike | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Train in floating point; leave recipe, weights and scores in the folder `out`; return the scores.

    scenario: as in `run`.
    """
    from pimdeploy import stages

    resolved = _for_scenario(recipe, scenario, capture)
    return stages.train_stage(resolved, _path(capture), Path(out), progress)


def identify(
    recipe: PathLike | Recipe,
    out: PathLike,
    capture: PathLike | None = None,
    *,
    scenario: PathLike | None = None,
    samples: int | None = None,
    block: int = 64,
    start: PathLike | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Identify the recipe's BFAN by the LMS rules in one pass; leave curve, picture and weights in the folder `out`.

    scenario: as in `run`.
    """
    from pimdeploy.identification.job import identify as identify_job

    resolved = _for_scenario(recipe, scenario, capture)
    return identify_job(resolved, _path(capture), Path(out), block, samples, progress, weights=_path(start))


def quantize(work: PathLike, capture: PathLike | None = None, *, progress: Progress = quiet) -> dict[str, Any]:
    """Calibrate and fine-tune what `train` left in `work`; return the scores."""
    from pimdeploy import stages

    return stages.quantize_stage(Path(work), _path(capture), progress)


def export(work: PathLike, out: PathLike, capture: PathLike | None = None, *, progress: Progress = quiet) -> Bundle:
    """Write the bundle of what `quantize` left in `work` into the folder `out`."""
    from pimdeploy import stages

    return stages.export_stage(Path(work), _path(capture), Path(out), progress)


def verify(
    bundle: PathLike | Bundle,
    samples: int = PROOF_SAMPLES,
    *,
    seed: int = 1,
    require: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress = quiet,
) -> "Proof":
    """Run every backend of this machine on every stimulus and compare with the NumPy reference, to the last bit.

    jobs: backends at a time, by default as many as there are processors.
    """
    from pimdeploy.verify import proof

    return proof.verify(_bundle(bundle), samples, seed, require, _one_stage("verify", progress), jobs=jobs)


def mutate(
    bundle: PathLike | Bundle,
    kinds: Sequence[str] = ("all",),
    samples: int = PROOF_SAMPLES,
    *,
    seed: int = 1,
    most: int | None = None,
    jobs: int | None = None,
    progress: Progress = quiet,
) -> "Mutation":
    """Put each fault of `kinds` into a copy of the bundle, one at a time, and see that the proof finds it and names its node.

    kinds: such as "rounding", or "all" (docs/mutation.md). most: a sample of so many mutants, chosen by `seed`. jobs:
    mutants at a time, by default as many as there are processors. Raises `InputError` for an unknown kind.
    """
    from pimdeploy.verify.mutation.campaign import kinds_of
    from pimdeploy.verify.mutation.campaign import mutate as mutate_bundle

    chosen = kinds_of(kinds)
    return mutate_bundle(_bundle(bundle), chosen, samples, seed, most, _one_stage("mutate", progress), jobs)


def regress(
    bundle: PathLike,
    golden: PathLike | None = None,
    *,
    require: Sequence[str] = (),
    create: bool = False,
    jobs: int | None = None,
    progress: Progress = quiet,
) -> "Regression":
    """Export the bundle once more from its weights and replay the golden vectors.

    create: a golden set that does not exist yet is no error; the outcome's `write_golden` writes it. jobs: backends at a
    time, by default as many as there are processors.
    """
    from pimdeploy.verify.regression import job as regression

    told = _one_stage("regress", progress)
    return regression.regress(Path(bundle), _path(golden), require, told, create=create, jobs=jobs)


def count(bundle: "PathLike | Bundle | Subject", form: str = "") -> "Ledger":
    """Return the operation ledger of a bundle or of a zoo model by name, by default in the form that it ships."""
    from pimdeploy.cost.ledger import ledger
    from pimdeploy.errors import InputError

    opened = _subject(bundle)
    if form not in ("", "table", "basis"):
        raise InputError(f"--form {form}: expected table or basis")
    return ledger(opened.graph, form or opened.recipe.datapath.piecewise)


def c_memory(bundle: "PathLike | Bundle | Subject") -> "Memory":
    """Return the bytes of state, stack and tables that the C code of a bundle or a zoo model takes (docs/c_kernel.md)."""
    from pimdeploy.emit.c.memory import memory

    return memory(_subject(bundle).graph)


def refused_weights(bundle: PathLike | Bundle, retrained: PathLike | Bundle) -> str | None:
    """Return the node whose weights a running `bundle` would refuse from `retrained`, or None where a swap takes all.

    Raises `GraphError` where the two are not the same network: other formats, sizes or names.
    """
    from pimdeploy.emit.c.envelope import refused_node
    from pimdeploy.emit.c.plan import plan

    return refused_node(plan(_bundle(bundle).graph), _bundle(retrained).graph)


def estimate(
    bundle: "PathLike | Bundle | Subject",
    target: str,
    form: str = "",
    *,
    fs_hz: float | None = None,
    clock_hz: float | None = None,
) -> "Estimate":
    """Return what a bundle or a zoo model takes of the device `target`: peak figures, not measured (docs/budgets.md).

    fs_hz: sample rate, by default the model's own. clock_hz: clock of the device, by default the one of its facts.
    """
    from pimdeploy.cost.estimate import estimate as estimate_of
    from pimdeploy.errors import InputError

    opened = _subject(bundle)
    rate = opened.fs_hz if fs_hz is None else fs_hz
    if rate is None:
        raise InputError(f"{opened.name}: its recipe leaves the sample rate to the capture; give --fs-hz")
    return estimate_of(count(opened, form), target, rate, clock_hz)


def savings(bundle: "PathLike | Bundle | Subject", form: str = "") -> "list[Saving]":
    """Return the options that make a bundle or a zoo model cheaper, ranked by what they save."""
    from pimdeploy.cost.savings import savings as savings_of

    return savings_of(count(bundle, form))


def targets() -> "dict[str, DeviceFacts]":
    """Return the facts of every device that `estimate` knows, by name."""
    from pimdeploy.cost.targets.device import load_target, target_names

    return {name: load_target(name) for name in target_names()}


def report(bundle: PathLike, out: PathLike | None = None) -> Path:
    """Write the HTML report of a run again from the figures beside it; return where."""
    from pimdeploy.report.build import rebuild

    return rebuild(Bundle.open(Path(bundle)), _path(out))


def inspect(bundle: PathLike | Bundle) -> dict[str, Any]:
    """Return what a bundle holds: digest, facts, proven accumulators, files, the tools that made it."""
    from pimdeploy.emit.certificate import certificate

    opened = _bundle(bundle)
    return {
        "bundle": str(opened.path),
        "digest": opened.digest,
        "facts": opened.manifest["facts"],
        "certificate": certificate(opened.graph, opened.model().real_tables),
        "files": opened.manifest["files"],
        "tool_versions": opened.manifest["tool_versions"],
    }


def bands(names: Sequence[str] = (), *, table: PathLike | None = None) -> "tuple[Band, ...]":
    """Return the paired bands called `names`, or all of them: edges, duplex gap, largest RF bandwidths without products.

    table: a TOML file with more bands. Raises `InputError` for an unknown name; it names the nearest.
    """
    from pimdeploy.signals.bands.table import chosen_bands

    return chosen_bands(names, _path(table))


def plan_bands(
    names: Sequence[str],
    carriers: "Sequence[str | Carrier]" = (),
    receivers: Sequence[str] = (),
    *,
    order: int = PLAN_ORDER,
    levels: "Sequence[str | Calibration]" = (),
    table: PathLike | None = None,
    plot: PathLike | None = None,
) -> "Plan":
    """Return which products of carriers in the bands `names` fall into which receivers; draw it into `plot` (SVG).

    carriers: `Carrier` or "CENTRE:BANDWIDTH[:POWER]" in MHz and dBm; none: the whole downlinks, for any carriers in them.
    receivers: names of bands or "LOW-HIGH" in MHz; none: the uplinks of `names`.
    order: the highest order. levels: `Calibration` or "ORDER=LEVEL@POWER", such as "3=-150dBc@43" for two tones of 43 dBm.
    Raises `InputError` as `pimdeploy.signals.bands.plan.make_plan` says.
    """
    from pimdeploy.signals.bands import job

    return job.plan_bands(names, carriers, receivers, order, levels, _path(table), _path(plot))


def _for_scenario(recipe: PathLike | Recipe, scenario: PathLike | None, capture: PathLike | None) -> Recipe:
    from pimdeploy.pipeline import for_scenario

    resolved = recipe if isinstance(recipe, Recipe) else find_recipe(str(recipe))
    return for_scenario(resolved, None if scenario is None else str(scenario), _path(capture))


def _subject(bundle: "PathLike | Bundle | Subject") -> "Subject":
    from pimdeploy.subject import find_subject, of_bundle

    match bundle:
        case Bundle():
            return of_bundle(bundle)
        case str() | Path():
            return find_subject(str(bundle))
        case _:
            return bundle


def _bundle(bundle: PathLike | Bundle) -> Bundle:
    return bundle if isinstance(bundle, Bundle) else Bundle.open(Path(bundle))


def _path(path: PathLike | None) -> Path | None:
    return None if path is None else Path(path)


def _one_stage(stage: str, progress: Progress) -> StepProgress:
    return lambda step, total, text: progress(stage, step, total, text)
