"""Charts and tables of effects, to take along."""

from django.http import HttpResponse

from koers.charts.render import Chart
from koers.charts.table import rows_to_csv


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def as_svg(chart: Chart, name: str) -> HttpResponse:
    return download(chart.standalone, "image/svg+xml", f"{name}.svg")


def as_csv(columns, rows, name: str) -> HttpResponse:
    return download(rows_to_csv(columns, rows), "text/csv; charset=utf-8", f"{name}.csv")
