from django.shortcuts import get_object_or_404, redirect, render

from koers.apps.downloads import Download, page
from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.house_style import house_style
from koers.apps.people.models import Municipality
from koers.apps.plan.models import Priority
from koers.apps.publication import public


@allow(PUBLIC)
def index(request):
    """The public page of the only municipality here, or a choice."""
    found = public.municipalities()
    if len(found) == 1:
        return redirect("publication:municipality", found[0].slug)
    return render(request, "publication/index.html", {"found": found})


@allow(PUBLIC)
def municipality(request, slug):
    """What the municipality does about each priority, and how it goes."""
    home = get_object_or_404(Municipality, slug=slug)
    plan = public.plan_of(home)
    context = {
        "home": home,
        "plan": plan,
        "priorities": [public.public_priority(p) for p in plan.priorities] if plan else [],
        "attention": plan.attention_themes if plan else [],
        "decision": public.adopted_decision(plan) if plan else None,
        "example_banner": home.fictitious,
        "house_style": house_style(home),
    }
    return render(request, "publication/municipality.html", context)


@allow(PUBLIC)
def priority(request, slug, priority):
    home = get_object_or_404(Municipality, slug=slug)
    plan = public.plan_of(home)
    found = get_object_or_404(Priority.objects.of(home), plan=plan, slug=priority)
    item = public.public_priority(found)
    charts = [(f"grafiek-{r.indicator.id}", r, chart) for r, chart in public.charts_of(found)]
    context = {"home": home, "item": item, "charts": charts, "example_banner": home.fictitious,
               "house_style": house_style(home)}  # fmt: skip
    tables = [*(Download.of_chart(name, chart) for name, _, chart in charts), _measures([item])]
    return page(request, "publication/priority.html", context, tables)


@allow(PUBLIC)
def measures_csv(request, slug):
    """The adopted measures as open data."""
    home = get_object_or_404(Municipality, slug=slug)
    plan = public.plan_of(home)
    items = [public.public_priority(p) for p in plan.priorities] if plan else []
    return _measures(items).response(f"maatregelen-{slug}")


def _measures(items: list[public.PublicPriority]) -> Download:
    columns = ("Prioriteit", "Maatregel", "Soort", "Staat", "Begin", "Einde")
    rows = [
        (i.priority.title, m.title, m.get_kind_display(), m.get_state_display(), m.start, m.end)
        for i in items
        for m in i.measures
    ]
    return Download("maatregelen", "Vastgestelde maatregelen", columns, rows)
