"""What counts as a good ending: the reader returns, or refuses in one line, with little memory and nothing left behind."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fuzz.case import Case

MIB = 1 << 20
ALLOWED_BYTES = 256 * MIB
"""Memory that any file may take, however small: libraries work in buffers of their own."""
ALLOWED_RATIO = 64
"""Or so many times its size: samples become complex numbers of 16 bytes and are copied now and then."""
LONGEST_LINE = 2000
"""Characters of a line that somebody can still read."""
DEADLINE_S = 10.0
"""Processor time that a small file may take."""
SHOWN = 300


class Fault(StrEnum):
    """What a reader may do wrong."""

    TRACEBACK = "traceback"
    MESSAGE = "message"
    NOISE = "noise"
    MEMORY = "memory"
    HANG = "hang"
    CRASH = "crash"
    LEFT = "left behind"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """How a reader ended. fault: None for a good end. where: equal for equal faults, so that each is told once.

    accepted: the reader took the case. peak_bytes: memory that it took at most. seconds: processor time.
    """

    fault: Fault | None = None
    where: str = ""
    detail: str = ""
    accepted: bool = False
    peak_bytes: int = 0
    seconds: float = 0.0


def allowed_bytes(size: int) -> int:
    """Return the memory that the reader of files of `size` bytes may take."""
    return max(ALLOWED_BYTES, ALLOWED_RATIO * size)


def fault_of_ending(error: BaseException | None, refusals: Sequence[type[Exception]]) -> tuple[Fault, str, str] | None:
    """Return (fault, where, detail) of a reader that ended in `error`, None for a good end."""
    if error is None:
        return None
    if wanted := _out_of_memory(error):
        return (
            Fault.MEMORY,
            f"{Fault.MEMORY} at {place_of(wanted)}",
            f"asked for more memory than allowed: {_first(wanted)}",
        )
    if not isinstance(error, tuple(refusals)):
        return Fault.TRACEBACK, f"{type(error).__name__} at {place_of(error)}", _first(error)
    message = str(error)
    told = [what for what, wrong in _wrong_lines(message) if wrong]
    return (Fault.MESSAGE, f"{told[0]} at {place_of(error)}", repr(message)[:SHOWN]) if told else None


def fault_of_folder(before: Case, after: Case) -> tuple[Fault, str, str] | None:
    """Return what a reader changed in the folder that it was given, None where it left all as it was."""
    written = {name: data for name, data in before.files.items() if name not in before.links}
    changed = [name for name, data in after.files.items() if written.get(name) != data]
    changed += [name for name in written if name not in after.files]
    return (Fault.LEFT, Fault.LEFT, f"changed or left {', '.join(sorted(changed))}"[:SHOWN]) if changed else None


def place_of(error: BaseException) -> str:
    """Return the innermost function of this project in the traceback, by file and name: lines move, names stay."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename and "/lib/python" not in frame.filename]
    frame = (ours or frames or [traceback.FrameSummary("?", 0, "?")])[-1]
    return f"{'/'.join(Path(frame.filename).parts[-2:])} {frame.name}"


def _wrong_lines(message: str) -> list[tuple[str, bool]]:
    return [
        ("an empty message", not message.strip()),
        ("more than one line", len(message.splitlines()) > 1),
        ("characters that no terminal should get", not message.isprintable()),
        (f"a line of more than {LONGEST_LINE} characters", len(message) > LONGEST_LINE),
    ]


def _out_of_memory(error: BaseException) -> BaseException | None:
    """Return the error in the chain behind `error` that says that memory did not suffice, None where there is none."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        if isinstance(link, MemoryError) or "allocate memory" in str(link) or "nable to allocate" in str(link):
            return link
        link = link.__cause__ or link.__context__
    return None


def _first(error: BaseException) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:SHOWN]


Reader = Callable[[Path], object]
