"""Fields of models that keep JSON: a record, or a list of texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col, Expression

from koers.records import Record

R = TypeVar("R", bound=Record)
# What may be put in a field, and what comes out.
Put = TypeVar("Put", contravariant=True)
Got = TypeVar("Got", covariant=True)

LARGE = 50_000
"""Letters from which a record counts as large: a version of a plan, hardly anything else."""


@lru_cache(maxsize=8)
def _large(record: type[Record], text: str) -> Record:
    """A large record takes longer to read than all else on its page. It never changes, so what was
    read of the same text is the same record."""
    return record.read(json.loads(text))


if TYPE_CHECKING:
    JSONField = models.JSONField
else:  # Only the type checker knows that a JSON field says what it holds.

    class JSONField(models.JSONField):
        __class_getitem__ = classmethod(lambda cls, _: cls)


class RecordField(JSONField[Put, Got]):
    """Keeps a record as JSON and gives it back typed; None where there is none.

    A mapping that is put in it is read as the record, so an older form becomes today's when saved.
    """

    @overload
    def __init__(
        self: RecordField[R | Mapping[str, Any], R],
        *args: Any,
        record: type[R],
        null: Literal[False] = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __init__(
        self: RecordField[R | Mapping[str, Any] | None, R | None],
        *args: Any,
        record: type[R],
        null: Literal[True],
        **kwargs: Any,
    ) -> None: ...
    def __init__(self, *args: Any, record: type[Record] = Record, **kwargs: Any) -> None:
        self.record = record
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Migrations see a JSON field: what a record holds is no matter of the database."""
        name, _, args, kwargs = super().deconstruct()
        if kwargs.get("default") is self.record:
            kwargs["default"] = dict
        return name, "django.db.models.JSONField", [*args], kwargs

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Any:
        if isinstance(value, str) and len(value) >= LARGE and isinstance(expression, Col):
            return _large(self.record, value)
        return self._read(super().from_db_value(value, expression, connection))

    def to_python(self, value: Any) -> Any:
        return self._read(super().to_python(value))

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(self._kept(value))

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        return super().get_db_prep_value(self._kept(value), connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        return self._kept(self.value_from_object(obj))

    def _read(self, value: Any) -> Any:
        # What some records were before they had types is a list, which their own `read` takes.
        kept = isinstance(value, (dict, list))
        return self.record.read(value) if kept else value

    def _kept(self, value: Any) -> Any:
        record = self._read(value)
        return record.kept() if isinstance(record, Record) else record


class TextsField(JSONField[Sequence[str], list[str]]):
    """Keeps a list of texts: codes of areas, ids of snapshots, names. What is anything else is
    refused before it is kept: it is a record, and stands in a :class:`RecordField`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": list, **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Migrations see a JSON field."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", [*args], kwargs

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(self._checked(value))

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        return super().get_db_prep_value(self._checked(value), connection, prepared)

    def _checked(self, value: Any) -> Any:
        texts = isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value)
        if texts or isinstance(value, Expression):
            return value
        raise TypeError(f"{self.name} keeps a list of texts, not {value!r}")
