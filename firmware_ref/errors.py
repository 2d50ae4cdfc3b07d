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
    SyntaxError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy, zipfile and json raise on a file that is missing, cut short, spoiled or not what its name says."""


class FirmwareReferenceError(Exception):
    """A bundle or a signal cannot be used; the message is one line that says what, where and what was expected."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))  # what NumPy says may have several
