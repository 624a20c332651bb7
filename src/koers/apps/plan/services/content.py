"""A line of the plan as a record, and a record put on a line: one pair for versions, adjustments,
files and whatever is undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db import models

from koers import dutch
from koers.apps.described import LineField, Type
from koers.apps.intake.archive import is_internal
from koers.apps.people.models import Municipality, User
from koers.apps.plan.kinds import KINDS, kind_of
from koers.apps.plan.models import Action, Goal, Measure, Plan, PlanState, Priority
from koers.apps.plan.services.areas import area_names
from koers.apps.plan.services.joint import joint_plans, joint_priorities
from koers.apps.plan.services.serving import let_go_of_goals, may_serve
from koers.indicators import load_indicators
from koers.indicators.themes import themes
from koers.records import FieldValues, LineRecord, Reference, Value

NOTHING = "–"
INTERNAL = "intern: een eigen cijfer van de gemeente"
START = ("start_value", "start_period", "start_snapshot")
"""Of a goal: where it starts, as the figures stood when it was set."""


def plan_of(line: models.Model) -> Plan | None:
    """The plan to which a line belongs; None for what belongs to no plan (a partner, an action of a
    signal)."""
    match line:
        case Plan():
            return line
        case Priority():
            return line.plan
        case Goal() | Measure():
            return line.priority.plan
        case Action(measure=Measure() as measure):
            return measure.priority.plan
    return None


def frozen_fields(line: models.Model) -> tuple[str, ...]:
    """The fields of a line that change by an adjustment only; none in a draft, nor of an example
    that nobody adopted."""
    frozen = kind_of(line).frozen
    if not frozen or getattr(line, "is_example", False):
        return ()
    plan = plan_of(line)
    return frozen if plan is not None and plan.state == PlanState.ADOPTED else ()


def record_of(line: models.Model, fields: Iterable[str] | None = None) -> LineRecord:
    """A line with these fields, else with those that a version keeps."""
    kind = kind_of(line)
    return LineRecord(
        kind=kind.name,
        line=line.pk,
        parent=getattr(line, f"{kind.parent}_id") if kind.parent else None,
        title=str(line),
        example=bool(getattr(line, "is_example", False)),
        values=values_of(line, kind.kept if fields is None else fields),
    )


def values_of(line: models.Model, fields: Iterable[str]) -> dict[str, Value]:
    """What a line holds in these fields."""
    known = kind_of(line).by_name
    return {name: typed(known[name], getattr(line, name)) for name in fields}


def typed(field: LineField, value: Any) -> Value:
    """A value of a field, of a line or of a form, as it is kept."""
    if isinstance(value, (models.Manager, models.QuerySet)):
        value = value.all()
    if field.type == Type.REFERENCES:
        found = (typed_reference(one) for one in value or ())
        return tuple(sorted(found, key=lambda one: (one.name, one.id)))
    if isinstance(value, models.Model):
        return typed_reference(value)
    if isinstance(value, (list, tuple)):
        return tuple(str(one) for one in value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-field.field.decimal_places))
    plain: Value = value
    return plain


def typed_reference(one: Reference | models.Model) -> Reference:
    """People are kept without their name."""
    if isinstance(one, Reference):
        return one
    return Reference(id=one.pk, name="" if isinstance(one, User) else str(one))


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same: a partner that got another name is the same partner, empty
    is empty, and lists are of what was ticked, in whatever order."""
    return bool(_bare(one) == _bare(other))


def _bare(value: Value) -> Any:
    if isinstance(value, Reference):
        return value.id
    if isinstance(value, tuple):
        return sorted((_bare(one) for one in value), key=str)
    return None if value == "" else value


@dataclass(frozen=True)
class Later:
    """The references of a line, which are set once it is saved: only what is still there, and is of
    the same municipality."""

    line: Any
    keys: dict[str, list[int]]

    def set(self) -> None:
        for name, keys in self.keys.items():
            manager = getattr(self.line, name)
            manager.set(_own(manager.model, self.line).filter(pk__in=keys))
        if isinstance(self.line, Measure) and "other_priorities" in self.keys:
            let_go_of_goals(self.line)


