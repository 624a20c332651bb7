"""What no file could hold, found when Koers starts."""

from __future__ import annotations

from django.core import checks

from koers.apps.described import Type
from koers.apps.exchange.columns import (
    ACTION_COLUMNS,
    GOAL_LINE_COLUMNS,
    MEASURE_COLUMNS,
    PLAN_COLUMNS,
    PRIORITY_COLUMNS,
    FileColumn,
)
from koers.apps.people.models import Municipality
from koers.apps.plan.models import Framework, Goal, Partner, Priority

UNREAD = (Type.REFERENCE,)


@checks.register
def every_column_is_read(app_configs=None, **kwargs) -> list[checks.CheckMessage]:
    """A field that is in files has a type that Koers reads from a cell."""
    return [
        checks.Error(
            f"{column.key} is in files, and cells of its type are not read.",
            hint="Describe it with in_files=False, or read its type in exchange/fields.py.",
            id="koers.E203",
        )
        for column in _ALL
        if not _is_read(column)
    ]


_ALL = (
    *MEASURE_COLUMNS,
    *ACTION_COLUMNS,
    *GOAL_LINE_COLUMNS,
    *PRIORITY_COLUMNS,
    *PLAN_COLUMNS,
)


def _is_read(column: FileColumn) -> bool:
    if column.field is None:
        return True
    if column.field.type == Type.REFERENCES:
        known = (Partner, Priority, Goal, Municipality, Framework)
        return column.field.field.related_model in known
    return column.field.type not in UNREAD
