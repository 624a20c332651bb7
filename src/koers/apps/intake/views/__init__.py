"""The pages of the intake."""

from collections.abc import Sequence

from django.utils import timezone

from koers import dutch
from koers.apps.downloads import Download, page
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
         dutch.day(timezone.localdate(m.known_since)) if m.published_at else None, dutch.day(timezone.localdate(m.retrieved)), m.rows)
        for m in sorted(found, key=lambda m: (m.content, m.scheme, m.table))
    ]  # fmt: skip
    runs = LoadRun.objects.of(request.municipality)
    shown, tables = list(runs[:5]), list(OwnTable.objects.of(request.municipality))
    context = {
        "busy": current_run(),
        "runs": shown,
        "last_check": LoadRun.objects.filter(kind=RunKind.CHECK).first(),
        "tables": tables,
        "may_load": request.user.has_perm("intake.load", request.municipality),
        "may_upload": request.user.has_perm("intake.upload", request.municipality),
    }
    archive = Download("archief", "Tabellen in het cijferarchief", COLUMNS, rows)
    return page(request, "intake/index.html", context, [archive, _runs(shown), _own(tables)])


def _runs(found: Sequence[LoadRun]) -> Download:
    columns = ("Wanneer", "Wat", "Staat", "Nieuw", "Ongewijzigd", "Geweigerd")
    rows = [
        (timezone.localtime(r.created_at), r.get_kind_display() + (", volgens schema" if r.scheduled else ""),
         "onderbroken" if r.stale else r.get_state_display(), len(r.loaded), r.unchanged, len(r.refused))
        for r in found
    ]  # fmt: skip
    return Download("keren", "Eerdere keren", columns, rows)


def _own(found: Sequence[OwnTable]) -> Download:
    columns = ("Naam", "Van", "Tot en met", "Geteld op", "Staat")
    rows = [
        (t.title, dutch.period(t.first_period), dutch.period(t.last_period),
         timezone.localdate(t.counted_at) if t.counted_at else None,
         "intern, vrijgave vastgelegd" if t.released_at else "intern")
        for t in found
    ]  # fmt: skip
    return Download("eigen-tabellen", "Eigen tabellen", columns, rows)