def put(line: models.Model, kept: LineRecord | FieldValues) -> Later:
    """Put what was kept on a line that is not saved yet; a field that the line no longer has is
    left out, and where it stood is put back where that was kept."""
    kind = kind_of(line)
    if isinstance(kept, LineRecord) and kind.parent and "parent" in kept.model_fields_set:
        setattr(line, f"{kind.parent}_id", kept.parent)
    later = {}
    for name, value in kept.values.items():
        field = kind.by_name.get(name)
        if field is None:
            continue
        if field.type == Type.REFERENCES:
            later[name] = [one.id for one in cast(tuple[Reference, ...], value or ())]
        elif field.is_relation:
            setattr(line, field.field.attname, _still_there(field, value, line))
        else:
            setattr(line, name, field.field.to_python(_plain(value)))
    return Later(line, later)


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _still_there(field: LineField, value: Any, line: models.Model) -> int | None:
    """A reference to what is gone (a person who was erased) becomes none."""
    if value is None:
        return None
    there = _own(field.field.related_model, line).filter(pk=value.id)
    return value.id if there.exists() else None


def _own(model: type[models.Model], line: Any) -> models.QuerySet[Any]:
    """What a line may refer to."""
    if (others := _beyond(line, model)) is not None:
        return others
    found = model._default_manager.all()
    if model in (User, Municipality):
        return found
    return found.filter(municipality=line.municipality)


def _beyond(line: Any, model: type[models.Model]) -> models.QuerySet[Any] | None:
    """What a line may refer to where it is less, or elsewhere, than all of its municipality."""
    match line:
        case Measure():
            return may_serve(line, model)
        case Plan() if model is Plan:
            return joint_plans(line.municipality)
        case Priority() if model is Priority:
            return joint_priorities(line.plan)
    return None


def label_of(kind: str, name: str) -> str:
    """What a field is called."""
    field = KINDS[kind].by_name.get(name)
    return field.label if field is not None else name


def in_words(kind: str, name: str, value: Value) -> str:
    """A kept value as it is read."""
    if value in (None, "", ()):
        return NOTHING
    field = KINDS[kind].by_name.get(name)
    several = value if isinstance(value, tuple) else (value,)
    if field is None:
        return _all_said(several)
    if field.type == Type.CHOICE:
        return field.choices.get(value, str(value))
    if isinstance(value, Reference) and field.type == Type.PERSON:
        return _person(value)
    codes = [one for one in several if isinstance(one, str)]
    match field.type:
        case Type.INDICATOR | Type.INDICATORS:
            known = load_indicators()
            return ", ".join(known[i].title if i in known else i for i in codes)
        case Type.AREA | Type.AREAS:
            return ", ".join(area_names(codes))
        case Type.PERIOD:
            return ", ".join(map(dutch.period, codes))
        case Type.THEMES:
            return ", ".join(themes()[t].title if t in themes() else t for t in codes)
    return _all_said(several)


def _all_said(values: Iterable[Value]) -> str:
    return ", ".join(_said(one) for one in values) or NOTHING


def _said(value: Any) -> str:
    match value:
        case Reference():
            return value.name or NOTHING
        case bool():
            return "ja" if value else "nee"
        case date():
            return dutch.day(value)
        case Decimal():
            return dutch.number(float(value), 2)
        case float():
            return dutch.number(value, 0 if value.is_integer() else 1)
    return str(value)


def _person(value: Reference) -> str:
    found = User.objects.filter(pk=value.id).first()
    return str(found) if found is not None else "iemand die hier niet meer is"


def readable(values: Mapping[str, Value], inside: bool = False) -> dict[str, Value]:
    """Values as they may be read: where a goal starts is an own figure when its snapshot is, and
    then stands there with its mark, for who is ``inside`` (may see own figures) only."""
    start, snapshot = values.get("start_value"), values.get("start_snapshot")
    if start is None or (snapshot is not None and not is_internal(str(snapshot))):
        return dict(values)
    if inside:
        return {**values, "start_value": f"{_said(start)} ({INTERNAL})"}
    return {name: None if name in START else value for name, value in values.items()} | {
        "start_value": INTERNAL
    }


def in_words_of(record: LineRecord, inside: bool = False) -> list[tuple[str, str]]:
    """The fields of a kept line that say something, with their labels; the title stands above
    them. ``inside`` as in :func:`readable`."""
    found = (
        (label_of(record.kind, name), in_words(record.kind, name, value))
        for name, value in readable(record.values, inside).items()
        if name != "title"
    )
    return [(label, words) for label, words in found if words != NOTHING]


def differing(before: Mapping[str, Value], after: Mapping[str, Value]) -> list[str]:
    """The fields that are in both and hold something else."""
    return [n for n in after if n in before and not same(before[n], after[n])]
