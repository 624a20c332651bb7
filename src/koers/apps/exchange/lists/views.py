"""A list in which the lines under another are typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from koers.apps.exchange.known import Known
from koers.apps.exchange.lists.columns import NAMES, columns_of
from koers.apps.exchange.lists.rows import (
    EMPTY,
    Row,
    keys_in,
    pasted_rows,
    row_of,
    typed_rows,
    with_room,
)
from koers.apps.exchange.lists.saving import Kept, Listed, save
from koers.apps.people.access import allow, own_or_404
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.lines import page_of
from koers.apps.plan.services.content import plan_of
from koers.tables.reading.book import BookError

LINES = 50
"""Lines on a page."""
MORE = 20
TICKS = {
    "keep_personal": "Wat op persoonsgegevens lijkt, is nodig en mag zo worden opgeslagen",
    "accept_unmeasured": "Toch opslaan, ook al is een doel niet goed te meten",
}


@allow("plan.change_plan")
def edit(request, kind, parent):
    """The lines of a kind under another as rows; what is typed is saved whole or not at all."""
    listed = _listed(request, kind, parent)
    shown = Paginator(_lines(listed), LINES).get_page(request.GET.get("blad"))
    if request.method != "POST":
        return _page(request, listed, shown, with_room(_merged([], shown, listed), listed.columns))
    rows = _sent(request.POST, shown, listed)
    if "meer" in request.POST:
        return _page(request, listed, shown, with_room(rows, listed.columns, MORE))
    if "plak" in request.POST:
        return _pasted(request, listed, shown, rows)
    kept = save(rows, listed, request.POST, request.user)
    if kept.refused:
        return _page(request, listed, shown, with_room(rows, listed.columns), kept)
    _say(request, kept)
    return redirect(request.get_full_path())


def _listed(request, kind: str, parent: int) -> Listed:
    if kind not in NAMES:
        raise Http404
    found = KINDS[kind]
    above = own_or_404(request, KINDS[found.above].model, pk=parent)
    plan = plan_of(above)
    if plan is None:
        raise Http404
    return Listed(found, above, Known(plan), columns_of(kind), request.figures)


def _lines(listed: Listed) -> Any:
    """In the order in which they were made, so that a row stays where it is."""
    under: Any = listed.kind.model
    found = under.objects.of(listed.known.municipality).filter(**{listed.kind.parent: listed.above})
    names = {column.name for column in listed.columns}
    found = found.select_related(*names & {"owner"}).prefetch_related(*names & {"partners"})
    return found.order_by("pk")


def _merged(typed: Sequence[Row], shown: Any, listed: Listed) -> list[Row]:
    """Every line of the page, as it was typed where it was; then what is new."""
    by_line = {row.line.pk: row for row in typed if row.line is not None}
    here = [
        by_line.pop(line.pk, None) or row_of(line, listed.columns, listed.known) for line in shown
    ]
    return [*here, *by_line.values(), *(r for r in typed if r.line is None and r.touched)]


def _sent(sent: Mapping[str, str], shown: Any, listed: Listed) -> list[Row]:
    lines = {line.pk: line for line in _lines(listed).filter(pk__in=keys_in(sent))}
    return _merged(typed_rows(sent, listed.columns, lines), shown, listed)


def _pasted(request, listed: Listed, shown: Any, rows: list[Row]) -> Any:
    text, problem = request.POST.get("geplakt", ""), ""
    try:
        rows = [*rows, *pasted_rows(text, listed.columns)]
        text = ""
    except BookError as error:
        problem = str(error)
    context = {"pasted": text, "paste_problem": problem}
    return _page(request, listed, shown, with_room(rows, listed.columns), **context)


def _page(
    request, listed: Listed, shown: Any, rows: list[Row], kept: Kept | None = None, **more: Any
) -> Any:
    kept = kept or Kept()
    lists = {c.name: c.choices(listed.known) for c in listed.columns}
    wrong = [
        (f"c{row.number}-{name or listed.columns[0].name}", _where(row, name, listed), text)
        for row in rows
        for name, text in row.wrong.items()
    ]
    if kept.needs_reason:
        wrong.append(("id_reason", "Reden", "Schrijf op waarom het plan moet worden aangepast."))
    context = {
        "listed": listed,
        "title": f"{listed.kind.many.capitalize()} als lijst",
        "back": page_of(listed.above),
        "columns": listed.columns,
        "rows": [(row, _mark(row), _cells(row, listed, lists)) for row in rows],
        "lists": {name: choices for name, choices in lists.items() if choices},
        "shown": shown,
        "wrong": wrong,
        "unsaved": sum(row.touched for row in rows),
        "reason": request.POST.get("reason", ""),
        "frozen": bool(listed.kind.frozen) and listed.is_frozen,
        "direct": _said(c.label for c in listed.columns if c.name not in listed.kind.frozen),
        "ticks": [(n, TICKS[n], n in request.POST) for n in TICKS if n in kept.asked],
        "empty": EMPTY,
        **more,
    }
    return render(request, "exchange/list.html", context)


def _said(labels: Iterable[str]) -> str:
    """ "Staat" and "Eigenaar" as "staat en eigenaar"."""
    *first, last = [label.lower() for label in labels] or [""]
    return f"{', '.join(first)} en {last}" if first else last


def _where(row: Row, name: str, listed: Listed) -> str:
    labels = {column.name: column.label for column in listed.columns}
    return f"Rij {row.number}, {labels[name]}" if name else f"Rij {row.number}"


def _mark(row: Row) -> str:
    return f"{row.line.pk}:{row.revision}:{row.was}" if row.line is not None else "nieuw"


def _cells(row: Row, listed: Listed, lists: Mapping[str, Sequence[str]]) -> list[tuple]:
    return [
        (column, row.texts[column.name], row.wrong.get(column.name, ""), bool(lists[column.name]))
        for column in listed.columns
    ]


def _say(request, kept: Kept) -> None:
    if not kept.said:
        messages.info(request, "Er is niets gewijzigd.")
        return
    undo = reverse("exchange:undo", args=[kept.token]) if kept.token else ""
    later = " Een voorstel geldt pas als daarover is besloten." if kept.proposed else ""
    messages.success(request, f"Opgeslagen: {kept.said}.{later}", extra_tags=undo)
