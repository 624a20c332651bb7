"""A user's own long CSV of counts to a panel: ``area,topic,period,count[,population]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Panel
from koers.figures.areas import cbs_level, cbs_parent
from koers.figures.boundaries import STEP
from koers.figures.counts_cells import (
    axis_of,
    counting,
    filled,
    no_duplicates,
    not_empty,
    number,
    refuse,
)
from koers.figures.counts_columns import REQUIRED, CountsColumn, CountsFileError, Source
from koers.figures.counts_dates import Dates, has_53, long_years

__all__ = ["CountsFile", "CountsFileError", "read_counts"]

MOST_CELLS = 300_000_000
GAPS_SHOWN = 3
Missing = Literal["zero", "unknown"]


@dataclass(frozen=True)
class CountsFile:
    """The panel of a file, which of its cells the file has (areas, topics, periods), and the family
    of each.

    ``family`` has the index into ``families`` of each cell (-1 where the file has no such cell).
    ``labels`` has each period as the file writes it; ``dates`` its date, when the file has full
    dates.
    """

    panel: Panel
    present: npt.NDArray[np.bool_]
    family: npt.NDArray[np.intp]
    families: tuple[str, ...]
    labels: tuple[str, ...]
    dates: Dates | None = None

    @property
    def years_without_week_53(self) -> list[int]:
        """Of weeks by number: the years with 53 weeks of which the last has no row."""
        if self.panel.frequency != "week" or self.dates is not None:
            return []
        return long_years(self.panel.periods[0], self.panel.periods[-1])

    @property
    def last_year_without_week_53(self) -> int | None:
        """Of weeks by number: the year with 53 weeks of which the file ends at week 52, where no
        earlier year tells whether that week holds its week 53 too."""
        last = self.panel.periods[-1]
        if self.panel.frequency != "week" or self.dates is not None or self.years_without_week_53:
            return None
        return last.year if last.number == 52 and has_53(last.year) else None

    @property
    def doubled(self) -> npt.NDArray[np.bool_]:
        """(periods,) the weeks 52 to which a week 53 may have been added."""
        years = set(self.years_without_week_53)
        return np.array(
            [p.year in years and p.number == 52 for p in self.panel.periods], dtype=bool
        )

    @property
    def missing_periods(self) -> tuple[str, ...]:
        """Periods within the file's own first and last of which it has no row at all."""
        there = np.asarray(self.present.any(axis=(0, 1)), dtype=np.bool_)
        return tuple(label for label, known in zip(self.labels, there, strict=True) if not known)

    @property
    def population_steps(self) -> tuple[tuple[str, str, float], ...]:
        """Where the people of an area change by more from one period to the next than they move:
        area, period, and how many times as many they became."""
        people = self.panel.population
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = people[:, 1:] / people[:, :-1]
            found = np.argwhere(np.isfinite(ratio) & (np.abs(ratio - 1) > STEP))
        return tuple(
            (self.panel.areas[a], self.labels[t + 1], float(ratio[a, t])) for a, t in found.tolist()
        )

    @property
    def missing_cells(self) -> int:
        return int(self.present.size - self.present.sum())


def read_counts(
    file: Path, family: str | None = None, missing: Missing | None = None
) -> CountsFile:
    """Read a CSV with comma or semicolon, UTF-8 (with or without mark) or Latin-1.

    Parameters
    ----------
    family : str, optional
        A column of which each value makes a family of its own within a period.
    missing : "zero" or "unknown", optional
        What a combination of area, topic and period is of which the file has no row, from the
        first to the last row of its area. Without it such a file is refused: a table of which the
        rows without cases are left out looks the same as one with figures that are not published.

    Raises
    ------
    CountsFileError
        On combinations that are missing, a missing column, an unknown period, a negative or
        fractional count, a duplicate or an empty file.
    """
    source = Source(file)
    source.demand((*REQUIRED, *([family] if family else [])), REQUIRED)
    names = [*REQUIRED]
    names += [
        name
        for name in ("population", family)
        if name in source.header and name and name not in names
    ]
    found = _counts_file(source, source.columns(names), family)
    return _with_gaps(source, found, missing)


