"""A user's own long CSV of counts to a panel: ``area,topic,period,count[,population]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Panel
from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.counts_cells import axis_of, count, filled, no_duplicates, not_empty, number, refuse
from koers.figures.counts_columns import REQUIRED, Column, CountsFileError, Source
from koers.figures.counts_dates import Dates

__all__ = ["CountsFile", "CountsFileError", "read_counts"]

MOST_CELLS = 300_000_000


@dataclass(frozen=True)
class CountsFile:
    """The panel of a file, which of its cells the file has (areas, topics, periods), and the family of each.

    ``family`` has the index into ``families`` of each cell (-1 where the file has no such cell). ``labels`` has each
    period as the file writes it; ``dates`` its date, when the file has full dates.
    """

    panel: Panel
    present: npt.NDArray[np.bool_]
    family: npt.NDArray[np.intp]
    families: tuple[str, ...]
    labels: tuple[str, ...]
    dates: Dates | None = None

    @property
    def missing_periods(self) -> tuple[str, ...]:
        """Periods within the file's own first and last of which it has no row at all."""
        there = np.asarray(self.present.any(axis=(0, 1)), dtype=np.bool_)
        return tuple(label for label, known in zip(self.labels, there, strict=True) if not known)

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
    source = Source(file)
    for name in (*REQUIRED, *([family] if family else [])):
        if name not in source.header:
            raise source.error(
                f"de kolom '{name}' ontbreekt. De eerste rij moet {','.join(REQUIRED)} bevatten.", row=1, column=name
            )
    names = [*REQUIRED]
    names += [name for name in ("population", family) if name in source.header and name and name not in names]
    return _counts_file(source, source.columns(names), family)


def _counts_file(source: Source, columns: dict[str, Column], family: str | None) -> CountsFile:
    for name in ("area", "topic"):
        refuse(source, columns[name], not_empty)
    time = axis_of(source, columns["period"])
    counts = refuse(source, columns["count"], count)
    people = refuse(source, columns["population"], number) if "population" in columns else None
    area, topic = columns["area"], columns["topic"]
    place = np.array([time.position[text] for text in columns["period"].texts], dtype=np.int64)
    cell = (area.codes, topic.codes, place[columns["period"].codes])
    shape = (len(area.texts), len(topic.texts), len(time.periods))
    if int(np.prod(shape, dtype=np.float64)) > MOST_CELLS:
        raise source.error(
            f"{shape[0]} gebieden × {shape[1]} onderwerpen × {shape[2]} perioden ({time.labels[0]} tot en met "
            f"{time.labels[-1]}) is te veel. Klopt de eerste en de laatste periode?"
        )  # fmt: skip
    no_duplicates(source, [columns[name] for name in ("area", "topic", "period")], cell, shape)

    panel_counts, families = np.full(shape, np.nan), np.full(shape, -1, dtype=np.intp)
    panel_counts[cell] = counts
    families[cell] = columns[family].codes if family else 0
    population = np.full((shape[0], shape[2]), np.nan)
    if people is not None:
        # Of several topics the last row that has a population.
        known = ~np.isnan(people)
        population[cell[0][known], cell[2][known]] = people[known]
    panel = Panel(panel_counts, area.texts, topic.texts, time.periods, filled(population), _groups(area.texts))
    return CountsFile(
        panel, families >= 0, families, columns[family].texts if family else ("",), time.labels, time.dates
    )


def _groups(areas: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """District and municipality of neighbourhoods with CBS codes; other areas are one group."""
    groups: dict[str, tuple[str, ...]] = {}
    for area in areas:
        try:
            level = cbs_level(area) if re.fullmatch(r"GM\d{4}|(WK|BU)\d{4}[0-9A-Z]+", area) else ""
        except ValueError:
            level = ""
        if level == "neighbourhood":
            groups[area] = (cbs_parent(area), cbs_parent(cbs_parent(area)))
        elif level == "district":
            groups[area] = (cbs_parent(area),)
    return groups
