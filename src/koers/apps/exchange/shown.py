"""A line of the plan as cells: what an export writes, and by which an import sees whether something
changed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from koers.apps.described import Type
from koers.apps.exchange.columns import (
    ABOVE_ID,
    ACTION_ID,
    FIELD,
    MEASURE_ID,
    PRIORITY,
    FileColumn,
)
from koers.apps.exchange.known import Known
from koers.apps.exchange.values import listed
from koers.apps.plan.models import Action, Goal, Measure
from koers.tables.reading.said import said as words_of

# What no spreadsheet can hold, and the most that a cell of Excel holds.
_IMPOSSIBLE = re.compile(r"[^\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 32_767


_MARKS = {Measure: "M", Action: "A", Goal: "D"}


def mark_of(line: Measure | Action | Goal) -> str:
    """What a line is called in a table, 'M12'; it stays the same."""
    return f"{_MARKS[type(line)]}{line.pk}"


def shown(line: Measure | Action, column: FileColumn, known: Known) -> Any:
    """What a line says in a column: text, whole or decimal number, day, or None for nothing."""
    if column.field is None:
        return _beside(line, column.key)
    value = line.band if column.key == FIELD else getattr(line, column.name)
    match column.field.type:
        case Type.PERSON:
            return known.people.name_of(value) or None
        case Type.CHOICE:
            return column.field.choices.get(value, value)
        case Type.YES_NO:
            return "ja" if value else "nee"
        case Type.REFERENCES:
            return safe(listed(names_of(line, column.name)))
        case Type.AREAS:
            return safe(listed([known.area_name(code) for code in value]))
        case Type.INDICATORS:
            return safe(listed([known.topic_name(topic) for topic in value]))
        case Type.TEXTS:
            return safe(listed(value))
    return safe(value) if isinstance(value, str) else value


def _beside(line: Any, key: str) -> str | None:
    """What is no field: the id of a line, and what stands above it."""
    if key in (MEASURE_ID, ACTION_ID):
        return mark_of(line)
    if key == PRIORITY:
        return safe(line.priority.title)
    if line.measure is None:
        return None
    return mark_of(line.measure) if key == ABOVE_ID else safe(line.measure.title)


def names_of(line: Measure | Action | None, name: str) -> list[str]:
    """Those to whom a line refers, by name; the archived are left out."""
    referred = getattr(line, name).all() if line is not None else ()
    return sorted(str(one) for one in referred if one.archived_at is None)


def safe(text: str) -> str | None:
    """A text as a spreadsheet can hold it; None when nothing is left."""
    return _IMPOSSIBLE.sub("", re.sub(r"\r\n?", "\n", text).replace("\t", " "))[:LONGEST] or None


def same(first: Any, second: Any) -> bool:
    """Whether two cells say the same, whatever a spreadsheet made of spaces, days and numbers."""
    return _core(first) == _core(second)


def _core(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return words_of(cell)
    if isinstance(cell, (int, float, Decimal)):
        return f"{float(cell):.2f}"
    if isinstance(cell, date):
        return words_of(cell)
    text = safe(str(cell)) or ""
    if re.fullmatch(r"-?\d+([.,]\d+)?", text.strip()):
        return f"{float(text.replace(',', '.')):.2f}"
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(lines).strip()
