"""What the commands share on the terminal: progress on stderr, tables and JSON on stdout."""

import json
import os
import sys
import time
from types import TracebackType
from typing import Any

from rich.console import Console, ConsoleDimensions
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from pimdeploy.cli.outcome import FailedCommandError
from pimdeploy.errors import PimdeployError

SECONDS_BETWEEN_LINES = 5.0
"""Without a terminal, how often a stage that goes on says so."""


LOG_COLUMNS = 160
"""Width of tables where nobody says how wide the output is: a file, a pipe, a log of CI."""


def stdout() -> Console:
    """Return the console for results. It takes text as it is: paths and messages may hold what rich reads as markup."""
    return _console(stderr=False)


def stderr() -> Console:
    """Return the console for progress and errors."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.size = ConsoleDimensions(LOG_COLUMNS, 25)  # both, or a dumb terminal counts as 80 columns
    return console


def print_json(data: dict[str, Any]) -> None:
    """Print one JSON object on stdout, nothing else."""
    sys.stdout.write(json.dumps(data, indent=2) + "\n")
    sys.stdout.flush()  # a full disk shows here, not when Python has ended


def conclude(result: dict[str, Any], failure: PimdeployError | None) -> None:
    """Print `result` as the command's one JSON object, or, where it fails, hand it on to be printed with the error."""
    if failure is not None:
        raise FailedCommandError(failure, result) from failure
    print_json(result)


def table(title: str, *columns: str) -> Table:
    """Return an empty table; the first column is left-aligned, the others right-aligned."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    made.min_width = len(title)  # a title is not folded to a narrow table
    for number, column in enumerate(columns):
        made.add_column(column, justify="left" if number == 0 else "right", no_wrap=number == 0, overflow="fold")
    return made


class StageProgress:
    """A bar a stage on a terminal, lines now and then elsewhere; call it as progress(stage, step, total, text)."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = stderr()
        self._quiet = quiet
        self._live = self._console.is_terminal and not quiet
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}", justify="left", markup=False),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.fields[text]}", style="dim", markup=False),
            console=self._console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._spoke: dict[str, float] = {}

    def __enter__(self) -> "StageProgress":
        if self._live:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._bars.stop()

    def __call__(self, stage: str, step: int, total: int, text: str) -> None:
        """Show that `stage` has done `step` of `total`."""
        if self._quiet:
            return
        if not self._live:
            self._line(stage, step, total, text)
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total, text=text)
        self._bars.update(self._tasks[stage], completed=step, total=total, text=text)

    def _line(self, stage: str, step: int, total: int, text: str) -> None:
        now = time.monotonic()
        due = now - self._spoke.get(stage, now - SECONDS_BETWEEN_LINES) >= SECONDS_BETWEEN_LINES
        if due or step >= total:
            self._spoke[stage] = now
            self._console.print(f"{stage}: {step}/{total} {text}", soft_wrap=True)
