"""What is done when: a bar for each measure, marks for the days on which something is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from koers.charts.render import BLUE, GREY, INK, RUST, Chart, draw
from koers.dutch import day

STATES = ("gepland", "loopt", "loopt gevaar", "gestopt", "klaar")
STATE_COLOURS = ("#cfe2f4", "#7fb0de", "#f2a65a", "#d5dbe1", "#b9d8b4")
MARKS = ("open", "over tijd", "gedaan", "vervallen", "streefdatum")
MARK_COLOURS = (BLUE, RUST, "#3d7a35", GREY, INK)
MARK_SHAPES = ("circle", "triangle-up", "square", "cross", "diamond")
GOALS = "Doelen"
BAND, NO_BAND = "band-", "Zonder veld"
ROW = 26


@dataclass(frozen=True)
class Bar:
    """A measure; ``assumed`` where its begin or end is that of the plan, ``vague`` where its
    planning leaves room, ``said`` the planning as it was written, ``spans`` the periods where it is
    more than one, ``band`` the heading under which it stands."""

    name: str
    start: date
    end: date
    state: str
    group: str = ""
    assumed: bool = False
    vague: bool = False
    said: str = ""
    spans: tuple[tuple[date, date], ...] = ()
    band: str = ""


@dataclass(frozen=True)
class Mark:
    """A day on which something is due, on the bar ``of``; of none: on the row of the goals."""

    of: str
    name: str
    due: date
    kind: str


def timeline_chart(
    name: str,
    title: str,
    bars: Sequence[Bar],
    marks: Sequence[Mark],
    today: date,
    *,
    width: int = 1000,
) -> Chart:
    """Bars and marks on one time axis, with a line at today; its table has a row for each bar and
    mark."""
    rows = _rows(bars, marks)
    order = [
        *([GOALS] if any(not m.of for m in marks) else []),
        *_under_bands(bars),
    ]
    labels = {str(n): bar.name for n, bar in enumerate(bars)} | {GOALS: GOALS}
    labels |= {f"{BAND}{bar.band}": bar.band or NO_BAND for bar in bars}
    at = {bar.name: str(n) for n, bar in enumerate(bars)}
    description = _describe(bars, marks, today)
    if not order:
        return Chart("", title, description, _COLUMNS, rows)
    y = {
        "field": "r",
        "type": "nominal",
        "sort": order,
        # A heading has a row and nothing on it.
        "scale": {"domain": order},
        "title": None,
        "axis": {
            "labelExpr": _lookup(labels),
            "labelLimit": 300,
            "labelFontWeight": {
                "condition": {"test": f"indexof(datum.value, '{BAND}') == 0", "value": "bold"},
                "value": "normal",
            },
            "grid": False,
            "ticks": False,
            "domain": False,
            "labelOverlap": False,
        },
    }
    x = {
        "type": "temporal",
        "scale": {"type": "utc"},
        "title": None,
        "axis": {"format": "%b %Y", "tickCount": 8, "orient": "top"},
    }
    bar_layer = {
        "data": {
            "values": [
                {
                    "r": str(n),
                    "a": first.isoformat(),
                    "b": last.isoformat(),
                    "s": b.state,
                    "o": 0.45 if b.vague or b.assumed else 1,
                }
                for n, b in enumerate(bars)
                for first, last in b.spans or ((b.start, b.end),)
            ]
        },
        "mark": {
            "type": "bar",
            "height": 14,
            "cornerRadius": 3,
            "stroke": GREY,
            "strokeWidth": 0.5,
        },
        "encoding": {
            "x": {**x, "field": "a"},
            "x2": {"field": "b"},
            "y": y,
            "color": _key("s", STATES, STATE_COLOURS, {b.state for b in bars}, "Maatregel"),
            # What is not sure is paler.
            "opacity": {"field": "o", "type": "quantitative", "scale": None, "legend": None},
        },
    }
    there = {m.kind for m in marks}
    mark_layer = {
        "data": {
            "values": [
                {"r": at.get(m.of, GOALS), "a": m.due.isoformat(), "k": m.kind} for m in marks
            ]
        },
        "mark": {
            "type": "point",
            "filled": True,
            "size": 60,
            "opacity": 1,
            "stroke": "#ffffff",
            "strokeWidth": 0.7,
        },
        "encoding": {
            "x": {**x, "field": "a"},
            "y": y,
            "color": _key("k", MARKS, MARK_COLOURS, there, "Datum van"),
            "shape": _key("k", MARKS, MARK_SHAPES, there, "Datum van"),
        },
    }
    line = {
        "data": {"values": [{"a": today.isoformat()}]},
        "mark": {"type": "rule", "stroke": RUST, "strokeDash": [4, 3], "strokeWidth": 1.5},
        "encoding": {"x": {**x, "field": "a"}},
    }
    layers = [*([bar_layer] if bars else []), line, *([mark_layer] if marks else [])]
    spec = {
        "width": width - 320,
        "height": max(2, len(order)) * ROW,
        "layer": layers,
        # In one scope, so that colour and shape of a mark are one key.
        "resolve": {"scale": {"color": "independent", "shape": "independent"}},
    }
    return Chart(draw(name, spec, title, description), title, description, _COLUMNS, rows)


def _under_bands(bars: Sequence[Bar]) -> list[str]:
    """The rows of bars, with a row for each heading where there are any."""
    order: list[str] = []
    for n, bar in enumerate(bars):
        heading = f"{BAND}{bar.band}"
        if heading not in order and any(b.band for b in bars):
            order.append(heading)
        order.append(str(n))
    return order


_COLUMNS = ("Wat", "Regel", "Onder", "Begin", "Einde of uiterlijk", "Zoals geschreven", "Staat")


def _rows(bars: Sequence[Bar], marks: Sequence[Mark]) -> tuple[tuple[Any, ...], ...]:
    lines = [
        (b.name, "maatregel", b.group, day(b.start), day(b.end), b.said or None, b.state)
        for b in bars
    ]
    steps = [
        (m.name, "actie" if m.of else "doel", m.of, None, day(m.due), None, m.kind)
        for m in sorted(marks, key=lambda m: m.due)
    ]
    return (*lines, *steps)


def _lookup(labels: dict[str, str]) -> str:
    """A Vega expression that gives the text of a row; two measures may bear the same name, so rows
    are numbered."""
    import json

    return f"({json.dumps(labels, ensure_ascii=False)})[datum.value]"


def _key(
    field: str, domain: Sequence[str], values: Sequence[str], there: set[str], title: str
) -> dict[str, Any]:
    shown = [(d, v) for d, v in zip(domain, values, strict=True) if d in there]
    return {
        "field": field,
        "type": "nominal",
        "legend": {"title": title, "symbolStrokeColor": GREY},
        "scale": {"domain": [d for d, _ in shown], "range": [v for _, v in shown]},
    }


def _describe(bars: Sequence[Bar], marks: Sequence[Mark], today: date) -> str:
    if not bars and not marks:
        return "Er zijn nog geen maatregelen met een begin of een einde."
    late = sum(m.kind == "over tijd" for m in marks)
    assumed = sum(b.assumed for b in bars)
    measures = "1 maatregel" if len(bars) == 1 else f"{len(bars)} maatregelen"
    dates = "1 datum" if len(marks) == 1 else f"{len(marks)} datums"
    text = f"{measures} en {dates} van acties en doelen. De stippellijn is vandaag, {day(today)}."
    if late:
        text += f" Over tijd: {late}."
    if assumed:
        text += (
            f" Van {assumed} maatregelen is het begin of het einde niet ingevuld; daarvoor staat"
            " dat van het plan."
        )
    vague = sum(b.vague and not b.assumed for b in bars)
    if vague:
        text += f" Van {vague} is de planning ruim geschreven, zoals 'voorjaar'."
    if assumed or vague:
        text += " Hun balken zijn lichter."
    return text
