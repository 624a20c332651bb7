"""Lines under the heading that they name: priorities under a field of safety, measures and goals
under a sub-theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from koers.apps.plan.models import Measure, Plan, Priority
from koers.indicators.themes import fields

Line = TypeVar("Line")


@dataclass(frozen=True)
class Group(Generic[Line]):
    """``title`` is "" for lines that name none."""

    title: str
    lines: tuple[Line, ...]


def grouped(
    lines: Iterable[Line], title_of: Callable[[Line], str], first: Iterable[str] = ()
) -> list[Group[Line]]:
    """The lines by what they name: ``first`` in that order, the others as they come, and last what
    names nothing."""
    found: dict[str, list[Line]] = {title: [] for title in first}
    for line in lines:
        found.setdefault(title_of(line), []).append(line)
    nameless = found.pop("", [])
    named = [Group(title, tuple(under)) for title, under in found.items() if under]
    return [*named, *([Group("", tuple(nameless))] if nameless else [])]


def under_fields(
    lines: Iterable[Line], priority_of: Callable[[Line], Priority]
) -> list[Group[Line]]:
    """Priorities, or what is made of them, under the fields of a plan; one nameless group where the
    plan has none."""
    return grouped(lines, lambda line: priority_of(line).safety_field)


def by_field(measures: QuerySet[Measure], plan: Plan) -> QuerySet[Measure]:
    """The measures of a plan in the order of its fields; what is under none comes last."""
    named = plan.lines.exclude(safety_field="").values_list("safety_field", flat=True)
    fields_of_plan = list(dict.fromkeys(named))
    place = Case(
        # One more that is always there: of none Django leaves a number, which PostgreSQL takes for
        # that of a column.
        When(priority__safety_field="", then=Value(len(fields_of_plan))),
        *(
            When(priority__safety_field=title, then=Value(n))
            for n, title in enumerate(fields_of_plan)
        ),
        output_field=IntegerField(),
    )
    return measures.order_by(place, "priority__number", "priority__title", "start", "title", "pk")


def by_sub_theme(measures: QuerySet[Measure], priority: Priority) -> QuerySet[Measure]:
    """The measures of a priority in the order of its sub-themes; one that it does not name comes
    after them, and no sub-theme last."""
    known = list(priority.sub_themes)
    place = Case(
        *(When(sub_theme=title, then=Value(n)) for n, title in enumerate(known)),
        When(sub_theme="", then=Value(len(known) + 1)),
        default=Value(len(known)),
        output_field=IntegerField(),
    )
    return measures.order_by(place, F("sub_theme"), "title", "pk")


def offered_fields(plan: Plan) -> list[str]:
    """The fields to choose from: those that the plan has, and the usual five."""
    own = plan.lines.filter(archived_at=None).values_list("safety_field", flat=True)
    usual = [field.title for field in fields().values()]
    return list(dict.fromkeys([*(title for title in own if title), *usual]))
