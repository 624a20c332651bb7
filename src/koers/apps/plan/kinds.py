"""The kinds of line that a plan has: how each is called and under what it stands. What its fields
are stands at its model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db import models

from koers.apps.described import Keeps, LineField, fields_of, names
from koers.apps.people.owned import Owned
from koers.apps.plan.models import Action, Framework, Goal, Measure, Partner, Plan, Priority


@dataclass(frozen=True)
class LineKind:
    """``name`` stands in addresses and in what is kept; ``parent`` is the field that holds the line
    above, which is of kind ``above``; ``in_plan`` False for what stands beside the plan."""

    name: str
    many: str
    model: type[Owned]
    parent: str = ""
    above: str = ""
    in_plan: bool = True

    @property
    def label(self) -> str:
        return self.name

    @property
    def fields(self) -> tuple[LineField, ...]:
        return fields_of(self.model)

    @cached_property
    def by_name(self) -> dict[str, LineField]:
        return {field.name: field for field in self.fields}

    @cached_property
    def frozen(self) -> tuple[str, ...]:
        """What is decided on with the plan; the rest is the work of every day and stays open."""
        return self._keeping(Keeps.FROZEN)

    @cached_property
    def daily(self) -> tuple[str, ...]:
        """What a version records beside it."""
        return self._keeping(Keeps.DAILY)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """What stands in a version."""
        return (*self.frozen, *self.daily)

    @cached_property
    def undone(self) -> tuple[str, ...]:
        """What a history tells, and what comes back when a line is put back as it was."""
        return names(field for field in self.fields if field.said.undone)

    def _keeping(self, keeps: Keeps) -> tuple[str, ...]:
        return names(field for field in self.fields if field.keeps == keeps)


KINDS = {
    kind.name: kind
    for kind in (
        LineKind("plan", "plannen", Plan),
        LineKind("prioriteit", "prioriteiten", Priority, "plan", "plan"),
        LineKind("doel", "doelen", Goal, "priority", "prioriteit"),
        LineKind("maatregel", "maatregelen", Measure, "priority", "prioriteit"),
        LineKind("actie", "acties", Action, "measure", "maatregel"),
        LineKind("partner", "partners", Partner, in_plan=False),
        LineKind("kader", "kaders", Framework, in_plan=False),
    )
}
_BY_MODEL: dict[type[models.Model], LineKind] = {kind.model: kind for kind in KINDS.values()}


def kind_of(line: models.Model) -> LineKind:
    """The kind of a line; KeyError where it is none."""
    return _BY_MODEL[type(line)]


def kind_of_model(model: type[models.Model]) -> LineKind:
    return _BY_MODEL[model]
