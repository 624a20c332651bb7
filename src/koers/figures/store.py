"""Snapshots on disk: written beside and put in place by one rename, never changed after that."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from koers.figures.contents import CONTENTS
from koers.figures.doubts.doubt import Doubt
from koers.figures.doubts.look import Look, not_judged
from koers.figures.folders import (
    StorageError,
    beside,
    flush_all,
    one_at_a_time,
    put_in_place,
    remove,
    sweep,
)
from koers.figures.health import Damage, Health, problem_in
from koers.figures.held import decision_of, write_decision
from koers.figures.holding import HeldFigures
from koers.figures.listing import Archive, snapshot_in
from koers.figures.manifest import MANIFEST, Draft, Manifest, Snapshot
from koers.figures.queries.writes.views import open_views
from koers.figures.queries.writes.writing import Columns, Written, write_files
from koers.figures.schema import SchemaChangedError, SchemaChanges, changes_against

T = TypeVar("T")
CONNECTIONS_KEPT = 6
_DISK_ERRORS = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)


class FigureStore:
    """The figures of one installation, in ``home/figures``.

    Questions are asked by ``connect()``; reading is safe from several threads, writing from several
    processes.
    """

    def __init__(
        self, home: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.root = Path(home) / "figures"
        self._clock = clock
        self._lock = threading.Lock()
        self._opened: OrderedDict[tuple[str, ...], _Opened] = OrderedDict()
        self._health = Health()
        self._archive = Archive(self.root)
        self.held = HeldFigures(self.root, self._archive, self.current)

    def write(self, draft: Draft, columns: Columns, *, look: Look = not_judged) -> Snapshot:
        """Keep these columns as a snapshot; see ``write_stream``."""
        return self.write_stream(draft, [columns], look=look)

    def write_stream(
        self, draft: Draft, batches: Iterable[Columns], *, look: Look = not_judged
    ) -> Snapshot:
        """Keep the rows of these batches as a snapshot, within bounded memory however many they
        are.

        Where the newest snapshot of the table already has these figures (the same source bytes,
        read by the same mapping) that one is given back and the batches are not read, and so is
        one with these figures that is held. One that is damaged makes room. Whatever goes wrong,
        nothing is half-written.

        What ``look`` doubts is stored but held: ``held`` says so, and what was in use stays it. A
        test looks that whoever writes says who looks.

        Raises
        ------
        DuplicateRowError
            When the same area, topic and period comes twice.
        StorageError
            When the disk is full or does not take what is written.
        """
        sweep(self.root)
        if (same := self.same(draft) or self._held_before(draft)) is not None:
            return same
        broken_off: list[BaseException] = []
        try:
            with beside(self._folder(draft), self.root) as folder:
                written = write_files(folder, draft.content, _noticing(batches, broken_off))
                flush_all(folder)
                doubts = look(draft, folder, self.newest(draft.source, draft.table), self._clock())
                return self._place(draft, folder, written, doubts)
        except (OSError, *_DISK_ERRORS) as error:
            if error in broken_off:
                raise
            raise StorageError(
                f"Het cijferarchief in {self.root} kan {draft.source} {draft.table} niet bewaren:"
                f" {error}. Maak ruimte op de schijf en probeer het opnieuw; de eerder geladen"
                " cijfers blijven in gebruik."
            ) from error

    def _place(
        self, draft: Draft, folder: Path, written: Written, doubts: Sequence[Doubt]
    ) -> Snapshot:
        """Where another process had the same figures meanwhile, that one stands."""
        with one_at_a_time(self.root):
            self._archive.forget()
            if (same := self.same(draft) or self._held_before(draft)) is not None:
                return same
            target = self._free_place(draft)
            manifest = self._manifest(draft, target.name, written, doubts)
            if (damaged := snapshot_in(target)) is not None:
                # What was found and decided of these very figures still holds.
                manifest = replace(manifest, doubts=damaged.manifest.doubts)
                write_decision(folder, decision_of(damaged))
            manifest.write(folder / MANIFEST)
            if target.exists():
                remove(target)
            put_in_place(folder, target)
            self._archive.forget()
        return Snapshot(Manifest.read(target / MANIFEST), target)

    def _folder(self, draft: Draft) -> Path:
        return self.root / "snapshots" / draft.source / draft.table

    def same(self, draft: Draft) -> Snapshot | None:
        """The newest snapshot of the table, when it is whole and has the very figures of this
        draft."""
        newest = self.newest(draft.source, draft.table)
        if newest is None or newest.manifest.same_figures != snapshot_id(draft):
            return None
        return newest

    def _free_place(self, draft: Draft) -> Path:
        """Figures that return to what they once were make a new snapshot, with an id of its own;
        those of a damaged one come in its place."""
        newest = self.newest(draft.source, draft.table)
        place = self._folder(draft) / snapshot_id(draft)
        while place.exists() and not problem_in(place):
            before = newest.manifest.id if newest is not None else ""
            place = place.with_name(
                hashlib.sha256(f"{place.name}\n{before}".encode()).hexdigest()[:12]
            )
        return place

    def _manifest(
        self, draft: Draft, identity: str, written: Written, doubts: Sequence[Doubt]
    ) -> Manifest:
        return Manifest(
            id=identity,
            source=draft.source,
            table=draft.table,
            title=draft.title,
            content=draft.content,
            scheme=draft.scheme,
            retrieved_at=self._clock().isoformat(timespec="milliseconds"),
            address=draft.address,
            sha256=draft.sha256,
            parquet_sha256=written.files["data.parquet"],
            rows=written.rows,
            licence=draft.licence,
            attribution=draft.attribution,
            schema={column.name: column.kind for column in CONTENTS[draft.content].columns},
            note=draft.note,
            topics=dict(draft.topics),
            last_period=written.last_period,
            fictitious=draft.fictitious,
            fingerprint=snapshot_id(draft),
            size=written.size,
            files=written.files,
            units=dict(draft.units),
            fields=dict(draft.fields),
            published_at=draft.published_at,
            order=self._archive.listing().next_order,
            doubts=tuple(doubt.said() for doubt in doubts),
        )

    def _held_before(self, draft: Draft) -> Snapshot | None:
        found = self.held.with_figures(draft.source, draft.table, snapshot_id(draft))
        return found if found is not None and self.is_whole(found) else None

    def refuse_if_changed(self, draft: Draft, columns: Columns | None = None) -> SchemaChanges:
        """Compare a table with its newest snapshot; what comes back are remarks.

        Raises
        ------
        SchemaChangedError
            When columns or codes vanished, or titles or units changed. Nothing is written; the last
            one stays in use.
        """
        newest = self.newest(draft.source, draft.table)
        if newest is None:
            return SchemaChanges()
        changes = changes_against(newest.manifest, draft, columns)
        if changes.refusals:
            raise SchemaChangedError(newest.manifest, changes)
        return changes

    def sweep(self) -> list[Path]:
        """Remove what processes that were broken off left behind."""
        return sweep(self.root)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Every snapshot that is or was in use, in the order in which they came in; those of before
        that was counted stand first, by their clock."""
        return self._archive.listing().snapshots

    def everything(self) -> tuple[Snapshot, ...]:
        """Every snapshot that says what it is, those that are held last."""
        return self._archive.listing().everything

    def current(self) -> tuple[Snapshot, ...]:
        """The newest whole snapshot of each table of each source."""
        snapshots = self.snapshots()
        newest: dict[tuple[str, str], Snapshot | None] = dict.fromkeys(map(_table, snapshots))
        for snapshot in reversed(snapshots):
            if newest[_table(snapshot)] is None and self.is_whole(snapshot):
                newest[_table(snapshot)] = snapshot
        return tuple(snapshot for snapshot in newest.values() if snapshot is not None)

    def newest(self, source: str, table: str) -> Snapshot | None:
        """The newest whole snapshot of one table."""
        found = (s for s in reversed(self.snapshots()) if _table(s) == (source, table))
        return next(filter(self.is_whole, found), None)

    def is_whole(self, snapshot: Snapshot) -> bool:
        """Whether it is as it was written; read once, and again when its files change."""
        return not self._health.problem(snapshot)

    def damaged(self) -> tuple[Damage, ...]:
        """The tables of which the newest figures are damaged."""
        in_use = {_table(s): s for s in self.current()}
        found: dict[tuple[str, str], Damage] = {}
        passed: set[tuple[str, str]] = set()
        # What came before the one in use was taken over by it, damaged or not.
        for snapshot in self.snapshots():
            key = _table(snapshot)
            if snapshot == in_use.get(key):
                passed.add(key)
            elif (key in passed or key not in in_use) and (
                problem := self._health.problem(snapshot)
            ):
                m = snapshot.manifest
                found[key] = Damage(
                    m.source, m.table, m.id, m.title, problem, snapshot.path, in_use.get(key)
                )
        for folder in self._archive.listing().spoilt:
            source, table, identity = folder.parts[-3:]
            instead = in_use.get((source, table))
            if instead is None or _changed(folder) >= _changed(instead.path):
                found[source, table] = Damage(
                    source,
                    table,
                    identity,
                    instead.manifest.title if instead else "",
                    problem_in(folder),
                    folder,
                    instead,
                )
        return tuple(found[key] for key in sorted(found))

    def of_table(self, table: str, source: str | None = None) -> tuple[Snapshot, ...]:
        """Every snapshot of a table, oldest first."""
        return tuple(
            s
            for s in self.snapshots()
            if s.manifest.table == table and source in (None, s.manifest.source)
        )

    def get(self, identity: str) -> Snapshot:
        """The snapshot with this id.

        Raises
        ------
        KeyError
            When there is none (any more).
        """
        for snapshot in self.everything():
            if snapshot.manifest.id == identity:
                return snapshot
        raise KeyError(identity)

    def chosen(self, ids: Sequence[str] | None = None) -> tuple[Snapshot, ...]:
        """The current snapshots, or those with these ids."""
        if ids is None:
            return self.current()
        known = {snapshot.manifest.id: snapshot for snapshot in self.everything()}
        return tuple(known[identity] for identity in ids)

    def remove(self, snapshot: Snapshot) -> None:
        """Take a snapshot away for good, in one step, and what was worked out of it."""
        remove(snapshot.path)
        shutil.rmtree(self.root / "derived" / snapshot.manifest.id, ignore_errors=True)
        self._archive.forget()

    def forget(self) -> None:
        """What stands on the disk was changed beside this store."""
        self._archive.forget()

    def problem_with(self, snapshot: Snapshot) -> str:
        """What is wrong with a snapshot on disk, all of it read anew; '' when it is whole."""
        return problem_in(snapshot.path)

    def connect(self, ids: Sequence[str] | None = None) -> duckdb.DuckDBPyConnection:
        """A cursor with the views of the current (or these) snapshots; see ``open_views``.

        ``observations`` and ``areas`` have, beside their own columns, snapshot, source, table_name,
        scheme and rank.
        """
        return self._open(ids).connection.cursor()

    def once(
        self, question: Callable[[duckdb.DuckDBPyConnection], T], ids: Sequence[str] | None = None
    ) -> T:
        """The answer to a question that only depends on the snapshots: it is asked once as long as
        they are open."""
        opened = self._open(ids)
        if question not in opened.answers:
            opened.answers[question] = question(opened.connection.cursor())
        answer: T = opened.answers[question]
        return answer

    def _open(self, ids: Sequence[str] | None) -> _Opened:
        snapshots = self.chosen(ids)
        # The seal too: words may have been taken out of a snapshot, by another process.
        key = tuple(word for s in snapshots for word in (s.manifest.id, s.manifest.seal))
        with self._lock:
            if key not in self._opened:
                self._opened[key] = _Opened(open_views(snapshots))
            self._opened.move_to_end(key)
            while len(self._opened) > CONNECTIONS_KEPT:
                self._opened.popitem(last=False)
            return self._opened[key]


def _table(snapshot: Snapshot) -> tuple[str, str]:
    return snapshot.manifest.source, snapshot.manifest.table


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


@dataclass(frozen=True)
class _Opened:
    """An open set of snapshots and what was already asked about all of it."""

    connection: duckdb.DuckDBPyConnection
    answers: dict[Callable[[duckdb.DuckDBPyConnection], Any], Any] = field(default_factory=dict)


def snapshot_id(draft: Draft) -> str:
    """Twelve hexadecimal digits that follow from the source, the table, the mapping and the
    source's bytes."""
    text = "\n".join((draft.source, draft.table, draft.sha256, draft.description))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _noticing(batches: Iterable[Columns], broken_off: list[BaseException]) -> Iterator[Columns]:
    """The batches; what goes wrong in their making is no fault of the disk."""
    try:
        yield from batches
    except Exception as error:
        broken_off.append(error)
        raise
