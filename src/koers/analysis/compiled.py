"""Compilation of the kernels: to machine code, kept on disk where there is a place for it.

``nogil``: without holding Python's lock, so that threads run side by side. ``error_model``:
dividing by zero gives inf or NaN as in NumPy, without a branch at each division.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, and keep the code for the next process. The one way to compile.

    Groups of arrays go as a ``NamedTuple``. With ``NUMBA_DISABLE_JIT=1`` it is plain Python.
    """
    folder = cache_folder(Path(function.__code__.co_filename).resolve().parent)
    if folder is None:
        return numba.njit(nogil=True, error_model="numpy")(function)
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)  # type: ignore[attr-defined]
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as a part of each kernel that calls it.

    For a step of a kernel that takes groups of arrays and is called often: at a real call each
    array of a group is counted in and out, which takes longer than a step over few areas does.
    """
    return numba.njit(inline="always", nogil=True, error_model="numpy")(function)


@lru_cache
def cache_folder(package: Path) -> Path | None:
    """Where compiled code is kept: ``NUMBA_CACHE_DIR``, else beside the source, else in the user's
    cache folder.

    Its name follows from the source of every kernel of the package, which calls no kernel of
    another. Numba itself only looks at the file of the function that it compiles: a kernel that
    calls another would go on with the old code of that other after an update.
    """
    sources = b"".join(
        file.read_bytes() for file in [Path(__file__), *sorted(package.glob("*.py"))]
    )
    name = f"kernels-{hashlib.sha256(sources).hexdigest()[:12]}"
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "koers"
    places = [Path(p) for p in [os.environ.get("NUMBA_CACHE_DIR")] if p]
    for place in [*places, package / "__pycache__", user]:
        try:
            (place / name).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place / name):
                return place / name
        except OSError:
            continue
    return None
