"""Cells to dates, numbers, states and lists of names, as people write them in Dutch plans."""

from __future__ import annotations

import calendar
import csv
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from koers.apps.plan.models import ActionState, MeasureKind, MeasureState
from koers.dutch import MONTHS
from koers.tables.reading.cells import CellError, number_of

NO_DATE = {
    "-",
    "–",
    "?",
    "x",
    "n.v.t.",
    "nvt",
    "n.v.t",
    "onbekend",
    "nog te bepalen",
    "ntb",
    "n.t.b.",
    "doorlopend",
    "continu",
    "structureel",
    "lopend",
    "hele periode",
    "gehele periode",
    "hele jaar",
}
_NAMES = {name: n for n, month in enumerate(MONTHS, 1) for name in (month, month[:3])} | {
    "mrt": 3,
    "sept": 9,
}
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ]'?(\d{4}|\d{2})(?:[t ,].*)?")
_DAY_NAMED = re.compile(r"(?:[a-z]+dag )?(\d{1,2})[- ]([a-z]+)\.?[- ]'?(\d{4}|\d{2})")
_MONTH_NAMED = re.compile(r"([a-z]+)\.?[- ]'?(\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})[-/](\d{4})")
_QUARTER = re.compile(
    r"(?:q|k|kw|kwartaal)\.? ?([1-4])[ -/]*'?(\d{4}|\d{2})|([1-4])(?:e|ste|de)? kwartaal(?: van)?"
    r" '?(\d{4}|\d{2})"
    r"|(\d{4})[ -]?(?:q|k|kwartaal ?)([1-4])"
)
_WITHOUT_YEAR = re.compile(r"\d{1,2}[-/ ](?:\d{1,2}|[a-z]+)\.?")

STATES_OF_MEASURES = {
    MeasureState.PLANNED: (
        "gepland",
        "nog niet gestart",
        "niet gestart",
        "in voorbereiding",
        "voorbereiding",
        "nieuw",
        "open",
        "concept",
        "te starten",
    ),
    MeasureState.RUNNING: (
        "loopt",
        "lopend",
        "lopende",
        "gestart",
        "in uitvoering",
        "uitvoering",
        "bezig",
        "actief",
        "doorlopend",
        "op schema",
        "onderhanden",
        "continu",
    ),
    MeasureState.AT_RISK: (
        "loopt gevaar",
        "risico",
        "at risk",
        "vertraagd",
        "vertraging",
        "loopt achter",
        "achter op schema",
    ),
    MeasureState.STOPPED: (
        "gestopt",
        "vervallen",
        "afgebroken",
        "geannuleerd",
        "stopgezet",
        "niet uitgevoerd",
    ),
    MeasureState.DONE: (
        "klaar",
        "gereed",
        "afgerond",
        "gedaan",
        "uitgevoerd",
        "voltooid",
        "afgesloten",
    ),
}
STATES_OF_ACTIONS = {
    ActionState.OPEN: (
        *STATES_OF_MEASURES[MeasureState.PLANNED],
        *STATES_OF_MEASURES[MeasureState.RUNNING],
        *STATES_OF_MEASURES[MeasureState.AT_RISK],
        "nog te doen",
        "te doen",
    ),
    ActionState.DONE: STATES_OF_MEASURES[MeasureState.DONE],
    ActionState.DROPPED: STATES_OF_MEASURES[MeasureState.STOPPED],
}
KINDS = {
    MeasureKind.PREVENTION: ("preventie", "preventief", "voorlichting", "voorkomen"),
    MeasureKind.EARLY_SIGNALLING: ("vroegsignalering", "signalering", "signaleren"),
    MeasureKind.ENFORCEMENT: (
        "handhaving",
        "toezicht",
        "repressie",
        "repressief",
        "toezicht en handhaving",
        "bestuurlijk",
    ),
    MeasureKind.CARE: ("zorg", "nazorg", "hulp", "zorg en veiligheid"),
    MeasureKind.COHESION: ("sociale cohesie", "cohesie", "samenleven", "participatie"),
}

