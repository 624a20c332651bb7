"""What calamine does not tell of an ODS: which cells are merged and which hold a formula."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from koers.tables.reading.book import SAVE_AGAIN, BookError, Merged
from koers.tables.reading.size import Merges, count

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
MOST_REPEATED = 20_000


@dataclass(frozen=True)
class More:
    merged: tuple[Merged, ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()


NOTHING = More()


def look(path: Path) -> dict[str, More]:
    """By sheet."""
    try:
        with zipfile.ZipFile(path) as packed, packed.open("content.xml") as content:
            sheets = ElementTree.parse(content).iter(f"{TABLE}table")
            return {sheet.get(f"{TABLE}name", ""): _sheet(sheet) for sheet in sheets}
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError) as error:
        raise BookError(f"Het bestand is beschadigd of geen ODS. {SAVE_AGAIN}") from error


def _sheet(sheet: ElementTree.Element) -> More:
    merged, formulas, merges = [], set(), Merges()
    for row, cells in _rows(sheet):
        column = 0
        for cell in cells:
            repeated = _count(cell, "number-columns-repeated")
            down, across = (
                _count(cell, "number-rows-spanned"),
                _count(cell, "number-columns-spanned"),
            )
            if down > 1 or across > 1:
                merges.add()
                merged.append(Merged(row, row + down - 1, column + 1, column + across))
            if cell.get(f"{TABLE}formula"):
                formulas |= {(row, column + n) for n in range(repeated)}
            column += repeated
    return More(tuple(merged), frozenset(formulas))


def _rows(sheet: ElementTree.Element) -> Iterator[tuple[int, list[ElementTree.Element]]]:
    number = 1
    for row in sheet.iter(f"{TABLE}table-row"):
        yield (
            number,
            [c for c in row if c.tag in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")],
        )
        number += _count(row, "number-rows-repeated")


def _count(node: ElementTree.Element, name: str) -> int:
    return min(count(node, name), MOST_REPEATED)
