"""The cells of a user's long CSV, a column at a time: its different texts, and which of them each
row has.

DuckDB reads a well-formed file; what it refuses is read again row by row, which finds the row to
name. A million lines hold few different texts, so everything that judges a text looks at each only
once.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from koers.figures.queries.csv_cells import read_csv_cells
from koers.figures.text import DamagedTextError, decode, first_line

Integers = npt.NDArray[np.int64]
REQUIRED = ("area", "topic", "period", "count")


class CountsFileError(Exception):
    """A file that cannot be used; the message names file, row and column and says what to do."""

    def __init__(
        self, file: str, problem: str, *, row: int | None = None, column: str | None = None
    ) -> None:
        place = (
            file
            + (f", rij {row}" if row is not None else "")
            + (f", kolom {column}" if column else "")
        )
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True)
class CountsColumn:
    """``texts`` in order of appearance, without the spaces around them, and the index of that of
    each row."""

    name: str
    texts: tuple[str, ...]
    codes: Integers


class Source:
    """A CSV file with a header: its delimiter, its columns, and on which line a row stands.

    Raises
    ------
    CountsFileError
        When it is empty, is no text, or has the same column twice.
    """

    def __init__(self, file: Path) -> None:
        self.name = file.name
        raw = file.read_bytes()
        try:
            self._text, self.encoding = decode(raw)
        except DamagedTextError as error:
            raise CountsFileError(self.name, error.problem, row=error.row) from error
        self._file = file
        first = first_line(self._text)
        if not first.strip():
            raise self.error("het bestand is leeg.", row=1)
        self.delimiter = ";" if first.count(";") > first.count(",") else ","
        header = next(csv.reader(io.StringIO(self._text, newline=""), delimiter=self.delimiter))
        # Excel gives empty cells behind the header where a column was once used.
        while header and not header[-1].strip():
            header.pop()
        self.header = tuple(name.strip() for name in header)
        self.width = len(self.header)
        if doubles := {name for name in self.header if self.header.count(name) > 1}:
            raise self.error("deze kolom staat er twee keer in.", row=1, column=min(doubles))

    def error(
        self, problem: str, row: int | None = None, column: str | None = None
    ) -> CountsFileError:
        return CountsFileError(self.name, problem, row=row, column=column)

    def error_at(self, index: int, column: str, problem: str) -> CountsFileError:
        """The error of the ``index``-th row that is not empty."""
        return self.error(problem, self.line(index), column)

    def line(self, index: int) -> int:
        """The line of the file on which the ``index``-th row that is not empty ends."""
        for i, (number, _) in enumerate(self._rows()):
            if i == index:
                return number
        raise IndexError(index)

    def demand(self, names: Sequence[str], head: Sequence[str]) -> None:
        """Refuse a file without one of these columns; ``head`` is what its first row should hold.

        Raises
        ------
        CountsFileError
            Naming the first that is missing.
        """
        for name in names:
            if name not in self.header:
                raise self.error(
                    f"de kolom '{name}' ontbreekt. De eerste rij moet {','.join(head)} bevatten.",
                    row=1,
                    column=name,
                )

    def columns(self, names: Sequence[str]) -> dict[str, CountsColumn]:
        """These columns of every row that is not empty.

        Raises
        ------
        CountsFileError
            When a row has more or fewer cells than the header, or there are no rows.
        """
        found = self._fast(names) or self._slow(names)
        if not found[names[0]].codes.size:
            raise self.error("het bestand heeft een kop maar geen rijen.", row=2)
        return found

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self.delimiter)
        try:
            next(reader)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
        except csv.Error as error:
            raise self.error(
                "deze rij is niet te lezen; staat er een aanhalingsteken te veel?",
                row=reader.line_num,
            ) from error

    def _slow(self, names: Sequence[str]) -> dict[str, CountsColumn]:
        places = [self.header.index(name) for name in names]
        seen: list[dict[str, int]] = [{} for _ in names]
        codes: list[list[int]] = [[] for _ in names]
        for number, cells in self._rows():
            if len(cells) < self.width or any(cell.strip() for cell in cells[self.width :]):
                raise self.error(
                    f"deze rij heeft {len(cells)} kolommen, de eerste rij {self.width}.",
                    row=number,
                    column=self.header[min(len(cells), self.width - 1)],
                )
            for place, texts, into in zip(places, seen, codes, strict=True):
                into.append(texts.setdefault(cells[place].strip(), len(texts)))
        return {
            name: CountsColumn(name, tuple(texts), np.array(into, dtype=np.int64))
            for name, texts, into in zip(names, seen, codes, strict=True)
        }

    def _fast(self, names: Sequence[str]) -> dict[str, CountsColumn] | None:
        """None when DuckDB cannot read it."""
        if self.encoding == "UTF-8":
            return self._duckdb(self._file, names)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "counts.csv"
            copy.write_bytes(self._text.encode())
            return self._duckdb(copy, names)

    def _duckdb(self, file: Path, names: Sequence[str]) -> dict[str, CountsColumn] | None:
        places = {name: self.header.index(name) for name in names}
        found = read_csv_cells(file, places, self.width, self.delimiter)
        if found is None:
            return None
        return {name: CountsColumn(name, *cells) for name, cells in found.items()}
