"""Charts of effects, to take along."""

from django.http import HttpResponse

from koers.charts.render import Chart


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def as_svg(chart: Chart, name: str) -> HttpResponse:
    return download(chart.standalone, "image/svg+xml", f"{name}.svg")
