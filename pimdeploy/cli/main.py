"""The command `pimdeploy`: thin commands over the Python API. Exit status: docs/spec/command_line.md."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pimdeploy import __version__
from pimdeploy.cli.options import (
    BundleArgument,
    CaptureOption,
    DeviceOption,
    JobsOption,
    JsonOption,
    RecipeArgument,
    RequireOption,
    SamplesOption,
    ScenarioOption,
    WorkArgument,
)
from pimdeploy.cli.outcome import FailedCommandError
from pimdeploy.defaults import PLAN_ORDER, PROOF_SAMPLES, SCENARIO_SAMPLES
from pimdeploy.errors import InputError, PimdeployError

INTERRUPTED = 130
READER_GONE = 141
"""As of any tool whose output nobody reads on: never 0, for the result was not delivered."""
STDOUT = 1
TRAINING_MODULES = frozenset({"torch", "brevitas", "scipy", "sigmf", "matplotlib"})
"""What `pimdeploy[train]` brings; the base install works without."""

app = typer.Typer(
    name="pimdeploy",
    help="From a PIM capture to a bit-exact canceller: train, quantize, export to ONNX and C, and prove that all agree.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"pimdeploy {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """From a PIM capture to a bit-exact canceller."""


@app.command()
def run(
    recipe: RecipeArgument,
    capture: CaptureOption = None,
    scenario: ScenarioOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the bundle; out/NAME by default.")] = None,
    samples: SamplesOption = PROOF_SAMPLES,
    require: RequireOption = "",
    device: DeviceOption = None,
    json: JsonOption = False,
) -> None:
    """Do everything: capture or scenario, training, fine-tuning, bundle, proof, report.

    Example: [bold]pimdeploy run odd_bfan_siso --out out/demo[/]
    """
    from pimdeploy.cli import jobs

    jobs.run(recipe, capture, scenario, out, samples, _names(require), device, as_json=json)


@app.command()
def simulate(
    scenario: Annotated[
        str | None, typer.Argument(help="A preset, such as band3-2x20, or a scenario file; none: the presets.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder or file of the capture; none: its levels alone.")
    ] = None,
    format_name: Annotated[
        str | None,
        typer.Option("--format", help="sigmf, mat, npz, csv, ci16 or hdf5; by default as --out is called, or sigmf."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    samples: Annotated[int, typer.Option("--samples", min=4096, help="Samples a channel.")] = SCENARIO_SAMPLES,
    json: JsonOption = False,
) -> None:
    """Make a capture from a scenario, with its truth, its noise and its noise bound; say what hits the receiver.

    Example: [bold]pimdeploy simulate band3-2x20 --out capture/[/]
    """
    from pimdeploy.cli import simulating

    simulating.simulate(scenario, out, format_name, seed, samples, as_json=json)


@app.command()
def train(
    recipe: RecipeArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the stages: recipe, weights, scores.")],
    capture: CaptureOption = None,
    scenario: ScenarioOption = None,
    device: DeviceOption = None,
    json: JsonOption = False,
) -> None:
    """Train in floating point; an interrupted training goes on from its checkpoint.

    Example: [bold]pimdeploy train odd_bfan_siso --out work/[/]
    """
    from pimdeploy.cli import stages

    stages.train(recipe, out, capture, scenario, device, as_json=json)


@app.command()
def identify(
    recipe: RecipeArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the curve, its picture and the weights.")],
    capture: CaptureOption = None,
    scenario: ScenarioOption = None,
    samples: Annotated[
        int | None, typer.Option("--samples", min=1, help="Samples of the training split; by default all of it.")
    ] = None,
    block: Annotated[int, typer.Option("--block", min=1, help="Samples between two updates; 1 is the paper's.")] = 64,
    start: Annotated[
        Path | None, typer.Option("--from", help="Weights to start from (safetensors); by default none are known.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Identify a BFAN sample by sample with the paper's LMS rules, in one pass.

    Example: [bold]pimdeploy identify odd_bfan_siso --out identified/[/]
    """
    from pimdeploy.cli import jobs

    jobs.identify(recipe, capture, scenario, out, samples, block, start, as_json=json)


