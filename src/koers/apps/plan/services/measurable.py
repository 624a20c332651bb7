"""Can a goal be measured in time: are there figures, do they come out in time, and are the counts
large enough?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from koers import dutch
from koers.apps.picture.outlook import deciding_end, due_end, goal_outlook, table_of
from koers.apps.picture.reading import Reading
from koers.figures.shelf import Shelf

# After the date figures may take so long to come out as those of a month do; what comes later is
# not in time.
GRACE = 3


@dataclass(frozen=True)
class Problem:
    """``field`` of the goal at which it is told."""

    field: str
    text: str


@dataclass(frozen=True)
class Measurability:
    """What stands in the way; ``known_on`` is when the figure that decides comes out, ``about`` the
    period that it covers."""

    problems: tuple[Problem, ...]
    about: str = ""
    known_on: date | None = None


@dataclass(frozen=True)
class _Round:
    """The last period of a table that ends on or before a date, in months since year 0: from, up
    to, and when it is out."""

    begin: int
    end: int
    out: int
    said: str


def measurable(
    shelf: Shelf, found: Reading, target: float, due: date, today: date | None = None
) -> Measurability:
    """Whether the figures will tell, around the date of the goal, if it was met."""
    today = today or date.today()
    if not found.is_own:
        text = (
            "Dit doel kan nog niet worden gemeten: er zijn geen cijfers van dit gebied. Koers"
            f" wacht op tabel {found.indicator.waits_for}. Kies een andere indicator."
        )
        return Measurability((Problem("indicator", text),))
    last = _deciding(found, due)
    problems = [*_in_time(last, due, today), *_enough(shelf, found, target, due)]
    return Measurability(tuple(problems), last.said, _first_of(last.out))


def _in_time(last: _Round, due: date, today: date) -> list[Problem]:
    out = _in_words(last.out)
    if last.out > due_end(due) + GRACE:
        text = (
            f"Dit doel is niet op tijd te meten: het cijfer over {last.said} komt pas rond {out}"
            f" uit, na de streefdatum. Kies een streefdatum vanaf {out}, of een indicator waarvan"
            " elke maand cijfers uitkomen."
        )
        return [Problem("due", text)]
    if (last.begin + last.end) / 2 <= _months(today):
        text = (
            "Dit doel is niet op tijd te meten: op de streefdatum gaat het laatste cijfer over"
            f" {last.said}, en dat is voor het grootste deel van vóór dit doel. Kies een latere"
            " streefdatum."
        )
        return [Problem("due", text)]
    return []


def _enough(shelf: Shelf, found: Reading, target: float, due: date) -> list[Problem]:
    outlook = goal_outlook(shelf, found.indicator.id, found.area.code, target, due)
    if outlook.state != "too_few":
        return []
    seen = dutch.number(found.recent)
    text = (
        f"Dit doel is niet te meten: {seen} {found.recent_label} is te weinig, of er zijn te weinig"
        " jaren bekend, om te zeggen of een verschil meer is dan toeval. Kies een groter gebied of"
        " een ruimere indicator."
    )
    return [Problem("indicator", text)]


def _deciding(found: Reading, due: date) -> _Round:
    """The figure that decides: the twelve months, the year or the round of a survey that was last
    complete on the date."""
    late, end = table_of(found).months_late, deciding_end(found, due)
    months = found.frequency == "month"
    said = f"de 12 maanden tot {_in_words(end)}" if months else str(end // 12 - 1)
    return _Round(end - 12, end, end + late, said)


def _months(day: date) -> int:
    """Whole months up to a day; the last days of a month count as its end."""
    return 12 * day.year + day.month - (0 if day.day >= 28 else 1)


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def _in_words(months: int) -> str:
    found = _first_of(months)
    return dutch.period(f"{found.year}-{found.month:02d}")
