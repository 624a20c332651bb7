"""A file that a user brings, as sheets of rows: CSV, XLSX or ODS. Only the columns that are asked
for are handed on."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import python_calamine as calamine

from koers.figures.text import DamagedTextError, as_meant, decode
from koers.plain_text import cleaned
from koers.tables.reading.size import LONGEST_CELL, demand_readable, demand_size
from koers.tables.reading.size import BookError as BookError

SUFFIXES = (".csv", ".xlsx", ".ods")
HEADER_SEARCHED = 20
SAVE_AGAIN = "Sla het bestand opnieuw op in het rekenprogramma en probeer het nog eens."


@dataclass(frozen=True)
class Merged:
    """Cells that are merged into one; rows and columns count from 1, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True)
class Sheet:
    """``rows`` are cells as read: text, number, date or ''. The n-th is row n of the file."""

    name: str
    rows: Sequence[Sequence[Any]]
    merged: tuple[Merged, ...] = ()

    def header(self, row: int) -> list[str]:
        """The names in a row (counted from 1)."""
        cells = list(self.rows[row - 1]) if 0 < row <= len(self.rows) else []
        while cells and _text(cells[-1]) == "":
            cells.pop()
        return [_text(cell) for cell in cells]

    def guessed_header(self) -> int:
        """The row that looks most like a header: names in (nearly) every column, none of them
        twice."""
        widest = max(
            (len(self.header(n)) for n in range(1, min(len(self.rows), HEADER_SEARCHED) + 1)),
            default=0,
        )
        for number in range(1, min(len(self.rows), HEADER_SEARCHED) + 1):
            names = self.header(number)
            full = len([n for n in names if n]) >= max(2, 0.6 * widest) or (
                widest == 1 and len(names) == 1
            )
            if (
                full
                and all(isinstance(c, str) for c in self.rows[number - 1])
                and len(set(names)) == len(names)
            ):
                return number
        return 1

    def checked_header(self, row: int) -> list[str]:
        """The names in a row.

        Raises
        ------
        BookError
            When the row is no header: empty, with merged cells, or with a name that is absent or
            twice there.
        """
        names = self.header(row)
        if not names:
            raise BookError(
                f"Rij {row} van '{self.name}' is leeg. Kies de rij met de namen van de kolommen."
            )
        for cells in self.merged:
            if cells.first_row <= row <= cells.last_row and cells.last_column > cells.first_column:
                raise BookError(
                    f"Rij {row} van '{self.name}' heeft samengevoegde cellen: de kop beslaat"
                    " waarschijnlijk meer rijen. Kies de onderste rij van de kop, of haal de"
                    " samenvoeging weg."
                )
        doubles = sorted({n for n in names if n and names.count(n) > 1})
        if doubles:
            raise BookError(
                f"In rij {row} van '{self.name}' staat de naam '{doubles[0]}' twee keer. Geef elke"
                " kolom een eigen naam, of kies de onderste rij als de kop uit meer rijen bestaat."
            )
        return names


Formulas = dict[str, set[tuple[int, int]]]
"""By sheet the cells with a formula: rows from 1, columns from 0."""


def formulas_of(path: Path) -> Formulas:
    """Where the formulas of an XLSX stand."""
    # Heavy, and most processes never read one.
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {
            sheet.title: {
                (cell.row, cell.column - 1)
                for row in sheet.iter_rows()
                for cell in row
                # A text that begins with "=" is no formula.
                if cell.data_type == "f"
            }
            for sheet in book.worksheets
        }
    finally:
        book.close()


