"""The pages of the intake."""

from django.urls import reverse
from django.utils import timezone

from koers import dutch
from koers.apps.downloads import page
from koers.apps.intake.archive import public_shelf, store
from koers.apps.intake.damage import state_words
from koers.apps.intake.models import LoadRun, OwnTable, RunKind
from koers.apps.intake.services.queue import current_run
from koers.apps.people.access import allow
from koers.tables import DAY, MOMENT, NUMBER, PERIOD, Column, Table

ARCHIVE = (
    Column("table", "Tabel"),
    Column("title", "Wat"),
    Column("source", "Bron", "attribution"),
    Column("until", "Cijfers t/m", "last_period", PERIOD),
    Column(
        "published",
        "Gepubliceerd op",
        lambda m: timezone.localdate(m.known_since) if m.published_at else None,
        DAY,
    ),
    Column("retrieved", "Opgehaald op", lambda m: timezone.localdate(m.retrieved), DAY),
    Column("rows", "Rijen", kind=NUMBER),
    Column("state", "Staat", lambda m: state_words(m, timezone.now())),
)
DAMAGED = (
    Column("table", "Tabel"),
    Column("title", "Wat", empty="onbekend"),
    Column("problem", "Wat eraan mankeert"),
    Column(
        "instead",
        "Wat u nu ziet",
        lambda d: (
            f"die van {dutch.day(timezone.localdate(d.instead.manifest.retrieved))}"
            if d.instead
            else "geen cijfers van deze tabel"
        ),
    ),
)
RUNS = (
    Column(
        "when",
        "Wanneer",
        lambda r: timezone.localtime(r.created_at),
        MOMENT,
        link=lambda r: reverse("intake:run", args=[r.pk]),
    ),
    Column("what", "Wat", lambda r: r.get_kind_display() + (", volgens schema" * r.scheduled)),
    Column("state", "Staat", lambda r: "onderbroken" if r.stale else r.get_state_display()),
    Column("loaded", "Nieuw", lambda r: len(r.loaded), NUMBER),
    Column("unchanged", "Ongewijzigd", kind=NUMBER),
    Column("refused", "Geweigerd", lambda r: len(r.refused), NUMBER),
)
OWN_TABLES = (
    Column("title", "Naam", link=lambda t: reverse("intake:own-table", args=[t.pk])),
    Column("first", "Van", "first_period", PERIOD),
    Column("last", "Tot en met", "last_period", PERIOD),
    Column(
        "counted",
        "Geteld op",
        lambda t: timezone.localdate(t.counted_at) if t.counted_at else None,
        DAY,
    ),
    Column(
        "state",
        "Staat",
        lambda t: "intern, vrijgave vastgelegd" if t.released_at else "intern",
    ),
)


@allow("intake.view_figures")
def index(request):
    """What is in the archive and how old it is, the run that is busy, and own tables."""
    shelf = request.figures
    archive = sorted(public_shelf().manifests, key=lambda m: (m.content, m.scheme, m.table))
    runs = LoadRun.objects.of(request.municipality)
    shown, own = list(runs[:5]), list(OwnTable.objects.of(request.municipality))
    context = {
        "busy": current_run(),
        "runs": shown,
        "last_check": LoadRun.objects.filter(kind=RunKind.CHECK).first(),
        "may_load": request.user.has_perm("intake.load", request.municipality),
        "damaged": shelf.damaged,
        "held": store().held.waiting(),
        "may_upload": request.user.has_perm("intake.upload", request.municipality),
        "may_define": request.user.has_perm("intake.define", request.municipality),
    }
    tables = [
        Table("beschadigd", "Beschadigde cijfers", DAMAGED, shelf.damaged),
        Table("archief", "Tabellen in het cijferarchief", ARCHIVE, archive),
        Table("keren", "Eerdere keren", RUNS, shown),
        Table("eigen-tabellen", "Eigen tabellen", OWN_TABLES, own, empty="Nog geen eigen cijfers."),
    ]
    return page(request, "intake/index.html", context, tables)
