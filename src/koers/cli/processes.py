"""How many processes the site has: ``KOERS_PROCESSES``, else as many as the processors and the
memory that this installation may use have room for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from koers.analysis.cores import cores

MOST = 8
"""Of more, each holds connections of a database that allows a hundred."""
REST, EACH = 1_000, 400
"""Megabytes: of the worker and the system, and of a process with what draws for it."""


def processes() -> int:
    """How many processes answer requests."""
    if wanted := os.environ.get("KOERS_PROCESSES", ""):
        return int(wanted)
    return fitting(cores(), megabytes())


def fitting(processors: int, megabytes: int) -> int:
    """As many as there are processors and memory for; one in any case."""
    return max(1, min(processors, (megabytes - REST) // EACH, MOST))


def megabytes(root: Path = Path("/")) -> int:
    """The memory of this machine, or what a container or service may have of it."""
    return min((*_of_machine(root), *_of_groups(root)), default=sys.maxsize) // 1_000_000


def _of_machine(root: Path) -> Iterator[int]:
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("MemTotal:"):
            yield int(line.split()[1]) * 1024


def _of_groups(root: Path) -> Iterator[int]:
    """The bounds of the groups in which the system put this process, as far as they are seen from
    here."""
    groups = root / "sys/fs/cgroup"
    try:
        said = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        said = []
    path = next((line.removeprefix("0::/") for line in said if line.startswith("0::/")), "")
    for group in [groups / path, *(groups / path).parents]:
        if not group.is_relative_to(groups):
            return
        try:
            bound = (group / "memory.max").read_text().strip()
        except OSError:
            continue
        if bound.isdigit():
            yield int(bound)
