"""The pages of the intake."""

from django.shortcuts import render

from koers import dutch
from koers.apps.intake.archive import current_ids, store
from koers.apps.intake.models import LoadRun, OwnTable, RunKind
from koers.apps.intake.services.loading import current_run
from koers.apps.people.access import allow
from koers.sources.own import OWN

COLUMNS = ("Tabel", "Wat", "Bron", "Cijfers t/m", "Gepubliceerd op", "Opgehaald op", "Rijen")


@allow("intake.view_figures")
def index(request):
    """What is in the archive and how old it is, the run that is busy, and own tables."""
    found = [s.manifest for i in current_ids() if (s := store().get(i)).manifest.source != OWN]
    rows = [
        (m.table, m.title, m.attribution, dutch.period(m.last_period) if m.last_period else None,
         dutch.day(m.known_since.date()) if m.published_at else None, dutch.day(m.retrieved.date()), m.rows)
        for m in sorted(found, key=lambda m: (m.content, m.scheme, m.table))
    ]  # fmt: skip
    runs = LoadRun.objects.of(request.municipality)
    context = {
        "columns": COLUMNS,
        "rows": rows,
        "busy": current_run(),
        "runs": runs[:5],
        "last_check": LoadRun.objects.filter(kind=RunKind.CHECK).first(),
        "tables": OwnTable.objects.of(request.municipality),
        "may_load": request.user.has_perm("intake.load", request.municipality),
        "may_upload": request.user.has_perm("intake.upload", request.municipality),
    }
    return render(request, "intake/index.html", context)
