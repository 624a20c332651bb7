"""The figures of some snapshots as views of one in-process database: rows stay in their files until
they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from koers.figures.contents import CONTENTS
from koers.figures.manifest import Content, Snapshot
from koers.figures.queries.writes.indexing import quoted, series_of


def open_views(snapshots: Sequence[Snapshot]) -> duckdb.DuckDBPyConnection:
    """A connection with ``observations``, ``areas``, ``changes``, ``series``, ``kinds``,
    ``inhabitants``, ``known_areas``.

    Rows have, beside their own columns, snapshot, source, table_name, scheme and rank (newest =
    highest). ``series`` says of each area which topics and periods a snapshot holds; it and what
    follows is small and stands in memory.
    """
    db = duckdb.connect()
    # A snapshot's files never change, so what was read of their structure holds; global, because
    # cursors do not inherit.
    db.execute("SET GLOBAL parquet_metadata_cache = true")
    for content in CONTENTS:
        db.execute(f"CREATE VIEW {content} AS {_union(content, snapshots)}")
    db.execute(_UNPLACED)
    for rank, snapshot in enumerate(snapshots):
        if snapshot.manifest.content == "observations":
            _add_series(db, snapshot, rank)
    db.execute(_PEOPLE)
    db.execute(_KNOWN_AREAS)
    db.execute(_PLACED)
    return db


def _add_series(db: duckdb.DuckDBPyConnection, snapshot: Snapshot, rank: int) -> None:
    """What a snapshot holds: as its index says, else as its rows do."""
    row = db.execute("SELECT count(*) FROM kinds").fetchone()
    before = row[0] if row else 0
    if snapshot.kinds.is_file() and snapshot.series.is_file():
        kinds, series = (
            f"FROM read_parquet('{quoted(file)}')" for file in (snapshot.kinds, snapshot.series)
        )
    else:
        db.execute(f"CREATE TEMP TABLE found AS {series_of(snapshot.data)}")
        db.execute(
            "CREATE TEMP TABLE alike AS SELECT row_number() OVER () AS kind, * FROM (SELECT"
            " DISTINCT topics, provisional FROM found)"
        )
        kinds, series = "FROM alike", "FROM found JOIN alike USING (topics, provisional)"
    # Of a snapshot of an older Koers that has no index nobody has made sure that no row stands in
    # it twice.
    dense = "dense" if snapshot.series.is_file() else "false"
    db.execute(f"INSERT INTO kinds SELECT kind + {before}, topics, provisional {kinds}")
    db.execute(
        f"""INSERT INTO unplaced SELECT area, length, first, last, rows, kind + {before}, {dense},
        start, mixed, ?, ?, ?, ?, ?
            {series}""",
        _origin(snapshot, rank),
    )
    db.execute("DROP TABLE IF EXISTS found")
    db.execute("DROP TABLE IF EXISTS alike")


def _union(content: Content, snapshots: Sequence[Snapshot]) -> str:
    parts = []
    names = ", ".join(CONTENTS[content].names)
    for rank, snapshot in enumerate(snapshots):
        if snapshot.manifest.content == content:
            origin = [
                f"'{str(v).replace(chr(39), chr(39) * 2)}'" for v in _origin(snapshot, rank)[:4]
            ]
            parts.append(
                f"SELECT {names}, {origin[0]} AS snapshot, {origin[1]} AS source, {origin[2]} AS"
                f" table_name, {origin[3]} AS scheme, CAST({rank} AS INTEGER) AS rank FROM"
                f" read_parquet('{quoted(snapshot.data)}')"
            )
    if not parts:
        nothing = ", ".join(
            f"CAST(NULL AS {c.kind}) AS {c.name}" for c in CONTENTS[content].columns
        )
        parts.append(
            f"SELECT {nothing}, '' AS snapshot, '' AS source, '' AS table_name, '' AS scheme, "
            "CAST(0 AS INTEGER) AS rank WHERE false"
        )
    return " UNION ALL ".join(parts)


def _origin(snapshot: Snapshot, rank: int) -> list[str | int]:
    manifest = snapshot.manifest
    return [manifest.id, manifest.source, manifest.table, manifest.scheme, rank]


# Thousands of areas of a snapshot hold the same topics, which stand once, in ``kinds``. ``start``
# is the place in the file of the first row of an area; ``mixed`` where an area has years beside
# months.
_UNPLACED = """
CREATE TABLE kinds (kind BIGINT, topics VARCHAR[], provisional VARCHAR[]);
CREATE TABLE unplaced (
    area VARCHAR, length BIGINT, first VARCHAR, last VARCHAR, rows BIGINT, kind BIGINT, dense
    BOOLEAN, start BIGINT, mixed BOOLEAN, snapshot VARCHAR, source VARCHAR, table_name VARCHAR,
    scheme VARCHAR, rank INTEGER)
"""

# Where each series lies: questions are asked of what lies in an area, several times a page.
_PLACED = """
CREATE TABLE series AS
SELECT s.*, a.level, a.parent, p.parent AS above FROM unplaced s LEFT JOIN known_areas a ON a.code =
s.area LEFT JOIN known_areas p ON p.code = a.parent ORDER BY s.table_name, s.rank, s.area;
DROP TABLE unplaced
"""

# Nearly every question asks for the inhabitants.
_PEOPLE = """
CREATE TABLE inhabitants AS
SELECT area, CAST(left(period, 4) AS INTEGER) AS year, arg_max(value, rank) AS value FROM
observations WHERE scheme = 'key-figures' AND topic = 'inhabitants' AND value > 0 GROUP BY ALL
"""

# One row a code: what is said first of a name holds, and the newest boundary. An area that only
# occurs in counts exists as well; where it has a CBS code, that tells its level and what it lies
# in.
_KNOWN_AREAS = """
CREATE TABLE known_areas AS
WITH RECURSIVE
named AS (
    SELECT code, arg_min(name, rank) FILTER (name <> '') AS name, arg_min(level, rank) AS level,
           arg_min(parent, rank) FILTER (parent <> '') AS parent,
           max(latitude) FILTER (NOT isnan(latitude)) AS latitude,
           max(longitude) FILTER (NOT isnan(longitude)) AS longitude,
           arg_max(geometry, rank) FILTER (geometry <> '') AS geometry
    FROM areas GROUP BY code),
counted(code) AS (
    SELECT DISTINCT area FROM unplaced WHERE regexp_matches(area,
    '^(BU|WK|GM)[0-9]{4}[0-9A-Z]*$|^NL$') UNION
    SELECT CASE left(code, 2) WHEN 'BU' THEN 'WK' || substr(code, 3, 6) ELSE 'GM' || substr(code, 3,
    4) END FROM counted WHERE left(code, 2) IN ('BU', 'WK')),
unnamed AS (
    SELECT code, CASE left(code, 2) WHEN 'BU' THEN 'neighbourhood' WHEN 'WK' THEN 'district'
               WHEN 'GM' THEN 'municipality' ELSE 'country' END AS level,
           CASE left(code, 2) WHEN 'BU' THEN 'WK' || substr(code, 3, 6) WHEN 'WK' THEN 'GM' ||
           substr(code, 3, 4)
               WHEN 'GM' THEN 'NL' ELSE '' END AS parent
    FROM counted WHERE code NOT IN (SELECT code FROM named))
SELECT code, coalesce(name, code) AS name, level, coalesce(parent, '') AS parent, latitude,
longitude,
       coalesce(geometry, '') AS geometry FROM named
UNION ALL
SELECT code, CASE code WHEN 'NL' THEN 'Nederland' ELSE code END, level, parent, NULL, NULL, '' FROM
unnamed
"""
