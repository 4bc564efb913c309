"""Blocks of replications in this process or several; the answers come in the blocks' order either way."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Task = TypeVar("Task")
Found = TypeVar("Found")
Progress = Callable[[int, int], None]


def run_blocks(
    task: Task,
    work: Callable[[Task, int, int], Found],
    todo: list[tuple[int, int]],
    workers: int,
    progress: Progress | None = None,
) -> Iterator[Found]:
    """work(task, number, size) for each block to do; progress(done, all) is told in replications.

    work is a function of a module, so that other processes find it.
    """
    done, every = 0, sum(size for _, size in todo)
    for (_, size), found in zip(todo, _found(task, work, todo, workers), strict=True):
        yield found
        done += size
        if progress is not None:
            progress(done, every)


def _found(
    task: Task, work: Callable[[Task, int, int], Found], todo: list[tuple[int, int]], workers: int
) -> Iterator[Found]:
    if workers <= 1 or len(todo) == 1:
        for number, size in todo:
            yield work(task, number, size)
        return
    pool = ProcessPoolExecutor(min(workers, len(todo)), initializer=_begin, initargs=(task, work))
    try:
        yield from pool.map(_work, todo)
    finally:
        # after an interrupt nobody waits for blocks that no one will read
        pool.shutdown(wait=False, cancel_futures=True)


_kept: list[Any] = []


def _begin(task: object, work: object) -> None:
    _kept[:] = [task, work]
    # an interrupt at the terminal reaches every process: the parent decides, and workers end with it
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(block: tuple[int, int]) -> Any:
    task, work = _kept
    return work(task, *block)


def default_workers() -> int:
    """As many workers as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
