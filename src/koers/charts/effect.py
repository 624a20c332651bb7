"""The effect of a measure: what was counted against what was to be expected without it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from koers.charts.axes import as_count, drawn, moment, rounded, time_axis
from koers.charts.render import BLUE, GREY, INK, Chart, draw
from koers.dutch import number, period


def effect_chart(
    name: str,
    title: str,
    labels: Sequence[str],
    observed: Sequence[float],
    expected: Sequence[float],
    start: str,
    *,
    unit: str = "geregistreerd",
    width: int = 620,
    height: int = 280,
) -> Chart:
    """Counts by month beside what was expected without the measure; a line stands where the measure
    began.

    ``labels`` may skip months; the first of ``start`` is the first with the measure. NaN is not
    known.
    """
    values = [
        {"x": moment(label), "o": drawn(o), "e": drawn(max(e, 0.0) if not math.isnan(e) else e)}
        for label, o, e in zip(labels, observed, expected, strict=True)
    ]
    x = time_axis(labels)
    y = {
        "type": "quantitative",
        "title": unit,
        "scale": {"zero": True, "nice": True},
        "axis": {"tickMinStep": 1, "format": "d"},
    }
    names = ["geteld", "verwacht zonder de maatregel"]

    def colour(label: str) -> dict[str, Any]:
        key = {"domain": names, "range": [INK, BLUE]}
        return {
            "datum": label,
            "type": "nominal",
            "scale": key,
            "legend": {"title": None, "symbolType": "stroke"},
        }

    begin = (date.fromisoformat(moment(start)) - timedelta(days=15)).isoformat()
    layers = [
        {
            "data": {"values": [{"x": begin}]},
            "mark": {"type": "rule", "color": GREY, "strokeWidth": 2},
            "encoding": {"x": x},
        },
        {
            "data": {"values": [{"x": begin, "t": "begin maatregel"}]},
            "mark": {
                "type": "text",
                "align": "right",
                "dx": -6,
                "y": 8,
                "color": INK,
                "fontSize": 13,
            },
            "encoding": {"x": x, "text": {"field": "t"}},
        },
        {
            "transform": [{"filter": "datum.e !== null"}],
            "mark": {"type": "line", "strokeDash": [5, 4], "strokeWidth": 2},
            "encoding": {"x": x, "y": {**y, "field": "e"}, "color": colour(names[1])},
        },
        {
            "mark": {
                "type": "line",
                "strokeWidth": 2,
                "invalid": "break-paths-show-domains",
                "point": {"size": 22, "color": INK},
            },
            "encoding": {"x": x, "y": {**y, "field": "o"}, "color": colour(names[0])},
        },
    ]
    spec = {"width": width - 70, "height": height, "data": {"values": values}, "layer": layers}
    after = [i for i, label in enumerate(labels) if label >= start]
    counted, awaited = (sum(series[i] for i in after) for series in (observed, expected))
    description = (
        f"Van {period(labels[0])} tot en met {period(labels[-1])}. De maatregel telt vanaf"
        f" {period(start)}. Daarna is {number(counted)} geteld, waar {number(awaited)} werd"
        " verwacht."
    )
    return Chart(
        svg=draw(name, spec, title, description),
        title=title,
        description=description,
        columns=("Periode", "Geteld", "Verwacht zonder de maatregel", "Met de maatregel"),
        rows=tuple(
            (period(label), as_count(o), rounded(e), label >= start)
            for label, o, e in zip(labels, observed, expected, strict=True)
        ),
    )
