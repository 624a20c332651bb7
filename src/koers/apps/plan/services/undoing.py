"""A line as it was: what changed since a record of its history, and putting it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction

from koers import dutch
from koers.apps.people.models import Municipality, User
from koers.apps.people.owned import ChangedMeanwhileError
from koers.apps.plan.models import Adjustment
from koers.apps.plan.services.adjustments import AdjustmentError, propose_change
from koers.apps.plan.services.content import MODELS, as_data, frozen_fields, in_words, kind_of

# What a line is, not what somebody wrote in it.
FIXED = ("id", "municipality", "created_at", "archived_at", "revision", "slug", "library", "decision_texts")


@dataclass(frozen=True)
class Field:
    """A field with what stands in it now and what stood in it then."""

    name: str
    label: str
    now: str
    then: str


def changes(line: models.Model, old, new) -> list[tuple[str, str, str]]:
    """What one record of the history changed: label, old, new; in words."""
    found = []
    for change in new.diff_against(old, foreign_keys_are_objs=False).changes:
        field = line._meta.get_field(change.field)
        found.append((str(field.verbose_name), _said(line, field, change.old), _said(line, field, change.new)))
    return found


def difference(line: models.Model, then) -> list[Field]:
    """The fields that were otherwise in a record of the history."""
    found = []
    for field in _fields(line):
        now, before = getattr(line, field.attname), getattr(then, field.attname)
        if now != before:
            label = str(field.verbose_name).capitalize()
            found.append(Field(field.name, label, _said(line, field, now), _said(line, field, before)))
    return found


@transaction.atomic
def put_back(line: models.Model, then, reason: str, by: UUID | None) -> Adjustment | None:
    """Make a line as it was then; what an adopted plan holds fast becomes a proposal, which is returned.

    Raises
    ------
    AdjustmentError
        When somebody changes the line at this moment, or a person or line that it referred to is gone.
    """
    wanted = {row.name for row in difference(line, then)}
    frozen = set(frozen_fields(line))
    revision = line.revision if hasattr(line, "revision") else None
    proposed = {name: as_data(getattr(then, name)) for name in wanted & frozen}
    for field in _fields(line):
        if field.name in wanted - frozen:
            setattr(line, field.attname, _still_there(field, getattr(then, field.attname)))
    if wanted - frozen:
        _save(line, revision)
    return propose_change(line, proposed, reason, by) if proposed else None


def _save(line: models.Model, revision: int | None) -> None:
    if revision is None:
        line.save()
        return
    try:
        line.save_as_read(revision)
    except ChangedMeanwhileError as error:
        raise AdjustmentError(
            "Iemand anders heeft deze regel net gewijzigd. Bekijk de geschiedenis opnieuw."
        ) from error


def _fields(line: models.Model) -> list[Any]:
    return [f for f in line._meta.concrete_fields if f.name not in FIXED and not _is_place(f)]


def _is_place(field) -> bool:
    """Under which line or plan it stands."""
    return field.is_relation and field.related_model in (*MODELS.values(), Municipality)


def _still_there(field, value: Any) -> Any:
    """A reference to what is gone (a person who was erased) becomes none."""
    if field.is_relation and value is not None and not field.related_model._default_manager.filter(pk=value).exists():
        return None
    return value


def _said(line: models.Model, field, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if field.is_relation:
        found = field.related_model._default_manager.filter(pk=value).first()
        return (
            str(found)
            if found is not None
            else ("iemand die hier niet meer is" if field.related_model is User else "–")
        )
    if field.name in ("archived_at", "created_at"):
        return dutch.day(value.date())
    if isinstance(line, tuple(MODELS.values())):
        return in_words(kind_of(line), field.name, as_data(value))
    return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)
