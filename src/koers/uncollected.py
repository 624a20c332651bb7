"""Reading modules without looking for garbage among them.

Koers and its libraries are a quarter of a million objects that all stay. Python's collector walks
through them again and again while they come, and takes them apart one by one at the end: half of
what a short command takes.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _end_without_a_word() -> None:
    """After all else that is to be done at the end: DuckDB tells of each object of its own that is
    alive then, a page of them."""
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)


atexit.register(_end_without_a_word)


@contextmanager
def uncollected() -> Iterator[None]:
    """What is made in here is taken to stay, and no later collection looks at it either."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.freeze()
            gc.enable()
