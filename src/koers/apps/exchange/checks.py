"""What no file could hold, found when Koers starts."""

from __future__ import annotations

from django.core import checks

from koers.apps.described import Type
from koers.apps.exchange.columns import ACTION_COLUMNS, MEASURE_COLUMNS, FileColumn
from koers.apps.plan.models import Goal, Partner, Priority

UNREAD = (Type.REFERENCE, Type.AREA, Type.INDICATOR)


@checks.register
def every_column_is_read(app_configs=None, **kwargs) -> list[checks.CheckMessage]:
    """A field that is in files has a type that Koers reads from a cell."""
    return [
        checks.Error(
            f"{column.key} is in files, and cells of its type are not read.",
            hint="Describe it with in_files=False, or read its type in exchange/fields.py.",
            id="koers.E203",
        )
        for column in (*MEASURE_COLUMNS, *ACTION_COLUMNS)
        if not _is_read(column)
    ]


def _is_read(column: FileColumn) -> bool:
    if column.field is None:
        return True
    if column.field.type == Type.REFERENCES:
        return column.field.field.related_model in (Partner, Priority, Goal)
    return column.field.type not in UNREAD
