"""Work spread over the processor's cores; no outcome depends on how many there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """How many threads may be used: ``KOERS_CORES``, else what this process may run on."""
    wanted = os.environ.get("KOERS_CORES", "")
    available = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, int(wanted)) if wanted.isdigit() else available


def each(work: Callable[[T], R], parts: Iterable[T]) -> list[R]:
    """The result of each part, in order; parts run beside each other where they let go of Python's
    lock."""
    parts = list(parts)
    if len(parts) < 2 or cores() < 2:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(work, parts))
