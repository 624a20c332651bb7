"""The tables of a database as its migrations left them, their rows as they are kept, and what two
databases of different kinds have in common.

Nothing here names a model: every table of the project is walked, so a new one is covered by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Model = type[models.Model]
PIECE = 500
_EXACT = Context(prec=100_000)


def is_set_up(connection: BaseDatabaseWrapper) -> bool:
    """Whether this is a database of Koers: with tables that migrations made."""
    return bool(MigrationRecorder(connection).applied_migrations())


def applied(connection: BaseDatabaseWrapper) -> list[str]:
    """The migrations that made this database, as app.name."""
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


def unknown(names: Sequence[str]) -> list[str]:
    """Which of these migrations this Koers does not have: a newer one made them."""
    loader = MigrationLoader(None)
    have = {*loader.disk_migrations}
    have |= {old for one in loader.disk_migrations.values() for old in one.replaces}
    return [name for name in names if (*name.split(".", 1),) not in have]


def waiting(connection: BaseDatabaseWrapper) -> bool:
    """Whether there are migrations that this database has not had."""
    loader = MigrationLoader(connection)
    return any(leaf not in loader.applied_migrations for leaf in loader.graph.leaf_nodes())


def models_of(connection: BaseDatabaseWrapper) -> list[Model]:
    """The models whose tables stand in this database, as they were when its last migration ran."""
    loader = MigrationLoader(connection)
    nodes = [node for node in loader.applied_migrations if node in loader.graph.nodes]
    up_to_date = all(leaf in loader.applied_migrations for leaf in loader.graph.leaf_nodes())
    registry = apps if up_to_date else loader.project_state(nodes).apps
    return [
        model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def migrations_kept_by(connection: BaseDatabaseWrapper) -> Model:
    """The table in which it is kept which migrations ran."""
    kept: Model = MigrationRecorder(connection).Migration
    return kept


def fields_of(model: Model) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def is_json(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.JSONField)


def pieces_of(model: Model, connection: BaseDatabaseWrapper) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table, some at a time: values as Python has them, and JSON as it is written, so
    that null and nothing stay apart."""
    fields = fields_of(model)
    names = [field.attname for field in fields]
    query = model._base_manager.using(connection.alias).order_by("pk").values_list(*names).query
    compiler = query.get_compiler(connection.alias)
    pieces = compiler.execute_sql(chunked_fetch=True, chunk_size=PIECE)
    converters = compiler.get_converters([column for column, _, _ in compiler.select])
    for at, field in enumerate(fields):
        if is_json(field):
            converters.pop(at, None)
    for piece in pieces:
        yield [tuple(row) for row in compiler.apply_converters(piece, converters)]


@dataclass(frozen=True)
class Contents:
    """How many rows a table has, and the SHA-256 of their values in no order."""

    rows: int
    sha256: str


class Counting:
    """Adds up the contents of a table while its rows come by."""

    def __init__(self, model: Model) -> None:
        self._json = [is_json(field) for field in fields_of(model)]
        self._seen: list[bytes] = []

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows:
            values = [said(value, kind) for value, kind in zip(row, self._json, strict=True)]
            self._seen.append(hashlib.sha256(json.dumps(values).encode()).digest())

    def contents(self) -> Contents:
        return Contents(len(self._seen), hashlib.sha256(b"".join(sorted(self._seen))).hexdigest())


def contents_of(model: Model, connection: BaseDatabaseWrapper) -> Contents:
    counting = Counting(model)
    for piece in pieces_of(model, connection):
        counting.add(piece)
    return counting.contents()


def said(value: Any, written_as_json: bool) -> Any:
    """A value so that two databases say the same of what is the same."""
    if value is None:
        return None
    if written_as_json:
        known = json.loads(value, parse_float=_number, parse_int=_number)
        return ["json", json.dumps(known, sort_keys=True, ensure_ascii=True)]
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return ["datetime", moment.isoformat(timespec="microseconds")]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return ["float", repr(value)]
    return [type(value).__name__, str(value)]


def _number(text: str) -> str:
    """A number in JSON, however it is written: 1e2 is 100, and -0.0 is 0."""
    value = Decimal(text)
    return f"number {_EXACT.normalize(value) if value else 0}"
