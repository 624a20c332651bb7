"""Rows on the screen as a table with columns in line, or as CSV; and rows to a file."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from koers import dutch
from koers.cli import setup
from koers.cli.target import beside

Rows = Iterable[Sequence[Any]]


def many(number: int, one: str, more: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else more}"


def show_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], plain: bool) -> None:
    """Numbers to the right, everything else to the left; ``plain``: as CSV."""
    if plain:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        return
    texts = [[_cell(value) for value in row] for row in rows]
    widths = [
        max(len(name), *(len(row[i]) for row in texts)) if texts else len(name)
        for i, name in enumerate(columns)
    ]
    numeric = [
        all(isinstance(row[i], (int, float)) or row[i] is None for row in rows) and bool(texts)
        for i in range(len(columns))
    ]
    for line in ([*columns], *texts):
        cells = (
            c.rjust(w) if right else c.ljust(w)
            for c, w, right in zip(line, widths, numeric, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return dutch.number(value, 0 if value == int(value) else 2)
    return dutch.number(value) if isinstance(value, int) else str(value)[:60]


def write_rows(target: Path, columns: Sequence[str], rows: Rows) -> None:
    """CSV, written beside and renamed into place."""
    if not target.parent.is_dir():
        setup.fail(f"De map {target.parent} bestaat niet.", 2)
    with beside(target) as draft, draft.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
