"""The files of a snapshot out of batches of rows: staged and sorted by DuckDB within bounded memory.

What does not fit is put aside in the new snapshot's own folder, so that it disappears with it. Files are plain Parquet
with ZSTD. Ordered by area, topic and period a count of the country takes a tenth of a byte; a large snapshot has its rows
a second time by period, for which that order makes a cross-section one row group.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from koers.figures.contents import CONTENTS, Kind
from koers.figures.indexing import quoted, write_index
from koers.figures.manifest import Content

MEMORY = "700MB"
IN_MEMORY_ROWS = 500_000
LARGE_ROWS = 1_000_000
# Every question looks at each group's bounds, and reads at least one group: measured, this size makes both cheap.
ROW_GROUP = 491_520


@dataclass(frozen=True)
class Coded:
    """A column of few different texts: ``labels[codes]``, as a source that knows its codes has it."""

    labels: tuple[str, ...]
    codes: npt.NDArray[np.integer[Any]]


Columns = Mapping[str, npt.NDArray[Any] | Coded]


class DuplicateRowError(ValueError):
    """The same area, topic and period came twice: something went wrong on the way here."""


@dataclass(frozen=True)
class Written:
    """What stands in the folder: its rows, the last period ('' where there are none), and the SHA-256 of each file."""

    rows: int
    last_period: str
    files: dict[str, str]
    size: int


def write_files(folder: Path, content: Content, batches: Iterable[Columns]) -> Written:
    """Sort the rows of all batches into ``folder``.

    Raises
    ------
    DuplicateRowError
        When a row comes twice.
    """
    kind = CONTENTS[content]
    aside = folder / "aside"
    aside.mkdir()
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(aside), "threads": 2}) as db:
        rows = _stage(db, kind, batches, aside)
        _sort(db, kind, kind.order, folder / "data.parquet", rows)
        _refuse_doubles(db, kind, folder / "data.parquet")
        if content == "observations":
            if rows > LARGE_ROWS:
                _sort(db, kind, ("period", "topic", "area"), folder / "by-period.parquet", rows)
            last = write_index(db, folder, large=rows > LARGE_ROWS)
        else:
            last = ""
    shutil.rmtree(aside)
    files = sorted(folder.iterdir())
    return Written(rows, last, {f.name: sha256_of(f) for f in files}, sum(f.stat().st_size for f in files))


SHAPE = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"


def _stage(db: duckdb.DuckDBPyConnection, kind: Kind, batches: Iterable[Columns], aside: Path) -> int:
    """Every batch into the table ``staged``, which moves to the disk once it is no longer small."""
    db.execute(f"CREATE TABLE staged ({kind.definition})")
    rows, table = 0, "staged"
    for batch in batches:
        if rows > IN_MEMORY_ROWS and table == "staged":
            table = "disk.staged"
            db.execute(f"ATTACH '{quoted(aside / 'staged.duckdb')}' AS disk")
            db.execute(f"CREATE TABLE {table} AS FROM memory.staged")
            db.execute("DROP TABLE memory.staged")
        rows += _insert(db, kind, table, batch)
    if table != "staged":
        db.execute("USE disk")
    return rows


def _insert(db: duckdb.DuckDBPyConnection, kind: Kind, table: str, batch: Columns) -> int:
    arrays: dict[str, npt.NDArray[Any]] = {}
    chosen, joins = [], []
    for column in kind.columns:
        values = batch[column.name]
        expression = f"rows.{column.name}"
        if isinstance(values, Coded):
            name = f"labels_{column.name}"
            labels = np.array(values.labels, dtype=object)
            db.register(name, {"code": np.arange(len(labels), dtype=np.int32), "label": labels})
            joins.append(f"JOIN {name} ON {name}.code = rows.{column.name}")
            expression = f"{name}.label"
            values = np.asarray(values.codes, dtype=np.int32)
        arrays[column.name] = np.asarray(values)
        cast = f"CAST({expression} AS {column.kind})"
        if column.kind == "DOUBLE" and column.name in ("value", "share"):
            cast = f"CASE WHEN isnan({cast}) THEN NULL ELSE {cast} END"
        chosen.append(cast)
    lengths = {len(values) for values in arrays.values()}
    if len(lengths) != 1:
        raise ValueError(f"the columns of a batch have different lengths: {sorted(lengths)}")
    (length,) = lengths
    if length:
        db.register("rows", arrays)
        db.execute(f"INSERT INTO {table} SELECT {', '.join(chosen)} FROM rows {' '.join(joins)}")
        db.unregister("rows")
    return length


def _sort(db: duckdb.DuckDBPyConnection, kind: Kind, order: tuple[str, ...], file: Path, rows: int) -> None:
    """The staged rows in this order as Parquet; of many rows texts are sorted as the small numbers that stand for them."""
    texts = [column.name for column in kind.columns if column.kind == "VARCHAR"] if rows > IN_MEMORY_ROWS else []
    for name in texts:
        db.execute(f"DROP TYPE IF EXISTS {name}_code")
        db.execute(
            f"CREATE TYPE {name}_code AS ENUM (SELECT DISTINCT {name} FROM staged WHERE {name} IS NOT NULL ORDER BY 1)"
        )
    coded = ", ".join(f"{n}::{n}_code AS {n}" if n in texts else n for n in kind.names)
    plain = ", ".join(f"{n}::VARCHAR AS {n}" if n in texts else n for n in kind.names)
    query = f"SELECT {plain} FROM (SELECT {coded} FROM staged ORDER BY {', '.join(order)})"
    db.execute(f"COPY ({query}) TO '{quoted(file)}' ({SHAPE})")


def _refuse_doubles(db: duckdb.DuckDBPyConnection, kind: Kind, file: Path) -> None:
    """Rows stand in the order of their key, so a double one stands next to its like."""
    key = ", ".join(kind.key)
    again = " AND ".join(f"{name} = lag({name}) OVER ()" for name in kind.key)
    found = db.execute(
        f"SELECT {key} FROM (SELECT {key}, {again} AS again FROM read_parquet('{quoted(file)}')) WHERE again LIMIT 1"
    ).fetchone()
    if found is not None:
        raise DuplicateRowError(f"{', '.join(str(part) for part in found)} komt twee keer voor")


def sha256_of(file: Path) -> str:
    with file.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest()
