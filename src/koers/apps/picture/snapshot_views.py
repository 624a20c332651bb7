from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from koers.apps.people.access import allow
from koers.apps.picture import figures, snapshots
from koers.charts.table import rows_to_csv


@allow("picture.view_picture")
def index(request):
    """Which tables there are, how old they are, under which licence, and which were revised."""
    return render(request, "picture/snapshots.html", {"tables": snapshots.tables()})


@allow("picture.view_picture")
def table(request, source, table):
    """One table: its snapshots, and which months were revised since the one before, by how much."""
    state = _state_or_404(source, table)
    found = snapshots.revision(state)
    context = {
        "state": state,
        "all": [s.manifest for s in reversed(figures.store().of_table(table, source))],
        "found": found,
        "columns": snapshots.COLUMNS,
        "rows": snapshots.revision_rows(found) if found else [],
        "csv_url": reverse("picture:snapshots-csv", args=[source, table]),
    }
    return render(request, "picture/snapshot_table.html", context)


@allow("picture.view_picture")
def table_csv(request, source, table):
    found = snapshots.revision(_state_or_404(source, table))
    rows = snapshots.revision_rows(found) if found else []
    headers = {"Content-Disposition": f'attachment; filename="herzieningen-{table}.csv"'}
    return HttpResponse(rows_to_csv(snapshots.COLUMNS, rows), content_type="text/csv; charset=utf-8", headers=headers)


def _state_or_404(source: str, table: str) -> snapshots.TableState:
    state = snapshots.table_state(source, table)
    if state is None:
        raise Http404
    return state
