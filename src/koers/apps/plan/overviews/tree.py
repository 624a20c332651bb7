"""The plan as a tree, from plan to action; made of a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Prefetch
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString

from koers.apps.people.access import allow
from koers.apps.plan.models import Action, ActionState, Goal, Plan, Priority
from koers.apps.plan.overviews.rows import (
    NO_NEWS,
    NO_OWNER,
    OVERDUE,
    Row,
    badges,
    flags_by_key,
    is_overdue,
    measures_of,
)
from koers.apps.plan.services.news import heard
from koers.apps.plan.services.outlook import course_of


@allow("plan.view_plan")
def tree(request):
    """Everything under the plan at hand, folded in; ``?open=alles`` unfolds it, also without script."""
    plan = Plan.objects.of(request.municipality).first()
    context = {"plan": plan, "open": request.GET.get("open") == "alles"}
    if plan is not None:
        context["priorities"] = _branches(request, plan)
    return render(request, "plan/overviews/tree.html", context)


def _branches(request, plan: Plan) -> list[dict]:
    today, known = date.today(), heard(request, request.municipality)
    goals = Goal.objects.of(request.municipality).select_related("municipality")
    lines = list(measures_of(request.municipality).filter(priority__plan=plan).order_by("title"))
    ownerless, quiet = flags_by_key(measures_of(request.municipality), request.municipality, known)
    steps = _steps(request.municipality, known, today)
    rows: dict[int, list[tuple[Row, list[SafeString]]]] = defaultdict(list)
    for line in lines:
        holds = ((NO_OWNER, line.pk in ownerless), (NO_NEWS, line.pk in quiet), (OVERDUE, is_overdue(line, today)))
        row = Row(line, tuple(word for word, so in holds if so))
        rows[line.priority_id].append((row, steps[line.pk]))
    found = Priority.objects.of(request.municipality).filter(plan=plan)
    return [
        {
            "priority": priority,
            "goals": [course_of(goal) for goal in priority.goals.all()],
            "measures": rows[priority.pk],
            "calls": sum(bool(row.flags) for row, _ in rows[priority.pk]),
        }
        for priority in found.prefetch_related(Prefetch("goals", goals))
    ]


def _steps(municipality, known, today: date) -> dict[int, list[SafeString]]:
    """The actions of each measure as pieces of HTML: a template tag for each of thousands would take too long."""
    live = Action.objects.of(municipality).exclude(measure=None)
    ownerless, quiet = flags_by_key(live, municipality, known)
    names = dict(ActionState.choices)
    found: dict[int, list[SafeString]] = defaultdict(list)
    fields = ("measure_id", "pk", "title", "state", "due", "owner__name", "owner_department")
    for measure, pk, title, state, due, owner, department in live.order_by("state", "due", "title").values_list(
        *fields
    ):
        late = state == ActionState.OPEN and due is not None and due < today
        holds = ((NO_OWNER, pk in ownerless), (NO_NEWS, pk in quiet), (OVERDUE, late))
        calls = badges(word for word, so in holds if so)
        said = f"{names[state]}{f', uiterlijk {due:%d-%m-%Y}' if due else ''}, {owner or department or 'nog geen eigenaar'}"
        found[measure].append(format_html('<li>{} <span class="k-note">{}</span> {}</li>', title, said, calls))
    return found
