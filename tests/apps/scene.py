"""What many tests start from: made by the application once a process, and from then on put back by
its rows.

Making a plan with its history takes a sixth of a second and putting it back a fiftieth. Nothing of
it stands in the database of a test that does not ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.sql import InsertQuery

FAR = 100_000
"""How far the keys of one scene are from those of the next, so that they can stand together in any
order."""
SEQUENCE = "pg_get_serial_sequence(%s, %s)"

_begun = 0


class Scene:
    """Objects by name, as ``make`` returns them, with every row that making them wrote."""

    def __init__(self, make: Callable[[], Mapping[str, models.Model]]) -> None:
        self._make = make
        self._inserts: list[tuple[str, tuple]] = []
        self._written: list[type[models.Model]] = []
        self._named: dict[str, tuple[type[models.Model], Any]] = {}

    def put(self) -> dict[str, Any]:
        """The objects, read from the database in which their rows are put."""
        with transaction.atomic():
            if self._named:
                self._put_back()
            else:
                self._record()
            _leave_keys_free(self._written)
        return {name: model._base_manager.get(pk=pk) for name, (model, pk) in self._named.items()}

    def _put_back(self) -> None:
        with connection.cursor() as cursor:
            for statement, values in self._inserts:
                cursor.execute(statement, values)

    def _record(self) -> None:
        global _begun
        _begun += 1
        before = {model: _rows(model) for model in _models()}
        _start_keys_at(_begun * FAR)
        named = {name: (type(found), found.pk) for name, found in self._make().items()}
        for model, earlier in before.items():
            now = _rows(model)
            assert {key: _values(now.get(key)) for key in earlier} == {
                key: _values(row) for key, row in earlier.items()
            }, f"a scene only adds rows, and this one changed a {model.__name__}"
            if new := [row for key, row in now.items() if key not in earlier]:
                self._written.append(model)
                self._inserts += _inserts(model, new)
        self._named = named


def _models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _rows(model: type[models.Model]) -> dict[Any, models.Model]:
    return {row.pk: row for row in model._base_manager.all()}


def _values(row: models.Model | None) -> list | None:
    return row and [getattr(row, field.attname) for field in row._meta.concrete_fields]


def _inserts(model: type[models.Model], rows: list[models.Model]) -> list[tuple[str, tuple]]:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    size = max(1, min(connection.ops.bulk_batch_size(fields, rows), len(rows)))
    found = []
    for start in range(0, len(rows), size):
        query = InsertQuery(model)
        query.insert_values(fields, rows[start : start + size], raw=True)
        found += query.get_compiler(connection=connection).as_sql()
    return found


def _numbered(found: list[type[models.Model]]) -> list[models.Field]:
    return [m._meta.pk for m in found if isinstance(m._meta.pk, models.AutoField)]


def _start_keys_at(number: int) -> None:
    with connection.cursor() as cursor:
        for key in _numbered(_models()):
            table = key.model._meta.db_table
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, number])
            else:
                cursor.execute(f"SELECT setval({SEQUENCE}, %s)", [f'"{table}"', key.column, number])


def _leave_keys_free(written: list[type[models.Model]]) -> None:
    """What a test adds gets keys after those of every scene; SQLite sees to it by itself."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        for key in _numbered(written):
            named = [f'"{key.model._meta.db_table}"', key.column]
            cursor.execute(
                f"SELECT setval({SEQUENCE}, greatest(nextval({SEQUENCE}), %s))",
                [*named, *named, 100 * FAR],
            )