CHOICES = {
    "measure.state": STATES_OF_MEASURES,
    "action.state": STATES_OF_ACTIONS,
    "measure.kind": KINDS,
}
"""By which words others call a choice, by its column; of other columns it is what Koers calls
them."""


class UnknownError(CellError):
    """A name or word that Koers does not know; a person can say what it means."""


def plain(text: str) -> str:
    """A text for comparison: small letters, no double spaces, no point at the end."""
    return " ".join(text.lower().replace("\u00a0", " ").split()).rstrip(".:")


def choice_of(text: str, words: Mapping[Any, tuple[str, ...]]) -> str:
    """The value of which this is a word.

    Raises
    ------
    UnknownError
        When it is none.
    """
    for value, known in words.items():
        if plain(text) in known or plain(text) == value:
            return str(value)
    raise UnknownError(f"Koers kent '{text[:40]}' niet")


def date_of(cell: Any, at_the_end: bool) -> tuple[date | None, str]:
    """A cell to a day, and what to say when it was no day: of a month, quarter or year the first or
    the last.

    Raises
    ------
    CellError
        When it is no date.
    """
    if isinstance(cell, datetime):
        return _in_range(cell.date()), ""
    if isinstance(cell, date):
        return _in_range(cell), ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell).lower().split())
    if (serial := re.fullmatch(r"[3-6]\d{4}", text)) is not None:
        # A day of which the cell lost its form: Excel counts them from 30 December 1899.
        return _in_range(date(1899, 12, 30) + timedelta(days=int(serial[0]))), ""
    if text in NO_DATE:
        return None, f"'{text}' is geen datum: het veld blijft leeg"
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(*found.groups()), ""
    if found := _DAY_FIRST.fullmatch(text):
        return _day(*reversed(found.groups())), ""
    if (found := _DAY_NAMED.fullmatch(text)) and found.group(2) in _NAMES:
        return _day(found.group(3), _NAMES[found.group(2)], found.group(1)), ""
    months = _months(text)
    if months is None:
        short = _WITHOUT_YEAR.fullmatch(text)
        raise CellError("het jaar ontbreekt" if short else "dit is geen datum zoals 31-12-2026")
    year, first, last = months
    day = (
        _day(year, last, calendar.monthrange(year, last)[1]) if at_the_end else _day(year, first, 1)
    )
    return day, f"'{text}' wordt {day.day} {MONTHS[day.month - 1]} {day.year}"


def _months(text: str) -> tuple[int, int, int] | None:
    """Year, first and last month of what is a month, a quarter or a year."""
    if re.fullmatch(r"(19|20)\d{2}", text):
        return int(text), 1, 12
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found.group(2) or found.group(3)) <= 12:
        month = int(found.group(2) or found.group(3))
        return int(found.group(1) or found.group(4)), month, month
    if (found := _MONTH_NAMED.fullmatch(text)) and found.group(1) in _NAMES:
        return _year(found.group(2)), _NAMES[found.group(1)], _NAMES[found.group(1)]
    if found := _QUARTER.fullmatch(text):
        quarter = int(found.group(1) or found.group(3) or found.group(6))
        return (
            _year(found.group(2) or found.group(4) or found.group(5)),
            3 * quarter - 2,
            3 * quarter,
        )
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: Any, month: Any, day: Any) -> date:
    try:
        found = date(_year(str(year)), int(month), int(day))
    except ValueError:
        raise CellError("deze dag bestaat niet") from None
    return _in_range(found)


def _in_range(day: date) -> date:
    if not 1990 <= day.year <= 2100:
        raise CellError("dit jaar kan niet kloppen")
    return day