def gaps(present: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """(areas, topics, periods) which cells have no row, from the first to the last period of which
    their area has any."""
    any_topic: npt.NDArray[np.bool_] = np.any(present, axis=1)
    begun = np.logical_or.accumulate(any_topic, axis=1)
    goes_on = np.logical_or.accumulate(any_topic[:, ::-1], axis=1)[:, ::-1]
    inside: npt.NDArray[np.bool_] = (begun & goes_on)[:, None, :] & ~present
    return inside


def _with_gaps(source: Source, found: CountsFile, missing: Missing | None) -> CountsFile:
    holes = gaps(found.present)
    if missing == "unknown" or not holes.any():
        return found
    if missing is None:
        raise source.error(_gaps_in_words(found, holes))
    counts = np.where(holes, 0.0, found.panel.counts)
    family = np.where(holes, _family_of_holes(source, found, holes), found.family)
    return replace(
        found,
        panel=replace(found.panel, counts=counts),
        present=found.present | holes,
        family=family,
    )


def _gaps_in_words(found: CountsFile, holes: npt.NDArray[np.bool_]) -> str:
    """How many combinations are missing, where the first are, and what to do."""
    number = int(holes.sum())
    shown = [
        f"{found.panel.areas[a]}, {found.panel.topics[t]}, {found.labels[p]}"
        for a, t, p in np.argwhere(holes)[:GAPS_SHOWN]
    ]
    more = " …" if number > GAPS_SHOWN else ""
    what = (
        "1 combinatie van gebied, onderwerp en periode staat"
        if number == 1
        else f"{number} combinaties van gebied, onderwerp en periode staan"
    )
    return (
        f"{what} niet in het bestand: {'; '.join(shown)}{more}. Betekent geen rij: geen gevallen?"
        " Geef dan --missing zero. Is het niet bekend? Geef dan --missing unknown."
    )


def _family_of_holes(
    source: Source, found: CountsFile, holes: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """The family of cells without a row: that of the other rows of their area and topic, else of
    their area."""
    if len(found.families) == 1:
        return np.zeros(found.family.shape, dtype=np.intp)
    made = np.full(found.family.shape, -1, dtype=np.intp)
    for area, topic in np.argwhere(holes.any(axis=2)):
        for rows in (found.family[area, topic], found.family[area]):
            known = np.unique(rows[rows >= 0])
            if known.size == 1:
                made[area, topic] = known[0]
                break
        else:
            raise source.error(
                f"bij {found.panel.areas[area]}, {found.panel.topics[topic]} is niet te zeggen bij"
                " welke familie een rij hoort die er niet is. Zet de rijen met 0 in het bestand."
            )
    return made


def _counts_file(
    source: Source, columns: dict[str, CountsColumn], family: str | None
) -> CountsFile:
    for name in ("area", "topic"):
        refuse(source, columns[name], not_empty)
    time = axis_of(source, columns["period"])
    counts = refuse(source, columns["count"], counting(source.delimiter))
    people = refuse(source, columns["population"], number) if "population" in columns else None
    area, topic = columns["area"], columns["topic"]
    place = np.array([time.position[text] for text in columns["period"].texts], dtype=np.int64)
    cell = (area.codes, topic.codes, place[columns["period"].codes])
    shape = (len(area.texts), len(topic.texts), len(time.periods))
    if int(np.prod(shape, dtype=np.float64)) > MOST_CELLS:
        raise source.error(
            f"{shape[0]} gebieden × {shape[1]} onderwerpen × {shape[2]} perioden ({time.labels[0]}"
            f" tot en met {time.labels[-1]}) is te veel. Klopt de eerste en de laatste periode?"
        )
    no_duplicates(source, [columns[name] for name in ("area", "topic", "period")], cell, shape)

    panel_counts, families = np.full(shape, np.nan), np.full(shape, -1, dtype=np.intp)
    panel_counts[cell] = counts
    families[cell] = columns[family].codes if family else 0
    population = np.full((shape[0], shape[2]), np.nan)
    if people is not None:
        # Of several topics the last row that has a population.
        known = ~np.isnan(people)
        population[cell[0][known], cell[2][known]] = people[known]
    panel = Panel(
        panel_counts, area.texts, topic.texts, time.periods, filled(population), _groups(area.texts)
    )
    return CountsFile(
        panel,
        families >= 0,
        families,
        columns[family].texts if family else ("",),
        time.labels,
        time.dates,
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
