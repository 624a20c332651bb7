"""The grid in which values are typed: a row a period, or where there are neighbourhoods a row an
area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from koers import dutch
from koers.apps.intake.models import OwnIndicator
from koers.apps.intake.services.typed import (
    Place,
    Typed,
    TypedError,
    areas_of,
    has_margin,
    periods_of,
    read_rows,
    snapshot_of,
    typed_of,
    values_of,
)
from koers.plain_text import whole_number
from koers.tables.reading.cells import CellError, number_of

BACK = {"year": 6, "two-years": 6, "month": 12}
"""So many periods of the municipality alone; of neighbourhoods there is room for fewer."""
BACK_BY_AREA, MOST_BACK = 4, 60
PARTS = {"value": "waarde", "n": "n", "margin": "marge"}


@dataclass
class Cell:
    """A box: ``label`` is read aloud."""

    name: str
    label: str
    text: str
    wrong: bool = False


@dataclass
class Row:
    head: str
    cells: list[Cell] = field(default_factory=list)


class Grid:
    """What is shown, and what came back from the page."""

    def __init__(self, made: OwnIndicator, today: date, back: str = "") -> None:
        self.made, self.today = made, today
        self.areas = areas_of(made)
        self.by_area = len(self.areas) > 1
        self.parts = list(PARTS) if has_margin(made) and not self.by_area else ["value"]
        usual = BACK_BY_AREA if self.by_area else BACK[made.frequency]
        self.back = min(max(whole_number(back) or usual, 1), MOST_BACK)
        self.periods = periods_of(made, today, self.back)
        self.was, self.before = snapshot_of(made), values_of(made)
        self.texts: dict[str, str] = {}
        self.pasted = ""
        self.given: dict[Place, Typed | None] = {}
        self.problems: list[str] = []
        self.wrong: set[str] = set()

    @property
    def heads(self) -> list[str]:
        """The names above the columns."""
        if self.by_area:
            return [dutch.period(period) for period in self.periods]
        return ["Waarde", *(["Deelnemers (n)", "Marge (±)"] if len(self.parts) > 1 else [])]

    @property
    def corner(self) -> str:
        return "Gebied" if self.by_area else "Periode"

    @property
    def rows(self) -> list[Row]:
        if self.by_area:
            return [
                Row(area.name, [self._cell("value", p, area.code, area.name) for p in self.periods])
                for area in self.areas
            ]
        home = self.areas[0]
        return [
            Row(dutch.period(p), [self._cell(part, p, home.code, home.name) for part in self.parts])
            for p in self.periods
        ]

    @property
    def further(self) -> int:
        """So many periods back, to type what is older; 0 where that is all."""
        return min(2 * self.back, MOST_BACK) if self.back < MOST_BACK else 0

    def _cell(self, part: str, period: str, area: str, place: str) -> Cell:
        name = f"{part}.{period}.{area}"
        said = f"{place}, {dutch.period(period)}"
        label = said if part == "value" else f"{PARTS[part]}, {said}"
        text = self.texts.get(name, self._kept(part, (period, area)))
        return Cell(name, label, text, name in self.wrong)

    def _kept(self, part: str, place: Place) -> str:
        typed = self.before.get(place)
        number = getattr(typed, part) if typed is not None else None
        if number is None:
            return ""
        return f"{number:.6f}".rstrip("0").rstrip(".").replace(".", ",")

    def read(self, data: Mapping[str, str]) -> None:
        """What was typed and pasted; what is wrong stands in ``problems``, and nothing is lost."""
        self.pasted = data.get("rijen", "")
        for period in self.periods:
            for area in self.areas:
                self._read_place(data, period, area.code, area.name)
        try:
            self.given |= read_rows(self.made, self.pasted, self.today)
        except TypedError as problem:
            self.problems.append(str(problem))

    def _read_place(self, data: Mapping[str, str], period: str, area: str, place: str) -> None:
        names = [f"{part}.{period}.{area}" for part in self.parts]
        if not any(name in data for name in names):
            return
        texts = {name: data.get(name, "").strip() for name in names}
        if texts == {
            name: self._kept(part, (period, area))
            for part, name in zip(self.parts, names, strict=True)
        }:
            return
        self.texts |= texts
        numbers = []
        for name, text in texts.items():
            try:
                numbers.append(number_of(text))
            except CellError as problem:
                self._wrong(name, place, period, problem)
                return
        numbers += [float("nan")] * (3 - len(numbers))
        kept = self.before.get((period, area))
        if len(self.parts) == 1 and kept is not None and numbers[0] == numbers[0]:
            # What stands in no box stays as it is.
            numbers[1:] = [float("nan") if x is None else x for x in (kept.n, kept.margin)]
        try:
            typed = typed_of(self.made, period, *numbers, today=self.today)
        except TypedError as problem:
            self._wrong(names[0], place, period, problem)
            return
        self.given[period, area] = typed

    def _wrong(self, name: str, place: str, period: str, problem: Exception) -> None:
        self.wrong.add(name)
        self.problems.append(f"{place}, {dutch.period(period)}: {problem}.")
