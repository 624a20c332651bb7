"""The file that a command writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koers.cli import setup


def target_file(out: str, endings: tuple[str, ...]) -> Path | None:
    """The file of ``--out``, None for standard output; ends the command when it cannot be written."""
    if out == "-":
        return None
    target = Path(out)
    if not target.parent.is_dir():
        setup.fail(f"De map {target.parent} bestaat niet.", 2)
    if target.suffix.lower() not in endings:
        setup.fail(f"{out}: de naam moet eindigen op {' of '.join(endings)}.", 2)
    if target.is_dir():
        setup.fail(f"{out} is een map.", 2)
    return target


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A file in the same folder to write to; it takes the target's place when all went well."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
