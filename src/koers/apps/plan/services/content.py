"""A line of the plan as data: what a version keeps, and what an adjustment changes.

A reference (a partner, a framework) is kept with its name, so that a version is read years later as it was adopted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import models

from koers import dutch
from koers.apps.plan.models import Action, Goal, Measure, Plan, PlanState, Priority
from koers.apps.plan.services.areas import area_names
from koers.indicators import load_indicators

MODELS: dict[str, type[models.Model]] = {
    "plan": Plan, "prioriteit": Priority, "doel": Goal, "maatregel": Measure, "actie": Action,
}  # fmt: skip
PARENT = {"prioriteit": "plan", "doel": "priority", "maatregel": "priority", "actie": "measure"}

FROZEN: dict[str, tuple[str, ...]] = {
    "plan": ("title", "start_year", "end_year", "summary", "frameworks"),
    "prioriteit": ("title", "kind", "number", "description", "indicators", "frameworks", "without_framework"),
    "doel": ("title", "indicator", "area_code", "start_value", "start_period", "start_snapshot", "target", "due",
             "adoption"),
    "maatregel": ("title", "description", "kind", "start", "end", "areas", "topics", "budget", "hours", "evidence",
                  "evidence_source", "partners", "adoption"),
}  # fmt: skip
"""What is decided on with the plan; the rest of a line is the work of every day and stays open."""

DAILY: dict[str, tuple[str, ...]] = {
    "maatregel": ("state", "state_reason", "owner_department", "deputy_department"),
    "actie": ("title", "due", "state", "owner_department", "adoption"),
}
"""What a version records beside it; people are left out: a version is kept longer than they work here."""


def kind_of(line: models.Model) -> str:
    """The name of a kind of line; KeyError where it is none of a plan."""
    return next(name for name, model in MODELS.items() if isinstance(line, model))


def plan_of(line: models.Model) -> Plan | None:
    """The plan to which a line belongs; None for what belongs to no plan (a partner, an action of a signal)."""
    match line:
        case Plan():
            return line
        case Priority():
            return line.plan
        case Goal() | Measure():
            return line.priority.plan
        case Action() if line.measure_id:
            return line.measure.priority.plan
    return None


def frozen_fields(line: models.Model) -> tuple[str, ...]:
    """The fields of a line that change by an adjustment only; none in a draft, nor of an example that nobody adopted."""
    if getattr(line, "is_example", False) or not isinstance(line, tuple(MODELS.values())):
        return ()
    plan = plan_of(line)
    return FROZEN.get(kind_of(line), ()) if plan is not None and plan.state == PlanState.ADOPTED else ()


def content_of(line: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """These fields of a line as JSON."""
    return {name: as_data(getattr(line, name)) for name in fields}


def as_data(value: Any) -> Any:
    """A value of a field (or of a form) as JSON."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, models.Manager):
        value = value.all()
    if isinstance(value, (models.QuerySet, set)):
        return sorted((as_data(one) for one in value), key=lambda one: (one["name"], one["id"]))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return list(value) if isinstance(value, tuple) else value


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same: a partner that got another name is the same partner, empty is empty, and lists are
    of what was ticked, in whatever order."""
    return _bare(one) == _bare(other)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return value["id"]
    if isinstance(value, list):
        return sorted((_bare(one) for one in value), key=str)
    return None if value == "" else value


def set_content(line: models.Model, values: dict[str, Any]) -> dict[str, list[int]]:
    """Put values on a line that is not saved yet; returns the references, to set once it is."""
    later = {}
    for name, value in values.items():
        field = line._meta.get_field(name)
        if field.many_to_many:
            later[name] = [one["id"] for one in value]
        elif field.is_relation:
            setattr(line, field.attname, value["id"] if value else None)
        else:
            setattr(line, name, field.to_python(value))
    return later


@lru_cache
def label_of(kind: str, name: str) -> str:
    """What a field is called."""
    return str(MODELS[kind]._meta.get_field(name).verbose_name).capitalize()


def in_words(kind: str, name: str, value: Any) -> str:
    """A kept value as it is read."""
    if value in (None, "", []):
        return "–"
    field = MODELS[kind]._meta.get_field(name)
    if name in ("indicators", "topics", "indicator"):
        known = load_indicators()
        return ", ".join(known[i].title if i in known else i for i in ([value] if isinstance(value, str) else value))
    if name == "areas":
        return ", ".join(area_names(value))
    if name == "area_code":
        return area_names([value])[0]
    if isinstance(value, dict):
        return value["name"]
    if isinstance(value, list):
        return ", ".join(v["name"] if isinstance(v, dict) else str(v) for v in value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateField):
        return dutch.day(date.fromisoformat(value))
    if isinstance(field, models.DecimalField):
        return dutch.number(float(value), 2)
    if isinstance(field, models.FloatField):
        return dutch.number(value, 0 if float(value).is_integer() else 1)
    return str(value)
