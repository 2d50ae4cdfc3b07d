"""Jobs side by side. torch leaves Python's lock while it computes, so threads are enough."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def in_parallel(jobs: Sequence[Callable[[], Result]], at_once: int | None = None) -> list[Result]:
    """Return what `jobs` return, in their order; `at_once` of them run side by side, by default all.

    Each computes alone, so that results do not depend on how many cores there are.
    """
    if len(jobs) < 2:
        return [job() for job in jobs]
    with ThreadPoolExecutor(max_workers=at_once or len(jobs)) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]