@app.command()
def quantize(work: WorkArgument, capture: CaptureOption = None, json: JsonOption = False) -> None:
    """Calibrate and fine-tune under quantization what `train` left.

    Example: [bold]pimdeploy quantize work/[/]
    """
    from pimdeploy.cli import stages

    stages.quantize(work, capture, as_json=json)


@app.command()
def export(
    work: WorkArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder of the bundle.")],
    capture: CaptureOption = None,
    json: JsonOption = False,
) -> None:
    """Write the bundle of what `quantize` left.

    Example: [bold]pimdeploy export work/ --out bundle/[/]
    """
    from pimdeploy.cli import stages

    stages.export(work, out, capture, as_json=json)


@app.command()
def verify(
    bundle: BundleArgument,
    samples: SamplesOption = PROOF_SAMPLES,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random stimuli.")] = 1,
    require: RequireOption = "",
    mutate: Annotated[
        str, typer.Option("--mutate", help="Put faults in and see that each is found: all, or kinds such as rounding.")
    ] = "",
    mutants: Annotated[
        int | None, typer.Option("--mutants", min=1, help="With --mutate: a sample of so many, chosen by --seed.")
    ] = None,
    jobs: JobsOption = None,
    json: JsonOption = False,
) -> None:
    """Prove that every backend of this machine equals the NumPy reference to the last bit.

    Example: [bold]pimdeploy verify out/demo --require numpy,onnx,c_gcc[/]
    """
    if mutate:
        from pimdeploy.cli import mutating

        if require:
            raise InputError("--require: not with --mutate, which chooses the backends that read what it alters")
        mutating.mutate(bundle, _names(mutate), samples, seed, mutants, jobs, as_json=json)
        return
    from pimdeploy.cli import proofs

    if mutants is not None:
        raise InputError("--mutants: only with --mutate; give --mutate all")
    proofs.verify(bundle, samples, seed, _names(require), jobs, as_json=json)


@app.command()
def regress(
    bundle: BundleArgument,
    golden: Annotated[
        Path | None, typer.Option("--golden", help="The golden set, a folder; by default the bundle's own vectors.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Rewrite the golden set, after printing the changes.")
    ] = False,
    require: RequireOption = "",
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report: a case a file and a backend.")
    ] = None,
    jobs: JobsOption = None,
    json: JsonOption = False,
) -> None:
    """Re-export the bundle from its weights and replay the golden vectors: the form for CI.

    Example: [bold]pimdeploy regress export/odd_bfan_siso --golden export/odd_bfan_siso --junit regress.xml[/]
    """
    from pimdeploy.cli import proofs

    proofs.regress(bundle, golden, _names(require), jobs, junit=junit, update=update, as_json=json)


@app.command()
def count(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="A bundle's folder, or the name of a model of the zoo.")
    ] = "",
    form: Annotated[str, typer.Option(help="table or basis; by default what the bundle ships.")] = "",
    target: Annotated[str, typer.Option("--target", help="Its share of this device; `list` shows the devices.")] = "",
    fs_hz: Annotated[float | None, typer.Option("--fs-hz", help="Sample rate; by default the model's own.")] = None,
    clock_hz: Annotated[float | None, typer.Option("--clock-hz", help="Clock of the device, up to its limit.")] = None,
    savings: Annotated[bool, typer.Option("--savings", help="Rank what would make it cheaper.")] = False,
    json: JsonOption = False,
) -> None:
    """Count multiplies, adds, reads and memory per sample, beside the paper's formulas; on a device, its share of it.

    Example: [bold]pimdeploy count out/demo --target c66x[/]
    """
    from pimdeploy.cli import counting

    counting.count(bundle, form, target, fs_hz, clock_hz, savings=savings, as_json=json)


@app.command()
def report(
    bundle: BundleArgument,
    out: Annotated[Path | None, typer.Option("--out", help="The page; BUNDLE/report.html by default.")] = None,
    json: JsonOption = False,
) -> None:
    """Write the HTML report of a run again, from the figures beside it.

    Example: [bold]pimdeploy report out/demo[/]
    """
    from pimdeploy.cli import views

    views.report(bundle, out, as_json=json)


@app.command()
def inspect(bundle: BundleArgument, json: JsonOption = False) -> None:
    """Print what a bundle holds: the graph, formats, proven accumulators, files and digest.

    Example: [bold]pimdeploy inspect out/demo[/]
    """
    from pimdeploy.cli import views

    views.inspect(bundle, as_json=json)


