"""The plan as a tree, from plan to action; made of a fixed number of queries, and a branch only
when it is opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from koers.apps.people.access import allow
from koers.apps.plan.models import Action, ActionState, Goal, Measure, MeasureState, Plan, Priority
from koers.apps.plan.overviews.html import link
from koers.apps.plan.overviews.rows import (
    NO_NEWS,
    NO_OWNER,
    OVERDUE,
    badges,
    flags_by_key,
    is_overdue,
)
from koers.apps.plan.places import Heard
from koers.apps.plan.services.grouping import grouped, under_fields
from koers.apps.plan.services.in_force import plan_asked
from koers.apps.plan.services.joint import joint_lines, joint_part
from koers.apps.plan.services.news import heard
from koers.apps.plan.services.outlook import GoalCourse, course_of
from koers.apps.plan.services.serving import also_under

ALL = "alles"
STATES = dict(ActionState.choices)
MEASURE_STATES = dict(MeasureState.choices)
_SHOWN = ("title", "state", "end", "priority_id", "sub_theme")


@dataclass(frozen=True)
class Branch:
    """A priority; ``number`` measures of which ``calls`` ask for attention. What is under it only
    where it is open."""

    priority: Priority
    number: int
    calls: int
    open: bool
    parts: list[Part]
    also: list[Measure]


@dataclass(frozen=True)
class Part:
    """What of a priority stands under one of its sub-themes; ``title`` is "" for the rest."""

    title: str
    goals: list[GoalCourse]
    measures: list[SafeString]


@allow("plan.view_plan")
def tree(request):
    """The plan at hand, folded in; ``?open=KEY`` unfolds a priority and ``?open=alles`` all of
    them, also without script.

    A priority that is opened on the page is asked for by htmx, which gets that branch alone.
    """
    plan = plan_asked(request)
    asked = request.GET.get("open", "")
    context = {"plan": plan, "open": asked == ALL}
    if plan is None:
        return render(request, "plan/overviews/tree.html", context)
    branches = _branches(request, plan, asked)
    if "HX-Request" in request.headers and (opened := [b for b in branches if b.open]):
        return render(request, "plan/overviews/_branch.html", {"branch": opened[0]})
    context["joint"], context["joint_lines"] = joint_part(plan), joint_lines(plan)
    context["bands"] = under_fields(branches, lambda branch: branch.priority)
    return render(request, "plan/overviews/tree.html", context)


def _branches(request, plan: Plan, asked: str) -> list[Branch]:
    today, known, there = date.today(), heard(request.municipality), request.municipality
    priorities = list(Priority.objects.of(there).filter(plan=plan))
    opened = [p.pk for p in priorities if asked in (ALL, str(p.pk))]
    live = Measure.objects.of(there).filter(priority__plan=plan, priority__archived_at=None)
    calls = _calls(live, there, known)
    steps = _steps(there, opened, known, today) if opened else {}
    lines: dict[int, list[Measure]] = defaultdict(list)
    for line in live.order_by("title", "pk").only(*_SHOWN):
        lines[line.priority_id].append(line)
    goals: dict[int, list[GoalCourse]] = defaultdict(list)
    for goal in (
        Goal.objects.of(there).filter(priority__in=opened).select_related("municipality")
        if opened
        else ()
    ):
        goals[goal.priority_id].append(course_of(request.figures, goal))
    words = {
        line.pk: _words(calls[line.pk], is_overdue(line, today))
        for these in lines.values()
        for line in these
    }
    return [
        Branch(
            p,
            len(lines[p.pk]),
            sum(bool(words[line.pk]) for line in lines[p.pk]),
            p.pk in opened,
            _parts(
                p,
                goals[p.pk],
                [
                    (
                        line.sub_theme,
                        _measure(line, steps.get(line.pk, ()), words[line.pk], asked == ALL),
                    )
                    for line in lines[p.pk]
                ],
            )
            if p.pk in opened
            else [],
            list(also_under(p.pk)) if p.pk in opened else [],
        )
        for p in priorities
    ]


def _parts(
    priority: Priority, goals: list[GoalCourse], measures: list[tuple[str, SafeString]]
) -> list[Part]:
    """Goals and measures under the sub-themes of their priority."""
    both: list[tuple[str, GoalCourse | SafeString]] = [(c.goal.sub_theme, c) for c in goals]
    found = grouped([*both, *measures], lambda one: one[0], priority.sub_themes)
    return [
        Part(
            group.title,
            [one for _, one in group.lines if isinstance(one, GoalCourse)],
            [one for _, one in group.lines if not isinstance(one, GoalCourse)],
        )
        for group in found
    ]


def _calls(lines, municipality, known: Heard | None) -> dict[int, list[str]]:
    """For what each line asks attention, apart from its date."""
    ownerless, quiet = flags_by_key(lines, municipality, known)
    found: dict[int, list[str]] = defaultdict(list)
    for word, keys in ((NO_OWNER, ownerless), (NO_NEWS, quiet)):
        for key in keys:
            found[key].append(word)
    return found


def _words(calls: list[str], late: bool) -> list[str]:
    return [*calls, OVERDUE] if late else calls


def _steps(
    municipality, opened: list[int], known: Heard | None, today: date
) -> dict[int, list[tuple[str, str]]]:
    """The actions of each measure: the state, and the line as HTML."""
    live = Action.objects.of(municipality).filter(measure__priority__in=opened)
    calls = _calls(live, municipality, known)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    fields = ("measure_id", "pk", "title", "state", "due", "owner__name", "owner_department")
    ordered = live.order_by("state", F("due").asc(nulls_last=True), "title").values_list(*fields)
    for measure, pk, title, state, due, owner, department in ordered:
        late = state == ActionState.OPEN and due is not None and due < today
        until = f", uiterlijk {due:%d-%m-%Y}" if due else ""
        said = f"{STATES[state]}{until}, {escape(owner or department or 'nog geen eigenaar')}"
        flags = badges(_words(calls[pk], late)) if late or pk in calls else ""
        found[measure].append(
            (state, f'<li>{escape(title)} <span class="k-note">{said}</span> {flags}</li>')
        )
    return found


def _measure(
    line: Measure, steps: Iterable[tuple[str, str]], words: list[str], unfolded: bool
) -> SafeString:
    steps = list(steps)
    still = sum(state == ActionState.OPEN for state, _ in steps)
    number = f"{still} van {len(steps)} {'actie' if len(steps) == 1 else 'acties'} open"
    title = escape(line.title)
    named = f'Naar de maatregel<span class="k-visually-hidden">: {title}</span>'
    listed = "".join(html for _, html in steps) or '<li class="k-note">Nog geen acties.</li>'
    return mark_safe(  # noqa: S308
        f'<details class="k-tree"{" open" if unfolded else ""}><summary>{title} <span'
        f' class="k-note">{MEASURE_STATES[line.state]}, {number}</span>'
        f" {badges(words)}</summary><p><a"
        f' href="{link("plan:measure", line.pk)}">{named}</a></p><ul>{listed}</ul></details>'
    )
