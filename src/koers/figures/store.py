"""Snapshots on disk: written beside and put in place by one rename, never changed after that."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from koers.figures.manifest import Draft, Manifest, Snapshot

Columns = Mapping[str, npt.NDArray[Any]]
log = logging.getLogger(__name__)

_VIEWS = {
    "observations": "area VARCHAR, topic VARCHAR, period VARCHAR, value DOUBLE, status VARCHAR",
    "areas": "code VARCHAR, name VARCHAR, level VARCHAR, parent VARCHAR, latitude DOUBLE, longitude DOUBLE, geometry VARCHAR",
}
_ORDER = {"observations": "topic, area, period", "areas": "code"}


class FigureStore:
    """The figures of one installation, in ``home/figures``.

    Questions are asked by ``connect()``; reading is safe from several threads.
    """

    def __init__(self, home: Path) -> None:
        self.root = Path(home) / "figures"
        self._lock = threading.Lock()
        self._connections: dict[tuple[str, ...], duckdb.DuckDBPyConnection] = {}

    def write(self, draft: Draft, columns: Columns) -> Snapshot:
        """Keep these columns as a snapshot; the same source bytes and mapping give the one that is already there."""
        identity = snapshot_id(draft)
        target = self.root / "snapshots" / draft.source / draft.table / identity
        if (target / "manifest.json").is_file():
            return Snapshot(Manifest.read(target / "manifest.json"), target)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
        try:
            self._write_into(beside, draft, columns, identity)
            beside.rename(target)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        return Snapshot(Manifest.read(target / "manifest.json"), target)

    def _write_into(self, folder: Path, draft: Draft, columns: Columns, identity: str) -> None:
        file = folder / "data.parquet"
        with duckdb.connect() as db:
            db.execute("SET preserve_insertion_order = true")
            db.register("rows", {name: np.asarray(values) for name, values in columns.items()})
            wanted = ", ".join(
                f"CAST({name} AS {kind}) AS {name}"
                for name, kind in (entry.split() for entry in _VIEWS[draft.content].split(", "))
            )
            if draft.content == "observations":
                wanted = wanted.replace("CAST(value AS DOUBLE)", "CASE WHEN isnan(value) THEN NULL ELSE value END")
            db.execute(f"CREATE TABLE t AS SELECT {wanted} FROM rows ORDER BY {_ORDER[draft.content]}")
            db.execute(f"COPY t TO '{_quoted(file)}' (FORMAT parquet, COMPRESSION zstd)")
            (rows,) = _one(db, "SELECT count(*) FROM t")
            last = _one(db, "SELECT max(period) FROM t")[0] if draft.content == "observations" else ""
        Manifest(
            id=identity,
            source=draft.source,
            table=draft.table,
            title=draft.title,
            content=draft.content,
            scheme=draft.scheme,
            retrieved_at=datetime.now(UTC).isoformat(timespec="seconds"),
            address=draft.address,
            sha256=draft.sha256,
            parquet_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
            rows=rows,
            licence=draft.licence,
            attribution=draft.attribution,
            schema=dict(entry.split() for entry in _VIEWS[draft.content].split(", ")),
            note=draft.note,
            topics=dict(draft.topics),
            last_period=last or "",
            fictitious=draft.fictitious,
        ).write(folder / "manifest.json")
        for entry in folder.iterdir():
            with entry.open("rb") as handle:
                os.fsync(handle.fileno())

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every whole snapshot, oldest first; a damaged folder is left out with a warning."""
        found = []
        for manifest in sorted(self.root.glob("snapshots/*/*/[!.]*/manifest.json")):
            try:
                found.append(Snapshot(Manifest.read(manifest), manifest.parent))
            except (ValueError, TypeError) as error:
                log.warning("the manifest %s cannot be read and is left out: %s", manifest, error)
        return tuple(sorted(found, key=lambda s: (s.manifest.retrieved_at, s.path.stat().st_mtime_ns)))

    def current(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each table of each source."""
        newest = {(s.manifest.source, s.manifest.table): s for s in self.snapshots()}
        return tuple(newest.values())

    def get(self, identity: str) -> Snapshot:
        """The snapshot with this id.

        Raises
        ------
        KeyError
            When there is none (any more).
        """
        for snapshot in self.snapshots():
            if snapshot.manifest.id == identity:
                return snapshot
        raise KeyError(identity)

    def chosen(self, ids: Sequence[str] | None = None) -> tuple[Snapshot, ...]:
        """The current snapshots, or those with these ids."""
        return self.current() if ids is None else tuple(self.get(identity) for identity in ids)

    def problem_with(self, snapshot: Snapshot) -> str:
        """What is wrong with a snapshot's data on disk, in plain words; '' when it is whole."""
        if not snapshot.data.is_file():
            return "het gegevensbestand ontbreekt"
        if hashlib.sha256(snapshot.data.read_bytes()).hexdigest() != snapshot.manifest.parquet_sha256:
            return "het gegevensbestand is veranderd sinds het is geschreven"
        return ""

    def connect(self, ids: Sequence[str] | None = None) -> duckdb.DuckDBPyConnection:
        """A cursor with the views ``observations`` and ``areas`` over the current (or these) snapshots.

        ``observations`` has, beside its own columns, snapshot, source, table_name, scheme and rank (newest = highest).
        """
        snapshots = self.chosen(ids)
        key = tuple(s.manifest.id for s in snapshots)
        with self._lock:
            if key not in self._connections:
                self._connections[key] = _open(snapshots)
            return self._connections[key].cursor()


def snapshot_id(draft: Draft) -> str:
    """Twelve hexadecimal digits that follow from the source, the table, the mapping and the source's bytes."""
    text = "\n".join((draft.source, draft.table, draft.sha256, draft.description))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _open(snapshots: Sequence[Snapshot]) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    for name, columns in _VIEWS.items():
        extra = ", snapshot VARCHAR, source VARCHAR, table_name VARCHAR, scheme VARCHAR, rank INTEGER"
        db.execute(f"CREATE TABLE {name} ({columns}{extra})")
        for rank, snapshot in enumerate(snapshots):
            manifest = snapshot.manifest
            if manifest.content == name:
                db.execute(
                    f"INSERT INTO {name} SELECT *, ?, ?, ?, ?, ? FROM read_parquet('{_quoted(snapshot.data)}')",
                    [manifest.id, manifest.source, manifest.table, manifest.scheme, rank],
                )
    db.execute(_KNOWN_AREAS)
    return db


# One row a code: what is said first of a name holds, and the newest boundary. An area that only occurs in counts exists
# as well; where it has a CBS code, that tells its level and what it lies in.
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
    SELECT DISTINCT area FROM observations WHERE regexp_matches(area, '^(BU|WK|GM)[0-9]+$|^NL$')
    UNION
    SELECT CASE left(code, 2) WHEN 'BU' THEN 'WK' || substr(code, 3, 6) ELSE 'GM' || substr(code, 3, 4) END
    FROM counted WHERE left(code, 2) IN ('BU', 'WK')),
unnamed AS (
    SELECT code, CASE left(code, 2) WHEN 'BU' THEN 'neighbourhood' WHEN 'WK' THEN 'district'
               WHEN 'GM' THEN 'municipality' ELSE 'country' END AS level,
           CASE left(code, 2) WHEN 'BU' THEN 'WK' || substr(code, 3, 6) WHEN 'WK' THEN 'GM' || substr(code, 3, 4)
               WHEN 'GM' THEN 'NL' ELSE '' END AS parent
    FROM counted WHERE code NOT IN (SELECT code FROM named))
SELECT code, coalesce(name, code) AS name, level, coalesce(parent, '') AS parent, latitude, longitude,
       coalesce(geometry, '') AS geometry FROM named
UNION ALL
SELECT code, CASE code WHEN 'NL' THEN 'Nederland' ELSE code END, level, parent, NULL, NULL, '' FROM unnamed
"""


def _one(db: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = db.execute(query).fetchone()
    assert row is not None
    return row


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