@dataclass(frozen=True)
class Book:
    """A file that was opened: its sheets, and the place of the file for a second look at
    formulas."""

    path: Path
    suffix: str
    sheets: tuple[Sheet, ...]
    find_formulas: Callable[[Path], Formulas] = field(default=formulas_of, repr=False)

    def sheet(self, name: str) -> Sheet:
        return next((s for s in self.sheets if s.name == name), self.sheets[0])

    def rows(
        self, sheet: Sheet, header_row: int, columns: Sequence[int]
    ) -> Iterator[tuple[int, list[Any]]]:
        """Number and the asked cells of every row under the header in which at least one of them is
        filled."""
        for number, cells in enumerate(sheet.rows[header_row:], header_row + 1):
            wanted = [cells[c] if c < len(cells) else "" for c in columns]
            if any(_text(cell) for cell in wanted):
                yield number, wanted

    @cached_property
    def _formulas(self) -> Formulas:
        return self.find_formulas(self.path) if self.suffix == ".xlsx" else {}

    def formula_at(self, sheet: Sheet, row: int, column: int) -> bool:
        """Whether a cell holds a formula; one without a value is of a program that did not keep the
        result."""
        return (row, column) in self._formulas.get(sheet.name, set())


def header_mark(names: Sequence[str]) -> str:
    """What tells one header from another, so that its mapping is found again."""
    return hashlib.sha256("\n".join(n.strip().lower() for n in names).encode()).hexdigest()


def open_book(path: Path, suffix: str) -> Book:
    """Read a file.

    Raises
    ------
    BookError
        When it is no such file, is damaged, protected, empty or too large.
    """
    if path.stat().st_size == 0:
        raise BookError("Het bestand is leeg.")
    sheets = _csv(path) if suffix == ".csv" else _spreadsheet(path, suffix)
    filled = tuple(
        sheet for sheet in sheets if any(_text(cell) for row in sheet.rows for cell in row)
    )
    if not filled:
        raise BookError("In het bestand staan geen cellen met een waarde.")
    return Book(path, suffix, filled)


def csv_rows(raw: bytes) -> list[list[str]]:
    """The cells of a CSV as Dutch Excel and others write it: comma, semicolon or tab, UTF-8 or
    Latin-1; a text that was defused is as it was meant.

    Raises
    ------
    BookError
        When it is no text, is damaged, or is a workbook after all.
    """
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise BookError(
            "Dit is geen CSV maar een rekenblad. Geef het de naam .xlsx of .ods, of sla het op als"
            " CSV."
        )
    try:
        text, _ = decode(raw)
    except DamagedTextError as error:
        raise BookError(f"Rij {error.row}: {error.problem} {SAVE_AGAIN}") from error
    if "\0" in text:
        raise BookError(f"Het bestand is geen tekst. {SAVE_AGAIN}")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        return [[_kept(as_meant(cell)) for cell in row] for row in reader]
    except csv.Error as error:
        raise BookError(f"Het bestand is geen leesbare CSV. {SAVE_AGAIN}") from error


def _csv(path: Path) -> list[Sheet]:
    rows = csv_rows(path.read_bytes())
    demand_size(len(rows), max(map(len, rows), default=0))
    return [Sheet("CSV", rows)]


def _spreadsheet(path: Path, suffix: str) -> list[Sheet]:
    demand_readable(path, suffix)
    try:
        with calamine.load_workbook(str(path)) as book:
            return [_sheet(book, name) for name in book.sheet_names]
    except calamine.PasswordError as error:
        raise BookError(
            "Het bestand is beveiligd met een wachtwoord. Sla het op zonder wachtwoord."
        ) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise BookError(
            f"Het bestand is beschadigd of geen {suffix.lstrip('.').upper()}. {SAVE_AGAIN}"
        ) from error


def _sheet(book: calamine.CalamineWorkbook, name: str) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    demand_size(sheet.total_height, sheet.total_width)
    merged = tuple(
        Merged(top + 1, bottom + 1, left + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    rows = [[_kept(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    return Sheet(cleaned(name), rows, merged)


def _kept(cell: Any) -> Any:
    """A cell of which the text can be kept.

    Raises
    ------
    BookError
        For a text that is longer than a cell can be.
    """
    if not isinstance(cell, str):
        return cell
    if len(cell) > LONGEST_CELL:
        raise BookError(f"In een cel staan meer dan {LONGEST_CELL} tekens. Kort de tekst in.")
    return cleaned(cell)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
