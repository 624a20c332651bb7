"""What stands beside the rows of a snapshot, so that a question need not read them all: made from
the rows, never different.

``series.parquet`` says of each area what it holds, ``kinds.parquet`` what many areas have alike,
and ``nonzero.parquet`` gives the counts of a large snapshot that are not zero, by the place of
their row: nine of ten counts of the country are. Where fewer are, ``counts.parquet`` gives all of
them in two bytes each.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

# Where more than this share is not zero, reading the rows themselves is as fast.
MOSTLY_ZERO = 0.25


def write_index(db: duckdb.DuckDBPyConnection, folder: Path, *, large: bool) -> str:
    """The index files of the rows in ``folder``; gives the last period, '' where there are no
    rows."""
    data = quoted(folder / "data.parquet")
    db.execute(f"CREATE TEMP TABLE found AS {series_of(folder / 'data.parquet')}")
    db.execute(
        "CREATE TEMP TABLE alike AS SELECT row_number() OVER () AS kind, * FROM (SELECT DISTINCT"
        " topics, provisional FROM found)"
    )
    db.execute(
        f"COPY (FROM alike ORDER BY kind) TO '{quoted(folder / 'kinds.parquet')}' ({_SHAPE})"
    )
    db.execute(
        f"""COPY (SELECT area, length, first, last, rows, kind, dense, start, mixed FROM found
            JOIN alike USING (topics, provisional) ORDER BY area, length) TO '{
            quoted(folder / "series.parquet")
        }' ({_SHAPE})"""
    )
    if large and _share_nonzero(db, data) > MOSTLY_ZERO:
        if _are_counts(db, data):
            db.execute(f"""COPY (SELECT value::USMALLINT AS value FROM read_parquet('{data}'))
                    TO '{quoted(folder / "counts.parquet")}' ({_SHAPE})""")
    elif large:
        db.execute(
            f"""COPY (SELECT file_row_number AS cell, value FROM read_parquet('{data}',
            file_row_number = true)
                WHERE value IS DISTINCT FROM 0) TO '{quoted(folder / "nonzero.parquet")}' ({_SHAPE},
                PARQUET_VERSION V2)"""
        )
    row = db.execute("SELECT max(last) FROM found").fetchone()
    return (row and row[0]) or ""


# Small groups: a question of one area reads no more than one.
_SHAPE = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"


def _share_nonzero(db: duckdb.DuckDBPyConnection, data: str) -> float:
    row = db.execute(
        f"SELECT avg((value IS DISTINCT FROM 0)::INTEGER) FROM read_parquet('{data}')"
    ).fetchone()
    return 1.0 if row is None or row[0] is None else float(row[0])


def _are_counts(db: duckdb.DuckDBPyConnection, data: str) -> bool:
    """Whether every value that is published is a whole number of two bytes."""
    row = db.execute(
        "SELECT coalesce(bool_and(value BETWEEN 0 AND 65535 AND value = floor(value)), false) FROM"
        f" read_parquet('{data}')"
    ).fetchone()
    return row is not None and bool(row[0])


def series_of(file: Path) -> str:
    """A query on the rows of a snapshot: of each area and frequency what it holds.

    ``dense`` is true where every topic has every period from the first to the last, of one status a
    period, so that the values alone tell everything; ``start`` is the place of the area's first
    row, ``mixed`` whether it has years beside months.
    """
    return f"""
    WITH steps AS (
        SELECT area, len(period) AS length, period, count(*) AS rows, bool_or(status =
        'provisional') AS late,
               bool_and(status = 'provisional') AS all_late
        FROM read_parquet('{quoted(file)}') GROUP BY area, period),
    ranges AS (
        SELECT area, length, min(period) AS first, max(period) AS last, CAST(sum(rows) AS BIGINT) AS
        rows,
               count(*) AS steps, list(period ORDER BY period) FILTER (late) AS provisional,
               bool_and(late = all_late) AS uniform
        FROM steps GROUP BY area, length),
    kinds AS (
        SELECT area, length, list(topic ORDER BY topic) AS topics
        FROM (SELECT DISTINCT area, len(period) AS length, topic FROM
        read_parquet('{quoted(file)}')) GROUP BY area, length)
    SELECT area, length, first, last, rows, topics, coalesce(provisional, []) AS provisional,
           coalesce(uniform AND length IN (4, 7) AND rows = len(topics) * steps
               AND steps = CASE length WHEN 4 THEN CAST(last AS INTEGER) - CAST(first AS INTEGER) +
               1
                   ELSE 12 * (CAST(left(last, 4) AS INTEGER) - CAST(left(first, 4) AS INTEGER))
                        + CAST(right(last, 2) AS INTEGER) - CAST(right(first, 2) AS INTEGER) + 1
                        END, false) AS dense,
           CAST(sum(rows) OVER (ORDER BY area) - sum(rows) OVER (PARTITION BY area) AS BIGINT) AS
           start, count(*) OVER (PARTITION BY area) > 1 AS mixed
    FROM ranges JOIN kinds USING (area, length) ORDER BY area, length"""


def quoted(path: Path) -> str:
    return str(path).replace("'", "''")
