"""`run` and `identify`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pimdeploy import api
from pimdeploy.cli.console import StageProgress, conclude, print_json, stdout, table
from pimdeploy.cli.proofs import failure_of
from pimdeploy.errors import PimdeployError, TargetMissedError
from pimdeploy.pipeline import check_targets, for_scenario
from pimdeploy.recipe import on_device
from pimdeploy.result import Run
from pimdeploy.zoo import find_recipe


def run(
    name: str,
    capture: Path | None,
    scenario: str | None,
    out: Path | None,
    samples: int,
    require: Sequence[str],
    device: str | None,
    *,
    as_json: bool,
) -> None:
    """Do the main job and print its summary. Raises what missed targets, budgets and mismatches ask for."""
    recipe = on_device(for_scenario(find_recipe(name), scenario, capture), device)
    folder = out if out is not None else Path("out") / recipe.name
    with StageProgress(quiet=as_json) as progress:
        made = api.run(recipe, capture, folder, samples=samples, require=require, progress=progress)
    missed = check_targets(made, recipe)
    failure: PimdeployError | None = failure_of(made.proof, folder)
    if failure is None and missed:
        failure = TargetMissedError("; ".join(missed))
    if as_json:
        conclude({**made.to_json(), "missed": missed}, failure)
        return
    _summary(made)
    if failure:
        raise failure


def _summary(made: Run) -> None:
    console = stdout()
    scores = table(f"{made.bundle.name}: cancellation, dB", "split", "best possible", "float", "fixed point", "loss")
    for name, score in made.trained.scores.items():
        fixed = made.quantized.scores[name].cancellation_db
        bound = "unknown" if score.bound_db is None else f"{score.bound_db:.2f}"
        loss = score.cancellation_db - fixed
        scores.add_row(name, bound, f"{score.cancellation_db:.2f}", f"{fixed:.2f}", f"{loss:+.3f}")
    console.print(scores)
    if made.quantized.sweep:
        sweep = table("word lengths, test split, dB", "word length", "calibrated", "fine-tuned")
        for point in made.quantized.sweep:
            sweep.add_row(point.word_length, f"{point.calibrated_db:.2f}", f"{point.finetuned_db:.2f}")
        console.print(sweep)
    ran = [result for result in made.proof.backends if result.status != "not_run"]
    counted = made.ledger.to_json()["datapath"]
    facts = table("the canceller", "", "")
    facts.show_header = False
    facts.add_row(
        "parameters", f"{made.trained.parameters['real']} real ({made.trained.parameters['paper']} by the paper)"
    )
    facts.add_row(
        "per sample",
        f"{counted['multiplies']} multiplies, {counted['adds']} adds, {counted['table_reads']} table reads",
    )
    fs_hz = float(made.bundle.manifest["facts"]["fs_hz"])
    facts.add_row(
        "per second", f"{_giga(counted, 'multiplies', fs_hz)}, {_giga(counted, 'adds', fs_hz)} at {fs_hz / 1e6:g} MS/s"
    )
    facts.add_row("proof", f"{made.proof.mismatches} mismatches, {made.proof.samples} samples, {len(ran)} backends")
    facts.add_row("time", ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in made.seconds.items()))
    facts.add_row("digest", made.bundle.digest[:16])
    facts.columns[1].justify = "left"
    console.print(facts)
    console.print(f"bundle: {made.bundle.path}\nreport: {made.bundle.path / 'report.html'}", soft_wrap=True)


def _giga(counted: Mapping[str, int], kind: str, fs_hz: float) -> str:
    return f"{counted[kind] * fs_hz / 1e9:.3g} G {kind}"


def identify(
    name: str,
    capture: Path | None,
    scenario: str | None,
    out: Path,
    samples: int | None,
    block: int,
    start: Path | None,
    *,
    as_json: bool,
) -> None:
    """Identify the recipe's BFAN by the LMS rules; print what it came to."""
    recipe = for_scenario(find_recipe(name), scenario, capture)
    with StageProgress(quiet=as_json) as progress:
        facts = api.identify(recipe, out, capture, samples=samples, block=block, start=start, progress=progress)
    if as_json:
        print_json(facts)
        return
    bound = "" if facts["bound_db"] is None else f" (best possible {facts['bound_db']:.2f} dB)"
    stdout().print(
        f"{facts['name']}: {facts['last_db']:.2f} dB over the last tenth of {facts['samples']} samples, "
        f"{facts['test_db']:.2f} dB on the test split{bound}; {facts['samples_per_second']} samples/s\n"
        f"curve: {out / 'identification.svg'}",
        soft_wrap=True,
    )
