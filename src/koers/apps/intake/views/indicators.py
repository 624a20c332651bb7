"""Indicators of one's own: defined, filled by hand, changed with their history, archived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeAlias

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from koers.apps.confirming import ask_first
from koers.apps.downloads import page
from koers.apps.intake.indicator_forms import IndicatorForm
from koers.apps.intake.models import IndicatorWay, OwnIndicator
from koers.apps.intake.services import own_indicators as service
from koers.apps.intake.services import typed
from koers.apps.intake.typed_grid import Grid
from koers.apps.people.access import WorkRequest, allow, own_or_404
from koers.apps.people.owned import ChangedMeanwhileError
from koers.tables import MOMENT, NUMBER, PERIOD, Column, Table

VALUES = (
    Column("period", "Periode", lambda row: row[0][0], PERIOD),
    Column("area", "Gebied", lambda row: row[2]),
    Column("value", "Waarde", lambda row: row[1].value, NUMBER),
    Column("n", "Deelnemers (n)", lambda row: row[1].n, NUMBER, empty=""),
    Column("margin", "Marge (±)", lambda row: row[1].margin, NUMBER, empty=""),
)
_Row: TypeAlias = tuple[typed.Place, typed.Typed, str]
CHANGES = (
    Column("at", "Wanneer", lambda row: timezone.localtime(row[0]), MOMENT),
    Column("field", "Wat", lambda row: row[1].label),
    Column("before", "Was", lambda row: row[1].before, empty="niets"),
    Column("after", "Werd", lambda row: row[1].after, empty="niets"),
)


@allow("intake.define")
def new(request: WorkRequest) -> HttpResponse:
    """A new indicator: what it is."""
    form = IndicatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = service.define(form.save(commit=False), request.municipality)
        messages.success(request, "De indicator is gemaakt. Vul nu de waarden in.")
        return redirect(_next(made))
    return render(request, "intake/indicator_form.html", {"form": form})


@allow("intake.define")
def edit(request: WorkRequest, slug: str) -> HttpResponse:
    """Another definition; the one before stays in the history."""
    made = own_or_404(request, OwnIndicator, slug=slug)
    form = IndicatorForm(request.POST or None, instance=made)
    if request.method == "POST" and form.is_valid():
        changed = form.save(commit=False)
        changed.revision = form.cleaned_data["revision"] or 0
        try:
            service.define(changed, request.municipality)
        except ChangedMeanwhileError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, "De omschrijving is gewijzigd. De vorige is bewaard.")
            return redirect(_url("indicator", made))
    return render(request, "intake/indicator_form.html", {"form": form, "made": made})


@allow("intake.view_internal")
def indicator(request: WorkRequest, slug: str) -> HttpResponse:
    """What it is, its values, where it is used, and how its definition came to be."""
    made = own_or_404(request, OwnIndicator, slug=slug)
    found, rows = service.as_indicator(made), _rows(made)
    changes = [(e.at, c) for e in service.editions(made) for c in e.changes]
    context = {
        "made": made,
        "definition": [
            (service.label_of(name), service.said(name, getattr(made, name)))
            for name in service.DEFINED
        ],
        "indicator": found,
        "uses": service.uses_of(made),
        "by_hand": made.way == IndicatorWay.TYPED,
        "snapshot": typed.snapshot_of(made),
        "table": typed.own_table(made),
        "may_define": request.user.has_perm("intake.define", request.municipality),
        "may_fill": request.user.has_perm("intake.upload", request.municipality),
    }
    tables = [
        Table(
            "waarden-intern",
            f"{made.title}: waarden",
            _columns(made, rows),
            rows,
            origin=_origin(made),
            empty="Nog geen waarden ingevoerd.",
        ),
        Table("wijzigingen", "Wijzigingen van de omschrijving", CHANGES, changes),
    ]
    return page(request, "intake/indicator.html", context, tables)


def _columns(made: OwnIndicator, rows: list[_Row]) -> list[Column]:
    """Whole numbers are read as whole: 41 counted is not 41,0."""
    whole = all(kept.value.is_integer() for _, kept, _ in rows)
    shown = VALUES if typed.has_margin(made) else VALUES[:3]
    return [replace(c, decimals=0) if whole and c.key == "value" else c for c in shown]


def _rows(made: OwnIndicator) -> list[_Row]:
    names = {area.code: area.name for area in typed.areas_of(made)}
    found = sorted(typed.values_of(made).items(), reverse=True)
    return [(place, value, names.get(place[1], place[1])) for place, value in found]


def _origin(made: OwnIndicator) -> str:
    return f"{made.source}, peilmoment {typed.snapshot_of(made)}. Intern."


@allow("intake.upload")
def values(request: WorkRequest, slug: str) -> HttpResponse:
    """The grid in which values are typed or pasted."""
    made = own_or_404(request, OwnIndicator, slug=slug, way=IndicatorWay.TYPED)
    grid = Grid(made, _today(), request.GET.get("terug", ""))
    if request.method == "POST":
        grid.read(request.POST)
        if not grid.problems:
            try:
                new_ones = typed.keep(made, grid.given, request.POST.get("was", ""))
            except typed.TypedError as problem:
                grid.problems.append(str(problem))
            else:
                said = f"Opgeslagen als peilmoment {typed.snapshot_of(made)}."
                messages.success(request, said if new_ones else "Er is niets veranderd.")
                return redirect(_url("indicator", made))
    context = {
        "made": made,
        "grid": grid,
        "unit": service.said("unit", made.unit),
        "with_margin": typed.has_margin(made),
    }
    return render(request, "intake/indicator_values.html", context)


@allow("intake.define")
@require_POST
def archive(request: WorkRequest, slug: str) -> HttpResponse:
    """Take it out of every list; who does so is told where it is used."""
    made = own_or_404(request, OwnIndicator, slug=slug)
    if uses := service.uses_of(made):
        follows = [
            f"'{made.title}' wordt nog gebruikt: {'; '.join(uses)}.",
            "Die houden dan geen cijfer over om aan te meten.",
            "De waarden en hun peilmomenten blijven bewaard.",
        ]
        asked = ask_first(
            request,
            f"'{made.title}' archiveren?",
            follows,
            "Toch archiveren",
            _url("indicator", made),
        )
        if asked is not None:
            return asked
    service.archive(made)
    messages.success(request, f"'{made.title}' is gearchiveerd.")
    return redirect("picture:indicators")


def _today() -> date:
    return timezone.localdate()


def _next(made: OwnIndicator) -> str:
    """Where the values come from: the grid, or the page that says which file."""
    return _url("indicator-values" if made.way == IndicatorWay.TYPED else "indicator", made)


def _url(name: str, made: OwnIndicator) -> str:
    return reverse(f"intake:{name}", args=[made.slug])
