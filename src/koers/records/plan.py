"""The plan as it is kept: its lines with their values, and what an adjustment changes.

A value keeps its type: a day and an amount say so in JSON, and what is referred to is kept with its
name, so that a version is read years later as it was adopted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, PlainValidator

from koers.records.base import Code, Part, Record


class Reference(Part):
    """Something that has a life of its own: a partner, a framework. A person is kept without a
    name: people go, and what is kept stays."""

    id: int
    name: str = ""


Value = (
    None
    | bool
    | int
    | float
    | Decimal
    | date
    | str
    | Reference
    | tuple[str, ...]
    | tuple[Reference, ...]
)
"""What a field of a line holds."""


_PLAIN = (str, int, float, bool, type(None), date, Decimal, Reference)


def _read_value(value: Any) -> Value:
    """A value from JSON, or one that has its type already.

    Versions hold tens of thousands of values: trying the types of a union one by one is too slow.
    """
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (list, tuple)):
        items = tuple(_read_value(one) for one in value)
        if len({type(one) for one in items}) > 1 or not all(
            isinstance(one, (str, Reference)) for one in items
        ):
            raise ValueError("a list holds texts, or references")
        return items  # type: ignore[return-value]
    if not isinstance(value, dict):
        raise ValueError(f"{type(value).__name__} is no value of a field")
    if value.keys() == {"day"}:
        return date.fromisoformat(value["day"])
    if value.keys() == {"amount"}:
        return Decimal(value["amount"])
    return Reference.model_validate(value)


def _read_values(values: Any) -> dict[str, Value]:
    if not isinstance(values, Mapping):
        raise ValueError("values are a mapping by the name of their field")
    return {
        name: value if isinstance(value, str) else _read_value(value)
        for name, value in values.items()
    }


def _kept_value(value: Value) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"amount": str(value)}
    if isinstance(value, Reference):
        return {"id": value.id, "name": value.name}
    return [_kept_value(one) for one in value] if isinstance(value, tuple) else value


def _kept_values(values: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str) else _kept_value(value)
        for name, value in values.items()
    }


Values = Annotated[Mapping[str, Value], PlainValidator(_read_values), PlainSerializer(_kept_values)]
"""Values by the name of their field."""

# Before records had types a day and an amount were kept as text; these were the fields that held
# one. What was kept is past: this list does not grow.
_DAYS = ("start", "end", "due")
_AMOUNTS = ("budget",)


def typed_before_records(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they were kept before records, with their types."""
    return {
        name: date.fromisoformat(value)
        if name in _DAYS and isinstance(value, str) and value
        else Decimal(value)
        if name in _AMOUNTS and isinstance(value, str) and value
        else value
        for name, value in values.items()
    }


CHOSEN = frozenset(
    {
        "state",
        "kind",
        "level",
        "adoption",
        "indicator",
        "indicators",
        "topics",
        "area_code",
        "areas",
        "start_period",
        "start_snapshot",
        "library",
        "themes",
        "unit",
        "direction",
        "peers",
    }
)
"""Fields of lines whose values Koers reads: they are chosen, not written."""


class LineRecord(Part):
    """A line of a plan.

    ``kind`` is the name of its kind ("maatregel"), ``line`` its key and ``parent`` that of the line
    above it; ``example`` is what nobody adopted yet. ``of`` is the municipality that keeps it,
    where it is of the joint part of several; "" for one's own.
    """

    kind: Code
    line: int
    parent: int | None = None
    title: str
    example: bool = False
    of: str = ""
    values: Values

    def reworded(self, change: Callable[[str], str]) -> Self:
        after = super().reworded(change)
        return after.model_copy(update={"values": {**after.values, **_chosen(self.values)}})


class PlanRecord(Record):
    """A plan with all its lines, from the general to the particular."""

    lines: tuple[LineRecord, ...] = ()

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Before records: the values of a line were its "fields", days and amounts text."""
        if version:
            return data
        lines = [dict(line) for line in data["lines"]]
        for line in lines:
            line["values"] = typed_before_records(line.pop("fields"))
        return {**data, "lines": lines}


def _chosen(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name in CHOSEN}


class Onward(Part):
    """What becomes of a line whose priority ends: it goes on under another (``to``), or it is
    closed."""

    kind: Code
    line: int
    title: str
    to: int | None = None
    to_title: str = ""


class FieldValues(Record):
    """Some values of one line: what an adjustment found, or what it puts in their place.

    ``archived``: whether the line stands in the archive, where the adjustment is about that.
    ``onward``: where a priority ends, what becomes of the lines under it.
    """

    values: Values = {}
    archived: bool | None = None
    onward: tuple[Onward, ...] = ()

    def reworded(self, change: Callable[[str], str]) -> Self:
        after = super().reworded(change)
        return after.model_copy(update={"values": {**after.values, **_chosen(self.values)}})

    @classmethod
    def older(cls, version: int, data: dict[str, Any]) -> dict[str, Any]:
        """Before records: the values by themselves, "archived" among them."""
        if version:
            return data
        values = dict(data)
        archived = values.pop("archived", None)
        return {"values": typed_before_records(values), "archived": archived}

    def __bool__(self) -> bool:
        return bool(self.values) or self.archived is not None
