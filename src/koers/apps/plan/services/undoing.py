"""A line as it was: what changed since a moment of its history, and putting it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from simple_history.utils import get_m2m_reverse_field_name

from koers.apps.described import LineField, Type
from koers.apps.people.owned import ChangedMeanwhileError, Owned, Revised
from koers.apps.plan.kinds import kind_of
from koers.apps.plan.models import Adjustment
from koers.apps.plan.services.adjustments import AdjustmentError, propose_change
from koers.apps.plan.services.content import (
    differing,
    frozen_fields,
    in_words,
    put,
    readable,
    typed,
    values_of,
)
from koers.records import FieldValues, Reference, Value

_References = Mapping[str, Mapping[int, tuple[Reference, ...]]]
"""Of each field the references of each row of a history."""
_Singles = Mapping[str, Mapping[int, str]]
"""Of each field what the lines that it refers to are called."""


@dataclass(frozen=True)
class FieldDifference:
    """A field with what stands in it (old) and what is put back (new)."""

    name: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Moment:
    """A line as its history holds it; ``key`` is of the row of the history."""

    key: int
    when: datetime
    by: UUID | None
    archived: bool
    values: Mapping[str, Value]


def moments_of(line: Owned, only: int | None = None) -> list[Moment]:
    """The history of a line, newest first, with its references read at once; ``only`` one row of
    it."""
    rows = list(line.history.all() if only is None else line.history.filter(history_id=only))
    fields = [kind_of(line).by_name[name] for name in kind_of(line).undone]
    references = {f.name: _references(f, rows) for f in fields if f.type == Type.REFERENCES}
    singles = {
        f.name: _names(f, (getattr(row, f.field.attname) for row in rows)) for f in _ones(fields)
    }
    return [
        Moment(
            row.history_id,
            row.history_date,
            row.history_user_id,
            row.archived_at is not None,
            {f.name: _value(f, row, references, singles) for f in fields},
        )
        for row in rows
    ]


def _ones(fields: Iterable[LineField]) -> list[LineField]:
    return [f for f in fields if f.type in (Type.PERSON, Type.REFERENCE)]


def _value(field: LineField, row: Any, references: _References, singles: _Singles) -> Value:
    if field.type == Type.REFERENCES:
        return references[field.name].get(row.history_id, ())
    if field.name not in singles:
        return typed(field, getattr(row, field.name))
    key = getattr(row, field.field.attname)
    return None if key is None else Reference(id=key, name=singles[field.name].get(key, ""))


def _names(field: LineField, keys: Iterable[int | None]) -> dict[int, str]:
    """What the lines that are referred to are called now; people are looked up when they are
    named."""
    if field.type == Type.PERSON:
        return {}
    found = field.field.related_model._default_manager.filter(pk__in={k for k in keys if k})
    return {one.pk: str(one) for one in found}


def _references(field: LineField, rows: list[Any]) -> dict[int, tuple[Reference, ...]]:
    """The references of each row of a history."""
    if not rows:
        return {}
    key = f"{get_m2m_reverse_field_name(field.field)}_id"
    kept = getattr(rows[0], field.name).model.objects.filter(history__in=rows)
    pairs = list(kept.values_list("history_id", key))
    names = _names(field, (one for _, one in pairs))
    found: dict[int, list[Reference]] = defaultdict(list)
    for row, one in pairs:
        found[row].append(Reference(id=one, name=names.get(one, "")))
    return {row: typed(field, these) for row, these in found.items()}  # type: ignore[misc]


def changes(
    line: Owned, old: Moment, new: Moment, inside: bool = False
) -> list[tuple[str, str, str]]:
    """What one moment of the history changed: label, old, new; in words. ``inside`` for who may see
    own figures."""
    found = [
        (row.label.lower(), row.old, row.new)
        for row in _differences(line, old.values, new.values, inside)
    ]
    if old.archived != new.archived:
        was, became = ("ja" if m.archived else "nee" for m in (old, new))
        found.append(("in het archief", was, became))
    return found


def difference(line: Owned, then: Moment, inside: bool = False) -> list[FieldDifference]:
    """The fields that were otherwise at a moment."""
    return _differences(line, values_of(line, then.values), then.values, inside)


def _differences(
    line: Owned, old: Mapping[str, Value], new: Mapping[str, Value], inside: bool
) -> list[FieldDifference]:
    kind = kind_of(line)
    was, now = readable(old, inside), readable(new, inside)
    return [
        FieldDifference(
            name,
            kind.by_name[name].label,
            in_words(kind.name, name, was[name]),
            in_words(kind.name, name, now[name]),
        )
        for name in differing(old, new)
    ]


@transaction.atomic
def put_back(line: Owned, then: Moment, reason: str, by: UUID | None) -> Adjustment | None:
    """Make a line as it was then; what an adopted plan holds fast becomes a proposal, which is
    returned.

    Raises
    ------
    AdjustmentError
        When somebody changes the line at this moment.
    """
    frozen = frozen_fields(line)
    wanted = {row.name: then.values[row.name] for row in difference(line, then)}
    proposed = {name: value for name, value in wanted.items() if name in frozen}
    at_once = {name: value for name, value in wanted.items() if name not in frozen}
    if at_once:
        later = put(line, FieldValues(values=at_once))
        _save(line)
        later.set()
    return propose_change(line, proposed, reason, by) if proposed else None


def _save(line: Owned) -> None:
    if not isinstance(line, Revised):
        line.save()
        return
    try:
        line.save_as_read(line.revision)
    except ChangedMeanwhileError as error:
        raise AdjustmentError(
            "Iemand anders heeft deze regel net gewijzigd. Bekijk de geschiedenis opnieuw."
        ) from error
