"""Measures and actions to take along, in the columns in which they can come back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from koers.apps.plan.exchange.columns import ACTION_COLUMNS, MEASURE_COLUMNS, Column
from koers.apps.plan.exchange.known import Known
from koers.apps.plan.exchange.ods import write_ods
from koers.apps.plan.exchange.shown import shown
from koers.apps.plan.models import Action, Measure
from koers.charts.table import rows_to_csv

MEASURES, ACTIONS = "Maatregelen", "Acties"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDE, _NARROW = 40, 16
# XLSX writes a letter that XML cannot hold as _x0007_: a text that looks like that is not meant so.
_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")


def measures_sheet(known: Known) -> list[list[Any]]:
    return _rows(
        sorted(known.measures.values(), key=lambda m: (m.priority.number, m.priority_id, m.pk)), MEASURE_COLUMNS, known
    )


def actions_sheet(known: Known) -> list[list[Any]]:
    found = sorted(known.actions.values(), key=lambda a: (a.measure_id is None, a.measure_id or 0, a.pk))
    return _rows(found, ACTION_COLUMNS, known)


def _rows(lines: Iterable[Measure | Action], columns: tuple[Column, ...], known: Known) -> list[list[Any]]:
    return [[shown(line, column, known) for column in columns] for line in lines]


def _headers(columns: tuple[Column, ...]) -> list[str]:
    return [column.header for column in columns]


def as_ods(known: Known) -> bytes:
    return write_ods([
        (MEASURES, _headers(MEASURE_COLUMNS), measures_sheet(known)),
        (ACTIONS, _headers(ACTION_COLUMNS), actions_sheet(known)),
    ])  # fmt: skip


def measures_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(MEASURE_COLUMNS), measures_sheet(known))


def actions_csv(known: Known) -> bytes:
    return rows_to_csv(_headers(ACTION_COLUMNS), actions_sheet(known))


def as_xlsx(known: Known) -> bytes:
    book = Workbook()
    book.remove(book.active)
    _sheet(book, MEASURES, MEASURE_COLUMNS, measures_sheet(known))
    _sheet(book, ACTIONS, ACTION_COLUMNS, actions_sheet(known))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, name: str, columns: tuple[Column, ...], rows: list[list[Any]]) -> None:
    sheet = book.create_sheet(name)
    sheet.append(_headers(columns))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, row in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            _put(sheet.cell(number, place), value)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for place, column in enumerate(columns, 1):
        wide = column.kind in ("title", "text", "measure", "priority", "partners")
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE if wide else _NARROW


def _put(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        # A text is never a formula, also not after somebody edits the cell.
        cell.value, cell.data_type = _ESCAPE.sub("_x005F_", value), "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "dd-mm-yyyy"
