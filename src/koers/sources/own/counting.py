"""Rows of a file to counts per area, topic and period; what cannot be read is named by row and
column."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from koers.analysis.period import Period, span
from koers.dutch import without_accents
from koers.sources.own.counted import NOT_COUNTED, Cases, Counted, Problem, Sample, Wanted
from koers.sources.own.demands import demand_columns, demand_no_merged
from koers.sources.own.places import Boundaries, Gazetteer, to_degrees, to_metres
from koers.tables.reading.book import Book, BookError, Sheet
from koers.tables.reading.cells import (
    CellError,
    day_of,
    degrees_of,
    either_order,
    made_a_date,
    month_first,
    number_of,
    period_of,
)

MOST_CATEGORIES = 100
SAMPLE = 10

TopicOf = Callable[[str], tuple[str, str]]


def own_topic(category: str) -> str:
    """The code of a topic that only this municipality has."""
    plain = without_accents(category.lower())
    return "eigen-" + (re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "zonder-naam")


def count(
    book: Book, sheet: Sheet, header_row: int, wanted: Wanted, places: Gazetteer, topic_of: TopicOf
) -> Counted:
    """Count the rows under a header.

    Parameters
    ----------
    topic_of : function
        Gives code and title of a category that ``wanted.topics`` does not name, or raises
        CellError.

    Raises
    ------
    BookError
        When the file as a whole cannot be counted: a column is absent, merged cells, a header of
        several rows, no boundaries for points.
    """
    names = sheet.checked_header(header_row)
    demand_columns(names, wanted.columns, wanted.kind, wanted.topic, places)
    at = {role: names.index(name) for role, name in wanted.columns.items() if name}
    demand_no_merged(sheet, header_row, names, at)
    roles = list(at)
    rows = [
        (number, dict(zip(roles, cells, strict=True)))
        for number, cells in book.rows(sheet, header_row, [at[role] for role in roles])
    ]
    if not rows:
        raise BookError("Onder de kop staan geen rijen met een waarde in de gekozen kolommen.")
    found = Counted(rows=len(rows))
    reader = _Reader(book, sheet, wanted, at, names, places, topic_of, found)
    reader.read(rows)
    _demand_one_header_row(found, rows, header_row)
    if wanted.kind == "reports":
        _fill_with_zeros(found, places)
    else:
        _say_totals(found, places)
    return found


def _demand_one_header_row(
    found: Counted, rows: Sequence[tuple[int, dict[str, Any]]], header_row: int
) -> None:
    """A header of several rows: right under the chosen row there is no row that can be read,
    further down there are."""
    wrong = {p.row for p in found.problems}
    first = [number for number, _ in rows[:2]]
    if (
        found.counted
        and len(wrong) <= 3
        and first
        and first[0] == header_row + 1
        and first[0] in wrong
    ):
        last = max(number for number in first if number in wrong)
        cells = [c for n, r in rows if n == first[0] for c in r.values()]
        if all(isinstance(c, str) and not any(ch.isdigit() for ch in c) for c in cells):
            raise BookError(
                f"De kop lijkt uit meer rijen te bestaan (rij {header_row} tot en met {last}). Kies"
                f" rij {last} als kop."
            )


class _UnreadableError(Exception):
    def __init__(self, role: str, reason: str) -> None:
        self.role, self.reason = role, reason


class _Reader:
    """Reads rows one by one; points are placed together at the end."""

    def __init__(
        self,
        book: Book,
        sheet: Sheet,
        wanted: Wanted,
        at: Mapping[str, int],
        names: Sequence[str],
        places: Gazetteer,
        topic_of: TopicOf,
        found: Counted,
    ) -> None:
        self.book, self.sheet, self.wanted, self.at, self.names = book, sheet, wanted, at, names
        self.places, self.topic_of, self.found = places, topic_of, found
        self.seen: dict[tuple[str, str, str], int] = {}
        self.metres: dict[int, tuple[float, float]] = {}
        self.frequency = ""
        self.american = 0

    def read(self, rows: list[tuple[int, dict[str, Any]]]) -> None:
        located = self._points(rows) if "area" not in self.at else {}
        if "area" not in self.at:
            rows = [entry for entry in rows if entry[0] in located]
        self.american = next((n for n, cells in rows if month_first(cells.get("period"))), 0)
        for number, cells in rows:
            try:
                self._row(number, cells, located.get(number))
            except _UnreadableError as problem:
                self.found.problems.append(
                    Problem(number, self.names[self.at[problem.role]], problem.reason)
                )
        if len(self.found.categories) > MOST_CATEGORIES:
            raise BookError(
                f"De kolom '{self.wanted.columns['topic']}' heeft {len(self.found.categories)}"
                " verschillende waarden. Dat lijkt geen onderwerp; kies een andere kolom."
            )

    def _row(self, number: int, cells: dict[str, Any], code: str | None) -> None:
        topic, title = self._topic(number, cells)
        if topic == NOT_COUNTED:
            self.found.left_out += 1
            return
        period = self._period(number, cells)
        if self.wanted.kind == "reports" and len(period) == 4:
            raise _UnreadableError("period", "bij een melding hoort een datum of maand, geen jaar")
        if self.frequency and len(period) != len(self.frequency):
            raise _UnreadableError("period", "maanden en jaren staan door elkaar")
        value = (
            self._cell(number, cells, "value", number_of) if self.wanted.kind != "reports" else 1.0
        )
        if code is None:
            area = self._cell(number, cells, "area", lambda cell: self.places.find(_text(cell)))
            code, name = area.code, area.name
        elif code == "":
            raise _UnreadableError("latitude", "dit punt ligt niet in een buurt van deze gemeente")
        else:
            name = next(a.name for a in self.places.neighbourhoods if a.code == code)
        key = (code, topic, period)
        if self.wanted.kind != "reports" and key in self.seen:
            raise _UnreadableError(
                "period",
                f"dit gebied, onderwerp en deze periode staan ook al op rij {self.seen[key]}",
            )
        self.seen[key] = number
        self.frequency = self.frequency or period
        self.found.totals[key] = self.found.totals.get(key, 0.0) + value
        self.found.titles[topic] = title
        self.found.counted += 1
        self.found.unknown += math.isnan(value)
        if number in self.metres and (day := day_of(cells["period"])):
            self.found.cases.setdefault(topic, Cases()).add(self.metres[number], day.toordinal())
        if len(self.found.samples) < SAMPLE:
            self.found.samples.append(Sample(number, name, title, period, value))

    def _period(self, number: int, cells: dict[str, Any]) -> str:
        """The month or year of a row. One date with the month in front makes every date of the
        column doubtful that can be read in two ways."""
        if self.american and month_first(cells["period"]):
            raise _UnreadableError("period", "in deze datum staat de maand voorop")
        if self.american and either_order(cells["period"]):
            raise _UnreadableError(
                "period",
                f"op rij {self.american} staat de maand voorop, dus of dit dag-maand of maand-dag"
                " is, is niet te zeggen; schrijf elke datum als 2026-03-31",
            )
        period: str = self._cell(number, cells, "period", period_of)
        return period

    def _topic(self, number: int, cells: dict[str, Any]) -> tuple[str, str]:
        if "topic" not in self.at:
            return self.topic_of(self.wanted.topic)
        category = self._cell(number, cells, "topic", _text)
        if made_a_date(cells["topic"]):
            raise _UnreadableError(
                "topic",
                "hier staat een datum; maakte Excel die van een code zoals 1.2.3? Maak de kolom op"
                " als tekst en vul de codes opnieuw in",
            )
        if not category:
            raise _UnreadableError("topic", "hier staat niets")
        self.found.categories[category] = self.found.categories.get(category, 0) + 1
        chosen = self.wanted.topics.get(category)
        if chosen == NOT_COUNTED:
            return NOT_COUNTED, ""
        try:
            return self.topic_of(chosen) if chosen else self.topic_of(category)
        except CellError as problem:
            raise _UnreadableError("topic", f"{problem}") from None

    def _cell(
        self, number: int, cells: dict[str, Any], role: str, read: Callable[[Any], Any]
    ) -> Any:
        cell = cells[role]
        empty = _text(cell) == ""
        if empty and self.book.formula_at(self.sheet, number, self.at[role]):
            raise _UnreadableError(
                role,
                "hier staat een formule zonder uitkomst; open en bewaar het bestand, of plak de"
                " waarden",
            )
        if empty and role == "value":
            return math.nan
        try:
            return read(cell)
        except CellError as problem:
            raise _UnreadableError(role, str(problem)) from None

    def _points(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> dict[int, str]:
        """The neighbourhood of each row with a readable point; that and its pairs are all that is
        kept of it."""
        numbers, x, y = [], [], []
        for number, cells in rows:
            try:
                place = [
                    self._cell(number, cells, role, degrees_of)
                    for role in ("longitude", "latitude")
                ]
            except _UnreadableError as problem:
                self.found.problems.append(
                    Problem(number, self.names[self.at[problem.role]], problem.reason)
                )
                continue
            numbers.append(number)
            x.append(place[0])
            y.append(place[1])
        longitude, latitude = to_degrees(np.array(x, dtype=float), np.array(y, dtype=float))
        codes = Boundaries(self.places.neighbourhoods).place(longitude, latitude)
        east, north = to_metres(longitude, latitude)
        self.metres = dict(
            zip(numbers, zip(east.tolist(), north.tolist(), strict=True), strict=True)
        )
        return dict(zip(numbers, codes, strict=True))


def _fill_with_zeros(found: Counted, places: Gazetteer) -> None:
    """A neighbourhood without a report in a month that the file covers had none: 0, not unknown."""
    if not found.totals:
        return
    periods = found.periods
    topics = {topic for _, topic, _ in found.totals}
    for area in places.neighbourhoods:
        for topic in topics:
            for period in span(Period.parse(periods[0]), Period.parse(periods[-1])):
                found.totals.setdefault((area.code, topic, str(period)), 0.0)


def _say_totals(found: Counted, places: Gazetteer) -> None:
    """Of each municipality or district that stands beside its own neighbourhoods: that its row is
    their total, and where it is another number than they add up to."""
    areas = {area.code: area for area in places.areas}
    parts: dict[tuple[str, str, str], float] = {}
    for (code, topic, period), value in found.totals.items():
        above = areas[code].parent if code in areas else ""
        while above:
            if (above, topic, period) in found.totals:
                key = (above, topic, period)
                parts[key] = parts.get(key, 0.0) + value
                break
            above = areas[above].parent if above in areas else ""
    for code in dict.fromkeys(code for code, _, _ in parts):
        keys = [key for key in parts if key[0] == code]
        other = sum(not math.isclose(parts[key], found.totals[key]) for key in keys)
        said = f"De rij van {areas[code].name} is het totaal en telt niet dubbel mee"
        if other:
            said += (
                f"; {other} van de {len(keys)} keer is dat een ander getal dan de buurten samen."
                " Koers neemt dan het getal van die rij"
            )
        found.totals_seen.append(f"{said}.")


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()
