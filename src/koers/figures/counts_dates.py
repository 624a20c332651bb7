"""The periods of a user's file: months, weeks and years by number, or full dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from koers.analysis.period import STEPS_PER_YEAR, Frequency, Period, span
from koers.dutch import MONTH_NUMBERS

Dates = npt.NDArray[np.datetime64]
Integers = npt.NDArray[np.int64]

WEEK = 7
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEK_53 = re.compile(r"(\d{4})(?:-W|KW)53")
_NAMED = re.compile(r"([a-z]+)\.?[- ]'?(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/](\d{4})")
EXAMPLES = (
    "Schrijf 2024-03 (maand), 2024-W07 (week), 2024 (jaar) of een volledige datum (2024-03-25)."
)


class PeriodTextError(ValueError):
    """A text that is no period, or not of the kind of the others; ``text`` is what stands in the
    cell."""

    def __init__(self, text: str, problem: str) -> None:
        self.text, self.problem = text, problem
        super().__init__(problem)


@dataclass(frozen=True)
class Moment:
    """A period as a file writes it: by number, or by date when ``date`` is given.

    A week 53 has no number of its own: it is known by the date of its Monday, ``by_week``.
    """

    text: str
    period: Period | None
    date: date | None
    by_week: bool = False


@dataclass(frozen=True)
class Axis:
    """The time axis of a file: every period from its first to its last.

    ``position`` has the place on it of each text of the file, ``labels`` the text of each place
    (made where the file has none), ``dates`` the date of each place when the file has full dates.
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
    if found := _WEEK_53.fullmatch(text):
        try:
            return Moment(text, None, date.fromisocalendar(int(found[1]), 53, 1), by_week=True)
        except ValueError:
            raise PeriodTextError(
                text, f"'{text}' bestaat niet: {found[1]} had 52 weken."
            ) from None
    if (month := _as_people_write(text)) is not None:
        return Moment(text, month, None)
    raise PeriodTextError(text, f"'{text[:30]}' is geen periode. {EXAMPLES}")


def _as_people_write(text: str) -> Period | None:
    """A month as own files on the site have it too: 'jan-26', 'januari 2026', '01-2026'."""
    plain = text.strip().lower()
    if found := _NAMED.fullmatch(plain):
        number, year = MONTH_NUMBERS.get(found[1], 0), int(found[2])
        year += 2000 if len(found[2]) == 2 else 0
    elif found := _MONTH_FIRST.fullmatch(plain):
        number, year = int(found[1]), int(found[2])
    else:
        return None
    return Period(year, number, "month") if 1 <= number <= 12 else None


class PeriodKind:
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
                found.text,
                f"'{found.text}' is een ander soort periode dan '{first.text}'; gebruik er een.",
            )
        if found.date is None or first.date is None or found.by_week or first.by_week:
            return
        self._monthly = self._monthly and found.date.day == 1
        self._yearly = self._yearly and (found.date.month, found.date.day) == (1, 1)
        if (found.date - first.date).days % WEEK:
            self._other_day = self._other_day or found
        if not self._monthly and self._other_day is not None:
            odd = self._other_day
            raise PeriodTextError(
                found.text,
                f"de datums '{first.text}' en '{odd.text}' liggen geen hele weken uit elkaar en"
                " zijn niet allemaal de eerste van een maand. Schrijf elke week als dezelfde"
                " weekdag, of elke maand als de eerste.",
            )

    @property
    def monthly(self) -> bool:
        """Of full dates: all are the first of a month."""
        return self._monthly

    @property
    def yearly(self) -> bool:
        """Of full dates: all are the first of January, so that only years can be meant."""
        return self._yearly


def _frequency(found: Moment) -> str:
    if found.by_week:
        return "week"
    return "date" if found.period is None else found.period.frequency


def _by_monday(found: Moment) -> Moment:
    """A week by the date of its Monday."""
    if found.period is None:
        return found
    return Moment(
        found.text, None, date.fromisocalendar(found.period.year, found.period.number, 1), True
    )


def long_years(first: Period, last: Period) -> list[int]:
    """The years with 53 weeks of which the last week lies between two weeks.

    After one of those the year of ``last`` too, when it has come to its week 52: who left a week 53
    out before, or added it to the week before, does so again.
    """
    years = [year for year in range(first.year, last.year) if has_53(year)]
    return [*years, last.year] if years and last.number == 52 and has_53(last.year) else years


def has_53(year: int) -> bool:
    """Whether a year has 53 weeks (ISO 8601)."""
    return date(year, 12, 28).isocalendar().week == 53


def axis(texts: Iterable[str]) -> Axis:
    """The time axis of the periods of a file.

    Raises
    ------
    PeriodTextError
        For a text that is no period, or of another kind than those before it.
    """
    moments: list[Moment] = []
    kind = PeriodKind()
    for text in texts:
        moments.append(moment(text))
        kind.check(moments[-1])
    if any(m.by_week for m in moments):
        # With a week 53 the weeks are counted by their Mondays, so that none falls out.
        return _dated([_by_monday(m) for m in moments], "week")
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
        dates = (np.datetime64(first, "Y") + np.arange(last.year - first.year + 1)).astype(
            "datetime64[D]"
        )
    elif frequency == "month":
        start = Period(first.year, first.month, frequency)
        place = {
            text: Period(day.year, day.month, frequency).ordinal - start.ordinal
            for text, day in found.items()
        }
        dates = (np.datetime64(first, "M") + np.arange(max(place.values()) + 1)).astype(
            "datetime64[D]"
        )
    else:
        start = Period(first.year, min(first.isocalendar().week, STEPS_PER_YEAR["week"]), frequency)
        place = {text: (day - first).days // WEEK for text, day in found.items()}
        dates = np.datetime64(first, "D") + WEEK * np.arange((last - first).days // WEEK + 1)
    # Successive periods, one a date: in the long run their numbers run ahead of the calendar's
    # weeks, by one in six years.
    periods = tuple(start.shift(i) for i in range(len(dates)))
    return Axis(periods, _labels(place, [str(day) for day in dates]), place, dates)


def _labels(position: dict[str, int], made: list[str]) -> tuple[str, ...]:
    """As the file writes them first, made where it has none."""
    for text, place in reversed(position.items()):
        made[place] = text
    return tuple(made)
