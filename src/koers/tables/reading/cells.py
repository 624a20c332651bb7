"""Cells to months and numbers, as people write them in Dutch files."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from koers.dutch import MONTH_NUMBERS

DUTCH_CLOCK = ZoneInfo("Europe/Amsterdam")

_YEAR_FIRST = re.compile(r"(\d{4})[-/. ]?(\d{1,2})(?:[-/. ](\d{1,2})(?:[t ].*)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ]'?(\d{4}|\d{2})(?:[t ,].*)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_NAMED = re.compile(r"(?:\d{1,2}[- ])?([a-z]+)\.?[- ]'?(\d{4}|\d{2})")
_WEEKDAY = re.compile(
    r"(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag|ma|di|wo|do|vr|za|zo)\.?,?"
    r"\s+(?=\d{1,2}[-/. ])"
)
_ZONE = r"\s?(?:z|utc|gmt|[+-]\d{2}(?::?\d{2})?)"
_WITH_ZONE = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})[t ](\d{{1,2}}:?\d{{2}}.*?)({_ZONE})")
_DAY_FIRST_ZONE = re.compile(
    rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}})[t ,]+(\d{{1,2}}:\d{{2}}.*?)({_ZONE})"
)
_MADE_A_DATE = re.compile(
    r"\d{1,2}[-/]\d{1,2}[-/](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}(?:[t ][\d:.]+)?"
    r"|\d{1,2}[- ](?:jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)\.?"
    r"|(?:jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)\.?[- ](?:\d{4}|\d{2})"
)
_YEAR = re.compile(r"(\d{4})(?:jj00)?")
_CBS_MONTH = re.compile(r"(\d{4})mm(\d{2})")
ERRORS = (
    "#DIV/0!",
    "#N/A",
    "#NAAM?",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#GETAL!",
    "#REF!",
    "#VERW!",
    "#VALUE!",
    "#WAARDE!",
)
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
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        cell = cell.astimezone(DUTCH_CLOCK)
    if isinstance(cell, (date, datetime)):
        return _month(cell.year, cell.month)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = _without_weekday(cell)
    if _WITH_ZONE.fullmatch(text) or _DAY_FIRST_ZONE.fullmatch(text):
        return _month_here(text)
    if found := _COMPACT.fullmatch(text):
        return _month(int(found.group(1)), int(found.group(2)))
    if found := _YEAR.fullmatch(text):
        return _year(int(found.group(1)))
    if found := (_CBS_MONTH.fullmatch(text) or _YEAR_FIRST.fullmatch(text)):
        return _month(int(found.group(1)), int(found.group(2)))
    if found := _DAY_FIRST.fullmatch(text):
        if not 1 <= int(found.group(1)) <= 31:
            raise CellError("dit is geen datum")
        return _month(_full_year(found.group(3)), int(found.group(2)))
    if found := _MONTH_FIRST.fullmatch(text):
        return _month(int(found.group(2)), int(found.group(1)))
    if found := _NAMED.fullmatch(text):
        return _month(_full_year(found.group(2)), MONTH_NUMBERS.get(found.group(1), 0))
    raise CellError(
        "dit is geen datum, maand (2026-03) of jaar (2026)" if text else "hier staat niets"
    )


def day_of(cell: Any) -> date | None:
    """The day of a cell that ``period_of`` can read; None where it only says a month."""
    if isinstance(cell, datetime):
        return (cell.astimezone(DUTCH_CLOCK) if cell.tzinfo else cell).date()
    if isinstance(cell, date):
        return cell
    text = _without_weekday(cell)
    try:
        if _WITH_ZONE.fullmatch(text) or _DAY_FIRST_ZONE.fullmatch(text):
            return _moment_here(text).date()
        found = _COMPACT.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
        if found and found.group(3):
            return date(*(int(part) for part in found.groups()))
        if found := _DAY_FIRST.fullmatch(text):
            return date(_full_year(found.group(3)), int(found.group(2)), int(found.group(1)))
    except ValueError:
        pass
    return None


def made_a_date(cell: Any) -> bool:
    """Whether a cell that should hold a code is a date: spreadsheets make 1-2-2003 of 1.2.3, and
    1-feb of 1-2."""
    if isinstance(cell, (date, datetime)):
        return True
    return isinstance(cell, str) and _MADE_A_DATE.fullmatch(cell.strip().lower()) is not None


def month_first(cell: Any) -> bool:
    """Whether a text can only be a date with the month in front, such as 4/13/2026."""
    found = _DAY_FIRST.fullmatch(_without_weekday(cell)) if isinstance(cell, str) else None
    return found is not None and int(found.group(1)) <= 12 < int(found.group(2)) <= 31


def either_order(cell: Any) -> bool:
    """Whether a text may be a date with the day or with the month in front, such as 3/4/2026."""
    found = _DAY_FIRST.fullmatch(_without_weekday(cell)) if isinstance(cell, str) else None
    if found is None:
        return False
    day, month = int(found.group(1)), int(found.group(2))
    return day <= 12 and month <= 12 and day != month


def _without_weekday(cell: Any) -> str:
    return _WEEKDAY.sub("", str(cell).strip().lower(), count=1)


def _moment_here(text: str) -> datetime:
    """By the Dutch clock; ValueError where there is no such moment."""
    if found := _DAY_FIRST_ZONE.fullmatch(text):
        day = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
        clock, zone = found[4], found[5]
    elif found := _WITH_ZONE.fullmatch(text):
        day, clock, zone = found[1], found[2], found[3]
    else:
        raise ValueError(text)
    zone = "+00:00" if zone.strip() in ("z", "utc", "gmt") else zone.strip()
    clock = f"0{clock}" if clock[1] == ":" else clock
    return datetime.fromisoformat(f"{day}T{clock.strip()}{zone}").astimezone(DUTCH_CLOCK)


def _month_here(text: str) -> str:
    """The month by the Dutch clock of a moment with a zone: half past ten in the evening in UTC may
    be the next day here."""
    try:
        moment = _moment_here(text)
    except ValueError:
        raise CellError("dit is geen bestaand moment") from None
    return _month(moment.year, moment.month)


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


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
    """'1.234,5' and '1234,5' and '1234.5'; not '1,234.5', of which no part is sure."""
    plain = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if "," in plain and plain.rfind(".") > plain.find(","):
        raise CellError("hier staat een komma voor een punt; schrijf 1.234,5 of 1234,5")
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
        value = float(
            cell if isinstance(cell, (int, float)) else str(cell).strip().replace(",", ".")
        )
    except ValueError:
        raise CellError(
            "dit is geen coördinaat" if str(cell).strip() else "hier staat niets"
        ) from None
    if not math.isfinite(value):
        raise CellError("dit is geen coördinaat")
    return value
