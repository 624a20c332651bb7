"""A line of the plan as cells: what an export writes, and by which an import sees whether something changed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from koers.apps.plan.exchange.columns import Column
from koers.apps.plan.exchange.known import Known
from koers.apps.plan.exchange.values import listed, words_of
from koers.apps.plan.models import Action, Measure

# What no spreadsheet can hold, and the most that a cell of Excel holds.
_IMPOSSIBLE = re.compile(r"[^\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST = 32_767


def mark_of(line: Measure | Action) -> str:
    """What a line is called in a table, 'M12'; it stays the same."""
    return f"{'M' if isinstance(line, Measure) else 'A'}{line.pk}"


def shown(line: Measure | Action, column: Column, known: Known) -> Any:
    """A field of a line as a cell: text, whole or decimal number, day, or None for nothing."""
    name = column.name
    match column.kind:
        case "id" if name == "measure_id":
            return mark_of(line.measure) if line.measure is not None else None
        case "id":
            return mark_of(line)
        case "person":
            return known.people.name_of(getattr(line, name)) or None
        case "priority":
            return safe(line.priority.title)
        case "measure":
            return safe(line.measure.title) if line.measure is not None else None
        case "measure_state" | "action_state" | "kind" | "adoption":
            return getattr(line, f"get_{name}_display")()
        case "partners":
            return safe(listed(sorted(p.name for p in line.partners.all() if p.archived_at is None)))
        case "areas":
            return safe(listed([known.area_name(code) for code in line.areas]))
        case "topics":
            return safe(listed([known.topic_name(topic) for topic in line.topics]))
        case "start" | "end" | "money" | "hours":
            return getattr(line, name)
    return safe(getattr(line, name))


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
