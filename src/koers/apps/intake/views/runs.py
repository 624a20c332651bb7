"""Loading figures from the page: a button, and how far it is."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.downloads import page
from koers.apps.intake.models import LoadRun
from koers.apps.intake.services import queue
from koers.apps.people.access import allow
from koers.tables import Table


@allow("intake.load")
@require_POST
def start(request):
    """Put a load of this municipality and its region in the queue; a second press shows the one
    that is busy."""
    if request.municipality.fictitious:
        messages.error(
            request, "Deze gemeente is verzonnen. Er zijn geen bronnen om cijfers van op te halen."
        )
        return redirect("intake:index")
    run, new = queue.start(request.municipality, queue.with_region([request.municipality]))
    if not new:
        messages.info(request, "Er worden al cijfers opgehaald. Hieronder ziet u hoe ver dat is.")
    if run.municipality_id != request.municipality.pk:
        return redirect("intake:index")
    return redirect("intake:run", run.pk)


def _run(request, pk: int) -> LoadRun:
    LoadRun.release_stale()
    return get_object_or_404(LoadRun.objects.of(request.municipality), pk=pk)


@allow("intake.view_figures")
def run(request, pk):
    """How far a load is, or what came of it."""
    return _page(request, pk, "intake/run.html")


@allow("intake.view_figures")
def progress(request, pk):
    """The part of the page that is fetched again every two seconds."""
    return _page(request, pk, "intake/_run.html")


def _page(request, pk: int, template: str):
    found = _run(request, pk)
    lists = (
        ("nieuw", found.loaded),
        ("apart gehouden", found.held),
        ("geweigerd", found.refused),
        ("opmerking", found.notes),
    )
    rows = [(what, line) for what, lines in lists for line in lines.lines]
    caption = f"{found.get_kind_display()}: wat het opleverde"
    outcome = Table.of_rows("uitkomst", caption, ("Wat", "Regel"), rows)
    context = {"run": found, "may_load": request.user.has_perm("intake.load", request.municipality)}
    return page(request, template, context, [outcome], reverse("intake:run", args=[pk]))
