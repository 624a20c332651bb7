"""Which past periods are held against a period: the same for every series, so made once a
period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from koers.analysis.screening.farrington.options import FarringtonOptions

Integers = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

WEEK = 7
_SUNDAY_OF_EPOCH = (
    4  # 1970-01-01 was a Thursday: days since the epoch plus four, modulo seven, is 0 on a Sunday.
)


@dataclass(frozen=True)
class Design:
    """The history of the period at position ``now``.

    Attributes
    ----------
    at : (n,) integer array
        Positions of the history, in order of time.
    time : (n,) integer array
        Time of each: the position, or days.
    time_now : int
        Time of the period itself.
    block : (n,) integer array
        Level of the seasonal factor, from 0; ``own`` is that of the period itself.
    gap : (n,) integer array
        Index into ``gaps`` of the time since the one before (0 for the first).
    gaps : float array
        The different lengths of time between successive moments of the history.
    dated, unit : bool, int
        Whether time is in days, and then how many lie between the first two periods of the series.
    """

    now: int
    at: Integers
    time: Integers
    time_now: int
    block: Integers
    own: int
    gap: Integers
    gaps: npt.NDArray[np.float64]
    dated: bool
    unit: int


def design(
    now: int, length: int, steps: int, options: FarringtonOptions, dates: Dates | None = None
) -> Design | None:
    """The history of the period at position ``now``, or None where the series is too short for it.

    Parameters
    ----------
    now, length, steps : int
        Position of the period, number of periods, periods a year.
    dates : (length,) dates, optional
        Years back are counted by date instead of by position; weekly or first of the month.
    """
    time = (
        np.arange(1, length + 1)
        if dates is None
        else dates.astype("datetime64[D]").astype(np.int64)
    )
    back = (
        _by_position(now, steps, options.b)
        if dates is None
        else _by_date(dates, now, steps, options.b)
    )
    reference = _positions(back, time if dates is not None else None, length)
    # As in R, a window may begin one period before the series does: that period is left out.
    if reference is None or reference[-1] - options.w < -1 or now - options.past < -1:
        return None
    block = _blocks(now, reference, length, options)
    block[max(0, now - options.past) : now + 1] = -1
    at = np.flatnonzero(block >= 0)
    if not at.size:
        return None
    lengths, gap = np.unique(np.diff(time[at]), return_inverse=True)
    return Design(
        now,
        at,
        time[at],
        int(time[now]),
        block[at],
        options.no_periods - 1,
        np.concatenate([[0], gap]).astype(np.int64),
        np.concatenate([lengths, [0]]).astype(np.float64),
        dates is not None,
        int(time[1] - time[0]) if length > 1 else 1,
    )


def _positions(back: Integers, time: Integers | None, length: int) -> Integers | None:
    """Where the reference moments are in the series, latest first; None when one is not in it."""
    if time is None:
        return None if back[-1] < 0 else back
    found = np.searchsorted(time, back)
    inside = found < length
    if not inside.all() or (time[found] != back).any():
        return None
    return found.astype(np.int64)


def _by_position(now: int, steps: int, years: int) -> Integers:
    return now - steps * np.arange(years + 1)


def _by_date(dates: Dates, now: int, steps: int, years: int) -> Integers:
    """Days of the same date in each year before; of weekly series, the same weekday nearest to
    it."""
    date = dates[now].astype("datetime64[D]").item()
    # 29 February does not exist a year before: it becomes 1 March.
    leap = date.month == 2 and date.day == 29
    days = []
    for year in range(date.year, date.year - years - 1, -1):
        exists = not leap or year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        days.append(
            np.datetime64(
                f"{year:04d}-{date:%m-%d}" if exists else f"{year:04d}-03-01", "D"
            ).astype(np.int64)
        )
    back = np.array(days, dtype=np.int64)
    if steps < 52:
        return back
    weekday = (back + _SUNDAY_OF_EPOCH) % WEEK
    off = (weekday[0] - weekday) % WEEK
    return np.asarray(np.where(off <= WEEK // 2, back + off, back + off - WEEK), dtype=np.int64)


def _blocks(now: int, reference: Integers, length: int, options: FarringtonOptions) -> Integers:
    """Level of each period of the series: the windows are the last level, the time between them is
    cut in equal parts."""
    w, levels = options.w, options.no_periods
    block = np.full(length, -1, dtype=np.int64)
    block[max(0, now - w) : now + 1] = levels - 1
    for newer, older in zip(reference[:-1], reference[1:], strict=True):
        block[max(0, older - w) : older + w + 1] = levels - 1
        if levels > 1:
            between = newer - older - 2 * w - 1
            sizes = np.full(levels - 1, between // (levels - 1))
            sizes[: between % (levels - 1)] += 1
            start = older + w + 1
            block[start : start + between] = np.repeat(np.arange(levels - 1), sizes)
    return block
