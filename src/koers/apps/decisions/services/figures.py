"""The figure of a decision: its data are kept with the decision, with the snapshot, so that it can
be rebuilt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from koers import dutch
from koers.apps.intake.archive import public_shelf
from koers.apps.picture.reading import Reading
from koers.apps.picture.readings import reading
from koers.apps.plan.models import Plan
from koers.charts import Chart, Expected, trend_chart
from koers.records.figure import DecisionFigure, SeriesName
from koers.records.text import Block, Drawing, Paragraph
from koers.tables import Table

FIGURE = "figuur"
NO_FIGURES = "Er zijn nog geen gepubliceerde cijfers van deze gemeente geladen in Koers."
SERIES: tuple[SeriesName, ...] = ("observed", "expected", "lower", "upper")


def figure_data(plan: Plan) -> DecisionFigure | None:
    """The first indicator of the plan's priorities that has figures of the municipality itself;
    None when none has.

    A decision is public, so own (internal) figures stay out of it.
    """
    # What is kept with a decision is whole: it waits for what has still to be worked out.
    shelf = public_shelf().with_patience()
    for priority in plan.priorities.adopted():
        for indicator in priority.indicators:
            found = reading(shelf, plan.municipality.code, indicator)
            if found.is_own:
                return _figure_of(found)
    return None


def _figure_of(found: Reading) -> DecisionFigure:
    """Four years of months, or every year."""
    first = max(0, len(found.labels) - 48) if found.frequency == "month" else 0
    series = {name: _known(getattr(found, name)[first:]) for name in SERIES}
    return DecisionFigure(
        indicator=found.indicator.id,
        title=f"{found.indicator.title} in {found.area.name}",
        labels=tuple(found.labels[first:]),
        provisional=tuple(bool(v) for v in (found.open_months or found.provisional)[first:]),
        verdict=f"{dutch.number(found.recent)} {found.recent_label}; {found.verdict}.",
        source=found.source_line,
        snapshots=(found.snapshot,),
        **series,
    )


def _known(values: Sequence[float]) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(v) else round(float(v), 4) for v in values)


def figure_blocks(figure: DecisionFigure | None) -> tuple[Block, ...]:
    """The figure as blocks of a document, or the honest sentence that there is none."""
    if figure is None:
        return (Paragraph(id=FIGURE, text=NO_FIGURES),)
    chart = _chart(figure)
    return (
        Drawing(
            id=FIGURE,
            svg=chart.svg,
            alt=f"{chart.title}. {chart.description}",
            caption=f"{chart.title}. {figure.verdict}",
            source=figure.source,
        ),
    )


def figure_table(figure: DecisionFigure | None) -> Table | None:
    """The numbers of the figure as they are kept with the decision, to take along."""
    if figure is None:
        return None
    return replace(_chart(figure), source=figure.source).table("cijfers")


def _chart(figure: DecisionFigure) -> Chart:
    return trend_chart(
        "besluit",
        figure.title,
        list(figure.labels),
        figure.numbers("observed"),
        Expected(*(figure.numbers(name) for name in ("expected", "lower", "upper"))),
        provisional=list(figure.provisional),
        unit="geregistreerd",
        width=640,
        height=170,
    )
