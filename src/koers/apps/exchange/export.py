"""Measures and actions to take along, in the columns in which they can come back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from koers.apps.exchange.columns import ACTION_COLUMNS, MEASURE_COLUMNS, FileColumn
from koers.apps.exchange.known import Known
from koers.apps.exchange.shown import shown
from koers.apps.plan.models import Action, Measure
from koers.tables.writing.csv import rows_to_csv
from koers.tables.writing.ods import write_ods
from koers.tables.writing.sheet import NewSheet
from koers.tables.writing.xlsx import write_xlsx

MEASURES, ACTIONS = "Maatregelen", "Acties"


def measures_sheet(known: Known) -> list[list[Any]]:
    return _rows(
        sorted(known.measures.values(), key=lambda m: (m.priority.number, m.priority_id, m.pk)),
        MEASURE_COLUMNS,
        known,
    )


def actions_sheet(known: Known) -> list[list[Any]]:
    found = sorted(
        known.actions.values(), key=lambda a: (a.measure_id is None, a.measure_id or 0, a.pk)
    )
    return _rows(found, ACTION_COLUMNS, known)


def _rows(
    lines: Iterable[Measure | Action], columns: tuple[FileColumn, ...], known: Known
) -> list[list[Any]]:
    return [[shown(line, column, known) for column in columns] for line in lines]


def _headers(columns: tuple[FileColumn, ...]) -> list[str]:
    return [column.header for column in columns]


def _sheets(known: Known) -> list[NewSheet]:
    return [
        _sheet(MEASURES, MEASURE_COLUMNS, measures_sheet(known)),
        _sheet(ACTIONS, ACTION_COLUMNS, actions_sheet(known)),
    ]


def _sheet(name: str, columns: tuple[FileColumn, ...], rows: list[list[Any]]) -> NewSheet:
    wide = {n for n, column in enumerate(columns) if column.is_long}
    return NewSheet(name, _headers(columns), rows, frozenset(wide))


def as_ods(known: Known) -> bytes:
    return write_ods(_sheets(known))


def as_xlsx(known: Known) -> bytes:
    return write_xlsx(_sheets(known))


def measures_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(MEASURE_COLUMNS), measures_sheet(known))


def actions_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(ACTION_COLUMNS), actions_sheet(known))