@app.command()
def bands(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="BAND", help="Bands: 3, B3, III or 'DCS 1800'; all by default.")
    ] = None,
    carrier: Annotated[
        list[str] | None,
        typer.Option("--carrier", help="CENTRE:BANDWIDTH[:POWER] in MHz and dBm; none: the whole downlinks."),
    ] = None,
    receiver: Annotated[
        list[str] | None,
        typer.Option("--receiver", help="A band, or LOW-HIGH in MHz; by default the uplinks of the bands."),
    ] = None,
    order: Annotated[
        int | None, typer.Option("--order", help=f"Highest order of the products; {PLAN_ORDER} by default.")
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option("--level", help="What two equal tones gave: ORDER=LEVEL@POWER, such as 3=-150dBc@43."),
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the spectrum plan into this .svg file.")] = None,
    table: Annotated[Path | None, typer.Option("--table", help="A TOML file with more bands.")] = None,
    every: Annotated[bool, typer.Option("--all", help="List every product, not only what hits a receiver.")] = False,
    json: JsonOption = False,
) -> None:
    """List the paired bands, or say which products of which carriers fall into which receiver.

    Example: [bold]pimdeploy bands 3 --carrier 1815:20 --carrier 1860:20 --order 7 --plot plan.svg[/]
    """
    from pimdeploy.cli import bands as command

    command.bands(
        names or [], carrier or [], receiver or [], order, level or [], plot, table, every=every, as_json=json
    )


@app.command()
def doctor(json: JsonOption = False) -> None:
    """Say which tools and backends this machine has.

    Example: [bold]pimdeploy doctor[/]
    """
    from pimdeploy.cli import views

    views.doctor(as_json=json)


def _names(require: str) -> list[str]:
    return [name.strip() for name in require.split(",") if name.strip()]


def main() -> NoReturn:
    """Run the command line and exit with the status of docs/spec/command_line.md."""
    sys.exit(_main(sys.argv[1:]))


def _main(arguments: list[str]) -> int:
    from typer.exceptions import TyperException

    try:
        status: object = app(arguments, prog_name="pimdeploy", standalone_mode=False)
    except PimdeployError as error:
        return _fail(str(error), error.exit_status, arguments)
    except FailedCommandError as failed:
        return _fail(str(failed), failed.error.exit_status, arguments, failed.result)
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except TyperException as error:
        if not arguments:  # the help was printed
            return InputError.exit_status
        shown = error.format_message() if hasattr(error, "format_message") else str(error)
        return _fail(f"{shown} (see pimdeploy --help)", InputError.exit_status, arguments)
    except (BrokenPipeError, SystemExit):  # SystemExit: what typer makes of a broken pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)  # what is still in the buffer goes there
        return READER_GONE
    except OSError as error:
        return _fail(f"{error}", InputError.exit_status, arguments)
    except MemoryError as error:
        return _fail(f"out of memory: {error}", InputError.exit_status, arguments)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in TRAINING_MODULES:
            return _fault(error, arguments)
        message = f"{error.name} is not installed, which this command needs; pip install 'pimdeploy[train]'"
        return _fail(message, InputError.exit_status, arguments)
    except Exception as error:
        return _fault(error, arguments)
    if status == INTERRUPTED:
        return _fail("interrupted; nothing half-written was left", INTERRUPTED, arguments)
    return status if isinstance(status, int) else 0


def _fault(error: Exception, arguments: list[str]) -> int:
    if os.environ.get("PIMDEPLOY_TRACEBACK"):
        raise error
    what = f"{type(error).__name__}: {error}"
    return _fail(f"a fault of pimdeploy: {what}; PIMDEPLOY_TRACEBACK=1 shows where", 2, arguments)


def _fail(message: str, status: int, arguments: list[str], result: dict[str, object] | None = None) -> int:
    line = " ".join(message.split())
    if "--json" in arguments:
        from pimdeploy.cli.console import print_json

        with contextlib.suppress(OSError):  # stdout itself may be what cannot be written
            print_json({**(result or {}), "error": line, "exit_status": status})
    sys.stderr.write(f"pimdeploy: {line}\n")
    return status


if __name__ == "__main__":
    main()
