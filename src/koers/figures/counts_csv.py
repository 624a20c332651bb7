"""A user's own long CSV of counts to a panel: ``area,topic,period,count[,population]``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats, Panel
from koers.analysis.period import Period, span
from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.text import DamagedTextError, decode

REQUIRED = ("area", "topic", "period", "count")
NOT_PUBLISHED = ("", ".")
_FIRST_OF_MONTH = re.compile(r"(\d{4}-\d{2})-01")


class CountsFileError(Exception):
    """A file that cannot be used; the message names file, row and column and says what to do."""

    def __init__(self, file: str, problem: str, *, row: int | None = None, column: str | None = None) -> None:
        place = file + (f", rij {row}" if row is not None else "") + (f", kolom {column}" if column else "")
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True)
class CountsFile:
    """The panel of a file, which of its cells the file has (areas, topics, periods), and the family of each.

    ``family`` has the index into ``families`` of each cell (-1 where the file has no such cell).
    """

    panel: Panel
    present: npt.NDArray[np.bool_]
    family: npt.NDArray[np.intp]
    families: tuple[str, ...]

    @property
    def missing_periods(self) -> tuple[Period, ...]:
        """Periods within the file's own first and last of which it has no row at all."""
        there = np.asarray(self.present.any(axis=(0, 1)), dtype=np.bool_)
        return tuple(p for p, known in zip(self.panel.periods, there, strict=True) if not known)

    @property
    def missing_cells(self) -> int:
        return int(self.present.size - self.present.sum())


def read_counts(file: Path, family: str | None = None) -> CountsFile:
    """Read a CSV with comma or semicolon, UTF-8 (with or without mark) or Latin-1.

    Parameters
    ----------
    family : str, optional
        A column of which each value makes a family of its own within a period.

    Raises
    ------
    CountsFileError
        On a missing column, an unknown period, a negative or fractional count, a duplicate or an empty file.
    """
    header, rows = _table(file)
    for name in (*REQUIRED, *([family] if family else [])):
        if name not in header:
            raise CountsFileError(
                file.name, f"de kolom '{name}' ontbreekt. De eerste rij moet {','.join(REQUIRED)} bevatten.",
                row=1, column=name,
            )  # fmt: skip
    return _panel(file.name, header, rows, family)


def _table(file: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    raw = file.read_bytes()
    try:
        text, _ = decode(raw)
    except DamagedTextError as error:
        raise CountsFileError(file.name, error.problem, row=error.row) from error
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise CountsFileError(file.name, "het bestand is leeg.", row=1)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader)]
    if doubles := {name for name in header if header.count(name) > 1}:
        raise CountsFileError(file.name, "deze kolom staat er twee keer in.", row=1, column=min(doubles))
    return header, ((reader.line_num, cells) for cells in reader)


def _panel(file: str, header: Sequence[str], rows: Iterator[tuple[int, list[str]]], family: str | None) -> CountsFile:
    at = {name: i for i, name in enumerate(header)}
    areas: dict[str, int] = {}
    topics: dict[str, int] = {}
    families: dict[str, int] = {}
    steps: dict[str, Period] = {}
    cells: dict[tuple[int, int, int], tuple[int, float, float, int]] = {}
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise CountsFileError(
                file, f"deze rij heeft {len(row)} kolommen, de eerste rij {len(header)}.",
                row=number, column=header[min(len(row), len(header) - 1)],
            )  # fmt: skip
        area, topic = row[at["area"]].strip(), row[at["topic"]].strip()
        for name, value in (("area", area), ("topic", topic)):
            if not value:
                raise CountsFileError(file, "deze cel is leeg.", row=number, column=name)
        text = row[at["period"]].strip()
        if text not in steps:
            steps[text] = _period(file, text, number, steps)
        key = (areas.setdefault(area, len(areas)), topics.setdefault(topic, len(topics)), steps[text].ordinal)
        if key in cells:
            raise CountsFileError(
                file, f"{area}, {topic}, {text} staat er twee keer in (ook op rij {cells[key][0]}).",
                row=number, column="period",
            )  # fmt: skip
        people = _number(file, row[at["population"]], number, "population") if "population" in at else np.nan
        label = row[at[family]].strip() if family else ""
        count = _count(file, row[at["count"]], number)
        cells[key] = (number, count, people, families.setdefault(label, len(families)))
    if not cells:
        raise CountsFileError(file, "het bestand heeft een kop maar geen rijen.", row=2)
    return _dense(list(areas), list(topics), steps, cells, tuple(families))


