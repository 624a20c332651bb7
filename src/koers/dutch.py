"""Numbers, months and dates as they are written in Dutch."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
MONTH_NUMBERS = {name: n for n, month in enumerate(MONTHS, 1) for name in (month, month[:3])} | {
    "mrt": 3,
    "sept": 9,
}
"""Of each month its number, by its name and by what it is shortened to."""


def number(value: float | None, decimals: int = 0) -> str:
    """1234.5 → '1.234,5'; no number → '–'."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "oneindig"
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def chance(value: float, decimals: int = 3) -> str:
    """A small probability with its sign: '= 0,012', and '< 0,001' rather than a zero that it is
    not."""
    least = 10**-decimals
    return f"< {number(least, decimals)}" if value < least else f"= {number(value, decimals)}"


def out_of_ten(chance: float) -> str:
    """A chance as so many of ten: 0.32 → '3 van de 10'; nothing is none or all of them."""
    if chance < 0.05:
        return "minder dan 1 van de 10"
    return "meer dan 9 van de 10" if chance > 0.95 else f"{round(10 * chance) or 1} van de 10"


def percent(ratio: float) -> str:
    """A ratio as a change: 1.12 → '+12 %', 0.9 → '-10 %'."""
    if math.isnan(ratio) or math.isinf(ratio):
        return "–"
    change = round((ratio - 1) * 100)
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{number(abs(change))} %"


def signed(value: float, decimals: int = 0) -> str:
    """A difference with its sign: '+1,2', '−0,4', '0,0'."""
    rounded = round(value, decimals)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{number(abs(rounded), decimals)}"


def period(text: str) -> str:
    """'2016-03' → 'maart 2016'; '2016' stays."""
    return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}" if len(text) == 7 else text


def month_of(text: str) -> int:
    """Whole months since the year 0 up to the end of a year ("2016") or a month ("2016-12"); 0
    where a text is neither."""
    found = re.fullmatch(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?", text)
    return 12 * int(found[1]) + int(found[2] or 12) if found else 0


def day(value: date) -> str:
    """11 maart 2025"""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def without_accents(text: str) -> str:
    """'Provinciënbuurt' → 'Provincienbuurt'; a letter without a plain one in it is left out."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
