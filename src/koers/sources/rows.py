"""Rows of a saved file to the columns of a table, with the row and column of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import product

import numpy as np

from koers.analysis.period import Period
from koers.figures.areas import cbs_level, cbs_parent
from koers.sources.mapping import TableMapping, topic_titles
from koers.sources.report import FigureFileError

_DAY = re.compile(r"(\d{4}-\d{2})-\d{2}")
GET_AGAIN = "Haal het bestand opnieuw op bij de bron."


@dataclass(frozen=True)
class Row:
    number: int
    cells: dict[str, str]


@cache
def period_label(text: str) -> str:
    """'2016MM03', '2016-03-01' and '2016-03' are '2016-03'; '2016JJ00' is '2016'."""
    if day := _DAY.fullmatch(text):
        text = day.group(1)
    return str(Period.parse(text))


class RowReader:
    """Reads the rows of one file for one table of its mapping."""

    def __init__(self, file: str, table: TableMapping) -> None:
        self.file, self.table = file, table
        titles = topic_titles(table.scheme)
        self._known = (
            {title: code for code, title in titles.items()} if table.topic_by_title else {}
        )
        if table.topic_by_title:
            self._known |= {f"{code} {title}": code for code, title in titles.items()}

    def fail(self, row: Row, part: str, problem: str, advice: str = GET_AGAIN) -> FigureFileError:
        return FigureFileError(
            self.file, problem, advice, row=row.number, column=self.table.columns.get(part, part)
        )

    def cell(self, row: Row, part: str) -> str:
        if part in self.table.constants:
            return self.table.constants[part]
        return row.cells.get(self.table.columns.get(part, ""), "").strip()

    def area(self, row: Row) -> str:
        code = self.cell(row, "area")
        if self.skips(code):
            return code
        try:
            cbs_level(code)
        except ValueError as error:
            raise self.fail(row, "area", f"{error}.") from error
        return code

    def skips(self, code: str) -> bool:
        """Whether an area is left out, by its code or a pattern such as ``PV*``."""
        return any(fnmatchcase(code, pattern) for pattern in self.table.skip_areas)

    def topic(self, row: Row) -> tuple[str, str]:
        """The file's own code and ours."""
        own = self.cell(row, "topic")
        if self.table.codes:
            if own not in self.table.codes:
                raise self.fail(row, "topic", f"de code '{own}' is onbekend in deze tabel.")
            return own, self.table.codes[own]
        if self.table.topic_by_title:
            if own not in self._known:
                raise self.fail(row, "topic", f"het onderwerp '{own}' is onbekend in deze tabel.")
            return own, self._known[own]
        titles = topic_titles(self.table.scheme)
        if titles and own not in titles:
            raise self.fail(row, "topic", f"de code '{own}' is onbekend in deze tabel.")
        return own, own

    def period(self, row: Row) -> str:
        try:
            return period_label(self.cell(row, "period"))
        except ValueError as error:
            raise self.fail(
                row, "period", f"'{self.cell(row, 'period')}' is geen jaar of maand."
            ) from error

    def value(self, row: Row) -> float:
        """The count; NaN where the source says that it is not published."""
        text = self.cell(row, "value")
        if text in ("", ".", *self.table.not_published):
            return float("nan")
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            raise self.fail(row, "value", f"'{text[:20]}' is geen getal.") from None
        if number < 0 or not np.isfinite(number):
            raise self.fail(row, "value", f"{text[:20]} kan geen aantal zijn.")
        return number


def read_observations(
    reader: RowReader, rows: Iterable[Row], *, complete: bool
) -> dict[str, np.ndarray]:
    """The long table: area, topic, period, value, status. Two own codes of one topic are added
    up."""
    table = reader.table
    seen: dict[tuple[str, str, str], int] = {}
    totals: dict[tuple[str, str, str], float] = {}
    for row in rows:
        area = reader.area(row)
        own, topic = reader.topic(row)
        period, value = reader.period(row), reader.value(row)
        if (area, own, period) in seen:
            if table.repeated:
                continue
            first = seen[area, own, period]
            raise reader.fail(
                row, "area", f"{area}, {own}, {period} staat er twee keer in (ook op rij {first})."
            )
        seen[area, own, period] = row.number
        if reader.skips(area):
            continue
        if topic in table.unpublished_topics:
            value = float("nan")
        key = (area, topic, period)
        totals[key] = totals[key] + value if key in totals else value
    if complete:
        _demand_complete(reader, seen)
    return _columns(totals, table.provisional)


def _columns(
    totals: dict[tuple[str, str, str], float], provisional: Sequence[str]
) -> dict[str, np.ndarray]:
    keys = list(totals)
    late = tuple(provisional)
    return {
        "area": np.array([key[0] for key in keys], dtype=object),
        "topic": np.array([key[1] for key in keys], dtype=object),
        "period": np.array([key[2] for key in keys], dtype=object),
        "value": np.array(list(totals.values()), dtype=np.float64),
        "status": (
            np.array(
                ["provisional" if key[2].startswith(late) else "final" for key in keys],
                dtype=object,
            )
            if late
            else np.array(["final"] * len(keys), dtype=object)
        ),
    }


def _demand_complete(reader: RowReader, seen: dict[tuple[str, str, str], int]) -> None:
    axes = [sorted({key[i] for key in seen}) for i in range(3)]
    expected = len(axes[0]) * len(axes[1]) * len(axes[2])
    if expected == len(seen):
        return
    missing = next(key for key in product(*axes) if key not in seen)
    last = max(seen.values())
    raise FigureFileError(
        reader.file,
        f"het bestand is niet volledig: {expected - len(seen)} van de {expected} cellen ontbreken, "
        f"zoals gebied {missing[0]}, onderwerp {missing[1]}, periode {missing[2]}.",
        f"Waarschijnlijk is het afgebroken na rij {last}. {GET_AGAIN}",
        row=last,
        column=reader.table.columns.get("value"),
    )


def read_areas(reader: RowReader, rows: Iterable[Row]) -> dict[str, np.ndarray]:
    """The area table, by CBS codes; a code that is no municipality, district or neighbourhood is
    left out."""
    found: dict[str, tuple[object, ...]] = {}
    for row in rows:
        code = reader.cell(row, "code")
        try:
            level = cbs_level(code)
        except ValueError as error:
            raise reader.fail(row, "code", f"{error}.") from error
        place = [_degrees(reader, row, part) for part in ("latitude", "longitude")]
        name = reader.cell(row, "name").replace("  ", " ")
        found[code] = (code, name, level, cbs_parent(code), *place, reader.cell(row, "geometry"))
    names = ("code", "name", "level", "parent", "latitude", "longitude", "geometry")
    kinds = (object, object, object, object, np.float64, np.float64, object)
    return {
        name: np.array([area[i] for area in found.values()], dtype=kind)
        for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }


def _degrees(reader: RowReader, row: Row, part: str) -> float:
    text = reader.cell(row, part)
    if not text:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        raise reader.fail(row, part, f"'{text[:20]}' is geen aantal graden.") from None
