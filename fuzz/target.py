"""A target: a reader, and sound files that it reads."""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fuzz.case import Case
from fuzz.judge import Reader
from fuzz.mutate import Seal, unsealed
from pimdeploy.errors import PimdeployError


def nothing() -> Sequence[Case]:
    """Return no case."""
    return ()


@dataclass(frozen=True)
class Target:
    """A reader under test. It must be a function of a module, so that another process can import it.

    read: is given the path of a case's entry; it returns, or raises one of `refusals` with one line.
    seeds: sound cases, all with the same entry, which must be read. hostile: cases that are tried first, too, and may be
    refused. seal: makes hashes of a changed case agree again.
    needs: modules without which the target does not run.
    """

    name: str
    read: Reader
    seeds: Callable[[], Sequence[Case]]
    refusals: tuple[type[Exception], ...] = (PimdeployError,)
    seal: Seal = unsealed
    hostile: Callable[[], Sequence[Case]] = nothing
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> str | None:
        """The first of `needs` that is not installed, None where all are."""
        return next((module for module in self.needs if importlib.util.find_spec(module) is None), None)
