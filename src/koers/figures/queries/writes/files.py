"""Files for whoever takes rows along: CSV or Parquet, by the name of the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from koers.figures.manifest import Snapshot
from koers.figures.queries.last_rows import INTERNAL
from koers.figures.queries.writes.indexing import quoted
from koers.figures.store import FigureStore


def write_snapshot(store: FigureStore, snapshot: Snapshot, file: Path, name: str) -> None:
    """Every row of a snapshot; a count that is whole is written without a decimal. ``name`` is that
    of the file as it will be."""
    m = snapshot.manifest
    db = store.connect([m.id])
    chosen, order = f"* EXCLUDE ({INTERNAL})", "ALL"
    if m.content == "observations":
        row = db.execute(
            "SELECT coalesce(bool_and(value = floor(value)), true) FROM observations"
        ).fetchone()
        value = "CAST(value AS BIGINT)" if row and row[0] else "value"
        chosen, order = f"area, topic, period, {value} AS count, status", "period, topic, area"
    db.execute(
        f"COPY (SELECT {chosen} FROM {m.content} ORDER BY {order}) TO '{quoted(file)}'"
        f" ({_shape(name)})"
    )


def write_columns(columns: Mapping[str, Any], kinds: Kinds, file: Path, name: str) -> None:
    """The columns in a file; no value is an empty cell."""
    with duckdb.connect() as db:
        db.register("rows", columns)
        db.execute(f"COPY ({kinds.chosen}) TO '{quoted(file)}' ({_shape(name)})")


def read_columns(columns: Mapping[str, Any], kinds: Kinds) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of the columns as they would be written, some thousands at a time."""
    with duckdb.connect() as db:
        db.register("rows", columns)
        result = db.execute(kinds.chosen)
        while rows := result.fetchmany(10_000):
            yield rows


class Kinds:
    """Which columns are written, in which order; what is no text is a number, some of them
    whole."""

    def __init__(
        self, names: Sequence[str], texts: Collection[str], whole: Collection[str]
    ) -> None:
        cells = ", ".join(_cell(name, name in texts, name in whole) for name in names)
        self.chosen = f"SELECT {cells} FROM rows"


def _cell(name: str, text: bool, whole: bool) -> str:
    if text:
        return f"CAST({name} AS VARCHAR) AS {name}"
    value = f"CASE WHEN isfinite({name}) THEN {name} END"
    return f"CAST({value} AS BIGINT) AS {name}" if whole else f"{value} AS {name}"


def _shape(name: str) -> str:
    return "FORMAT parquet" if name.lower().endswith(".parquet") else "FORMAT csv, HEADER"
