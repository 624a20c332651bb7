"""A user's own CSV of cases by point and day: ``x,y,date``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from koers.analysis.panel import Floats
from koers.figures.counts_cells import refuse, signed
from koers.figures.counts_columns import CountsColumn, Source
from koers.figures.places_csv import in_the_low_countries

Integers = npt.NDArray[np.int64]

COLUMNS = ("x", "y", "date")
MOST_DAYS = 1_000_000
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"[+-]?\d{1,7}")


@dataclass(frozen=True)
class PointsFile:
    """``x`` and ``y`` (cases,) in metres, ``day`` (cases,) the number of the day."""

    x: Floats
    y: Floats
    day: Integers


def read_points(file: Path) -> PointsFile:
    """Read a CSV with comma or semicolon, UTF-8 (with or without mark) or Latin-1.

    Raises
    ------
    CountsFileError
        On a missing column, an empty cell, a text that is no number or no date, dates beside day
        numbers, places in degrees, or an empty file.
    """
    source = Source(file)
    source.demand(COLUMNS, COLUMNS)
    columns = source.columns(COLUMNS)
    x, y = (refuse(source, columns[name], _metres) for name in ("x", "y"))
    if in_the_low_countries(x, y) or in_the_low_countries(y, x):
        raise source.error(
            f"dit zijn graden ({x[0]:g} en {y[0]:g}), en Koers rekent hier in meters. Zet ze eerst"
            " om, bijvoorbeeld naar het Rijksdriehoekstelsel.",
            column="x,y",
        )
    return PointsFile(x, y, _days(source, columns["date"]))


def _metres(text: str) -> float:
    value = signed(text)
    if not np.isfinite(value):
        raise ValueError(
            f"'{text[:20]}' is geen coördinaat."
            if text
            else "deze cel is leeg; vul hem in of laat de rij weg."
        )
    return value


def _days(source: Source, column: CountsColumn) -> Integers:
    """Dates count from the year 1; the first cell says whether the column has dates or numbers."""
    by_date = _ISO.fullmatch(column.texts[0]) is not None

    def read(text: str) -> float:
        if not text:
            raise ValueError("deze cel is leeg; vul hem in of laat de rij weg.")
        if (_ISO if by_date else _NUMBER).fullmatch(text):
            return _day(text, by_date)
        if (_NUMBER if by_date else _ISO).fullmatch(text):
            raise ValueError(
                f"'{text}' is {'een dagnummer' if by_date else 'een datum'} en '{column.texts[0]}'"
                f" {'een datum' if by_date else 'een dagnummer'}; gebruik er een."
            )
        raise ValueError(f"'{text[:20]}' is geen datum. Schrijf 2024-03-25 of een heel dagnummer.")

    return refuse(source, column, read).astype(np.int64)


def _day(text: str, by_date: bool) -> float:
    if by_date:
        try:
            return float(date.fromisoformat(text).toordinal())
        except ValueError:
            raise ValueError(f"'{text}' is geen bestaande datum.") from None
    if abs(int(text)) > MOST_DAYS:
        raise ValueError(f"'{text}' is te groot voor een dagnummer.")
    return float(text)
