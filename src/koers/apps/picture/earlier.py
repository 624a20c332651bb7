"""What stands on a page of the same months of earlier years: a heading, a sentence and a table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import capfirst

from koers.apps.picture.reading import Reading
from koers.apps.picture.same_months import Beside, same_months, sentence
from koers.figures.shelf import Shelf
from koers.tables import NUMBER, Column, Look, Place, Table


def _counted(value: float) -> float:
    """A count is read as a whole number; hours need not be whole."""
    return int(value) if value.is_integer() else value


NOW = Column("now", "Aantal", lambda pair: _counted(pair.now), NUMBER)
EARLIER = (
    Column("against", "Naast"),
    Column("then", "Aantal toen", lambda pair: _counted(pair.then), NUMBER, empty="onbekend"),
)
DIFFERENCE = (
    Column("difference", "Verschil", lambda pair: capfirst(pair.verdict)),
    Column("ratio", "Verhouding", kind=NUMBER, decimals=3, place=Place.FILE),
    Column("lower", "Ondergrens 95 %", kind=NUMBER, decimals=3, place=Place.FILE),
    Column("upper", "Bovengrens 95 %", kind=NUMBER, decimals=3, place=Place.FILE),
)
EACH = (Column("period", "Periode"), NOW, *EARLIER, *DIFFERENCE)
ONE = (*EARLIER, Column("period", "Periode", place=Place.FILE), NOW, *DIFFERENCE)
"""Of one period beside several: what differs comes first."""


@dataclass(frozen=True)
class Section:
    heading: str
    words: str
    table: Table


def earlier_years(shelf: Shelf, found: Reading) -> list[Section]:
    """The comparisons that councils ask for, as far as there are figures for them."""
    if found.shown is None:
        return []
    asked = same_months(shelf, found.area.code, found.indicator.id)
    so_far = _section(found, "dit-jaar", _so_far(asked.so_far), asked.so_far, asked.stopped)
    thirds = _section(found, "vier-maanden", "Per vier maanden", asked.thirds)
    years = _section(found, "per-jaar", "Per jaar", asked.years)
    return [section for section in (so_far, thirds, years) if section is not None]


def _so_far(pairs: tuple[Beside, ...]) -> str:
    if pairs and pairs[0].months == (0, 12):
        return f"Heel {pairs[0].year} naast eerdere jaren"
    beside = "naast dezelfde maanden van eerdere jaren"
    return f"{capfirst(pairs[0].period)}, {beside}" if pairs else capfirst(beside)


def _section(
    found: Reading, name: str, heading: str, pairs: tuple[Beside, ...], more: str = ""
) -> Section | None:
    if not pairs and not more:
        return None
    where = found.shown.name if found.shown else ""
    words = sentence(found.indicator.numerator.title, where, pairs)
    caption = f"{found.indicator.title} in {where}: {heading[0].lower()}{heading[1:]}"
    table = Table(
        name,
        caption,
        ONE if name == "dit-jaar" else EACH,
        pairs,
        origin=found.source_line,
        look=Look.LINES,
        empty="Niets om naast elkaar te zetten.",
    )
    return Section(heading, f"{words} {more}".strip(), table)