def money_of(cell: Any) -> Decimal | None:
    """Euros; None where it says that they are unknown.

    Raises
    ------
    CellError
        When it is no amount.
    """
    if isinstance(cell, str):
        cell = (
            re.sub(r"(?i)^(€|eur|euro)\s*|\s*(€|eur|euro)$", "", cell.strip())
            .replace(",-", "")
            .replace(".-", "")
        )
        if plain(cell) in NO_DATE | {"geen"}:
            return None
    value = number_of(cell)
    if value >= 1e9:
        raise CellError("dit bedrag is te groot")
    return None if math.isnan(value) else Decimal(repr(value)).quantize(Decimal("0.01"))


def whole_of(cell: Any, what: str = "") -> int | None:
    """A whole number, of hours perhaps; None where it says that it is unknown.

    Raises
    ------
    CellError
        When it is none.
    """
    if isinstance(cell, str):
        cell = re.sub(r"(?i)\s*(uur|uren)$", "", cell.strip())
        if plain(cell) in NO_DATE | {"geen"}:
            return None
    value = number_of(cell)
    if math.isnan(value):
        return None
    if not value.is_integer() or value >= 2**31:
        raise CellError(f"dit is geen heel aantal {what}" if what else "dit is geen heel getal")
    return int(value)


def decimal_of(cell: Any) -> float | None:
    """A number; None where it says that it is unknown. Raises CellError where it is none."""
    if isinstance(cell, str) and plain(cell) in NO_DATE:
        return None
    value = number_of(cell)
    return None if math.isnan(value) else value


def yes_or_no_of(text: str) -> bool:
    """Raises UnknownError where it is neither."""
    said = {"ja": True, "nee": False, "j": True, "n": False, "x": True, "waar": True}
    if plain(text) not in said:
        raise UnknownError("kies ja of nee")
    return said[plain(text)]


def state_of(text: str, words: Mapping[Any, tuple[str, ...]]) -> tuple[str, bool]:
    """The state of which this begins with a word, and whether it says more than that.

    Raises
    ------
    UnknownError
        When it begins with none.
    """
    try:
        return choice_of(text, words), False
    except UnknownError:
        pass
    wanted = plain(text)
    known = [(word, value) for value, several in words.items() for word in several]
    known += [(word, value) for word, value in _LIGHTS.items() if value in words]
    for word, value in sorted(known, key=lambda item: -len(item[0])):
        if re.match(rf"{re.escape(word)}(?![\w-])", wanted):
            return str(value), True
    raise UnknownError(f"Koers kent '{text[:40]}' niet")


_LIGHTS: dict[str, Any] = {
    word: state
    for state, words in (
        (MeasureState.RUNNING, "groen,🟢,op koers,on track,volgens planning,conform planning"),
        (MeasureState.AT_RISK, "oranje,geel,rood,🟠,🟡,🔴,aandacht,bijsturen"),
        (MeasureState.PLANNED, "grijs,wit,⚪"),
        (MeasureState.DONE, "blauw,🔵,✔,✅"),
    )
    for word in words.split(",")
}


def names_in(text: str) -> list[str]:
    """The names that one name may be: 'Politie/buurtpreventie', 'a en b', 'a + b'."""
    parts = re.split(r"(?i)\s*(?<!\d)/(?!\d)\s*|(?<!-)\s+(?:en|&|\+)\s+", text)
    found = [part.strip() for part in parts]
    return found if len(found) > 1 and all(len(part) > 1 for part in found) else [text]


def list_of(text: str) -> list[str]:
    """The names in a cell: on lines, or with ; or else with commas between them; quotes hold a name
    together."""
    found: list[str] = []
    for line in (line.lstrip("•·- \t") for line in text.splitlines()):
        between = ";" if ";" in line else ","
        for row in csv.reader([line], delimiter=between, skipinitialspace=True):
            found.extend(item.strip() for item in row)
    return list(dict.fromkeys(item for item in found if item))


def listed(names: Sequence[str]) -> str:
    """Names in one cell, so that ``list_of`` gives them back."""
    return "; ".join(
        f'"{n.replace(chr(34), chr(34) * 2)}"' if re.search(r'[,;"]|^[•·-]', n) else n
        for n in names
    )
