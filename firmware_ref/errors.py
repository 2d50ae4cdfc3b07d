"""The one error of the reference."""

import tokenize
import zipfile
import zlib

UNREADABLE = (
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    EOFError,
    RuntimeError,
    MemoryError,
    OverflowError,
    SyntaxError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy, zipfile and json raise on a file that is missing, cut short, spoiled or not what its name says."""

SHOWN = 500
"""Characters kept of either end of a message: what it quotes of a file may be of any length."""


class FirmwareReferenceError(Exception):
    """A bundle or a signal cannot be used; the message is one line that says what, where and what was expected."""

    def __init__(self, message: str) -> None:
        line = " ".join(message.splitlines())  # what NumPy says may have several
        if not line.isprintable():
            line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)
        super().__init__(line if len(line) <= 2 * SHOWN else f"{line[:SHOWN]} ... {line[-SHOWN:]}")
