"""Readers with a fault each, and a sound one: what the fuzzer must find. Another process imports them from here."""

import os
import sys
import time
from pathlib import Path

import numpy as np

from fuzz.case import Case
from fuzz.target import Target

SOUND = b'{"n": 3, "name": "a"}'


class RefusalError(Exception):
    """What these readers may raise."""


def cases():
    return [Case({"c.json": SOUND}, "c.json")]


def sound(path: Path) -> None:
    if path.read_bytes() != SOUND:
        raise RefusalError("another content")


def raising(path: Path) -> None:
    if path.read_bytes()[:1] != b"{":
        raise KeyError("n")


def endless(path: Path) -> None:
    while path.read_bytes() != SOUND:
        pass


def greedy(path: Path) -> None:
    if path.read_bytes() != SOUND:
        np.ones(37 << 20).sum()  # 296 MiB: above what is allowed, below where the system refuses


def asking(path: Path) -> None:
    """Asks for more than there is, and hides that it did."""
    if path.read_bytes() != SOUND:
        try:
            np.ones(1 << 50)
        except MemoryError as error:
            raise RefusalError("the file is corrupt") from error


def dying(path: Path) -> None:
    if path.read_bytes() != SOUND:
        os.abort()


def writing(path: Path) -> None:
    if path.read_bytes() != SOUND:
        path.with_name("half").write_text("written")
        raise RefusalError("another content")


def verbose(path: Path) -> None:
    if path.read_bytes() != SOUND:
        raise RefusalError("first line\nsecond line")


def coloured(path: Path) -> None:
    if path.read_bytes() != SOUND:
        raise RefusalError("\x1b[31mred")


def noisy(path: Path) -> None:
    if path.read_bytes() != SOUND:
        sys.stderr.write("warning: strange\n")
        raise RefusalError("another content")


def refusing(path: Path) -> None:
    raise RefusalError(f"{path.name}: nothing is good enough")


def sleeping(path: Path) -> None:
    if path.read_bytes() != SOUND:
        time.sleep(3600)


def planted(read, name="planted"):
    return Target(name, read, cases, refusals=(RefusalError,))
