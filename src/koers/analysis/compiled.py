"""Compilation of the kernels: to machine code, kept on disk where there is a place for it.

``nogil``: without holding Python's lock, so that threads run side by side. ``error_model``:
dividing by zero gives inf or NaN as in NumPy, without a branch at each division.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from functools import lru_cache, partial, update_wrapper
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


class Kernel:
    """A function that is compiled when it is first called, and takes its compiler along then:
    Numba is a third of what the whole of Koers takes to be read, and most commands call none."""

    _one_at_a_time = threading.RLock()

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        self._function, self._options = function, options
        self._dispatcher: Any = None
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        return (self._dispatcher or self.dispatcher)(*arguments)

    def __getattr__(self, name: str) -> Any:
        # Numba looks at what a kernel calls as at a function of its own.
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.dispatcher, name)

    @property
    def dispatcher(self) -> Any:
        """What Numba makes of it."""
        with self._one_at_a_time:
            if self._dispatcher is None:
                self._dispatcher = _dispatcher(self._function, **self._options)
        return self._dispatcher


def _dispatcher(function: Callable[..., Any], **options: Any) -> Any:
    import numba

    _let_kernels_call_kernels()
    made = partial(numba.njit, nogil=True, error_model="numpy")
    folder = cache_folder(Path(function.__code__.co_filename).resolve().parent)
    if not options.pop("cache", False) or folder is None:
        return made(**options)(function)
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)  # type: ignore[attr-defined]
    try:
        return made(cache=True, **options)(function)
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]


@lru_cache
def _let_kernels_call_kernels() -> None:
    from numba.extending import typeof_impl

    typeof_impl.register(Kernel)(lambda kernel, context: typeof_impl(kernel.dispatcher, context))


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call, and keep the code for the next process. The one way to compile.

    Groups of arrays go as a ``NamedTuple``. With ``NUMBA_DISABLE_JIT=1`` it is plain Python.
    """
    return cast("Callable[P, R]", Kernel(function, cache=True))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as a part of each kernel that calls it.

    For a step of a kernel that takes groups of arrays and is called often: at a real call each
    array of a group is counted in and out, which takes longer than a step over few areas does.
    """
    return cast("Callable[P, R]", Kernel(function, inline="always"))


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
