"""Files of a home damaged in every way that a disk or a person knows, and put back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from koers.apps.intake import archive
from koers.figures.shelf import ShelfCache

WAYS = ("cut off", "zeroed", "removed", "emptied", "garbage")


def files_of(home: Path) -> list[Path]:
    """Every file of the archive, with what was worked out of it."""
    found = (home / "figures").rglob("*")
    return sorted(f for f in found if f.is_file() and not f.name.startswith("."))


def table_of(file: Path) -> tuple[str, ...]:
    """Of which table a file of the archive is, or what was worked out of it."""
    at = file.parts.index("figures")
    return file.parts[at + 2 : at + 4]


def in_groups(cases: list[tuple[str, Path]], most: int) -> Iterator[list[tuple[str, Path]]]:
    """All of them, in groups of which no two are of the same table, so that none hides another."""
    left = [*cases]
    while left:
        group: dict[tuple[str, ...], tuple[str, Path]] = {}
        for case in left:
            if len(group) < most:
                group.setdefault(table_of(case[1]), case)
        taken = [*group.values()]
        left = [case for case in left if case not in taken]
        yield taken


def _spoilt(content: bytes, way: str) -> bytes:
    third = len(content) // 3
    return {
        "cut off": content[: 2 * third],
        "zeroed": content[:third] + bytes(third) + content[2 * third :],
        "emptied": b"",
        "garbage": bytes((7 * n + 3) % 251 for n in range(len(content))),
    }[way]


@contextmanager
def all_damaged(cases: list[tuple[str, Path]]) -> Iterator[None]:
    """Several files at once."""
    with ExitStack() as stack:
        for way, file in cases:
            stack.enter_context(damaged(file, way))
        yield


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
