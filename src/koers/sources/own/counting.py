"""Rows of a file to counts per area, topic and period; what cannot be read is named by row and column."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from koers.analysis.period import Period, span
from koers.sources.own.book import Book, BookError, Sheet
from koers.sources.own.cells import CellError, degrees_of, number_of, period_of
from koers.sources.own.places import Boundaries, Gazetteer, to_degrees

Kind = Literal["counts", "reports", "early"]
ROLES = ("area", "latitude", "longitude", "topic", "period", "value")
NOT_COUNTED = "-"
MOST_CATEGORIES = 100
SAMPLE = 10


@dataclass(frozen=True)
class Wanted:
    """What the columns mean: ``columns`` gives of each role the name in the header.

    ``topic`` is that of every row where no column holds it; ``topics`` says as what a category counts, NOT_COUNTED for
    one that is left out.
    """

    kind: Kind
    columns: Mapping[str, str]
    topic: str = ""
    topics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """A row that cannot be read; ``reason`` never holds what another column says."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Sample:
    """A row as it is counted."""

    row: int
    area: str
    topic: str
    period: str
    value: float


@dataclass
class Counted:
    """What came of the rows. ``totals`` by (area code, topic code, period); NaN is not known, which is not 0."""

    totals: dict[tuple[str, str, str], float] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    categories: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    counted: int = 0
    left_out: int = 0
    unknown: int = 0

    @property
    def periods(self) -> list[str]:
        return sorted({period for _, _, period in self.totals})

    def columns(self, provisional: Sequence[str] = ()) -> dict[str, np.ndarray]:
        """The long table: area, topic, period, value, status."""
        keys = sorted(self.totals)
        late = set(provisional)
        return {
            "area": np.array([k[0] for k in keys], dtype=object),
            "topic": np.array([k[1] for k in keys], dtype=object),
            "period": np.array([k[2] for k in keys], dtype=object),
            "value": np.array([self.totals[k] for k in keys], dtype=np.float64),
            "status": np.array(["provisional" if k[2] in late else "final" for k in keys], dtype=object),
        }


TopicOf = Callable[[str], tuple[str, str]]


def digest(columns: Mapping[str, np.ndarray]) -> str:
    """SHA-256 of what was counted, whatever the order of its rows: the same counts make the same snapshot."""
    names = sorted(columns)
    rows = sorted("\t".join(map(str, row)) for row in zip(*(columns[name].tolist() for name in names), strict=True))
    return hashlib.sha256("\n".join([*names, *rows]).encode()).hexdigest()


def own_topic(category: str) -> str:
    """The code of a topic that only this municipality has."""
    plain = unicodedata.normalize("NFKD", category.lower()).encode("ascii", "ignore").decode()
    return "eigen-" + (re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "zonder-naam")


def count(book: Book, sheet: Sheet, header_row: int, wanted: Wanted, places: Gazetteer, topic_of: TopicOf) -> Counted:
    """Count the rows under a header.

    Parameters
    ----------
    topic_of : function
        Gives code and title of a category that ``wanted.topics`` does not name, or raises CellError.

    Raises
    ------
    BookError
        When the file as a whole cannot be counted: a column is absent, merged cells, a header of several rows, no
        boundaries for points.
    """
    names = sheet.checked_header(header_row)
    _demand_columns(names, wanted, places)
    at = {role: names.index(name) for role, name in wanted.columns.items() if name}
    _demand_no_merged(sheet, header_row, names, at)
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
    return found


def _demand_columns(names: Sequence[str], wanted: Wanted, places: Gazetteer) -> None:
    for role, name in wanted.columns.items():
        if name and name not in names:
            raise BookError(f"De kolom '{name}' staat niet in de kop. Kies een andere kolom voor {ROLE_TITLES[role]}.")
    has = {role for role, name in wanted.columns.items() if name}
    if "period" not in has:
        raise BookError("Kies de kolom met de datum, de maand of het jaar.")
    if wanted.kind != "reports" and "value" not in has:
        raise BookError("Kies de kolom met het aantal.")
    if "area" not in has and not {"latitude", "longitude"} <= has:
        points = ", of de twee kolommen met de coördinaten" if wanted.kind == "reports" else ""
        raise BookError(f"Kies de kolom met de buurt, de wijk of de gemeente{points}.")
    if "topic" not in has and not wanted.topic:
        raise BookError("Kies de kolom met het onderwerp, of één onderwerp voor alle rijen.")
    if "area" not in has and not any(a.geometry for a in places.neighbourhoods):
        raise BookError(
            "Koers kent de grenzen van de buurten van deze gemeente nog niet en kan punten daarom niet tellen. Haal eerst "
            "de grenzen op, of kies de kolom met de naam van de buurt."
        )
    used = [name for name in wanted.columns.values() if name]
    if len(used) != len(set(used)):
        raise BookError("Eén kolom is twee keer gekozen. Kies voor elk onderdeel een andere kolom.")


