"""The library of measures: search it, read what is known of one, take it over under a priority."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan import together
from koers.apps.plan.models import Measure, MeasureKind, Priority
from koers.apps.plan.places import FOUND_TOGETHER
from koers.apps.plan.services import library
from koers.apps.plan.services.library import OWN_FOLDER, VERDICTS, LibraryMeasure, Theme
from koers.plain_text import whole_number


@allow("plan.view_plan")
def index(request):
    """The measures per theme; ``prioriteit`` is for which one somebody is looking."""
    asked = {name: request.GET.get(name, "") for name in ("q", "thema", "soort", "bewijs")}
    found = library.library()
    themes = found.chosen(asked["q"], asked["thema"], asked["soort"], asked["bewijs"])
    shown = {m.slug: m.title for _, measures in themes for m in measures}
    measured = [t for t in FOUND_TOGETHER.ask(request.municipality, "") or () if t.measure in shown]
    return page(
        request,
        "plan/library.html",
        {
            "themes": themes,
            "number": len(shown),
            "measured": measured,
            "asked": asked,
            "all_themes": found.themes,
            "problems": found.problems,
            "kinds": MeasureKind.choices,
            "verdicts": VERDICTS.items(),
            "folder": OWN_FOLDER,
            "priority": _asked_priority(request),
            "filtered": any(asked.values()),
        },
        [together.table(measured, shown)] if measured else [],
    )


def _asked_priority(request) -> Priority | None:
    key = whole_number(request.GET.get("prioriteit"))
    return None if key is None else _priorities(request).filter(pk=key).first()


def _priorities(request):
    return (
        Priority.objects.of(request.municipality)
        .filter(plan__archived_at=None)
        .select_related("plan")
    )


def _found(slug: str) -> tuple[Theme, LibraryMeasure]:
    found = library.library().find(slug)
    if found is None:
        raise Http404
    return found


@allow("plan.view_plan")
def measure(request, slug):
    """One measure, what is known of it, and where it is in this municipality's plan."""
    theme, found = _found(slug)
    measured = FOUND_TOGETHER.ask(request.municipality, slug) or ()
    return page(
        request,
        "plan/library_measure.html",
        {
            "theme": theme,
            "measure": found,
            "measured": measured,
            "priorities": _priorities(request),
            "asked": _asked_priority(request),
            "used": (
                Measure.objects.of(request.municipality)
                .filter(library=slug)
                .select_related("priority")
            ),
            "may_change": request.user.has_perm("plan.change_plan", request.municipality),
        },
        [together.table_of(measured, slug, found.title)] if measured else [],
    )


@allow("plan.change_plan")
@require_POST
def take_over(request, slug):
    _, found = _found(slug)
    if found.evidence.verdict == "harmful":
        messages.error(request, "Onderzoek wijst op schade. Koers neemt deze maatregel niet over.")
        return redirect("plan:library-measure", slug)
    key = whole_number(request.POST.get("prioriteit"))
    if key is None:
        messages.error(request, "Kies eerst onder welke prioriteit de maatregel moet komen.")
        return redirect("plan:library-measure", slug)
    priority = own_or_404(request, Priority, pk=key)
    try:
        made = library.take_over(found, priority)
    except library.AlreadyThereError:
        messages.error(request, f"'{found.title}' staat al onder '{priority}'.")
        return redirect("plan:library-measure", slug)
    messages.success(
        request,
        f"'{made}' staat onder '{priority}' als voorbeeld, niet vastgesteld. Pas hem aan en stel"
        " hem vast.",
        extra_tags=reverse("plan:library-undo", args=[made.pk]),
    )
    return redirect("plan:priority", priority.pk)


@allow("plan.change_plan")
@require_POST
def undo(request, pk):
    found = get_object_or_404(Measure.objects.of(request.municipality).exclude(library=""), pk=pk)
    if library.undo(found):
        messages.success(request, f"'{found}' is weer uit het plan.")
    else:
        messages.error(
            request,
            f"'{found}' is intussen gewijzigd en blijft staan. Archiveer hem bij 'Bewerken' als hij"
            " weg moet.",
        )
    return redirect("plan:priority", found.priority_id)