def _dense(
    areas: Sequence[str],
    topics: Sequence[str],
    steps: dict[str, Period],
    cells: dict[tuple[int, int, int], tuple[int, float, float, int]],
    families: tuple[str, ...],
) -> CountsFile:
    periods = span(min(steps.values()), max(steps.values()))
    shape = (len(areas), len(topics), len(periods))
    index = np.array(list(cells), dtype=np.intp)
    where = (index[:, 0], index[:, 1], index[:, 2] - periods[0].ordinal)
    values = np.array([cell[1:] for cell in cells.values()], dtype=np.float64)
    counts, family = np.full(shape, np.nan), np.full(shape, -1, dtype=np.intp)
    counts[where], family[where] = values[:, 0], values[:, 2].astype(np.intp)
    population = np.full((shape[0], shape[2]), np.nan)
    population[where[0], where[2]] = values[:, 1]
    panel = Panel(counts, tuple(areas), tuple(topics), periods, _filled(population), _groups(areas))
    return CountsFile(panel, family >= 0, family, families)


def _filled(population: Floats) -> Floats:
    """Periods without a population take that of the nearest period of the same area that has one."""
    for row in population:
        known = np.flatnonzero(~np.isnan(row))
        if known.size:
            nearest = known[np.abs(known[None, :] - np.arange(row.size)[:, None]).argmin(axis=1)]
            row[:] = row[nearest]
    return population


def _groups(areas: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """District and municipality of neighbourhoods with CBS codes; other areas are one group."""
    groups: dict[str, tuple[str, ...]] = {}
    for area in areas:
        try:
            level = cbs_level(area) if re.fullmatch(r"(BU|WK|GM)\d+", area) else ""
        except ValueError:
            level = ""
        if level == "neighbourhood":
            groups[area] = (cbs_parent(area), cbs_parent(cbs_parent(area)))
        elif level == "district":
            groups[area] = (cbs_parent(area),)
    return groups


def _period(file: str, text: str, row: int, steps: dict[str, Period]) -> Period:
    try:
        period = Period.parse(found.group(1) if (found := _FIRST_OF_MONTH.fullmatch(text)) else text)
    except ValueError:
        raise CountsFileError(
            file, f"'{text}' is geen periode. Schrijf 2024-03 (maand), 2024-W07 (week) of 2024 (jaar).",
            row=row, column="period",
        ) from None  # fmt: skip
    known = next(iter(steps.values()), period)
    if known.frequency != period.frequency:
        raise CountsFileError(
            file, f"'{text}' is een ander soort periode dan {known}; gebruik er een.", row=row, column="period"
        )
    return period


def _number(file: str, text: str, row: int, column: str) -> float:
    text = text.strip()
    if text in NOT_PUBLISHED:
        return np.nan
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise CountsFileError(file, f"'{text[:20]}' is geen getal.", row=row, column=column) from None
    if not value >= 0 or value == np.inf:
        raise CountsFileError(file, f"{text[:20]} is negatief of geen aantal.", row=row, column=column)
    return value


def _count(file: str, text: str, row: int) -> float:
    value = _number(file, text, row, "count")
    if not np.isnan(value) and not value.is_integer():
        raise CountsFileError(file, f"{text.strip()[:20]} is geen heel getal.", row=row, column="count")
    return value
