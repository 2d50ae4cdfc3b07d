"""Jobs side by side. torch leaves Python's lock while it computes, so threads are enough."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

from pimdeploy.training.device import CPU

Result = TypeVar("Result")


def in_parallel(
    jobs: Sequence[Callable[[], Result]], at_once: int | None = None, device: torch.device = CPU
) -> list[Result]:
    """Return what `jobs` return, in their order; `at_once` of them run side by side, by default all.

    Each computes alone, so that results do not depend on how many cores there are. Work on another `device` than the CPU
    is queued there one after the other: threads would only wait for each other.
    """
    if len(jobs) < 2 or device.type != "cpu":
        return [job() for job in jobs]
    threads = torch.get_num_threads()  # of an operation: a thread of Python's begins with as many as there are cores
    with ThreadPoolExecutor(at_once or len(jobs), initializer=torch.set_num_threads, initargs=(threads,)) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]
