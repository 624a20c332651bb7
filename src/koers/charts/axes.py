"""What charts over time have in common: their axis, and values as they are drawn and told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def moment(label: str) -> str:
    """A point on the time axis: the first day of the month or year."""
    return f"{label}-01" if len(label) == 7 else f"{label}-01-01"


def time_axis(labels: Sequence[str]) -> dict[str, Any]:
    """The axis of these months or years."""
    monthly = bool(labels) and len(labels[0]) == 7
    return {
        "field": "x",
        "type": "temporal",
        # In UTC: a date must fall on the same pixel wherever the server stands.
        "scale": {"type": "utc"},
        "title": None,
        "axis": {
            "format": "%b %Y" if monthly else "%Y",
            "grid": False,
            "tickCount": {"interval": "year", "step": 1},
        },
    }


def drawn(value: float) -> float | None:
    """A value as a drawing takes it: None is not published."""
    return None if value is None or math.isnan(value) else round(float(value), 4)


def as_count(value: float) -> float | int | None:
    """A count as its table has it: whole, or the part that it is."""
    return (
        None
        if math.isnan(value)
        else int(value)
        if float(value).is_integer()
        else round(float(value), 2)
    )


def rounded(value: float, decimals: int = 1) -> float | None:
    """A value as its table has it."""
    return None if math.isnan(value) else round(float(value), decimals)


def within_brackets(unit: str) -> str:
    """A unit as it is said between brackets, which hold no brackets of their own."""
    return unit.replace(" (", "; ").replace(")", "")
