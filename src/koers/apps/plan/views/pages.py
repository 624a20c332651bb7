"""The plan and one of its priorities."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render

from koers.apps.downloads import page, wants_file
from koers.apps.people.access import allow, own_or_404
from koers.apps.picture import tables as picture_tables
from koers.apps.picture.readings import reading
from koers.apps.plan import tables
from koers.apps.plan.forms import PlanForm
from koers.apps.plan.models import (
    Action,
    ActionState,
    AdjustmentState,
    Measure,
    Plan,
    PlanState,
    Priority,
)
from koers.apps.plan.places import MEASURE_PANELS, PLAN_PANELS, PRIORITY_PANELS, TOOLS
from koers.apps.plan.services.grouping import by_sub_theme, grouped, under_fields
from koers.apps.plan.services.in_force import plan_asked
from koers.apps.plan.services.joint import joint_lines, joint_part, joint_priorities, readers_of
from koers.apps.plan.services.outlook import course_of
from koers.apps.plan.services.serving import REFERENCES, also_under, goals_of, others_of
from koers.apps.plan.services.sharing import shared_measures, shared_plans
from koers.apps.plan.services.themes import themes_of
from koers.indicators.themes import themes

MEASURES = 20
"""On a page of a priority."""


def may_change(request) -> bool:
    return request.user.has_perm("plan.change_plan", request.municipality)


@allow("plan.view_plan")
def index(request):
    """The plan of the municipality at hand, with the course of its goals."""
    plan = plan_asked(request)
    shared = len(shared_plans(request.municipality)) + len(shared_measures(request.municipality))
    if plan is None:
        return render(
            request, "plan/none.html", {"may_change": may_change(request), "shared": shared}
        )
    priorities = [_summary(request, p) for p in plan.priorities]
    context = {
        "plan": plan,
        "joint": joint_part(plan),
        "joint_lines": joint_lines(plan),
        "readers": readers_of(plan),
        "bands": under_fields(priorities, lambda item: item["priority"]),
        "attention": [_summary(request, p) for p in plan.attention_themes],
        "aside": [_summary(request, p) for p in plan.other_themes],
        "may_change": may_change(request),
        "panels": PLAN_PANELS.all(request, plan),
        "version": plan.versions.defer("content").first(),
        "proposed": (
            plan.adjustments.filter(state=AdjustmentState.PROPOSED, archived_at=None).count()
        ),
        "shared": shared,
        "others": Plan.objects.of(request.municipality).exclude(pk=plan.pk),
    }
    listed_lines = (*priorities, *context["attention"], *context["aside"])
    goals = [course for line in listed_lines for course in line["goals"]]
    frameworks = tables.frameworks(plan.frameworks.filter(archived_at=None), "Kaders van dit plan")
    listed = [
        tables.goals(goals, f"Doelen van {plan}"),
        frameworks.showing("kader", "niveau", "looptijd"),
    ]
    return page(request, "plan/index.html", context, listed)


def _summary(request, priority: Priority) -> dict:
    goals = [
        course_of(request.figures, g)
        for g in priority.goals.filter(archived_at=None).select_related("municipality")
    ]
    measures = priority.measures.filter(archived_at=None).only("priority")
    also = also_under(priority.pk)
    return {"priority": priority, "goals": goals, "measures": measures, "also": also}


@allow("plan.view_plan")
def priority(request, pk):
    """One priority: its figures, goals with their course, measures with their actions."""
    found = own_or_404(request, Priority, pk=pk)
    lines = (
        found.measures.filter(archived_at=None)
        .select_related("priority", "owner", "municipality")
        .prefetch_related(*REFERENCES)
    )
    shown = Paginator(by_sub_theme(lines, found), MEASURES).get_page(request.GET.get("blad"))
    context = {
        **_summary(request, found),
        "plan": found.plan,
        "readings": [
            reading(request.figures, request.municipality.code, i) for i in found.indicators
        ],
        "elaborates": joint_priorities(found.plan).filter(pk=found.elaborates_id).first(),
        "shown": shown,
        "parted": any(line.sub_theme for line in shown),
        "measures": [] if wants_file(request) else _cards(request, list(shown)),
        "frameworks": found.frameworks.filter(archived_at=None),
        "themes": [themes()[t].title for t in themes_of(found) if t in themes()],
        "may_change": may_change(request),
        "frozen": found.plan.state == PlanState.ADOPTED,
        "panels": PRIORITY_PANELS.all(request, found),
        "tools": TOOLS.all(request, found),
    }
    context["goal_groups"] = grouped(
        context["goals"], lambda course: course.goal.sub_theme, found.sub_themes
    )
    # The file of measures holds those of every page.
    return page(
        request,
        "plan/priority.html",
        context,
        [
            picture_tables.readings("cijfers", f"Cijfers bij {found}", context["readings"]),
            tables.goals(context["goals"], f"Doelen van {found}"),
            tables.measures(lines, f"Maatregelen van {found}"),
        ],
    )


@dataclass(frozen=True)
class MeasureCard:
    """A measure on the page of its priority; ``ended`` is how many of its actions are done or
    dropped."""

    measure: Measure
    still: list[Action]
    ended: int
    panels: list[str]

    @property
    def serves(self) -> str:
        """What it is for beside its own priority, in words."""
        others, goals = others_of(self.measure), goals_of(self.measure)
        both = (("Ook voor", others), ("Draagt bij aan", goals))
        return " ".join(f"{word}: {'; '.join(map(str, found))}." for word, found in both if found)


def _cards(request, measures: list[Measure]) -> list[MeasureCard]:
    live = Action.objects.of(request.municipality).filter(measure__in=measures)
    still: dict[int, list[Action]] = defaultdict(list)
    for action in live.filter(state=ActionState.OPEN).only("title", "due", "measure_id"):
        still[action.measure_id].append(action)
    ended = Counter(
        live.exclude(state=ActionState.OPEN).order_by().values_list("measure_id", flat=True)
    )
    return [
        MeasureCard(m, still[m.pk], ended[m.pk], MEASURE_PANELS.all(request, m)) for m in measures
    ]


@allow("plan.change_plan")
def new_plan(request):
    form = PlanForm(request.POST or None, municipality=request.municipality)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Het plan is gemaakt. Voeg nu de prioriteiten toe.")
        return redirect("plan:index")
    return render(request, "plan/form.html", {"form": form, "title": "Begin een plan"})
