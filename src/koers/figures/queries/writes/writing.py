"""The files of a snapshot out of batches of rows: staged and sorted by DuckDB within bounded
memory.

What does not fit is put aside in the new snapshot's own folder, so that it disappears with it.
Files are plain Parquet with ZSTD. Ordered by area, topic and period a count of the country takes a
tenth of a byte; a large snapshot has its rows a second time by period, for which that order makes a
cross-section one row group.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from koers.figures.contents import CONTENTS, ContentKind
from koers.figures.folders import sha256_of
from koers.figures.manifest import Content
from koers.figures.queries.writes.indexing import quoted, write_index

MEMORY = "700MB"
IN_MEMORY_ROWS = 2_000_000
LARGE_ROWS = 1_000_000
# Every question looks at each group's bounds, and reads at least one group: measured, this size
# makes both cheap.
ROW_GROUP = 491_520


@dataclass(frozen=True)
class Coded:
    """A column of few different texts: ``labels[codes]``, as a source that knows its codes has
    it."""

    labels: tuple[str, ...]
    codes: npt.NDArray[np.integer[Any]]


Columns = Mapping[str, npt.NDArray[Any] | Coded]


class DuplicateRowError(ValueError):
    """The same area, topic and period came twice: something went wrong on the way here."""


@dataclass(frozen=True)
class Written:
    """What stands in the folder: its rows, the last period ('' where there are none), and the
    SHA-256 of each file."""

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
    with duckdb.connect(
        config={"memory_limit": MEMORY, "temp_directory": str(aside), "threads": 2}
    ) as db:
        # Counts repeat few texts and are many; of areas every text is another.
        texts = {name: _Texts() for name in kind.texts} if content == "observations" else {}
        rows = _stage(db, kind, texts, batches, aside)
        _sort(db, kind, texts, kind.order, folder / "data.parquet")
        _refuse_doubles(db, kind, folder / "data.parquet")
        if content == "observations":
            if rows > LARGE_ROWS:
                _sort(db, kind, texts, ("period", "topic", "area"), folder / "by-period.parquet")
            last = write_index(db, folder, large=rows > LARGE_ROWS)
        else:
            last = ""
    shutil.rmtree(aside)
    files = sorted(folder.iterdir())
    return Written(
        rows, last, {f.name: sha256_of(f) for f in files}, sum(f.stat().st_size for f in files)
    )


SHAPE = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"


@dataclass
class _Texts:
    """The different texts of a column, numbered as they come; rows are staged and sorted as these
    numbers."""

    numbers: dict[Any, int] = field(default_factory=dict)
    _former: tuple[tuple[str, ...], npt.NDArray[np.int32]] = ((), np.zeros(0, dtype=np.int32))

    def of(self, values: npt.NDArray[Any] | Coded) -> npt.NDArray[np.int32]:
        """The number of each text."""
        if isinstance(values, Coded):
            # A source hands over the same thousands of labels with every batch.
            if values.labels is not self._former[0]:
                # Numbered in their order, most tables need no other numbers to be sorted by.
                self._of(sorted({label for label in values.labels if label is not None}))
                self._former = values.labels, self._of(values.labels)
            return self._former[1][np.asarray(values.codes)]
        return self._of(np.asarray(values).tolist())

    def _of(self, texts: Iterable[Any]) -> npt.NDArray[np.int32]:
        numbers = self.numbers
        return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int32)

    @property
    def ordered(self) -> list[str | None]:
        """The texts in the order in which they are sorted."""
        plain = {str(text) for text in self.numbers if text is not None}
        return [*sorted(plain), *([None] if None in self.numbers else [])]

    @property
    def in_order(self) -> bool:
        """Whether the numbers themselves are in the order of the texts."""
        return list(self.numbers) == self.ordered

    @property
    def places(self) -> list[int]:
        """Of each number the place of its text in ``ordered``, from 1."""
        place = {text: number for number, text in enumerate(self.ordered, 1)}
        return [place[None if text is None else str(text)] for text in self.numbers]


def _stage(
    db: duckdb.DuckDBPyConnection,
    kind: ContentKind,
    texts: Mapping[str, _Texts],
    batches: Iterable[Columns],
    aside: Path,
) -> int:
    """Every batch into the table ``staged``, which moves to the disk once it is no longer small."""
    definition = ", ".join(
        f"{c.name} INTEGER NOT NULL" if c.name in texts else kind.defined(c) for c in kind.columns
    )
    db.execute(f"CREATE TABLE staged ({definition})")
    rows, table = 0, "staged"
    for batch in batches:
        if rows > IN_MEMORY_ROWS and table == "staged":
            table = "disk.staged"
            db.execute(f"ATTACH '{quoted(aside / 'staged.duckdb')}' AS disk")
            db.execute(f"CREATE TABLE {table} AS FROM memory.staged")
            db.execute("DROP TABLE memory.staged")
        rows += _insert(db, kind, texts, table, batch)
    if table != "staged":
        db.execute("USE disk")
    return rows


def _insert(
    db: duckdb.DuckDBPyConnection,
    kind: ContentKind,
    texts: Mapping[str, _Texts],
    table: str,
    batch: Columns,
) -> int:
    arrays: dict[str, npt.NDArray[Any]] = {}
    chosen = []
    for column in kind.columns:
        values = batch[column.name]
        expression = column.name
        if column.name in texts:
            arrays[column.name] = texts[column.name].of(values)
        else:
            arrays[column.name] = _plain(values)
            expression = f"CAST({column.name} AS {column.kind})"
            if column.kind == "DOUBLE" and column.name in ("value", "share"):
                expression = f"CASE WHEN isnan({expression}) THEN NULL ELSE {expression} END"
        chosen.append(expression)
    lengths = {len(values) for values in arrays.values()}
    if len(lengths) != 1:
        raise ValueError(f"the columns of a batch have different lengths: {sorted(lengths)}")
    absent = [name for name in kind.key if name in texts and None in texts[name].numbers]
    if absent:
        raise ValueError(f"a row has no {absent[0]}")
    (length,) = lengths
    if length:
        db.register("rows", arrays)
        db.execute(f"INSERT INTO {table} SELECT {', '.join(chosen)} FROM rows")
        db.unregister("rows")
    return length


def _plain(values: npt.NDArray[Any] | Coded) -> npt.NDArray[Any]:
    if isinstance(values, Coded):
        return np.array(values.labels, dtype=object)[np.asarray(values.codes)]
    return np.asarray(values)


def _sort(
    db: duckdb.DuckDBPyConnection,
    kind: ContentKind,
    texts: Mapping[str, _Texts],
    order: tuple[str, ...],
    file: Path,
) -> None:
    """The staged rows in this order as Parquet; what was staged as numbers is sorted as numbers and
    written as texts."""
    for name, these in texts.items():
        db.execute(f"SET VARIABLE ordered_{name} = ?::VARCHAR[]", [these.ordered])
        db.execute(f"SET VARIABLE places_{name} = ?::INTEGER[]", [these.places])
    places = ", ".join(f"{_place(n, texts[n])} AS {n}" if n in texts else n for n in kind.names)
    plain = ", ".join(
        f"getvariable('ordered_{n}')[{n}] AS {n}" if n in texts else n for n in kind.names
    )
    query = f"SELECT {plain} FROM (SELECT {places} FROM staged ORDER BY {', '.join(order)})"
    db.execute(f"COPY ({query}) TO '{quoted(file)}' ({SHAPE})")


def _place(name: str, texts: _Texts) -> str:
    """The place of a staged number among the ordered texts, in SQL."""
    return f"{name} + 1" if texts.in_order else f"getvariable('places_{name}')[{name} + 1]"


def _refuse_doubles(db: duckdb.DuckDBPyConnection, kind: ContentKind, file: Path) -> None:
    """Rows stand in the order of their key, so a double one stands next to its like."""
    key = ", ".join(kind.key)
    again = " AND ".join(f"{name} = lag({name}) OVER ()" for name in kind.key)
    found = db.execute(
        f"SELECT {key} FROM (SELECT {key}, {again} AS again FROM read_parquet('{quoted(file)}'))"
        " WHERE again LIMIT 1"
    ).fetchone()
    if found is not None:
        raise DuplicateRowError(f"{', '.join(str(part) for part in found)} komt twee keer voor")
