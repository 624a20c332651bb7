"""A line as it was: what changed since a record of its history, and putting it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from simple_history.utils import get_m2m_reverse_field_name

from koers.apps.people.models import Municipality, User
from koers.apps.people.owned import ChangedMeanwhileError
from koers.apps.plan.models import Adjustment
from koers.apps.plan.services.adjustments import AdjustmentError, propose_change
from koers.apps.plan.services.content import MODELS, as_data, frozen_fields, in_words, kind_of

# What a line is, not what somebody wrote in it.
FIXED = ("id", "municipality", "created_at", "archived_at", "revision", "slug", "library", "decision_texts")


@dataclass(frozen=True)
class Field:
    """A field with what stands in it (old) and what is put back (new)."""

    name: str
    label: str
    old: str
    new: str


def records_of(line: models.Model) -> list[Any]:
    """The history of a line, newest first, with its references read at once."""
    records = list(line.history.all())
    for field in _references(line) if records else ():
        kept: dict[int, list[int]] = {}
        name = f"{get_m2m_reverse_field_name(field)}_id"
        rows = getattr(records[0], field.name).model.objects.filter(history__in=records)
        for record, key in rows.values_list("history_id", name):
            kept.setdefault(record, []).append(key)
        for record in records:
            record.__dict__[_kept(field)] = sorted(kept.get(record.pk, ()))
    return records


def _kept(field) -> str:
    """Where a record holds what was read of it already."""
    return f"_kept_{field.name}"


def changes(line: models.Model, old, new) -> list[tuple[str, str, str]]:
    """What one record of the history changed: label, old, new; in words."""
    found = [(row.label.lower(), row.new, row.old) for row in _differing(line, new, old)]
    if (old.archived_at is None) != (new.archived_at is None):
        found.append(("in het archief", *("nee" if r.archived_at is None else "ja" for r in (old, new))))
    return found


def difference(line: models.Model, then) -> list[Field]:
    """The fields that were otherwise in a record of the history."""
    return _differing(line, line, then)


def _differing(line: models.Model, now, then) -> list[Field]:
    """Fields that differ between two of: the line, a record of its history."""
    return [
        Field(field.name, str(field.verbose_name).capitalize(), _said(line, field, one), _said(line, field, other))
        for field in (*_fields(line), *_references(line))
        if (one := _value(field, now)) != (other := _value(field, then))
    ]


@transaction.atomic
def put_back(line: models.Model, then, reason: str, by: UUID | None) -> Adjustment | None:
    """Make a line as it was then; what an adopted plan holds fast becomes a proposal, which is returned.

    Raises
    ------
    AdjustmentError
        When somebody changes the line at this moment.
    """
    wanted = {row.name for row in difference(line, then)}
    frozen = set(frozen_fields(line))
    references = {f.name: _there(f, _value(f, then)) for f in _references(line) if f.name in wanted}
    proposed: dict[str, Any] = {}
    for field in _fields(line):
        if field.name in wanted & frozen:
            proposed[field.name] = as_data(getattr(then, field.name))
        elif field.name in wanted:
            setattr(line, field.attname, _still_there(field, getattr(then, field.attname)))
    proposed |= {name: as_data(found) for name, found in references.items() if name in frozen}
    if wanted - frozen:
        _save(line)
        for name, found in references.items():
            if name not in frozen:
                getattr(line, name).set(found)
    return propose_change(line, proposed, reason, by) if proposed else None


def _save(line: models.Model) -> None:
    if not hasattr(line, "save_as_read"):
        line.save()
        return
    try:
        line.save_as_read(line.revision)
    except ChangedMeanwhileError as error:
        raise AdjustmentError(
            "Iemand anders heeft deze regel net gewijzigd. Bekijk de geschiedenis opnieuw."
        ) from error


def _fields(line: models.Model) -> list[Any]:
    return [f for f in line._meta.concrete_fields if f.name not in FIXED and not _is_place(f)]


def _references(line: models.Model) -> list[Any]:
    """The lists of others (partners, frameworks) that the history keeps along."""
    kept = getattr(line, "_history_m2m_fields", ())
    return [f for f in line._meta.many_to_many if f.name in kept]


def _is_place(field) -> bool:
    """Under which line or plan it stands."""
    return field.is_relation and field.related_model in (*MODELS.values(), Municipality)


def _value(field, holder) -> Any:
    """What stands in a field of a line or of a record: of a list of others their keys."""
    if not field.many_to_many:
        return getattr(holder, field.attname)
    if _kept(field) in holder.__dict__:
        return holder.__dict__[_kept(field)]
    rows = getattr(holder, field.name).all()
    if isinstance(holder, field.model):
        return sorted(row.pk for row in rows)
    name = f"{get_m2m_reverse_field_name(field)}_id"
    return sorted(getattr(row, name) for row in rows)


def _there(field, keys: Iterable[int]) -> models.QuerySet:
    return field.related_model._default_manager.filter(pk__in=keys)


def _still_there(field, value: Any) -> Any:
    """A reference to what is gone (a person who was erased) becomes none."""
    return None if field.is_relation and value is not None and not _there(field, [value]).exists() else value


def _said(line: models.Model, field, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if field.many_to_many:
        return ", ".join(str(one) for one in _there(field, value)) or "–"
    if field.is_relation:
        found = _there(field, [value]).first()
        return (
            str(found)
            if found is not None
            else ("iemand die hier niet meer is" if field.related_model is User else "–")
        )
    if isinstance(line, tuple(MODELS.values())):
        return in_words(kind_of(line), field.name, as_data(value))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)
