"""How the cells of a column are printed, and what they are called in a description."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from numbers import Real
from typing import Any

import numpy as np

from koers import dutch


def is_nothing(value: Any) -> bool:
    """Whether a cell holds nothing: absent, an empty text, or a number that is not known."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


@dataclass(frozen=True)
class CellKind:
    """``words`` gives a value (and a number of decimals) in plain words, ``html`` the same on a
    page; ``datatype`` is that of CSV on the Web; ``css`` is the class of the cells and of the
    head."""

    name: str
    words: Callable[[Any, int | None], str]
    html: Callable[[Any, int | None], str]
    datatype: str
    css: str = ""

    @property
    def is_number(self) -> bool:
        return self.css == "k-num"


def _number(value: Any, decimals: int | None) -> str:
    """In Dutch; without a number of decimals as many as there is reason for."""
    if decimals is not None:
        return dutch.number(float(value), decimals)
    if isinstance(value, (int, np.integer)):
        return dutch.number(int(value))
    found = float(value)
    return dutch.number(found, 0 if found.is_integer() and abs(found) >= 100 else 1)


def _words(value: Any, decimals: int | None) -> str:
    """Whatever it is, as it is read."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return _yes_no(value, None)
    if isinstance(value, (Real, Decimal)):
        return _number(value, decimals)
    if isinstance(value, datetime):
        return _moment(value, None)
    return dutch.day(value) if isinstance(value, date) else str(value)


def _yes_no(value: Any, _: int | None) -> str:
    return "ja" if value else "nee"


def _day(value: date, _: int | None) -> str:
    return dutch.day(value)


def _moment(value: datetime, _: int | None) -> str:
    return f"{dutch.day(value)} {value:%H:%M}"


def _period(value: Any, _: int | None) -> str:
    return dutch.period(str(value))


@lru_cache(maxsize=4096)
def _day_html(value: date, _: int | None) -> str:
    """A long list has the same days over and over."""
    return f'<time datetime="{value.isoformat()}">{dutch.day(value)}</time>'


def _moment_html(value: datetime, _: int | None) -> str:
    return f'<time datetime="{value.isoformat()}">{_moment(value, None)}</time>'


def _escaped(value: Any, decimals: int | None) -> str:
    return escape(_words(value, decimals))


def _lines(value: Any, decimals: int | None) -> str:
    return escape(_words(value, decimals)).replace("\r\n", "\n").replace("\n", "<br>")


TEXT = CellKind("text", _words, _escaped, "string")
LINES = CellKind("lines", _words, _lines, "string")
"""A text whose line breaks are kept."""
NUMBER = CellKind("number", _number, _number, "decimal", "k-num")
DAY = CellKind("day", _day, _day_html, "date", "k-day")
MOMENT = CellKind("moment", _moment, _moment_html, "datetime")
PERIOD = CellKind("period", _period, _period, "string")
"""A month or year of a source: '2026-03', '2026'."""
YES_NO = CellKind("yes-no", _yes_no, _yes_no, "boolean")


def kind_of(values: Sequence[Any]) -> CellKind:
    """The kind of a column of which only the values are known."""
    there = [value for value in values if value is not None]
    if there and all(isinstance(v, (bool, np.bool_)) for v in there):
        return YES_NO
    if there and all(isinstance(v, (Real, Decimal)) and not isinstance(v, bool) for v in there):
        return NUMBER
    if there and all(type(v) is date for v in there):
        return DAY
    return TEXT
