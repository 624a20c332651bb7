"""The table that `koers screen` writes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from koers.cli.target import beside

if TYPE_CHECKING:
    from koers.cli.screen.methods import Judged
    from koers.figures.counts_csv import CountsFile

COLUMNS = (
    "area",
    "topic",
    "period",
    "observed",
    "expected",
    "lower",
    "upper",
    "score",
    "p_value",
    "q_value",
    "signal",
)
TEXTS = ("area", "topic", "period", "signal")
WHOLE = ("observed",)


def table(counts: CountsFile, judged: Judged) -> dict[str, np.ndarray]:
    """A column each: by period, then topic, then area, as one reads a month."""
    panel = counts.panel
    t, k, a = np.nonzero(judged.rows.transpose(2, 1, 0))
    cell = (a, k, t)
    return {
        "area": np.array(panel.areas, dtype=object)[a],
        "topic": np.array(panel.topics, dtype=object)[k],
        "period": np.array(counts.labels, dtype=object)[t],
        "observed": panel.counts[cell],
        "expected": judged.expected[cell],
        "lower": judged.lower[cell],
        "upper": judged.upper[cell],
        "score": judged.score[cell],
        "p_value": judged.p[cell],
        "q_value": judged.q[cell],
        "signal": judged.signal[cell],
    }


def write(
    columns: dict[str, np.ndarray], target: Path | None, whole: tuple[str, ...] = WHOLE
) -> None:
    """CSV or Parquet, written beside and renamed into place; no value is an empty cell."""
    from koers.figures.queries.writes.files import Kinds, read_columns, write_columns

    kinds = Kinds(COLUMNS, TEXTS, whole)
    if target is None:
        _to_stdout(read_columns(columns, kinds))
        return
    with beside(target) as draft:
        write_columns(columns, kinds, Path(draft), target.name)


def _to_stdout(parts: Any) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    try:
        writer.writerow(COLUMNS)
        for rows in parts:
            writer.writerows(rows)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
