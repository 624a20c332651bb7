"""The file that a command writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koers.cli import setup


def target_file(out: str, endings: tuple[str, ...]) -> Path | None:
    """The file of ``--out``, None for standard output; ends the command when it cannot be
    written."""
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


@contextmanager
def writing(out: str) -> Iterator[None]:
    """Ends the command in plain words where what ``--out`` names cannot be written."""
    try:
        yield
    except OSError as error:
        setup.fail(f"{out} is niet te schrijven: {error.strerror}.")


def write_text(text: str, target: Path | None) -> None:
    """To the file, or to standard output when it is None."""
    if target is not None:
        with beside(target) as draft:
            draft.write_text(text, encoding="utf-8")
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
