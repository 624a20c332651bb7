"""The action list of a meeting, to take along."""

from django.http import HttpResponse

from koers.charts.table import rows_to_csv


def actions_response(meeting, actions) -> HttpResponse:
    columns = ("Actie", "Eigenaar", "Uiterlijk", "Maatregel", "Signaal")
    rows = [(a.title, a.owner_label, a.due or "", str(a.measure or ""), str(a.signal or "")) for a in actions]
    response = HttpResponse(rows_to_csv(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="acties-{meeting.date:%Y-%m-%d}.csv"'
    return response
