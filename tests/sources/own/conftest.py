"""A small municipality of two square neighbourhoods, and files written by the programs that people
use."""

import json

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from koers.figures.areas import Area
from koers.sources.own.places import Gazetteer


def square(west: float, south: float) -> str:
    ring = [
        [west, south],
        [west + 0.1, south],
        [west + 0.1, south + 0.1],
        [west, south + 0.1],
        [west, south],
    ]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


AREAS = (
    Area("GM9001", "Dorp", "municipality", "NL", None, None, ""),
    Area("WK900100", "Noord", "district", "GM9001", None, None, ""),
    Area("BU90010001", "Oost", "neighbourhood", "WK900100", None, None, square(4.0, 52.0)),
    Area("BU90010002", "West-Einde", "neighbourhood", "WK900100", None, None, square(4.1, 52.0)),
)


@pytest.fixture
def places():
    return Gazetteer(AREAS)


@pytest.fixture
def write(tmp_path):
    """Writes rows as a file of this kind: ``write('.xlsx', rows)``."""

    def make(suffix, rows, merge=(), encoding="utf-8"):
        path = tmp_path / f"bestand{suffix}"
        if suffix == ".csv":
            path.write_text(
                "\r\n".join(";".join(map(str, row)) for row in rows), encoding=encoding, newline=""
            )
        elif suffix == ".xlsx":
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(list(row))
            for cells in merge:
                book.active.merge_cells(cells)
            book.save(path)
        else:
            book = OpenDocumentSpreadsheet()
            table = Table(name="Blad1")
            book.spreadsheet.addElement(table)
            for row in rows:
                line = TableRow()
                table.addElement(line)
                for value in row:
                    if isinstance(value, (int, float)):
                        line.addElement(TableCell(valuetype="float", value=value))
                    else:
                        cell = TableCell(valuetype="string")
                        cell.addElement(P(text=str(value)))
                        line.addElement(cell)
            book.save(str(path))
        return path

    return make
