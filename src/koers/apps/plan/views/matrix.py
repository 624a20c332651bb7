"""Frameworks: which of them does the plan serve, and which priority follows from none, and why."""

from __future__ import annotations

from django.shortcuts import render

from koers.apps.downloads import Download, page
from koers.apps.people.access import allow
from koers.apps.plan import exports
from koers.apps.plan.models import Framework, FrameworkLevel, Partner, Plan
from koers.apps.plan.views.pages import may_change

YES, NO = "ja", ""
ORDER = list(FrameworkLevel)


@allow("plan.view_plan")
def matrix(request):
    """Priorities by frameworks; the frameworks and partners themselves are kept here too."""
    plan = Plan.objects.of(request.municipality).first()
    frameworks = sorted(
        Framework.objects.of(request.municipality).select_related("follows"),
        key=lambda f: (ORDER.index(f.level), f.title),
    )
    partners = Partner.objects.of(request.municipality)
    lines = list(plan.lines.filter(archived_at=None).prefetch_related("frameworks")) if plan else []
    served = {line.pk: {f.pk for f in line.frameworks.all() if f.archived_at is None} for line in lines}
    rows = [
        (str(line), line.get_kind_display(), *(YES if f.pk in served[line.pk] else NO for f in frameworks),
         "" if served[line.pk] else (line.without_framework or "nog geen reden gegeven"))
        for line in lines
    ]  # fmt: skip
    heads = [f"{f} ({f.get_level_display()})" for f in frameworks]
    columns = ("Prioriteit", "Soort", *heads, "Waarom zonder kader")
    context = {
        "plan": plan,
        "frameworks": frameworks,
        "heads": heads,
        "lines": list(zip(lines, rows, strict=True)),
        "without": [line for line in lines if not served[line.pk]],
        "unserved": [f for f in frameworks if not any(f.pk in keys for keys in served.values())],
        "partners": partners,
        "may_change": may_change(request),
    }
    if not frameworks and not lines and not partners:
        return render(request, "plan/frameworks.html", {**context, "empty": True})
    return page(request, "plan/frameworks.html", context, [
        Download("matrix", "Welke kaders dient het plan?", columns, rows),
        exports.frameworks(frameworks, "Kaders"),
        Download("partners", "Partners", ("Partner", "Rol"), [(p.name, p.description) for p in partners]),
    ])  # fmt: skip
