"""Folders that appear whole or not at all, whatever happens to the process or the machine.

A folder is filled beside its place under a name that starts with ``.new-``, written through to the
disk and put in place by one rename. As long as its writer lives, it holds a lock on the folder; a
folder without a lock is a leftover.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

NEW, GONE = ".new-", ".gone-"
log = logging.getLogger(__name__)


class StorageError(Exception):
    """The disk does not take or give what it must; the message says which and what to do."""


@contextmanager
def beside(parent: Path, root: Path) -> Iterator[Path]:
    """An empty folder in ``parent`` to fill; what is still there at the end is removed.

    ``root`` is the folder of the whole store, under which leftovers are swept.
    """
    make_folders(parent)
    with _lock(root / ".lock", fcntl.LOCK_SH):
        folder = Path(tempfile.mkdtemp(prefix=NEW, dir=parent))
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


@contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Where it is decided what is put in place: one process at a time."""
    with _lock(root / ".placing", fcntl.LOCK_EX):
        yield


def put_in_place(folder: Path, target: Path) -> None:
    """Rename a filled folder to its place, through to the disk."""
    flush_all(folder)
    folder.rename(target)
    flush(target.parent)


def flush_all(folder: Path) -> None:
    """Wait until a folder with everything in it stands on the disk."""
    for entry in folder.rglob("*"):
        if entry.is_file():
            flush(entry)
    flush(folder)


def remove(folder: Path) -> None:
    """Take a folder away in one step: nobody sees it half removed."""
    aside = folder.with_name(f"{GONE}{folder.name}")
    folder.rename(aside)
    flush(aside.parent)
    shutil.rmtree(aside, ignore_errors=True)


def sweep(root: Path) -> list[Path]:
    """Remove what dead processes left behind under ``root``; never what a living one is still
    writing."""
    left = [
        folder
        for mark in (NEW, GONE)
        for place in (f"snapshots/*/*/{mark}*", f"derived/*/{mark}*")
        for folder in sorted(root.glob(place))
    ]
    if not left:
        return []
    swept = []
    try:
        with _lock(root / ".lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
            for folder in left:
                if not _alive(folder):
                    shutil.rmtree(folder, ignore_errors=True)
                    swept.append(folder)
    except BlockingIOError:
        # Somebody begins to write at this very moment: the next time is soon enough.
        return []
    for folder in swept:
        log.info("removed %s, which a process left behind", folder)
    return swept


def _alive(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def make_folders(folder: Path) -> None:
    """The folder and those above it, each written through to the disk."""
    absent = [path for path in (folder, *folder.parents) if not path.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in absent:
        flush(path.parent)


def flush(path: Path) -> None:
    """Wait until a file or folder stands on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _lock(file: Path, how: int) -> Iterator[None]:
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest()
