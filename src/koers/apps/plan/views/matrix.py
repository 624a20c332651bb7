"""Frameworks: which of them does the plan serve, and which priority follows from none, and why."""

from __future__ import annotations

from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst

from koers.apps.downloads import page
from koers.apps.people.access import allow
from koers.apps.people.row_actions import row_link
from koers.apps.plan import tables
from koers.apps.plan.models import Framework, FrameworkLevel, Partner, Priority
from koers.apps.plan.services.grouping import under_fields
from koers.apps.plan.services.in_force import plan_asked
from koers.apps.plan.views.pages import may_change
from koers.tables import Column, Look, Place, Table, controls

YES, NO = "ja", ""
ORDER = list(FrameworkLevel)
PARTNERS = (Column("name", "Partner"), Column("description", "Rol"))


@allow("plan.view_plan")
def matrix(request):
    """Priorities by frameworks; the frameworks and partners themselves are kept here too."""
    plan = plan_asked(request)
    frameworks = sorted(
        Framework.objects.of(request.municipality).select_related("follows"),
        key=lambda f: (ORDER.index(f.level), f.title),
    )
    partners = Partner.objects.of(request.municipality)
    found = plan.lines.filter(archived_at=None).prefetch_related("frameworks") if plan else []
    lines = [line for band in under_fields(found, lambda line: line) for line in band.lines]
    served = {
        line.pk: {f.pk for f in line.frameworks.all() if f.archived_at is None} for line in lines
    }
    context = {
        "plan": plan,
        "frameworks": frameworks,
        "lines": lines,
        "without": [line for line in lines if not served[line.pk]],
        "unserved": [f for f in frameworks if not any(f.pk in keys for keys in served.values())],
        "partners": partners,
        "may_change": may_change(request),
    }
    if not frameworks and not lines and not partners:
        return render(request, "plan/frameworks.html", {**context, "empty": True})
    editing = [controls("edit", "Wijzig", _editing)] if may_change(request) else []
    listed = [
        _matrix_table(lines, frameworks, served),
        tables.frameworks(frameworks, "Kaders", *editing),
        Table("partners", "Partners", PARTNERS, partners),
    ]
    return page(request, "plan/frameworks.html", context, listed)


def _editing(framework: Framework) -> str:
    return row_link(reverse("plan:edit", args=["kader", framework.pk]), "Bewerken", framework)


def _matrix_table(
    lines: list[Priority], frameworks: list[Framework], served: dict[int, set[int]]
) -> Table:
    def serves(framework: Framework) -> Column:
        return Column(
            f"kader_{framework.pk}",
            f"{framework} ({framework.get_level_display()})",
            lambda line: YES if framework.pk in served[line.pk] else NO,
            empty="",
        )

    def without(line: Priority) -> str:
        return "" if served[line.pk] else (line.without_framework or "nog geen reden gegeven")

    columns = (
        Column(
            "priority",
            "Prioriteit",
            lambda line: capfirst(str(line)),
            link=lambda line: reverse("plan:priority", args=[line.pk]),
        ),
        *([Column("field", "Veld", "safety_field")] if any(x.safety_field for x in lines) else []),
        Column("kind", "Soort", "get_kind_display", place=Place.FILE),
        *(serves(framework) for framework in frameworks),
        Column("without", "Waarom zonder kader", without, empty=""),
    )
    return Table("matrix", "Welke kaders dient het plan?", columns, lines, look=Look.MATRIX)
