"""The one error of the reference."""

import zipfile
import zlib

UNREADABLE = (OSError, ValueError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error)
"""What NumPy and json raise on a file that is missing, cut short or not what its name says."""


class FirmwareReferenceError(Exception):
    """A bundle or a signal cannot be used; the message is one line that says what, where and what was expected."""