def _demand_no_merged(sheet: Sheet, header_row: int, names: Sequence[str], at: Mapping[str, int]) -> None:
    for cells in sheet.merged:
        touched = [c for c in at.values() if cells.first_column <= c + 1 <= cells.last_column]
        if cells.last_row > header_row and touched:
            raise BookError(
                f"Rij {cells.first_row} tot en met {cells.last_row}, kolom '{names[touched[0]]}': samengevoegde cellen. "
                "Haal de samenvoeging weg en vul elke cel, dan weet Koers wat er bij welke rij hoort."
            )


def _demand_one_header_row(found: Counted, rows: Sequence[tuple[int, dict]], header_row: int) -> None:
    """A header of several rows: right under the chosen row there is no row that can be read, further down there are."""
    wrong = {p.row for p in found.problems}
    first = [number for number, _ in rows[:2]]
    if found.counted and len(wrong) <= 3 and first and first[0] == header_row + 1 and first[0] in wrong:
        last = max(number for number in first if number in wrong)
        cells = [c for n, r in rows if n == first[0] for c in r.values()]
        if all(isinstance(c, str) and not any(ch.isdigit() for ch in c) for c in cells):
            raise BookError(
                f"De kop lijkt uit meer rijen te bestaan (rij {header_row} tot en met {last}). Kies rij {last} als kop."
            )


ROLE_TITLES = {
    "area": "de buurt", "latitude": "de breedtegraad", "longitude": "de lengtegraad", "topic": "het onderwerp",
    "period": "de maand of datum", "value": "het aantal",
}  # fmt: skip


class _UnreadableError(Exception):
    def __init__(self, role: str, reason: str) -> None:
        self.role, self.reason = role, reason


class _Reader:
    """Reads rows one by one; points are placed together at the end."""

    def __init__(self, book, sheet, wanted: Wanted, at, names, places: Gazetteer, topic_of: TopicOf, found: Counted):
        self.book, self.sheet, self.wanted, self.at, self.names = book, sheet, wanted, at, names
        self.places, self.topic_of, self.found = places, topic_of, found
        self.seen: dict[tuple[str, str, str], int] = {}
        self.frequency = ""

    def read(self, rows: list[tuple[int, dict[str, Any]]]) -> None:
        located = self._points(rows) if "area" not in self.at else {}
        if "area" not in self.at:
            rows = [entry for entry in rows if entry[0] in located]
        for number, cells in rows:
            try:
                self._row(number, cells, located.get(number))
            except _UnreadableError as problem:
                self.found.problems.append(Problem(number, self.names[self.at[problem.role]], problem.reason))
        if len(self.found.categories) > MOST_CATEGORIES:
            raise BookError(
                f"De kolom '{self.wanted.columns['topic']}' heeft {len(self.found.categories)} verschillende waarden. Dat "
                "lijkt geen onderwerp; kies een andere kolom."
            )

    def _row(self, number: int, cells: dict[str, Any], code: str | None) -> None:
        topic, title = self._topic(number, cells)
        if topic == NOT_COUNTED:
            self.found.left_out += 1
            return
        period = self._cell(number, cells, "period", period_of)
        if self.wanted.kind == "reports" and len(period) == 4:
            raise _UnreadableError("period", "bij een melding hoort een datum of maand, geen jaar")
        if self.frequency and len(period) != len(self.frequency):
            raise _UnreadableError("period", "maanden en jaren staan door elkaar")
        value = self._cell(number, cells, "value", number_of) if self.wanted.kind != "reports" else 1.0
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
                "period", f"dit gebied, onderwerp en deze periode staan ook al op rij {self.seen[key]}"
            )
        self.seen[key] = number
        self.frequency = self.frequency or period
        self.found.totals[key] = self.found.totals.get(key, 0.0) + value
        self.found.titles[topic] = title
        self.found.counted += 1
        self.found.unknown += math.isnan(value)
        if len(self.found.samples) < SAMPLE:
            self.found.samples.append(Sample(number, name, title, period, value))

    def _topic(self, number: int, cells: dict[str, Any]) -> tuple[str, str]:
        if "topic" not in self.at:
            return self.topic_of(self.wanted.topic)
        category = self._cell(number, cells, "topic", _text)
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

    def _cell(self, number: int, cells: dict[str, Any], role: str, read: Callable[[Any], Any]) -> Any:
        cell = cells[role]
        empty = _text(cell) == ""
        if empty and self.book.formula_at(self.sheet, number, self.at[role]):
            raise _UnreadableError(
                role, "hier staat een formule zonder uitkomst; open en bewaar het bestand, of plak de waarden"
            )
        if empty and role == "value":
            return math.nan
        try:
            return read(cell)
        except CellError as problem:
            raise _UnreadableError(role, str(problem)) from None

    def _points(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> dict[int, str]:
        """The neighbourhood of each row with a readable point; after this only the code is left of it."""
        numbers, x, y = [], [], []
        for number, cells in rows:
            try:
                place = [self._cell(number, cells, role, degrees_of) for role in ("longitude", "latitude")]
            except _UnreadableError as problem:
                self.found.problems.append(Problem(number, self.names[self.at[problem.role]], problem.reason))
                continue
            numbers.append(number)
            x.append(place[0])
            y.append(place[1])
        longitude, latitude = to_degrees(np.array(x, dtype=float), np.array(y, dtype=float))
        codes = Boundaries(self.places.neighbourhoods).place(longitude, latitude)
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


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()
