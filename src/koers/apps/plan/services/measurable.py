"""Can a goal be measured in time: are there figures, do they come out in time, and are the counts large enough?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from koers import dutch
from koers.apps.picture.readings import Reading, goal_outlook
from koers.indicators.reader import LiveTable

# After the date figures may take so long to come out as those of a month do; what comes later is not in time.
GRACE = 3


@dataclass(frozen=True)
class Problem:
    """``field`` of the goal at which it is told."""

    field: str
    text: str


@dataclass(frozen=True)
class Measurability:
    """What stands in the way; ``known_on`` is when the figure that decides comes out, ``about`` the period that it covers."""

    problems: tuple[Problem, ...]
    about: str = ""
    known_on: date | None = None


@dataclass(frozen=True)
class _Round:
    """The last period of a table that ends on or before a date, in months since year 0: from, up to, and when it is out."""

    begin: int
    end: int
    out: int
    said: str


def measurable(found: Reading, target: float, due: date, today: date | None = None) -> Measurability:
    """Whether the figures will tell, around the date of the goal, if it was met."""
    today = today or date.today()
    if not found.is_own:
        text = (
            f"Dit doel kan nog niet worden gemeten: er zijn geen cijfers van dit gebied. Koers wacht op tabel "
            f"{found.indicator.waits_for}. Kies een andere indicator."
        )
        return Measurability((Problem("indicator", text),))
    last = _deciding(found, due)
    problems = [*_in_time(last, due, today), *_enough(found, target, due)]
    return Measurability(tuple(problems), last.said, _first_of(last.out))


def _in_time(last: _Round, due: date, today: date) -> list[Problem]:
    out = _in_words(last.out)
    if last.out > _months(due) + GRACE:
        text = (
            f"Dit doel is niet op tijd te meten: het cijfer over {last.said} komt pas rond {out} uit, na de streefdatum. "
            f"Kies een streefdatum vanaf {out}, of een indicator waarvan elke maand cijfers uitkomen."
        )
        return [Problem("due", text)]
    if (last.begin + last.end) / 2 <= _months(today):
        text = (
            f"Dit doel is niet op tijd te meten: op de streefdatum gaat het laatste cijfer over {last.said}, en dat is "
            "voor het grootste deel van vóór dit doel. Kies een latere streefdatum."
        )
        return [Problem("due", text)]
    return []


def _enough(found: Reading, target: float, due: date) -> list[Problem]:
    outlook = goal_outlook(found.indicator.id, found.area.code, target, due)
    if outlook.state != "too_few":
        return []
    seen = dutch.number(found.recent)
    text = (
        f"Dit doel is niet te meten: {seen} {found.recent_label} is te weinig, of er zijn te weinig jaren bekend, om te "
        "zeggen of een verschil meer is dan toeval. Kies een groter gebied of een ruimere indicator."
    )
    return [Problem("indicator", text)]


def _deciding(found: Reading, due: date) -> _Round:
    """The figure that decides: the twelve months, the year or the round of a survey that was last complete on the date."""
    table = _table_of(found)
    until = _months(due)
    if found.frequency == "month":
        said = f"de 12 maanden tot {_in_words(until)}"
        return _Round(until - 12, until, until + table.months_late, said)
    step = 2 if table.frequency == "two-years" else 1
    known = int(found.labels[-1][:4])
    year = known + (until // 12 - 1 - known) // step * step
    return _Round(12 * year, 12 * (year + 1), 12 * (year + 1) + table.months_late, str(year))


def _table_of(found: Reading) -> LiveTable:
    """Which of the tables of an indicator the reading is of: the one with its frequency."""
    tables = found.indicator.tables
    if found.frequency == "month":
        return next((t for t in tables if t.frequency in ("month", "own")), tables[0])
    return next((t for t in tables if t.frequency in ("year", "two-years")), tables[0])


def _months(day: date) -> int:
    """Whole months up to a day; the last days of a month count as its end."""
    return 12 * day.year + day.month - (0 if day.day >= 28 else 1)


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _in_words(months: int) -> str:
    found = _first_of(months)
    return dutch.period(f"{found.year}-{found.month:02d}")
