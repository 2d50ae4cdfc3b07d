"""How a job that takes time says where it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int, str], None]
"""Called as progress(stage, step, total, text)."""
StepProgress = Callable[[int, int, str], None]
"""The same within one stage: called as progress(step, total, text)."""


def quiet(_stage: str, _step: int, _total: int, _text: str) -> None:
    """Show nothing: the progress of whoever does not want any."""
