"""Work that several threads share: each piece is done once, by whoever comes first, and all get its result."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """A call that is made when it is first asked for; who asks meanwhile waits. What it raises is raised to all."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call: Callable[[], T] | None = call
        self._lock = threading.Lock()
        self._result: list[T] = []
        self._error: Exception | None = None

    def __call__(self) -> T:
        """Return the result, made now where nobody has begun."""
        with self._lock:
            if self._call is not None:
                call, self._call = self._call, None
                try:
                    self._result.append(call())
                except Exception as error:  # it is raised to whoever asks
                    self._error = error
            if self._error is not None:
                raise self._error
            return self._result[0]


class Workers:
    """Threads beside the one that made them: `jobs` together, by default as many as this process has processors."""

    def __init__(self, jobs: int | None = None) -> None:
        self.jobs = jobs or processors()
        self.lock = threading.Lock()
        """For what only one of them may do at a time."""
        self._pool = ThreadPoolExecutor(self.jobs - 1) if self.jobs > 1 else None

    def later(self, work: Callable[[], T]) -> Once[T]:
        """Return `work` as a call that a worker makes as soon as one is free, or whoever asks for it before."""
        once = Once(work)
        if self._pool is not None:
            self._pool.submit(once)
        return once

    def close(self) -> None:
        """Wait for what is begun; what is not, is not begun any more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def one_blas_thread() -> AbstractContextManager[object]:
    """Return a context in which a matrix product of NumPy uses the thread that asks for it alone.

    Those of the reference are small: where a BLAS shares them out, its threads wait for each other, and for whoever has the
    processors that `Workers` use, in busy loops; three CNNs took four times their processor time so.
    """
    from threadpoolctl import threadpool_limits

    context: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return context


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
