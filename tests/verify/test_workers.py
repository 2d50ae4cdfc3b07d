"""Work shared by threads: done once, by whoever is first, its result or its error for all; nothing begins after the end."""

import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from pimdeploy.verify.workers import Once, Workers, one_blas_thread, processors


def test_a_call_is_made_once_whoever_asks():
    made = []
    once = Once(lambda: made.append(1) or len(made))
    assert [once(), once()] == [1, 1]
    assert made == [1]


def test_who_asks_meanwhile_waits_for_the_result():
    begun, go_on, made = threading.Event(), threading.Event(), []

    def slow():
        begun.set()
        go_on.wait(5)
        made.append(1)
        return "done"

    workers = Workers(2)
    once = workers.later(slow)
    assert begun.wait(5)
    threading.Timer(0.05, go_on.set).start()
    assert (once(), made) == ("done", [1])
    workers.close()


def test_an_error_is_raised_to_everyone_who_asks():
    def failing():
        raise ValueError("no such thing")

    workers = Workers(2)
    once = workers.later(failing)
    for _ in range(2):
        with pytest.raises(ValueError, match="no such thing"):
            once()
    workers.close()


def test_one_job_makes_no_threads_and_works_when_asked():
    workers, before = Workers(1), threading.active_count()
    once = workers.later(threading.current_thread)
    assert (once(), threading.active_count()) == (threading.current_thread(), before)
    workers.close()


def test_what_is_not_begun_at_the_end_is_not_begun_any_more():
    begun, made = threading.Event(), []

    def slow():
        begun.set()
        time.sleep(0.05)
        made.append("first")

    workers = Workers(2)
    workers.later(slow)
    assert begun.wait(5)
    workers.later(lambda: made.append("second"))
    workers.close()
    assert made == ["first"]


def test_jobs_are_as_many_as_processors_where_nobody_says():
    assert Workers().jobs == processors() >= 1


def blas_threads() -> set[int]:
    np.ones((2, 2)) @ np.ones((2, 2))
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_a_proof_takes_one_thread_of_blas_and_gives_the_others_back():
    with threadpool_limits(2, "blas"):
        if blas_threads() != {2}:
            pytest.skip("this NumPy's BLAS has no threads to limit")
        with one_blas_thread():
            assert blas_threads() == {1}
        assert blas_threads() == {2}
