"""A user's own CSV of cases by place: ``area,x,y,cases`` with ``population`` or ``expected``, and
``period``."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats
from koers.analysis.period import Period
from koers.figures.counts_cells import (
    axis_of,
    counting,
    filled,
    no_duplicates,
    not_empty,
    number,
    refuse,
    signed,
)
from koers.figures.counts_columns import CountsColumn, Source
from koers.figures.counts_dates import WEEK, PeriodTextError, moment

Integers = npt.NDArray[np.int64]

MOST_CELLS = 300_000_000
DEGREES = {"x": (180, "lengtegraad"), "y": (90, "breedtegraad")}


@dataclass(frozen=True)
class PlacesFile:
    """The areas of a file, where they lie, and what was counted.

    ``cases`` (areas, periods), 0 where the file has no row; ``expected`` likewise, in proportion to
    what is expected (people times days, or as given), None when the file was not asked for it.
    ``labels`` has each period as the file writes it, nothing when it has no periods.
    ``unpublished``: cells without a number, left out with their people; ``absent``: combinations of
    area and period of which there is no row.
    """

    areas: tuple[str, ...]
    x: Floats
    y: Floats
    cases: Integers
    expected: Floats | None
    labels: tuple[str, ...]
    unpublished: int
    absent: int


@dataclass(frozen=True)
class _Time:
    """The periods of a file: label and days of each, and the place among them of each text of the
    column."""

    labels: tuple[str, ...]
    days: Floats
    places: Integers


def read_places(
    file: Path, *, by_period: bool, with_expected: bool, geographic: bool = False
) -> PlacesFile:
    """Read a CSV with comma or semicolon, UTF-8 (with or without mark) or Latin-1.

    Parameters
    ----------
    by_period : bool
        Whether each period stands by itself, so that the column ``period`` must be there; else it
        may.
    with_expected : bool
        Whether ``expected`` or ``population`` is needed. With both, ``expected`` holds.
    geographic : bool
        ``x`` and ``y`` are longitude and latitude in degrees.

    Raises
    ------
    CountsFileError
        On a missing column, a text that is no number or period, a negative or fractional count, a
        duplicate, an area on two places or on none, cases where nobody lives, or an empty file.
    """
    source = Source(file)
    names = [
        "area",
        "x",
        "y",
        "cases",
        *(["period"] if by_period or "period" in source.header else []),
    ]
    source.demand(names, names)
    risk = (
        next((name for name in ("expected", "population") if name in source.header), None)
        if with_expected
        else None
    )
    if with_expected and risk is None:
        raise source.error(
            "de kolom 'population' (of 'expected') ontbreekt; alleen --method permutation kan"
            " zonder.",
            row=1,
            column="population",
        )
    columns = source.columns([*names, *([risk] if risk else [])])
    refuse(source, columns["area"], not_empty)
    x, y = (_coordinate(source, columns["area"], columns[name], geographic) for name in ("x", "y"))
    if problem := where_wrong(x, y, geographic):
        raise source.error(problem, column="x,y")
    return _cells(source, columns, risk, by_period, x, y)


def where_wrong(x: Floats, y: Floats, geographic: bool) -> str:
    """What is wrong with the places as a whole, and what to do; '' when nothing is.

    In this part of the world degrees are told from metres, and a longitude from a latitude, by
    their size alone.
    """
    degrees, swapped = in_the_low_countries(x, y), in_the_low_countries(y, x)
    if not geographic and on_the_grid(y, x):
        return (
            f"x en y lijken verwisseld ({x[0]:g} en {y[0]:g}): in het Rijksdriehoekstelsel ligt x"
            " onder en y boven de 300.000. Verwissel de kolommen."
        )
    shown = f"{x[0]:g} en {y[0]:g}"
    if not geographic and (on_the_grid(x * 1000, y * 1000) or on_the_grid(y * 1000, x * 1000)):
        return (
            f"dit lijken kilometers van het Rijksdriehoekstelsel ({shown}), en de straal hoort in"
            " meters te zijn. Vermenigvuldig x en y met 1000."
        )
    if swapped:
        return (
            f"x en y lijken verwisseld ({shown}): x is de lengtegraad (ongeveer 3 tot 7), y de"
            " breedtegraad (ongeveer 50 tot 54). Verwissel de kolommen"
            + ("." if geographic else " en geef --geographic.")
        )
    if degrees and not geographic:
        return (
            f"dit zijn graden ({shown}), en zonder --geographic rekent Koers alsof een graad naar"
            " het oosten even ver is als een naar het noorden. Geef --geographic."
        )
    return ""


def in_the_low_countries(longitude: Floats, latitude: Floats) -> bool:
    """Whether at least half of these are degrees of the Netherlands and what lies around it, or of
    its islands in the Caribbean; a row of zeros or in metres makes the others no metres."""
    east = (longitude >= 2.0) & (longitude <= 8.0)
    north = (latitude >= 50.0) & (latitude <= 54.5)
    islands = (longitude >= -69) & (longitude <= -62.5) & (latitude >= 11.5) & (latitude <= 18.5)
    return bool(np.mean((east & north) | islands) >= 0.5)


def on_the_grid(x: Floats, y: Floats) -> bool:
    """Whether at least half of these are metres of the national grid (RD)."""
    inside = (x > 0) & (x < 300_000) & (y > 300_000) & (y < 630_000)
    return bool(np.mean(inside) >= 0.5)


def _cells(
    source: Source,
    columns: dict[str, CountsColumn],
    risk: str | None,
    by_period: bool,
    x: Floats,
    y: Floats,
) -> PlacesFile:
    area = columns["area"]
    time = _time(source, columns["period"]) if "period" in columns else None
    period = (
        time.places[columns["period"].codes] if time else np.zeros(len(area.codes), dtype=np.int64)
    )
    shape = (len(area.texts), len(time.labels) if time else 1)
    if shape[0] * shape[1] > MOST_CELLS:
        raise source.error(
            f"{shape[0]} gebieden × {shape[1]} perioden is te veel. Klopt de eerste en de laatste"
            " periode?"
        )
    no_duplicates(
        source, [area, columns["period"]] if time else [area], (area.codes, period), shape
    )
    counted = refuse(source, columns["cases"], counting(source.delimiter))
    known = ~np.isnan(counted)
    if risk is None and not known.all():
        raise source.error_at(
            int(np.argmin(known)),
            "cases",
            "deze cel is leeg. De permutatiescan heeft van elk gebied en "
            "elke periode een aantal nodig; schrijf 0 als er geen gevallen waren.",
        )
    cases = np.zeros(shape, dtype=np.int64)
    cases[area.codes[known], period[known]] = counted[known].astype(np.int64)
    expected = None
    if risk is not None:
        expected = _expected(source, area, period, columns[risk], shape)
        if time and risk == "population":
            expected *= time.days
        # What was not published was not looked at: nothing is expected there either.
        expected[area.codes[~known], period[~known]] = 0.0
        _somebody_lives_there(source, columns, period, cases, expected, risk, by_period)
    return PlacesFile(
        area.texts,
        x,
        y,
        cases,
        expected,
        time.labels if time else (),
        int((~known).sum()),
        cases.size - len(area.codes),
    )


def _coordinate(
    source: Source, area: CountsColumn, column: CountsColumn, geographic: bool
) -> Floats:
    """(areas,) of the rows that have one; all of those of an area are the same."""

    def read(text: str) -> float:
        value = signed(text)
        if np.isinf(value):
            raise ValueError(f"'{text[:20]}' is geen coördinaat.")
        most, what = DEGREES[column.name]
        if geographic and abs(value) > most:
            raise ValueError(
                f"{text[:20]} is geen {what} (-{most} tot {most}). Zijn dit graden? Laat anders"
                " --geographic weg."
            )
        return value

    values = refuse(source, column, read)
    there = np.flatnonzero(~np.isnan(values))
    found, rows = np.full(len(area.texts), np.nan), np.zeros(len(area.texts), dtype=np.int64)
    # Backwards, so that the first row of an area stays.
    found[area.codes[there[::-1]]], rows[area.codes[there[::-1]]] = values[there[::-1]], there[::-1]
    other = there[values[there] != found[area.codes[there]]]
    if other.size:
        row = int(other[0])
        name = area.texts[area.codes[row]]
        raise source.error_at(
            row,
            column.name,
            f"{name} ligt hier op een andere plaats dan op rij "
            f"{source.line(int(rows[area.codes[row]]))}.",
        )
    if np.isnan(found).any():
        nowhere = int(np.argmax(np.isnan(found)))
        raise source.error_at(
            int(np.argmax(area.codes == nowhere)),
            column.name,
            f"van {area.texts[nowhere]} staat nergens "
            "waar het ligt. Vul de coördinaat in of laat het gebied weg.",
        )
    return found


def _expected(
    source: Source,
    area: CountsColumn,
    period: Integers,
    column: CountsColumn,
    shape: tuple[int, int],
) -> Floats:
    """(areas, periods): a period without a number has that of the nearest period of the area that
    has one."""
    values = refuse(source, column, number)
    found = np.full(shape, np.nan)
    found[area.codes, period] = values
    found = filled(found)
    if np.isnan(found).any():
        unknown = int(np.argmax(np.isnan(found).all(axis=1)))
        raise source.error_at(
            int(np.argmax(area.codes == unknown)),
            column.name,
            f"van {area.texts[unknown]} is hier niets "
            "ingevuld, ook niet in een andere periode. Schrijf 0 als er niemand woont.",
        )
    return found


def _somebody_lives_there(
    source: Source,
    columns: dict[str, CountsColumn],
    period: Integers,
    cases: Integers,
    expected: Floats,
    risk: str,
    by_period: bool,
) -> None:
    """Refuse cases where none are expected: such a place would be a cluster beyond measure."""
    area = columns["area"]
    at_risk, counted = (expected, cases) if by_period else (expected.sum(axis=1), cases.sum(axis=1))
    bad = (at_risk == 0) & (counted > 0)
    if not bad.any():
        return
    here = (
        bad[area.codes, period] if by_period else bad[area.codes] & (cases[area.codes, period] > 0)
    )
    row = int(np.argmax(here))
    raise source.error_at(
        row,
        "cases",
        f"{area.texts[area.codes[row]]} heeft hier {cases[area.codes[row], period[row]]} gevallen,"
        f" maar {risk} is 0. Tel het gebied bij een buurgebied, laat het weg, of geef in de kolom"
        " expected wat er te verwachten is.",
    )


def _time(source: Source, column: CountsColumn) -> _Time:
    if (daily := _daily(column)) is not None:
        return daily
    axis = axis_of(source, column)
    places = np.array([axis.position[text] for text in column.texts], dtype=np.int64)
    return _Time(axis.labels, np.array([_days(period) for period in axis.periods]), places)


def _days(period: Period) -> float:
    if period.frequency == "year":
        return 366.0 if calendar.isleap(period.year) else 365.0
    return float(
        calendar.monthrange(period.year, period.number)[1] if period.frequency == "month" else WEEK
    )


def _daily(column: CountsColumn) -> _Time | None:
    """Full dates that are days: no weeks or months, and at least half of all days from the first to
    the last."""
    try:
        dates = [moment(text).date for text in column.texts]
    except PeriodTextError:
        return None
    known = [day for day in dates if day is not None]
    if len(known) < len(dates) or all(day.day == 1 for day in known):
        return None
    first: date = min(known)
    places = np.array([(day - first).days for day in known], dtype=np.int64)
    length = int(places.max()) + 1
    if not (places % WEEK).any() or 2 * len(set(known)) < length:
        return None
    labels = tuple(str(first + timedelta(days=k)) for k in range(length))
    return _Time(labels, np.ones(length), places)
