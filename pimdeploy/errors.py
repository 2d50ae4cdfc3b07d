"""The exception tree. Every error a user can cause ends in one line: what, where, expected, what to do.

Exit statuses are those of the command line (docs/spec/command_line.md): 1 a mismatch, an exceeded budget or a
missed target; 2 wrong usage or bad input.
"""


class PimdeployError(Exception):
    """Base of all errors that a user can cause. `exit_status` is what the command line returns for it."""

    exit_status = 2


class InputError(PimdeployError):
    """A capture, recipe, bundle or argument cannot be used as it is."""


class RecipeError(InputError):
    """The recipe contradicts itself, names an unknown key, or asks for something that does not exist."""


class CaptureError(InputError):
    """A capture cannot be read, or what it holds cannot be used."""


class BundleError(InputError):
    """A bundle cannot be read: a part is missing or is not what its format says."""


class GraphError(InputError):
    """A datapath graph breaks a rule of docs/spec/datapath.md; the message names the node."""


class OverflowRefusedError(GraphError):
    """A graph would not fit its carrier; the message names the node and the number of bits missing."""


class BundleChangedError(PimdeployError):
    """The bytes of a bundle do not match its manifest."""

    exit_status = 1


class MismatchError(PimdeployError):
    """Two backends differ, or a replay differs from its golden vectors."""

    exit_status = 1


class TargetMissedError(PimdeployError):
    """A figure of the recipe's [target] or [budget] section was not reached."""

    exit_status = 1


class TrainingError(PimdeployError):
    """The training diverged or cannot start; the message says at which step."""
