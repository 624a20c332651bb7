"""When the figure of a goal ends that decides on it.

Moments are whole months since the year 0: the end of December 2024 is 12 * 2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from koers import dutch
from koers.analysis.forecast import Rest, rest_of_year
from koers.analysis.panel import Floats
from koers.apps.picture.origin import marked
from koers.apps.picture.reading import Reading
from koers.indicators.reader import LiveTable


def due_end(due: date) -> int:
    """The end of the month of a date."""
    return 12 * due.year + due.month


def deciding_end(found: Reading, due: date) -> int:
    """Where the figure ends that decides on a date: with its month, or the last year before that
    end; of a survey that is held every other year, its last round."""
    until = due_end(due)
    if found.frequency == "month":
        return until
    year = until // 12 * 12
    _, last = yearly_values(found)
    if not last or np.isfinite(figure_at(found, year)):
        return year
    return last + (year - last) // round_of(found) * round_of(found)


def round_of(found: Reading) -> int:
    """So many months lie between two figures that can be compared."""
    return 24 if table_of(found).frequency == "two-years" else 12


def table_of(found: Reading) -> LiveTable:
    """Which of the tables of an indicator the reading is of: the one with its frequency."""
    tables = found.indicator.tables
    if found.frequency == "month":
        return next((t for t in tables if t.frequency in ("month", "own")), tables[0])
    return next((t for t in tables if t.frequency in ("year", "two-years")), tables[0])


def end_of(label: str) -> int:
    year, _, month = label.partition("-")
    return 12 * int(year) + (int(month) if month else 12)


def label_at(found: Reading, end: int) -> str:
    year, month = (end - 1) // 12, (end - 1) % 12 + 1
    return f"{year}-{month:02d}" if found.frequency == "month" else str(year)


def figure_at(found: Reading, end: int, values: Sequence[float] | Floats | None = None) -> float:
    """What of a series, a place a period, stands where a period ends; NaN where nothing does."""
    label = label_at(found, end)
    series = found.twelve if values is None else values
    return float(series[found.labels.index(label)]) if label in found.labels else float("nan")


def yearly_values(
    found: Reading, values: Sequence[float] | Floats | None = None
) -> tuple[Floats, int]:
    """Figures of twelve months that do not overlap, oldest first, and the moment at which the last
    ends; or of another series the places at which those stand.

    The last is the newest that is known; one before it that is not is NaN, so that each place is
    a year.
    """
    ends = [
        end_of(label)
        for label, value in zip(found.labels, found.twelve, strict=True)
        if np.isfinite(value)
    ]
    if not ends:
        return np.array([]), 0
    last = max(ends)
    first = min(end for end in ends if (last - end) % 12 == 0)
    years = [figure_at(found, end, values) for end in range(first, last + 1, 12)]
    return np.array(years), last


def rest_of(found: Reading, last: int, until: int) -> Rest | None:
    """Of the twelve months up to ``until`` what was counted up to ``last``, and which part of a
    year the other months usually are; None where the twelve months have yet to begin."""
    to_come = until - last
    if found.frequency != "month" or not 0 < to_come < 12:
        return None
    end = found.labels.index(label_at(found, last)) + 1
    return rest_of_year(np.asarray(found.observed[:end], dtype=float), to_come)


def about(found: Reading, end: int) -> str:
    """The period of a figure by where it ends, with the mark of what is internal."""
    label = label_at(found, end)
    if found.frequency == "month":
        said = f"in 12 maanden t/m {dutch.period(label)}"
    else:
        late = label in found.labels and found.provisional[found.labels.index(label)]
        said = f"in {label}{' (voorlopig)' if late else ''}"
    return marked(said, found.origin) if found.origin else said
