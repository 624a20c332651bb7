from datetime import date

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from koers import dutch
from koers.apps.downloads import Download, page
from koers.apps.people.access import allow
from koers.apps.picture import figures, snapshots
from koers.figures.manifest import Manifest


@allow("picture.view_picture")
def index(request):
    """Which tables there are, how old they are, under which licence, and which were revised."""
    found = snapshots.tables()
    columns = (
        "Tabel",
        "Code",
        "Cijfers t/m",
        "Gepubliceerd",
        "Opgehaald",
        "Dagen oud",
        "Peilmomenten",
        "Bron",
        "Licentie",
    )
    rows = [
        (t.newest.title, t.newest.table, dutch.period(t.newest.last_period), _published(t.newest),
         timezone.localdate(t.newest.retrieved), t.days, t.number, t.newest.attribution, t.newest.licence)
        for t in found
    ]  # fmt: skip
    listed = Download("tabellen", "Tabellen en hun nieuwste peilmoment", columns, rows)
    return page(request, "picture/snapshots.html", {"tables": found}, [listed])


@allow("picture.view_picture")
def table(request, source, table):
    """One table: its snapshots, and which months were revised since the one before, by how much."""
    state = _state_or_404(source, table)
    found = _revisions(state)
    every = [s.manifest for s in reversed(figures.store().of_table(table, source))]
    context = {
        "state": state,
        "all": every,
        "found": snapshots.revision(state),
        "columns": found.columns,
        "rows": found.rows,
        "caption": found.caption,
        "csv_url": reverse("picture:snapshots-csv", args=[source, table]),
    }
    rows = [
        (
            m.id,
            timezone.localdate(m.retrieved),
            _published(m),
            dutch.period(m.last_period),
            m.rows,
            "" if number else "in gebruik",
        )
        for number, m in enumerate(every)
    ]
    columns = ("Peilmoment", "Opgehaald", "Gepubliceerd", "Cijfers t/m", "Rijen", "Staat")
    listed = Download("peilmomenten", "Peilmomenten, het nieuwste eerst", columns, rows)
    return page(request, "picture/snapshot_table.html", context, [listed])


@allow("picture.view_picture")
def table_csv(request, source, table):
    return _revisions(_state_or_404(source, table)).response(f"herzieningen-{table}")


def _revisions(state: snapshots.TableState) -> Download:
    found = snapshots.revision(state)
    rows = snapshots.revision_rows(found) if found else []
    m = state.newest
    origin = f"Bron: {m.attribution}, {m.title}. Van peilmoment {state.before.id} naar {m.id}." if state.before else ""
    return Download("herzieningen", "Herziene perioden, per niveau de nieuwste eerst", snapshots.COLUMNS, rows, origin)


def _published(manifest: Manifest) -> date | None:
    return manifest.known_since.date() if manifest.published_at else None


def _state_or_404(source: str, table: str) -> snapshots.TableState:
    state = snapshots.table_state(source, table)
    if state is None:
        raise Http404
    return state
