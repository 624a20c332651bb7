"""A line of the plan as cells: what an export writes, and by which an import sees whether something
changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from koers.apps.described import Type
from koers.apps.exchange.columns import (
    ABOVE_ID,
    ACTION_ID,
    FIELD,
    GOAL_ID,
    GOAL_PRIORITY,
    MEASURE_ID,
    PLAN_ID,
    PRIORITY,
    PRIORITY_ID,
    FileColumn,
)
from koers.apps.exchange.known import Known
from koers.apps.exchange.values import listed
from koers.apps.intake.archive import is_internal
from koers.apps.plan.models import Action, Goal, Measure, Plan, Priority
from koers.apps.plan.services.content import START
from koers.indicators.themes import themes
from koers.tables.reading.said import said as words_of

# What no spreadsheet can hold, and the most that a cell of Excel holds.
_IMPOSSIBLE = re.compile(r"[^\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 32_767


_MARKS = {Measure: "M", Action: "A", Goal: "D", Priority: "P", Plan: "U"}


def theme_name(key: str) -> str:
    return themes()[key].title if key in themes() else key


def mark_of(line: Measure | Action | Goal | Priority | Plan) -> str:
    """What a line is called in a table, 'M12'; it stays the same."""
    return f"{_MARKS[type(line)]}{line.pk}"


def shown(line: Any, column: FileColumn, known: Known) -> Any:
    """What a line says in a column: text, whole or decimal number, day, or None for nothing."""
    if column.field is None:
        return _beside(line, column.key)
    value = line.band if column.key == FIELD else getattr(line, column.name)
    if column.name in START and is_internal(line.start_snapshot):
        # A file goes further than the page that says that a figure is internal.
        return None
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
        case Type.AREA | Type.INDICATOR:
            return safe(_namer(column, known)(value)) if value else None
        case Type.AREAS | Type.INDICATORS | Type.THEMES:
            return safe(listed([_namer(column, known)(one) for one in value]))
        case Type.TEXTS:
            return safe(listed(value))
    return safe(value) if isinstance(value, str) else value


def _namer(column: FileColumn, known: Known) -> Callable[[str], str]:
    """What gives a key in a column its name."""
    if column.field is not None and column.field.type == Type.THEMES:
        return theme_name
    areas = column.field is not None and column.field.type in (Type.AREA, Type.AREAS)
    return known.area_name if areas else known.topic_name


def _beside(line: Any, key: str) -> str | None:
    """What is no field: the id of a line, and what stands above it."""
    if key in (MEASURE_ID, ACTION_ID, GOAL_ID, PRIORITY_ID, PLAN_ID):
        return mark_of(line)
    if key in (PRIORITY, GOAL_PRIORITY):
        return safe(line.priority.title)
    if line.measure is None:
        return None
    return mark_of(line.measure) if key == ABOVE_ID else safe(line.measure.title)


def names_of(line: Any, name: str) -> list[str]:
    """Those to whom a line refers, by name; the archived are left out."""
    referred = getattr(line, name).all() if line is not None else ()
    return sorted(str(one) for one in referred if getattr(one, "archived_at", None) is None)


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
        return f"{float(cell):.6f}"
    if isinstance(cell, date):
        return words_of(cell)
    text = safe(str(cell)) or ""
    if re.fullmatch(r"-?\d+([.,]\d+)?", text.strip()):
        return f"{float(text.replace(',', '.')):.6f}"
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(lines).strip()
