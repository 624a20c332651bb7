"""An XLSX of plain sheets, by openpyxl."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from koers.tables.writing.sheet import NewSheet

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_WIDE, _NARROW = 40, 16
# XLSX writes a letter that XML cannot hold as _x0007_: a text that looks like that is not meant so.
_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")


def write_xlsx(sheets: Sequence[NewSheet]) -> bytes:
    """Sheets as the bytes of a file."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _add(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add(book: Workbook, given: NewSheet) -> None:
    sheet = book.create_sheet(_NOT_IN_A_NAME.sub(" ", given.name)[:LONGEST_NAME])
    for place, label in enumerate(given.columns, 1):
        _put(sheet.cell(1, place), label)
        sheet.cell(1, place).font = Font(bold=True)
    for number, row in enumerate(given.rows, 2):
        for place, value in enumerate(row, 1):
            _put(sheet.cell(number, place), value)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for place in range(len(given.columns)):
        width = _WIDE if place in given.wide else _NARROW
        sheet.column_dimensions[get_column_letter(place + 1)].width = width


def _put(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        # A text is never a formula, also not after somebody edits the cell.
        cell.value, cell.data_type = _ESCAPE.sub("_x005F_", value), "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = value
        if isinstance(value, date):
            moment = isinstance(value, datetime)
            cell.number_format = "dd-mm-yyyy hh:mm" if moment else "dd-mm-yyyy"
