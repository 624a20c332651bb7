"""Files of a home damaged in every way that a disk or a person knows, and put back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koers.apps.intake import archive
from koers.figures.shelf import ShelfCache

WAYS = ("cut off", "zeroed", "removed", "emptied", "garbage")


def files_of(home: Path) -> list[Path]:
    """Every file of the archive, with what was worked out of it."""
    found = (home / "figures").rglob("*")
    return sorted(f for f in found if f.is_file() and not f.name.startswith("."))


def _spoilt(content: bytes, way: str) -> bytes:
    third = len(content) // 3
    return {
        "cut off": content[: 2 * third],
        "zeroed": content[:third] + bytes(third) + content[2 * third :],
        "emptied": b"",
        "garbage": bytes((7 * n + 3) % 251 for n in range(len(content))),
    }[way]


@contextmanager
def damaged(file: Path, way: str) -> Iterator[None]:
    """The file is damaged, for a site that has just been started; afterwards it is as it was."""
    content, times = file.read_bytes(), file.stat()
    beside = file.with_name(f"{file.name}.whole")
    # Another file in its place: what a process has mapped of the former stays as it was.
    file.rename(beside)
    if way != "removed":
        file.write_bytes(_spoilt(content, way))
    just_started()
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        if file.parent.is_dir():
            beside.rename(file)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        just_started()


def just_started() -> None:
    """Nothing is known of any file."""
    archive._shelves = ShelfCache()
    archive._store.cache_clear()
