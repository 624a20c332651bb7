from datetime import date

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from koers.apps.downloads import as_file, page
from koers.apps.people.access import allow
from koers.apps.picture import snapshots
from koers.figures.manifest import Manifest
from koers.tables import DAY, NUMBER, PERIOD, Column, Place, Table


def _published(manifest: Manifest) -> date | None:
    return timezone.localdate(manifest.known_since) if manifest.published_at else None


def _address(found: snapshots.TableState) -> str:
    return reverse("picture:snapshots-table", args=[found.newest.source, found.newest.table])


TABLES = (
    Column(
        "title",
        "Tabel",
        "newest.title",
        link=_address,
        dress=lambda t, words: f'{words} <span class="k-note">({escape(t.newest.table)})</span>',
    ),
    Column("table", "Code", "newest.table", place=Place.FILE),
    Column("until", "Cijfers t/m", "newest.last_period", PERIOD),
    Column("published", "Gepubliceerd", lambda t: _published(t.newest), DAY),
    Column("retrieved", "Opgehaald", lambda t: timezone.localdate(t.newest.retrieved), DAY),
    Column(
        "days",
        "Dagen oud",
        kind=NUMBER,
        unit="dagen",
        dress=lambda t, words: f"{words} (oud)" if t.old else words,
    ),
    Column("number", "Peilmomenten", kind=NUMBER),
    Column("attribution", "Bron", "newest.attribution"),
    Column("licence", "Licentie", "newest.licence"),
)
SNAPSHOTS = (
    Column("id", "Peilmoment"),
    Column("retrieved", "Opgehaald", lambda m: timezone.localdate(m.retrieved), DAY),
    Column("published", "Gepubliceerd", _published, DAY),
    Column("until", "Cijfers t/m", "last_period", PERIOD),
    Column("rows", "Rijen", kind=NUMBER),
)


@allow("picture.view_picture")
def index(request):
    """Which tables there are, how old they are, under which licence, and which were revised."""
    found = snapshots.tables(request.figures)
    listed = Table("tabellen", "Tabellen en hun nieuwste peilmoment", TABLES, found)
    return page(request, "picture/snapshots.html", {"found": found}, [listed])


@allow("picture.view_picture")
def table(request, source, table):
    """One table: its snapshots, and which months were revised since the one before, by how much."""
    state = _state_or_404(request, source, table)
    every = [s.manifest for s in reversed(request.figures.store.of_table(table, source))]
    in_use = every[0].id
    state_of = Column("state", "Staat", lambda m: "in gebruik" if m.id == in_use else "", empty="")
    columns = (*SNAPSHOTS, state_of)
    context = {"state": state, "found": snapshots.revision(request.figures, state)}
    listed = Table("peilmomenten", "Peilmomenten, het nieuwste eerst", columns, every)
    return page(
        request, "picture/snapshot_table.html", context, [listed, _revisions(request, state)]
    )


@allow("picture.view_picture")
def table_csv(request, source, table):
    return as_file(
        _revisions(request, _state_or_404(request, source, table)), f"herzieningen-{table}"
    )


def _revisions(request, state: snapshots.TableState) -> Table:
    found = snapshots.revision(request.figures, state)
    m = state.newest
    return Table(
        "herzieningen",
        "Herziene perioden, per niveau de nieuwste eerst",
        snapshots.COLUMNS,
        snapshots.in_order(found) if found else [],
        origin=(
            f"Bron: {m.attribution}, {m.title}. Van peilmoment {state.before.id} naar {m.id}."
            if state.before
            else ""
        ),
        empty="Geen enkele telling is veranderd.",
    )


def _state_or_404(request, source: str, table: str) -> snapshots.TableState:
    state = snapshots.table_state(request.figures, source, table)
    if state is None:
        raise Http404
    return state
