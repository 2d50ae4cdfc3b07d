"""How a command ends that has a result and fails all the same: one JSON object, one line on stderr, one status."""

from typing import Any

from pimdeploy.errors import PimdeployError


class FailedCommandError(Exception):
    """A command's result, and the error that it ends in: a mismatch, a missed target, an exceeded budget."""

    def __init__(self, error: PimdeployError, result: dict[str, Any]) -> None:
        super().__init__(str(error))
        self.error = error
        self.result = result
