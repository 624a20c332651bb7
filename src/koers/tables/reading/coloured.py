"""Cells of a workbook that say something by their colour alone: quarters in a planning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from koers.tables.reading.book import Sheet
from koers.tables.reading.planning import When, planning_of

MARK = "■"
_SEARCHED = 20
_NO_COLOUR = {"00000000", "FFFFFFFF", "00FFFFFF"}


def periods_of(sheet: Sheet) -> tuple[int, tuple[int, ...]]:
    """The row of the header with the most quarters or months, two at least, and their columns."""
    best: tuple[int, tuple[int, ...]] = (0, ())
    for number, row in enumerate(sheet.rows[:_SEARCHED], 1):
        found = tuple(n for n, cell in enumerate(row) if _is_period(cell))
        if len(found) > max(1, len(best[1])):
            best = (number, found)
    return best


def _is_period(cell: Any) -> bool:
    if not isinstance(cell, str) or not 0 < len(cell) < 30:
        return False
    found = planning_of(cell, 2000)
    return found.when == When.DAYS and len(found.spans) == 1 and not found.exact


def with_colours(path: Path, sheets: Sequence[Sheet]) -> dict[str, list[list[Any]]]:
    """By sheet its rows with a mark in the empty cells under a period that have a colour; a row
    that is coloured as a whole says nothing by it."""
    wanted = {s.name: (s, *periods_of(s)) for s in sheets}
    wanted = {name: one for name, one in wanted.items() if one[1]}
    if not wanted:
        return {}
    # Heavy, and most processes never read one.
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {
            name: _marked(sheet.rows, _colours(book[name]), header, columns)
            for name, (sheet, header, columns) in wanted.items()
            if name in book.sheetnames
        }
    finally:
        book.close()


def _colours(sheet: Any) -> dict[tuple[int, int], str]:
    return {
        (cell.row, cell.column - 1): colour
        for row in sheet.iter_rows()
        for cell in row
        if getattr(cell, "has_style", False) and (colour := _colour(cell.fill))
    }


def _colour(fill: Any) -> str:
    """What tells one colour from another; '' for none and for white."""
    if fill.fill_type != "solid":
        return ""
    colour = fill.fgColor
    if colour.type == "rgb":
        return "" if colour.rgb in _NO_COLOUR else str(colour.rgb)
    white = colour.type == "theme" and colour.theme == 0 and not colour.tint
    return "" if white else f"{colour.type} {colour.value} {colour.tint}"


def _marked(
    rows: Sequence[Sequence[Any]],
    colours: dict[tuple[int, int], str],
    header: int,
    columns: Sequence[int],
) -> list[list[Any]]:
    found = [list(row) for row in rows]
    for number, row in enumerate(found[header:], header + 1):
        others = [n for n, cell in enumerate(row) if n not in columns and str(cell or "").strip()]
        of_row = {colours.get((number, n), "") for n in others}
        for n in columns if others else ():
            colour = colours.get((number, n))
            if colour and colour not in of_row and n < len(row) and row[n] in ("", None):
                row[n] = MARK
    return found
