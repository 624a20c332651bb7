"""A whole database into another, empty one: its tables, every row as it is kept, and where the keys
go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db import DatabaseError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from koers.upkeep.home import UpkeepError
from koers.upkeep.manifest import Advance
from koers.upkeep.tables import (
    Contents,
    Counting,
    Model,
    contents_of,
    fields_of,
    is_json,
    migrations_kept_by,
    models_of,
    pieces_of,
)

SEQUENCE = "pg_get_serial_sequence(%s, %s)"


@dataclass(frozen=True)
class Copied:
    """What went over: the contents of each table, the same at both ends."""

    tables: dict[str, Contents]
    left: list[str]
    """Tables that are no part of Koers, and stayed where they were."""

    @property
    def rows(self) -> int:
        return sum(found.rows for found in self.tables.values())


def tables_in(database: BaseDatabaseWrapper) -> list[str]:
    return sorted(database.introspection.table_names())


def copy(
    source: BaseDatabaseWrapper,
    target: BaseDatabaseWrapper,
    advance: Advance,
    before: Callable[[], None] = lambda: None,
    after: Callable[[], None] = lambda: None,
) -> Copied:
    """Make the tables of ``source`` in ``target`` and fill them, in one transaction.

    ``before`` and ``after`` are done in that transaction. Whatever goes wrong, ``target`` is as it
    was.

    Raises
    ------
    UpkeepError
        When ``target`` does not take a value, or holds anything else than ``source`` afterwards.
    """
    found = models_of(source)
    kept = migrations_kept_by(source)
    total = 2 * sum(m._base_manager.using(source.alias).count() for m in found)
    done = _Progress(advance, total)
    tables: dict[str, Contents] = {}
    with _one_transaction(target):
        before()
        with target.schema_editor() as editor:
            for model in found:
                if not model._meta.auto_created:
                    editor.create_model(model)
            MigrationRecorder(target).ensure_schema()
            for model in (*found, kept):
                tables[model._meta.db_table] = _fill(model, source, target, done)
        _keys_go_on(found, source, target)
        target.check_constraints()
        for model in (*found, kept):
            _same(model, tables[model._meta.db_table], target, done)
        after()
    return Copied(tables, sorted(set(tables_in(source)) - set(tables)))


@contextmanager
def _one_transaction(target: BaseDatabaseWrapper) -> Iterator[None]:
    # SQLite checks its references at the end, and is told so before a transaction begins.
    target.disable_constraint_checking()
    try:
        with transaction.atomic(using=target.alias):
            yield
    finally:
        target.enable_constraint_checking()


class _Progress:
    def __init__(self, advance: Advance, total: int) -> None:
        self._advance, self._total, self._done = advance, total, 0

    def add(self, rows: int, table: str) -> None:
        self._done += rows
        self._advance(self._done, max(self._total, self._done), table)


def _fill(
    model: Model, source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, done: _Progress
) -> Contents:
    counting = Counting(model)
    fields = fields_of(model)
    most = max(1, target.ops.bulk_batch_size(fields, [None] * 500))
    for piece in pieces_of(model, source):
        counting.add(piece)
        for start in range(0, len(piece), most):
            insert(model, piece[start : start + most], target)
        done.add(len(piece), model._meta.db_table)
    return counting.contents()


def insert(model: Model, rows: list[tuple[Any, ...]], target: BaseDatabaseWrapper) -> None:
    fields = fields_of(model)
    quote = target.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(rows))
    values = [
        # JSON goes as it was written.
        value if is_json(field) else field.get_db_prep_save(value, target)
        for row in rows
        for field, value in zip(fields, row, strict=True)
    ]
    try:
        with target.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {places}", values
            )
    except (DatabaseError, ValueError) as error:
        raise UpkeepError(
            f"De tabel {model._meta.db_table} past niet in de andere database: {error}. Er is niets"
            " veranderd."
        ) from error


def _same(model: Model, expected: Contents, target: BaseDatabaseWrapper, done: _Progress) -> None:
    found = contents_of(model, target)
    done.add(found.rows, model._meta.db_table)
    if found != expected:
        raise UpkeepError(
            f"De tabel {model._meta.db_table} kwam anders aan: {expected.rows} rijen"
            f" ({expected.sha256[:12]}) gingen, {found.rows} ({found.sha256[:12]}) kwamen. Er is"
            " niets veranderd."
        )


def _keys_go_on(
    found: list[Model], source: BaseDatabaseWrapper, target: BaseDatabaseWrapper
) -> None:
    """New rows get keys after those that were ever given, also to rows that are gone."""
    for model in (*found, migrations_kept_by(source)):
        key = model._meta.pk
        if not isinstance(key, models.AutoField):
            continue
        highest = model._base_manager.using(target.alias).aggregate(at=models.Max("pk"))["at"]
        last = max(last_key(model, source), highest or 0)
        if last:
            _set_last_key(model, last, target)


def last_key(model: Model, database: BaseDatabaseWrapper) -> int:
    """The key that was given last in this table; 0 where none ever was."""
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    if database.vendor == "sqlite":
        kept = _Sequence._base_manager.using(database.alias).filter(name=table).first()
        return kept.seq if kept else 0
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_sequence_last_value({SEQUENCE}::regclass)", [f'"{table}"', key.column]
        )
        return int(cursor.fetchone()[0] or 0)


def _set_last_key(model: Model, last: int, database: BaseDatabaseWrapper) -> None:
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    if database.vendor == "sqlite":
        kept = _Sequence._base_manager.using(database.alias)
        if not kept.filter(name=table).update(seq=last):
            kept.bulk_create([_Sequence(name=table, seq=last)])
        return
    with database.cursor() as cursor:
        cursor.execute(f"SELECT setval({SEQUENCE}, %s)", [f'"{table}"', key.column, last])


class _Sequence(models.Model):
    """Which key SQLite gave last in a table."""

    name = models.TextField(primary_key=True)
    seq = models.IntegerField()

    class Meta:
        apps = Apps()
        managed = False
        db_table = "sqlite_sequence"
        app_label = "upkeep"
