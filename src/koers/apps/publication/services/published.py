"""What everyone may read: publications and published figures, and never the plan as people work in
it."""

from __future__ import annotations

from dataclasses import dataclass

from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Municipality
from koers.apps.picture.outlook import GoalOutlook, goal_outlook
from koers.apps.picture.presenters import trend
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.apps.publication.models import Publication
from koers.apps.publication.services import standing
from koers.charts import Chart
from koers.dutch import day, number
from koers.figures.shelf import Shelf
from koers.indicators import load_indicators
from koers.records.published import PublishedGoal, PublishedPlan, PublishedPriority

NO_FIGURES = "Hiervan zijn nog geen cijfers."


@dataclass(frozen=True)
class PublicGoal:
    goal: PublishedGoal
    outlook: GoalOutlook

    @property
    def chance(self) -> float | None:
        """That the goal is met; None where the figures are too few to say."""
        found = self.outlook.forecast
        return found.chance if found is not None and found.enough else None

    @property
    def text(self) -> str:
        """By the figures; of a goal in words the question, and what people said where that is
        published along."""
        goal = self.goal
        if self.outlook.state == "none":
            # What is to be done about it is said to who works at the plan.
            return NO_FIGURES
        if goal.kind != "words":
            return self.outlook.text
        said = f" {day(goal.said.on)}: {goal.said.answer}." if goal.said else ""
        return f"In woorden, door mensen beoordeeld: {goal.question}{said}"


@dataclass(frozen=True)
class PublicPriority:
    """A published priority with what the newest published figures say of it."""

    line: PublishedPriority
    goals: tuple[PublicGoal, ...]
    reading: Reading | None

    @property
    def sentence(self) -> str:
        """How it goes, in one plain sentence that says no more than the figures do."""
        found = self.reading
        if found is None or not found.available:
            return NO_FIGURES
        where = "in heel Nederland" if found.national else f"in {found.area.name}"
        return (
            f"{found.indicator.title} {where}: {number(found.recent)} {found.recent_label};"
            f" {found.verdict}."
        )


def municipalities() -> list[Municipality]:
    """Those that a visitor may choose from: the one for which this site works, and those that
    published something. An example is not shown beside one that exists."""
    if (known := standing.at_hand()) is not None:
        found = [m for m in known.homes if m.pk in known.publications]
        first = next((m for m in known.homes if m.primary), None)
    else:
        published = Publication.objects.public().values("municipality")
        found = list(Municipality.objects.filter(pk__in=published))
        first = Municipality.objects.filter(primary=True).first()
    if first is not None and first not in found:
        found.insert(0, first)
    real = [m for m in found if not m.fictitious]
    return real or found


def home_of(slug: str) -> Municipality | None:
    """The municipality with this address."""
    if (known := standing.at_hand()) is not None:
        return next((m for m in known.homes if m.slug == slug), None)
    return Municipality.objects.filter(slug=slug).first()


def publication_of(municipality: Municipality) -> Publication | None:
    """What is public of a municipality now."""
    if (known := standing.at_hand()) is not None:
        return known.publications.get(municipality.pk)
    return Publication.objects.of(municipality).public().first()


def public_priority(shelf: Shelf, home: Municipality, line: PublishedPriority) -> PublicPriority:
    found = [reading(shelf, home.code, i) for i in _known(line)]
    best = next((r for r in found if r.is_own), next((r for r in found if r.available), None))
    known = load_indicators()
    goals = tuple(
        PublicGoal(g, goal_outlook(shelf, g.aim(home.code)))
        for g in line.goals
        if g.indicator in known or g.kind == "words"
    )
    return PublicPriority(line, goals, best)


def public_priorities(home: Municipality, plan: PublishedPlan) -> list[PublicPriority]:
    shelf = public_shelf()
    return [public_priority(shelf, home, line) for line in plan.priorities]


def charts_of(
    shelf: Shelf, home: Municipality, line: PublishedPriority
) -> list[tuple[Reading, Chart]]:
    found = [reading(shelf, home.code, i) for i in _known(line)]
    return [(r, trend(r, name=f"openbaar-{r.indicator.id}")) for r in found if r.available]


def _known(line: PublishedPriority) -> list[str]:
    """Its indicators, apart from those that a later Koers no longer has."""
    known = load_indicators()
    return [i for i in line.indicators if i in known]
