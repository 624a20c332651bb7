"""A file or a piece of text as grids of cells: spreadsheets by calamine, CSV, Word and ODT by
pandoc, pasted rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from koers.figures.text import as_meant
from koers.plain_text import cleaned
from koers.tables.reading import coloured, documents, odf_cells
from koers.tables.reading.book import BookError, Merged, open_book
from koers.tables.reading.size import Merges, demand_unpacked

SPREADSHEETS, DOCUMENTS = (".xlsx", ".xls", ".ods", ".csv"), (".docx", ".odt")
SUFFIXES = (*SPREADSHEETS, *DOCUMENTS)
PASTED = ".txt"
MOST_LINES = 2000
# Names of sheets that are no heading of what stands there.
_SAYS_NOTHING = re.compile(
    r"(?i)(?:blad|sheet|werkblad|tabel|table)? ?\d*$|.*(?:maatregel|actie|plan|programma|planning"
    r"|overzicht|doelen|indicator|lijst|toelichting|versie|concept|totaal|\d{4})"
)


@dataclass(frozen=True)
class Grid:
    """Cells as read; rows count from 1 as in the file, columns from 0. ``formulas`` are the cells
    that hold one; ``heading`` is what stands above a table in a document, or the name of its sheet;
    ``outside`` what stands in a document beside the tables."""

    name: str
    rows: Sequence[Sequence[Any]]
    merged: tuple[Merged, ...] = ()
    formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    heading: str = ""
    outside: tuple[str, ...] = ()

    @cached_property
    def width(self) -> int:
        return max(
            (n + 1 for row in self.rows for n, cell in enumerate(row) if text_of(cell)), default=0
        )

    @cached_property
    def _beneath(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Of each cell that is covered by a merged one, the cell that it shows."""
        return {
            (row, column): (area.first_row, area.first_column - 1)
            for area in self.merged
            for row in range(area.first_row, min(area.last_row, len(self.rows)) + 1)
            for column in range(area.first_column - 1, min(area.last_column, self.width))
            if (row, column) != (area.first_row, area.first_column - 1)
        }

    def _own(self, row: int, column: int) -> Any:
        cells = self.rows[row - 1] if 0 < row <= len(self.rows) else ()
        return cells[column] if column < len(cells) else ""

    def head(self, row: int, column: int) -> Any:
        """A cell of the header: one that is covered says what covers it."""
        return self._own(*self._beneath.get((row, column), (row, column)))

    def cell(self, row: int, column: int) -> Any:
        """A cell below the header: merged downwards it counts for each row, sideways for its first
        column only."""
        above = self._beneath.get((row, column))
        return (
            self._own(*above)
            if above is not None and above[1] == column
            else self._own(row, column)
        )

    def is_covered(self, row: int, column: int) -> bool:
        """Whether a cell takes its value from one above, with which it is merged."""
        above = self._beneath.get((row, column))
        return above is not None and above[1] == column

    def band(self, row: int) -> str:
        """The text of a row that is one cell over (nearly) the whole width, as between the parts of
        a table; else ''."""
        wide = self._wide.get(row)
        return text_of(self._own(wide.first_row, wide.first_column - 1)) if wide else ""

    @cached_property
    def _wide(self) -> dict[int, Merged]:
        """Of each row the first merged cell that goes over (nearly) the whole width."""
        found: dict[int, Merged] = {}
        for m in self.merged:
            if m.last_column - m.first_column + 1 >= max(2, 0.8 * self.width):
                for row in range(m.first_row, min(m.last_row, len(self.rows)) + 1):
                    found.setdefault(row, m)
        return found

    def is_empty(self, row: int) -> bool:
        return not any(text_of(self.cell(row, c)) for c in range(self.width))


def text_of(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def open_grids(path: Path, suffix: str) -> tuple[Grid, ...]:
    """The tables of a file.

    Raises
    ------
    BookError
        When it cannot be read, or has no table.
    """
    if suffix == PASTED:
        return (pasted(path.read_text(encoding="utf-8")),)
    if path.stat().st_size == 0:
        raise BookError("Het bestand is leeg.")
    if suffix in DOCUMENTS:
        demand_unpacked(path)
        found = tuple(
            Grid(t.name, t.rows, t.merged, heading=t.heading, outside=(*t.before, *t.after))
            for t in documents.tables_of(path, suffix.lstrip("."))
        )
        if not found:
            raise BookError(
                "In dit document staat geen tabel. Kies 'het hele document' om de tekst in te"
                " lezen, zet de maatregelen in een tabel, of plak ze uit Excel."
            )
        return demand_not_too_long(found)
    book = open_book(path, suffix)
    more = odf_cells.look(path) if suffix == ".ods" else {}
    marked = coloured.with_colours(path, book.sheets) if suffix == ".xlsx" else {}
    tables = []
    for sheet in book.sheets:
        if suffix == ".ods":
            extra = more.get(sheet.name, odf_cells.NOTHING)
            merged, formulas = extra.merged, extra.formulas
        else:
            merged = sheet.merged
            formulas = frozenset(
                (r, c)
                for r, row in enumerate(sheet.rows, 1)
                for c in range(len(row))
                if book.formula_at(sheet, r, c)
            )
        heading = sheet.name if len(book.sheets) > 1 and not _SAYS_NOTHING.match(sheet.name) else ""
        rows = marked.get(sheet.name, sheet.rows)
        tables.append(Grid(sheet.name, rows, merged, formulas, heading))
    return demand_not_too_long(tuple(tables))


def pasted(text: str) -> Grid:
    """Rows that were copied from a spreadsheet: tabs between the cells, a cell with a line break
    between quotes.

    Raises
    ------
    BookError
        When there is nothing in it.
    """
    if not text.strip():
        raise BookError("Er is niets geplakt. Kopieer de rijen in Excel en plak ze in het vak.")
    delimiter = "\t" if "\t" in text or ";" not in text.splitlines()[0] else ";"
    try:
        rows = [
            [cleaned(as_meant(cell)) for cell in row]
            for row in csv.reader(io.StringIO(text), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise BookError(
            "Dit zijn geen rijen uit een rekenblad. Kopieer de cellen opnieuw."
        ) from error
    return demand_not_too_long((Grid("Geplakte rijen", rows),))[0]


def demand_not_too_long(tables: tuple[Grid, ...]) -> tuple[Grid, ...]:
    """The tables; raise BookError where one has more rows or merged cells than Koers follows."""
    for table in tables:
        merges = Merges()
        for m in table.merged:
            high = min(m.last_row, len(table.rows)) - m.first_row + 1
            merges.add(high, min(m.last_column, table.width) - m.first_column + 1)
    longest = max((len(t.rows) for t in tables), default=0)
    if longest > 10 * MOST_LINES:
        raise BookError(
            f"De tabel heeft {longest} rijen. Koers leest er hooguit {MOST_LINES} tegelijk: knip"
            " haar in stukken."
        )
    return tables
