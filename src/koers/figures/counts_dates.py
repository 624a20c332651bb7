"""The periods of a user's file: months, weeks and years by number, or full dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from koers.analysis.period import STEPS_PER_YEAR, Frequency, Period, span

Dates = npt.NDArray[np.datetime64]
Integers = npt.NDArray[np.int64]

WEEK = 7
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEK_53 = re.compile(r"\d{4}(?:-W|KW)53")
EXAMPLES = "Schrijf 2024-03 (maand), 2024-W07 (week), 2024 (jaar) of een volledige datum (2024-03-25)."


class PeriodTextError(ValueError):
    """A text that is no period, or not of the kind of the others; ``text`` is what stands in the cell."""

    def __init__(self, text: str, problem: str) -> None:
        self.text, self.problem = text, problem
        super().__init__(problem)


@dataclass(frozen=True)
class Moment:
    """A period as a file writes it: by number, or by date when ``date`` is given."""

    text: str
    period: Period | None
    date: date | None


@dataclass(frozen=True)
class Axis:
    """The time axis of a file: every period from its first to its last.

    ``position`` has the place on it of each text of the file, ``labels`` the text of each place (made where the file
    has none), ``dates`` the date of each place when the file has full dates.
    """

    periods: tuple[Period, ...]
    labels: tuple[str, ...]
    position: dict[str, int]
    dates: Dates | None


def moment(text: str) -> Moment:
    """Read a period or a date.

    Raises
    ------
    PeriodTextError
        When the text is neither.
    """
    if _DATE.fullmatch(text):
        try:
            return Moment(text, None, date.fromisoformat(text))
        except ValueError:
            raise PeriodTextError(text, f"'{text}' is geen bestaande datum.") from None
    try:
        return Moment(text, Period.parse(text), None)
    except ValueError:
        pass
    if _WEEK_53.fullmatch(text):
        raise PeriodTextError(
            text, f"'{text}': Koers telt 52 weken per jaar. Tel week 53 op bij week 52, of schrijf elke week als de datum "
            "van de maandag (2024-12-30); dan telt Koers de weken op datum.",
        )  # fmt: skip
    raise PeriodTextError(text, f"'{text[:30]}' is geen periode. {EXAMPLES}")


class Kind:
    """Whether each next period is of the kind of those before."""

    def __init__(self) -> None:
        self._first: Moment | None = None
        self._monthly = True
        self._yearly = True
        self._other_day: Moment | None = None

    def check(self, found: Moment) -> None:
        """Raise PeriodTextError when it is of another kind."""
        first = self._first = self._first or found
        if _frequency(found) != _frequency(first):
            raise PeriodTextError(
                found.text, f"'{found.text}' is een ander soort periode dan '{first.text}'; gebruik er een."
            )
        if found.date is None or first.date is None:
            return
        self._monthly = self._monthly and found.date.day == 1
        self._yearly = self._yearly and (found.date.month, found.date.day) == (1, 1)
        if (found.date - first.date).days % WEEK:
            self._other_day = self._other_day or found
        if not self._monthly and self._other_day is not None:
            odd = self._other_day
            raise PeriodTextError(
                found.text, f"de datums '{first.text}' en '{odd.text}' liggen geen hele weken uit elkaar en zijn niet "
                "allemaal de eerste van een maand. Schrijf elke week als dezelfde weekdag, of elke maand als de eerste.",
            )  # fmt: skip

    @property
    def monthly(self) -> bool:
        """Of full dates: all are the first of a month."""
        return self._monthly

    @property
    def yearly(self) -> bool:
        """Of full dates: all are the first of January, so that only years can be meant."""
        return self._yearly


def _frequency(found: Moment) -> str:
    return "date" if found.period is None else found.period.frequency


def axis(texts: Iterable[str]) -> Axis:
    """The time axis of the periods of a file.

    Raises
    ------
    PeriodTextError
        For a text that is no period, or of another kind than those before it.
    """
    moments: list[Moment] = []
    kind = Kind()
    for text in texts:
        moments.append(moment(text))
        kind.check(moments[-1])
    if moments[0].date is None:
        return _numbered(moments)
    dated: Frequency = "year" if kind.yearly else "month" if kind.monthly else "week"
    return _dated(moments, dated)


def _numbered(moments: list[Moment]) -> Axis:
    found = {m.text: m.period for m in moments if m.period is not None}
    first = min(found.values())
    periods = span(first, max(found.values()))
    position = {text: period.ordinal - first.ordinal for text, period in found.items()}
    return Axis(periods, _labels(position, [str(period) for period in periods]), position, None)


def _dated(moments: list[Moment], frequency: Frequency) -> Axis:
    found = {m.text: m.date for m in moments if m.date is not None}
    first, last = min(found.values()), max(found.values())
    if frequency == "year":
        start = Period(first.year, 1, frequency)
        place = {text: day.year - first.year for text, day in found.items()}
        dates = (np.datetime64(first, "Y") + np.arange(last.year - first.year + 1)).astype("datetime64[D]")
    elif frequency == "month":
        start = Period(first.year, first.month, frequency)
        place = {text: Period(day.year, day.month, frequency).ordinal - start.ordinal for text, day in found.items()}
        dates = (np.datetime64(first, "M") + np.arange(max(place.values()) + 1)).astype("datetime64[D]")
    else:
        start = Period(first.year, min(first.isocalendar().week, STEPS_PER_YEAR["week"]), frequency)
        place = {text: (day - first).days // WEEK for text, day in found.items()}
        dates = np.datetime64(first, "D") + WEEK * np.arange((last - first).days // WEEK + 1)
    # Successive periods, one a date: in the long run their numbers run ahead of the calendar's weeks, by one in six years.
    periods = tuple(start.shift(i) for i in range(len(dates)))
    return Axis(periods, _labels(place, [str(day) for day in dates]), place, dates)


def _labels(position: dict[str, int], made: list[str]) -> tuple[str, ...]:
    """As the file writes them first, made where it has none."""
    for text, place in reversed(position.items()):
        made[place] = text
    return tuple(made)
