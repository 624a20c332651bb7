"""The key figures in a user's file of counts: every column beyond area, topic, period and count
that holds numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from koers.analysis.panel import Floats
from koers.figures.counts_cells import NOT_PUBLISHED
from koers.figures.counts_columns import REQUIRED, CountsColumn, Source

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class KeyFigures:
    """``values`` (areas, names): the mean over the periods asked, NaN where there is none;
    ``texts``: columns left out."""

    names: tuple[str, ...]
    values: Floats
    texts: tuple[str, ...]


def read_key_figures(file: Path, areas: Sequence[str], periods: Sequence[str]) -> KeyFigures:
    """Key figures of ``areas`` in the rows whose period is written as one of ``periods``.

    Raises
    ------
    CountsFileError
        When a column of numbers has a cell that is none.
    """
    source = Source(file)
    names = [name for name in source.header if name and name not in REQUIRED]
    if not names:
        return KeyFigures((), np.zeros((len(areas), 0)), ())
    columns = source.columns(["area", "period", *names])
    place = {area: i for i, area in enumerate(areas)}
    wanted = set(periods)
    row_area = np.array([place.get(text, -1) for text in columns["area"].texts])[
        columns["area"].codes
    ]
    in_time = np.array([text in wanted for text in columns["period"].texts])[
        columns["period"].codes
    ]
    rows = (row_area >= 0) & in_time
    kept = [name for name in names if any(_is_number(text) for text in columns[name].texts)]
    values = np.full((len(areas), len(kept)), np.nan)
    for j, name in enumerate(kept):
        cells = _numbers(source, columns[name])
        known = rows & ~np.isnan(cells)
        total = np.bincount(row_area[known], cells[known], minlength=len(areas))
        count = np.bincount(row_area[known], minlength=len(areas))
        np.divide(total, count, out=values[:, j], where=count > 0)
    return KeyFigures(tuple(kept), values, tuple(name for name in names if name not in kept))


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _numbers(source: Source, column: CountsColumn) -> Floats:
    values = np.full(len(column.texts), np.nan)
    for code, text in enumerate(column.texts):
        if _is_number(text):
            values[code] = float(text.replace(",", "."))
        elif text not in NOT_PUBLISHED:
            first = int(np.argmax(column.codes == code))
            raise source.error_at(first, column.name, f"'{text[:20]}' is geen getal.")
    return values[column.codes]
