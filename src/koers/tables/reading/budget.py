"""What something costs, as people write it in a plan: amounts, amounts a year, ranges, 'n.t.b.',
'PM', 'binnen bestaande formatie', hours.

A number is read only where the whole text is understood; what is not stays as it was written.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from koers import dutch
from koers.tables.reading.said import NOTHING, UNKNOWN, plain, said, without_remarks

MOST = Decimal(1_000_000_000)


class Money(StrEnum):
    """What kind of budget a text is."""

    AMOUNT = "amount"
    A_YEAR = "a_year"
    RANGE = "range"
    ABOUT = "about"
    """At most, about: no amount to add up."""
    HOURS = "hours"
    WITHIN = "within"
    """Within what is there already."""
    RESERVED = "reserved"
    """PM: it will cost something."""
    UNKNOWN = "unknown"
    NOTHING = "nothing"
    WORDS = "words"
    """Not understood."""


@dataclass(frozen=True)
class Budget:
    """What is understood beside what is ``written``; ``low`` and ``high`` are in euros, or in
    hours, and the same where it is one number."""

    written: str
    kind: Money
    low: Decimal | None = None
    high: Decimal | None = None
    a_year: bool = False

    @property
    def amount(self) -> Decimal | None:
        """Euros in all, where that is what it says; an amount a year is no such amount."""
        return self.low if self.kind == Money.AMOUNT else None

    @property
    def hours(self) -> int | None:
        """Whole hours in all, or a year, as it says."""
        if self.kind != Money.HOURS or self.low is None or self.low != self.low.to_integral():
            return None
        return int(self.low)

    @property
    def words(self) -> str:
        """What is understood, which is read back to the same; '' where that is no number."""
        if self.low is None or self.high is None:
            return ""
        year = " per jaar" if self.a_year else ""
        if self.kind == Money.HOURS:
            return f"{_number(self.low)} uur{year}"
        if self.kind == Money.RANGE:
            return f"€ {_number(self.low)} tot € {_number(self.high)}{year}"
        about = "ongeveer " if self.kind == Money.ABOUT else ""
        return f"{about}€ {_number(self.low)}{year}"


def budget_of(cell: Any, header: str = "") -> Budget:
    """What a cell says of money; ``header`` may say thousands, hours or a year. It never fails."""
    written = said(cell)
    text = without_remarks(_spoken(plain(written)))
    if isinstance(cell, float) and math.isfinite(cell):
        # Its point is no point between thousands.
        text = f"{cell:.2f}".replace(".", ",")
    if text in NOTHING:
        return Budget(written, Money.NOTHING)
    if text in _RESERVED:
        return Budget(written, Money.RESERVED)
    if text in UNKNOWN:
        return Budget(written, Money.UNKNOWN)
    head = plain(header)
    try:
        found = _number_in(written, text, head)
    except (InvalidOperation, ValueError):
        found = None
    if found is not None and found.low is not None and found.high is not None:
        fits = 0 <= found.low <= found.high < MOST
        return found if fits else Budget(written, Money.WORDS)
    if _WITHIN.fullmatch(text):
        return Budget(written, Money.WITHIN)
    return Budget(written, Money.WORDS)


def _number_in(written: str, text: str, head: str) -> Budget | None:
    if (found := _HOURS.fullmatch(text)) is not None:
        hours = _value(found["n"], "")
        return Budget(written, Money.HOURS, hours, hours, bool(found["year"]))
    if _IN_HOURS.search(head):
        hours = _value(text, "")
        return Budget(written, Money.HOURS, hours, hours, bool(_A_YEAR.search(head)))
    about, text = bool(_ABOUT.match(text)), _ABOUT.sub("", text)
    once = bool(_ONCE.search(text))
    a_year = bool(_A_YEAR.search(text)) or (bool(_A_YEAR.search(head)) and not once)
    if once and _A_YEAR.search(text):
        return None
    text = " ".join(_ONCE.sub(" ", _A_YEAR.sub(" ", text)).split())
    found = _ONE.fullmatch(text)
    if found is not None:
        low = high = _value(found["n"], found["by"] or _thousands(head))
    else:
        found = _RANGE.fullmatch(text)
        if found is None:
            return None
        by = found["by2"] or _thousands(head)
        low, high = _value(found["n1"], found["by1"] or by), _value(found["n2"], by)
        if low > high:
            return None
        return Budget(written, Money.RANGE, low, high, a_year)
    kind = Money.ABOUT if about else Money.A_YEAR if a_year else Money.AMOUNT
    return Budget(written, kind, low, high, a_year)


def _spoken(text: str) -> str:
    """Remarks between brackets that say something of the amount, as if they were not between
    brackets."""
    return _SAYING.sub(lambda found: f" {found[1]}", text)


def _thousands(head: str) -> str:
    if re.search(r"(?:x|\*|in|×) ?(?:€|eur|euro)? ?(?:mln|miljoen|1\.?000\.?000)\b", head):
        return "mln"
    return "k" if re.search(r"(?:x|\*|in|×) ?(?:€|eur|euro)? ?(?:1\.?000|k\b|k€)", head) else ""


def _value(text: str, by: str) -> Decimal:
    """'1.234,50', '1234,5', '1.500' and '12.50'; InvalidOperation for what is no number."""
    digits = re.sub(r"[\s\u202f]", "", re.sub(r",-+$|,=$|\.-+$", "", text.strip()))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d+(?:,\d{1,2})?", digits):
        digits = digits.replace(",", ".")
    elif not re.fullmatch(r"\d+\.\d{1,2}", digits):
        raise ValueError(text)
    if len(digits) > 14:
        raise ValueError(text)
    factor = {"k": 1_000, "mln": 1_000_000}.get("mln" if by.startswith("m") else by and "k", 1)
    return (Decimal(digits) * factor).quantize(Decimal("0.01"))


def _number(value: Decimal) -> str:
    whole = value == value.to_integral()
    return dutch.number(float(value), 0 if whole else 2)


_RESERVED = frozenset({"pm", "p.m", "pro memorie", "€ pm", "pm-post"})
_N = r"\d[\d.\s]*(?:,\d{1,2})?(?:,-+|,=|\.-+)?"
_BY = r"k|duizend|mln\.?|miljoen"
_EURO = r"(?:€|eur\.?|euro)"
_ONE = re.compile(rf"{_EURO}? ?(?P<n>{_N}) ?(?P<by>{_BY})? ?{_EURO}?")
_RANGE = re.compile(
    rf"(?:tussen |van )?{_EURO}? ?(?P<n1>{_N}?) ?(?P<by1>{_BY})? ?{_EURO}?"
    rf" ?(?:-|–|tot|tot en met|t/m|à|en) ?{_EURO}? ?(?P<n2>{_N}) ?(?P<by2>{_BY})? ?{_EURO}?"
)
_HOURS = re.compile(
    r"(?P<n>\d[\d.]*(?:,\d{1,2})?) ?(?:uur|uren)(?P<year> ?(?:per jaar|p/j|/ ?jaar|jaarlijks))?"
)
_IN_HOURS = re.compile(r"\b(?:uren|uur)\b")
_ABOUT = re.compile(r"^(?:ca\.?|circa|ongeveer|±|\+/-|max\.?|maximaal|minimaal|min\.?|tot|rond) ?")
_A_YEAR = re.compile(
    r"\b(?:per jaar|p/j|p\.j\.?|pj|jaarlijks|structureel|struct\.?|elk jaar|ieder jaar)(?!\w)"
    r"|/ ?jaar\b"
)
_ONCE = re.compile(r"\b(?:eenmalig|incidenteel|inc\.?|totaal|in totaal)(?!\w)")
_SAYING = re.compile(r" ?\(((?:per jaar|p/j|jaarlijks|structureel|eenmalig|incidenteel|totaal))\)")
_WITHIN = re.compile(
    r"(?:(?:valt |past )?binnen .*|(?:reguliere?|bestaande?|huidige|lopende|eigen)"
    r" (?:budget(?:ten)?|middelen|formatie|capaciteit|begroting|inzet|uren)\b.*|regulier"
    r"|ambtelijke (?:inzet|uren|capaciteit)|(?:zit )?in (?:de )?(?:reguliere?|lopende)? ?begroting"
    r"|geen (?:extra |aanvullende )?(?:kosten|budget|middelen)(?: nodig)?|budgetneutraal"
    r"|kostenneutraal|formatie|uren)"
)
