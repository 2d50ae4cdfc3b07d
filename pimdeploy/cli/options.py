"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

RecipeArgument = Annotated[str, typer.Argument(help="A recipe (.toml) or the name of a model of the zoo.")]
BundleArgument = Annotated[Path, typer.Argument(help="A bundle: the folder that `run` or `export` wrote.")]
WorkArgument = Annotated[Path, typer.Argument(help="The folder that `train` wrote.")]
CaptureOption = Annotated[
    Path | None, typer.Option("--capture", help="Folder or file with the transmit and receive samples.")
]
ScenarioOption = Annotated[
    str | None,
    typer.Option("--scenario", help="A scenario in place of a capture: a preset or a .toml; its receive band counts."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
SamplesOption = Annotated[int, typer.Option("--samples", min=1, help="Samples over all stimuli.")]
DeviceOption = Annotated[
    str | None,
    typer.Option("--device", help="Where a network is trained: auto, cpu or cuda; by default as the recipe says."),
]
RequireOption = Annotated[
    str, typer.Option("--require", help="Backends that must run, by name or its beginning, separated by commas.")
]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", min=1, help="How many at a time; by default as many as there are processors.")
]
