"""The files as which a table is taken along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from koers.tables.described import as_json
from koers.tables.table import Table
from koers.tables.writing import ods, xlsx
from koers.tables.writing.csv import rows_to_csv
from koers.tables.writing.sheet import NewSheet
from koers.tables.writing.values import plain_value


@dataclass(frozen=True)
class Format:
    """``offered``: whether a page has a link to it."""

    suffix: str
    label: str
    mime: str
    write: Callable[[Table], bytes]
    offered: bool = True


def _csv(table: Table) -> bytes:
    return rows_to_csv([column.label for column in table.file_columns], table.file_rows())


def _sheet(table: Table) -> NewSheet:
    columns = table.file_columns
    return NewSheet(
        table.caption or table.name,
        [column.label for column in columns],
        [[plain_value(value) for value in row] for row in table.file_rows()],
        frozenset(n for n, c in enumerate(columns) if c.kind.datatype == "string"),
    )


FORMATS = {
    kind.suffix: kind
    for kind in (
        Format("csv", "CSV", "text/csv; charset=utf-8", _csv),
        Format("xlsx", "Excel", xlsx.MIME, lambda table: xlsx.write_xlsx([_sheet(table)])),
        Format("ods", "ODS", ods.MIME, lambda table: ods.write_ods([_sheet(table)])),
        Format("json", "JSON", "application/json", as_json, offered=False),
    )
}
