"""The exception tree. Every error a user can cause ends in one line: what, where, expected, what to do.

Exit statuses are those of the command line (docs/spec/command_line.md): 1 a mismatch, an exceeded budget or a
missed target; 2 wrong usage or bad input.
"""

LONGEST_MESSAGE = 1000
"""Characters of a message. A file may hold a name of a million letters: of that only the beginning is shown."""
KEPT_END = 200
"""Characters kept of the end of a longer one, which says what to do."""


class PimdeployError(Exception):
    """Base of all errors that a user can cause. `exit_status` is what the command line returns for it.

    The message is one line that any terminal can take, whatever the texts in it, which come from files, hold.
    """

    exit_status = 2

    def __init__(self, message: str = "") -> None:
        super().__init__(one_line(message))


def one_line(text: str) -> str:
    """Return `text` as `printable` does, the middle of a long one cut out."""
    line = printable(text)
    if len(line) <= LONGEST_MESSAGE:
        return line
    return f"{line[: LONGEST_MESSAGE - KEPT_END]} ... {line[-KEPT_END:]}"


def printable(text: str) -> str:
    """Return `text` as one line without control characters, which are shown escaped."""
    if text.isprintable():
        return text
    joined = " ".join(text.splitlines())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in joined)


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
