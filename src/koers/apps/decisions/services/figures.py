"""The figure of a decision: its data are kept with the decision, with the snapshot, so that it can be rebuilt."""

from __future__ import annotations

import math
from dataclasses import replace

from koers import dutch
from koers.apps.downloads import Download
from koers.apps.intake.archive import public_figures
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Plan
from koers.charts import Chart, trend_chart
from koers.documents.content import Figure, Paragraph


@public_figures()
def figure_data(plan: Plan) -> dict:
    """The first indicator of the plan's priorities that has figures of the municipality itself; {} when none has.

    A decision is public, so own (internal) figures stay out of it.
    """
    for priority in plan.priorities:
        for indicator in priority.indicators:
            found = reading(plan.municipality.code, indicator)
            if found.is_own:
                first = max(0, len(found.labels) - 48) if found.frequency == "month" else 0
                return {
                    "indicator": indicator,
                    "title": f"{found.indicator.title} in {found.area.name}",
                    "labels": list(found.labels[first:]),
                    "provisional": [bool(v) for v in (found.open_months or found.provisional)[first:]],
                    **{
                        name: [None if math.isnan(v) else round(float(v), 4) for v in getattr(found, name)[first:]]
                        for name in ("observed", "expected", "lower", "upper")
                    },
                    "verdict": f"{dutch.number(found.recent)} {found.recent_label}; {found.verdict}.",
                    "source": found.source_line,
                    "snapshots": [found.snapshot],
                }
    return {}


def figure_blocks(data: dict) -> tuple[Paragraph | Figure, ...]:
    """The figure as blocks of a document, or the honest sentence that there is none."""
    if not data:
        return (Paragraph("Er zijn nog geen gepubliceerde cijfers van deze gemeente geladen in Koers."),)
    chart = _chart(data)
    return (
        Figure(chart.svg, f"{chart.title}. {chart.description}", f"{chart.title}. {data['verdict']}", data["source"]),
    )


def figure_table(data: dict) -> Download | None:
    """The numbers of the figure as they are kept with the decision, to take along."""
    return Download.of_chart("cijfers", replace(_chart(data), source=data["source"])) if data else None


def _chart(data: dict) -> Chart:
    series = {
        name: [math.nan if v is None else v for v in data[name]] for name in ("observed", "expected", "lower", "upper")
    }
    return trend_chart(
        "besluit", data["title"], data["labels"], **series, provisional=data["provisional"],
        unit="geregistreerd", width=640, height=170,
    )  # fmt: skip
