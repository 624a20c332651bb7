"""How large a packed file becomes, looked at piece by piece before anything of it is allocated.

A spreadsheet of a kilobyte can say that it has a cell in the last row and the last column, or that
a row is repeated a million times; whoever opens it first makes room for all of that.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from koers.dutch import number

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 200, 5_000_000
MOST_UNPACKED, MOST_PARTS = 400_000_000, 5_000
MOST_MERGED, MOST_COVERED = 5_000, 500_000
LONGEST_CELL = 32_767
"""What Excel can hold in one cell."""

_PIECE = 1 << 20
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Za-z]{1,4})(\d{1,9})["'][^<>]*?>""")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


class BookError(Exception):
    """Why a file cannot be used, in plain Dutch: where, what, and what to do."""


@dataclass
class _Extent:
    """How far the cells with a value reach."""

    rows: int = 0
    columns: int = 0

    def demand(self) -> None:
        demand_size(self.rows, self.columns)


def demand_size(rows: int, columns: int) -> None:
    """Raise BookError for more rows, columns or cells than Koers reads."""
    if rows > MOST_ROWS:
        raise BookError(
            f"Het bestand heeft meer dan {number(MOST_ROWS)} rijen. Knip het in stukken."
        )
    if columns > MOST_COLUMNS:
        raise BookError(
            f"Het bestand heeft meer dan {MOST_COLUMNS} kolommen. Haal weg wat niet nodig is."
        )
    if rows * columns > MOST_CELLS:
        raise BookError(
            f"Het bestand heeft meer dan {number(MOST_CELLS)} cellen. Haal weg wat niet nodig is."
        )


@dataclass
class Merges:
    """How many merged cells there are, and how many cells they cover."""

    number: int = 0
    covered: int = 0

    def add(self, high: int = 1, wide: int = 1) -> None:
        """Count one of this height and width (within the table); raise BookError when there are
        more than Koers follows."""
        self.number += 1
        self.covered += max(0, high) * max(0, wide)
        if self.number > MOST_MERGED or self.covered > MOST_COVERED:
            raise BookError(
                "Het bestand heeft te veel samengevoegde cellen. Haal de samenvoeging weg en"
                " probeer het opnieuw."
            )


def demand_unpacked(path: Path) -> None:
    """Raise BookError for a packed file that would unpack to more than Koers reads; what is no
    packed file is left to its reader."""
    try:
        with zipfile.ZipFile(path) as packed:
            _demand_parts(packed)
    except (zipfile.BadZipFile, NotImplementedError):
        return


def demand_readable(path: Path, suffix: str) -> None:
    """The same for a spreadsheet, with the cells that it would become.

    Raises
    ------
    BookError
        For too many bytes, rows, columns, cells or merged cells.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            _demand_parts(packed)
            if suffix == ".ods":
                _demand_ods(packed)
            else:
                _demand_xlsx(packed)
    except (zipfile.BadZipFile, NotImplementedError, KeyError, ElementTree.ParseError):
        # No zip, protected or damaged: the reader says what is wrong with it.
        return


def _demand_parts(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BookError("Het bestand is uitgepakt te groot. Haal weg wat niet nodig is.")


def _demand_xlsx(packed: zipfile.ZipFile) -> None:
    for part in packed.infolist():
        if part.filename.lower().startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            _demand_sheet(_pieces(packed, part))


def _demand_sheet(pieces: Iterator[bytes]) -> None:
    extent, merges, rest = _Extent(), Merges(), b""
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b"<")
        text, rest = (text[:end], text[end:]) if end > 0 and len(text) < 8 * _PIECE else (text, b"")
        _widen(extent, text)
        for _ in _MERGED.finditer(text):
            merges.add()
        extent.demand()
    _widen(extent, rest)
    extent.demand()


def _widen(extent: _Extent, text: bytes) -> None:
    columns = set()
    for found in _CELL.finditer(text):
        # An empty cell holds only a colour or a border.
        if text[found.end() - 2 : found.end()] != b"/>":
            columns.add(found[1])
            extent.rows = max(extent.rows, int(found[2]))
    for name in columns:
        extent.columns = max(extent.columns, _column(name))


def _column(name: bytes) -> int:
    number = 0
    for letter in name.upper():
        number = 26 * number + letter - 64
    return number


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with packed.open(part) as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _demand_ods(packed: zipfile.ZipFile) -> None:
    with packed.open("content.xml") as content:
        extent = _Extent()
        row = 0
        for _, node in ElementTree.iterparse(content):
            if node.tag == f"{_TABLE}table-row":
                repeated = count(node, "number-rows-repeated")
                if width := _width(node):
                    extent.rows = row + repeated
                    extent.columns = max(extent.columns, width)
                    extent.demand()
                row += repeated
                node.clear()
            elif node.tag == f"{_TABLE}table":
                extent, row = _Extent(), 0
                node.clear()


def _width(row: ElementTree.Element) -> int:
    """Up to and with the last cell that has a value."""
    at = last = 0
    for cell in row:
        at += count(cell, "number-columns-repeated")
        if len(cell) or cell.get(f"{_OFFICE}value-type") or cell.get(f"{_TABLE}formula"):
            last = at
    return last


def count(node: ElementTree.Element, name: str) -> int:
    """How often a cell or row stands there; what is no number counts as once."""
    written = node.get(f"{_TABLE}{name}", "1")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 12 else 1
