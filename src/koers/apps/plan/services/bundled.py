"""Plans that come with Koers, as data; loading one never overwrites what a person edited."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from django.db import transaction
from pydantic import BaseModel, ConfigDict

from koers.apps.people.models import Municipality
from koers.apps.plan.models import (
    Action,
    Framework,
    Goal,
    Measure,
    Partner,
    Plan,
    Priority,
    PriorityKind,
)
from koers.records.decision import GivenTexts
from koers.yaml_files import YamlFileError, read_yaml

FOLDER = Path(__file__).parent.parent / "data"


class PlanFileError(YamlFileError):
    """A plan file that cannot be used: names file, line and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MunicipalityData(_Strict):
    """``region``: the municipalities whose figures are read as well, because crime does not stop at
    a border."""

    code: str
    name: str
    region: list[str] = []


class FrameworkData(_Strict):
    title: str
    level: str
    start_year: int
    end_year: int
    themes: list[str] = []


class GoalData(_Strict):
    title: str
    indicator: str
    target: float
    due: date
    adoption: str = "example"


class ActionData(_Strict):
    title: str
    due: date | None = None


class MeasureData(_Strict):
    title: str
    kind: str
    partners: list[str] = []
    actions: list[ActionData] = []
    adoption: str = "example"
    state: str = "planned"
    start: date | None = None
    owner_department: str = ""


class PriorityData(_Strict):
    title: str
    slug: str
    description: str = ""
    indicators: list[str] = []
    frameworks: list[str] = []
    goals: list[GoalData] = []
    measures: list[MeasureData] = []


class DecisionData(_Strict):
    meeting_date: date
    texts: dict[str, str]


class PlanData(_Strict):
    slug: str
    default: bool = False
    fictitious: bool = False
    municipality: MunicipalityData
    title: str
    start_year: int
    end_year: int
    summary: str = ""
    frameworks: list[FrameworkData] = []
    partners: list[str] = []
    priorities: list[PriorityData]
    attention_themes: list[PriorityData] = []
    decision: DecisionData | None = None


def read_plan(file: Path) -> PlanData:
    """One plan file.

    Raises
    ------
    PlanFileError
        Naming file, line and field.
    """
    return read_yaml(file, PlanData, PlanFileError)


@cache
def bundled_plans() -> tuple[PlanData, ...]:
    return tuple(read_plan(file) for file in sorted(FOLDER.glob("*.yaml")))


def default_municipality() -> str:
    """The municipality of the bundled plan that is marked as default."""
    return next(plan.municipality.code for plan in bundled_plans() if plan.default)


def region_of(municipality: str) -> list[str]:
    """The other municipalities of its region, as its bundled plan names them."""
    found = (
        plan.municipality for plan in bundled_plans() if plan.municipality.code == municipality
    )
    return list(next((m.region for m in found), []))


def load_bundled_plan(slug: str) -> Plan | None:
    data = next((plan for plan in bundled_plans() if plan.slug == slug), None)
    return load_plan(data) if data else None


@transaction.atomic
def load_plan(data: PlanData) -> Plan:
    """The plan with its lines; one that is there already stays as people made it."""
    municipality, _ = Municipality.objects.get_or_create(
        code=data.municipality.code,
        defaults={"name": data.municipality.name, "fictitious": data.fictitious},
    )
    existing = Plan.objects.filter(slug=data.slug).first()
    if existing is not None:
        return existing
    plan = Plan.objects.create(
        municipality=municipality,
        slug=data.slug,
        title=data.title,
        start_year=data.start_year,
        end_year=data.end_year,
        summary=data.summary,
        decision_texts=(
            GivenTexts(meeting_date=data.decision.meeting_date, by_heading=data.decision.texts)
            if data.decision
            else GivenTexts()
        ),
    )
    frameworks = {
        f.title: Framework.objects.create(municipality=municipality, **f.model_dump())
        for f in data.frameworks
    }
    plan.frameworks.set(frameworks.values())
    partners = {
        name: Partner.objects.create(municipality=municipality, name=name) for name in data.partners
    }
    for kind, lines in (
        (PriorityKind.PRIORITY, data.priorities),
        (PriorityKind.ATTENTION, data.attention_themes),
    ):
        for number, line in enumerate(lines, 1):
            _load_line(plan, kind, number, line, frameworks, partners)
    return plan


def _load_line(
    plan: Plan,
    kind: str,
    number: int,
    line: PriorityData,
    frameworks: dict[str, Framework],
    partners: dict[str, Partner],
) -> None:
    priority = Priority.objects.create(
        municipality=plan.municipality,
        plan=plan,
        kind=kind,
        number=number,
        slug=line.slug,
        title=line.title,
        description=line.description,
        indicators=line.indicators,
    )
    priority.frameworks.set([frameworks[title] for title in line.frameworks])
    for goal in line.goals:
        Goal.objects.create(municipality=plan.municipality, priority=priority, **goal.model_dump())
    for item in line.measures:
        fields = item.model_dump(exclude={"partners", "actions"})
        measure = Measure.objects.create(
            municipality=plan.municipality, priority=priority, **fields
        )
        measure.partners.set([partners[name] for name in item.partners])
        for action in item.actions:
            Action.objects.create(
                municipality=plan.municipality,
                measure=measure,
                adoption=item.adoption,
                owner_department=item.owner_department,
                **action.model_dump(),
            )
