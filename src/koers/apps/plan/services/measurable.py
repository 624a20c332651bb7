"""Can a goal be measured: are there figures, are they of after it was set, and are the counts large
enough? When is it known?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from koers import dutch
from koers.apps.picture.measured import measured
from koers.apps.picture.outlook import goal_outlook
from koers.apps.picture.periods import deciding_end, round_of, table_of, yearly_values
from koers.apps.picture.reading import Reading
from koers.figures.shelf import Shelf
from koers.records.aim import Aim


@dataclass(frozen=True)
class Problem:
    """``field`` of the goal at which it is told."""

    field: str
    text: str


@dataclass(frozen=True)
class Measurability:
    """What stands in the way; ``known_on`` is when the figure that decides comes out, ``about`` the
    period that it covers; ``rounds`` are the next years of a survey that is not held each year."""

    problems: tuple[Problem, ...]
    about: str = ""
    known_on: date | None = None
    rounds: str = ""

    @property
    def known_in_words(self) -> str:
        """When it is known whether the goal was met; "" where the figures do not say."""
        if self.known_on is None:
            return ""
        month = _in_words(12 * self.known_on.year + self.known_on.month - 1)
        return (
            f"Of dit doel is gehaald, weet u rond {month}: dan is het cijfer over {self.about} er."
        )


@dataclass(frozen=True)
class _Round:
    """The last period of a table that ends on or before a date, in months since year 0: from, up
    to, and when it is out."""

    begin: int
    end: int
    out: int
    said: str


def measurable(shelf: Shelf, aim: Aim, today: date | None = None) -> Measurability:
    """Whether the figures will tell if a goal was met, and when. That the figure of a year comes
    out in the year after it is the ordinary case, and no problem."""
    today = today or date.today()
    m = measured(shelf, aim)
    found = m.found
    if not found.is_own:
        text = (
            "Dit doel kan nog niet worden gemeten: er zijn geen cijfers van dit gebied. Koers"
            f" wacht op tabel {found.indicator.waits_for}. Kies een andere indicator."
        )
        return Measurability((Problem("indicator", text),))
    if m.missing:
        return Measurability((Problem("unit", m.missing),))
    last = _deciding(found, aim.due)
    problems = [*_of_its_time(found, last, today), *_enough(shelf, found, aim)]
    return Measurability(tuple(problems), last.said, _first_of(last.out), _rounds(found, today))


def _rounds(found: Reading, today: date) -> str:
    if round_of(found) <= 12:
        return ""
    return ", ".join(str(year) for year in next_rounds(found, today))


def _of_its_time(found: Reading, last: _Round, today: date) -> list[Problem]:
    if (last.begin + last.end) / 2 > _months(today):
        return []
    rounds = _rounds(found, today)
    held = f" Dit onderzoek wordt om het jaar gehouden: {rounds}." if rounds else ""
    text = (
        "Dit doel is niet op tijd te meten: op de streefdatum gaat het laatste cijfer over"
        f" {last.said}, en dat is voor het grootste deel van vóór dit doel. Kies een latere"
        f" streefdatum.{held}"
    )
    return [Problem("due", text)]


def next_rounds(found: Reading, today: date, many: int = 3) -> list[int]:
    """The years of the next figures of a survey that is not held every year."""
    _, last = yearly_values(found)
    years = range(last // 12 - 1, last // 12 + 40, round_of(found) // 12)
    return [year for year in years if year >= today.year][:many]


def _enough(shelf: Shelf, found: Reading, aim: Aim) -> list[Problem]:
    if goal_outlook(shelf, aim).state != "too_few":
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
