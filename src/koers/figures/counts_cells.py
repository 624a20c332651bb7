"""What the texts of a user's CSV say: numbers, counts, periods; what they cannot be is refused with
row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats
from koers.figures.counts_columns import CountsColumn, Source
from koers.figures.counts_dates import Axis, PeriodTextError, axis

NOT_PUBLISHED = ("", ".")
MOST = 1e15
"""Beyond it not every whole number can be told from the next, and no count is that large."""
_THOUSANDS = re.compile(r"\d{1,3}([.,]000)+")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_GROUPED = re.compile(r"\d{1,3}([ \u00a0\u202f]\d{3})+")
_GROUPED_IN_DUTCH = re.compile(r"\d{1,3}(\.\d{3})+")


def refuse(source: Source, column: CountsColumn, read: Callable[[str], float]) -> Floats:
    """The number of each row; the first text that ``read`` raises ValueError for is refused with
    its row."""
    values = np.empty(len(column.texts))
    for code, text in enumerate(column.texts):
        try:
            values[code] = read(text)
        except ValueError as error:
            first = int(np.argmax(column.codes == code))
            raise source.error_at(first, column.name, str(error)) from None
    return values[column.codes]


def axis_of(source: Source, column: CountsColumn) -> Axis:
    """The time axis of a column of periods; the first text that does not fit is refused with its
    row."""
    try:
        return axis(column.texts)
    except PeriodTextError as error:
        first = int(np.argmax(column.codes == column.texts.index(error.text)))
        raise source.error_at(first, column.name, error.problem) from None


def no_duplicates(
    source: Source,
    columns: Sequence[CountsColumn],
    cell: Sequence[npt.NDArray[np.int64]],
    shape: Sequence[int],
) -> None:
    """Refuse a row that has the same texts in these columns, and so the same cell, as one before
    it."""
    key = np.ravel_multi_index(tuple(cell), tuple(shape))
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if not again.size:
        return
    place = again[np.argmin(order[again + 1])]
    second = int(order[place + 1])
    first = int(order[np.searchsorted(key[order], key[second])])
    what = ", ".join(column.texts[column.codes[second]] for column in columns)
    raise source.error_at(
        second, columns[-1].name, f"{what} staat er twee keer in (ook op rij {source.line(first)})."
    )


def not_empty(text: str) -> float:
    """Nothing but the refusal of an empty cell."""
    if not text:
        raise ValueError("deze cel is leeg.")
    return 0.0


def signed(text: str) -> float:
    """A number, with a point or a comma; NaN for an empty cell."""
    if text in NOT_PUBLISHED:
        return np.nan
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"'{text[:20]}' is geen getal.")
    return float(text.replace(",", "."))


def number(text: str) -> float:
    """A number of at least 0, with a point or a comma; NaN where nothing was published."""
    value = signed(text)
    if value < 0 or value == np.inf:
        raise ValueError(f"{text[:20]} is negatief of geen aantal.")
    return value


def counting(delimiter: str) -> Callable[[str], float]:
    """How a file with this delimiter writes its counts.

    Dutch Excel separates with semicolons and groups thousands by points, as every own file is read
    on the site: there 1.355 is 1,355 and can be nothing else. In a file with commas it stays
    doubtful, and is refused.
    """

    def read(text: str) -> float:
        if _GROUPED.fullmatch(text) or (delimiter == ";" and _GROUPED_IN_DUTCH.fullmatch(text)):
            text = "".join(c for c in text if c.isdigit())
        return count(text)

    return read


def count(text: str) -> float:
    """A whole number of at least 0; NaN where nothing was published."""
    value = number(text)
    if _THOUSANDS.fullmatch(text):
        raise ValueError(
            f"{text[:20]} kan duizendtallen en decimalen zijn; schrijf een telling zonder punt of"
            " komma."
        )
    if value > MOST:
        raise ValueError(f"{text[:20]} is te groot voor een telling.")
    if not np.isnan(value) and not value.is_integer():
        raise ValueError(f"{text[:20]} is geen heel getal.")
    return value


def filled(population: Floats) -> Floats:
    """Periods without a population take that of the nearest period of the same area that has
    one."""
    known = ~np.isnan(population)
    for a in np.flatnonzero(known.any(axis=1) & ~known.all(axis=1)):
        there = np.flatnonzero(known[a])
        nearest = there[
            np.abs(there[None, :] - np.arange(population.shape[1])[:, None]).argmin(axis=1)
        ]
        population[a] = population[a, nearest]
    return population
