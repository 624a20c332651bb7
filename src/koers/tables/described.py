"""What a table is, for programs: a description of its columns, as JSON and as CSV on the Web."""

from __future__ import annotations

import json
from typing import Any

from koers.tables.column import Column
from koers.tables.table import Table
from koers.tables.writing.values import plain_value


def describe(table: Table) -> dict[str, Any]:
    """Name, caption and of each column of the file key, label, kind and unit."""
    return {
        "name": table.name,
        "caption": table.caption,
        "columns": [_described(column) for column in table.file_columns],
    }


def _described(column: Column) -> dict[str, str]:
    found = {"key": column.key, "label": column.label, "kind": column.kind.name}
    return found | ({"unit": column.unit} if column.unit else {})


def as_json(table: Table) -> bytes:
    """The description with the rows, each value by the key of its column."""
    keys = [column.key for column in table.file_columns]
    rows = [dict(zip(keys, map(plain_value, row), strict=True)) for row in table.file_rows()]
    found = describe(table) | {"rows": rows}
    return (json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def csvw(table: Table, address: str) -> dict[str, Any]:
    """The metadata that CSV on the Web (W3C) wants beside a CSV file that stands at ``address``."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "url": address,
        "dc:title": table.caption,
        "dialect": {"delimiter": ";", "encoding": "utf-8"},
        "tableSchema": {"columns": [_in_csvw(column) for column in table.file_columns]},
    }


def _in_csvw(column: Column) -> dict[str, Any]:
    return {
        "name": column.key,
        "titles": column.label,
        "datatype": _DATATYPES.get(column.kind.datatype, column.kind.datatype),
    }


# As ``writing.csv`` writes them.
_DATATYPES: dict[str, dict[str, Any]] = {
    "decimal": {"base": "decimal", "format": {"decimalChar": ","}},
    "boolean": {"base": "boolean", "format": "ja|nee"},
    "datetime": {"base": "datetime", "format": "yyyy-MM-dd HH:mm"},
}
