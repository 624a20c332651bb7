"""Cells to months and numbers, as people write them in Dutch files."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

from koers.dutch import MONTHS

_YEAR_FIRST = re.compile(r"(\d{4})[-/. ]?(\d{1,2})(?:[-/. ](\d{1,2})(?:[t ].*)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[t ,].*)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_NAMED = re.compile(r"(?:\d{1,2}[- ])?([a-z]+)\.?[- ]'?(\d{4})")
_YEAR = re.compile(r"(\d{4})(?:jj00)?")
_CBS_MONTH = re.compile(r"(\d{4})mm(\d{2})")
_NAMES = {name: n for n, month in enumerate(MONTHS, 1) for name in (month, month[:3])} | {"mrt": 3, "sept": 9}
ERRORS = ("#DIV/0!", "#N/A", "#NAAM?", "#NAME?", "#NULL!", "#NUM!", "#GETAL!", "#REF!", "#VERW!", "#VALUE!", "#WAARDE!")
UNKNOWN = ("", ".", "-", "?", "x", "onbekend", "n.b.")


class CellError(ValueError):
    """What is wrong with a cell, in plain Dutch."""


def period_of(cell: Any) -> str:
    """A cell to '2026-03' or '2026'.

    Raises
    ------
    CellError
        When it is neither a date, nor a month, nor a year.
    """
    if isinstance(cell, (date, datetime)):
        return _month(cell.year, cell.month)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip().lower()
    if found := _YEAR.fullmatch(text):
        return _year(int(found.group(1)))
    if found := (_CBS_MONTH.fullmatch(text) or _YEAR_FIRST.fullmatch(text)):
        return _month(int(found.group(1)), int(found.group(2)))
    if found := _DAY_FIRST.fullmatch(text):
        if not 1 <= int(found.group(1)) <= 31:
            raise CellError("dit is geen datum")
        return _month(int(found.group(3)), int(found.group(2)))
    if found := _MONTH_FIRST.fullmatch(text):
        return _month(int(found.group(2)), int(found.group(1)))
    if found := _NAMED.fullmatch(text):
        return _month(int(found.group(2)), _NAMES.get(found.group(1), 0))
    raise CellError("dit is geen datum, maand (2026-03) of jaar (2026)" if text else "hier staat niets")


def _month(year: int, month: int) -> str:
    if not 1 <= month <= 12:
        raise CellError("deze maand bestaat niet")
    return f"{_year(year)}-{month:02d}"


def _year(year: int) -> str:
    if not 1990 <= year <= 2100:
        raise CellError("dit jaar kan niet kloppen")
    return str(year)


def number_of(cell: Any) -> float:
    """A cell to a number that is not negative; NaN for what says that it is unknown.

    Raises
    ------
    CellError
        When it is no number, or a negative one.
    """
    if isinstance(cell, (bool, date, datetime)):
        raise CellError("dit is geen getal")
    if isinstance(cell, (int, float)):
        value = float(cell)
    else:
        text = str(cell).strip()
        if text.lower() in UNKNOWN:
            return math.nan
        if text.upper() in ERRORS:
            raise CellError("hier staat een formule met een fout")
        value = _written(text)
    if not math.isfinite(value):
        raise CellError("dit is geen getal")
    if value < 0:
        raise CellError("een aantal kan niet negatief zijn")
    return value


def _written(text: str) -> float:
    """'1.234,5' and '1234,5' and '1234.5'."""
    plain = text.replace(" ", "").replace("\u00a0", "")
    if "," in plain or re.fullmatch(r"\d{1,3}(\.\d{3})+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise CellError("dit is geen getal")
    return float(plain)


def degrees_of(cell: Any) -> float:
    """A coordinate; a comma is a decimal comma.

    Raises
    ------
    CellError
        When it is no number.
    """
    try:
        value = float(cell if isinstance(cell, (int, float)) else str(cell).strip().replace(",", "."))
    except ValueError:
        raise CellError("dit is geen coördinaat" if str(cell).strip() else "hier staat niets") from None
    if not math.isfinite(value):
        raise CellError("dit is geen coördinaat")
    return value
