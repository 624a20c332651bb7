"""Own files: choose one, say what its columns mean, look at what would be counted, count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.analysis.clusters import PairsCell
from koers.apps.downloads import as_file, page
from koers.apps.intake.forms import ColumnsForm, FileForm, PlaceForm, ReleaseForm, guess
from koers.apps.intake.models import FileKind, OwnTable, Upload
from koers.apps.intake.services import counting, uploads
from koers.apps.intake.services.pairs import topic_pairs
from koers.apps.people.access import allow, own_or_404
from koers.plain_text import whole_number
from koers.tables import NUMBER, PERIOD, Column, Table
from koers.tables.reading.book import Book, BookError

PROBLEMS_SHOWN = 50
ROWS_NAMED = 5
CELLS = (
    Column("area", "Gebiedscode", itemgetter(0)),
    Column("area_name", "Gebied", itemgetter(1)),
    Column("topic", "Onderwerp", itemgetter(2)),
    Column("period", "Periode", itemgetter(3), PERIOD),
    Column("value", "Aantal", itemgetter(4), NUMBER),
)
PAIRS = (
    Column("topic", "Onderwerp", lambda row: row[0].title),
    Column("distance", "Afstand", lambda row: _distance(row[1])),
    Column("days", "Tijd ertussen", lambda row: _days(row[1])),
    Column("pairs", "Paren", lambda row: row[1].pairs, NUMBER),
    Column("expected", "Verwacht", lambda row: row[1].expected, NUMBER, decimals=1),
    Column("ratio", "Keer zo veel", lambda row: _ratio(row[1]), NUMBER, decimals=1),
    Column("p_value", "p", lambda row: row[1].p_value, NUMBER, decimals=3),
)
SAMPLES = (
    Column("row", "Rij"),
    Column("area", "Gebied"),
    Column("topic", "Onderwerp"),
    Column("period", "Periode", kind=PERIOD),
    Column("value", "Aantal", kind=NUMBER, empty="onbekend"),
)
PROBLEMS = (
    Column("row", "Rij", lambda p: _rows(p.rows)),
    Column("times", "Hoe vaak", lambda p: len(p.rows), NUMBER),
    Column("column", "Kolom"),
    Column("reason", "Wat er mis is", lambda p: f"{p.reason[:1].upper()}{p.reason[1:]}."),
)


@allow("intake.upload")
def new(request):
    """Which file, and what kind of figures are in it."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = uploads.receive(
                request.municipality, form.cleaned_data["kind"], form.cleaned_data["file"]
            )
        except BookError as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("intake:columns", upload.pk)
    return render(request, "intake/new_file.html", {"form": form})


@allow("intake.upload")
def columns(request, pk):
    """What the columns mean: the form, the preview, and the button that counts."""
    upload = own_or_404(request, Upload, pk=pk)
    try:
        book = uploads.book_of(upload)
    except BookError as problem:
        messages.error(request, str(problem))
        return redirect("intake:new-file")
    look = _Look(request, upload, book)
    if look.done:
        messages.success(
            request,
            f"Geteld. Het bestand is verwijderd; de aantallen staan in '{look.done.title}'.",
        )
        return redirect("intake:own-table", look.done.pk)
    return page(request, "intake/columns.html", look.context, look.tables)


class _Look:
    """One look at an upload: where its header is, which columns were chosen, what that gives."""

    def __init__(self, request, upload: Upload, book: Book) -> None:
        self.upload, self.book, self.done = upload, book, None
        self.place_error = self.error = ""
        self.counted = None
        names = self._header(request.POST or request.GET)
        known = uploads.known_mapping(upload, names)
        categories = list(known.topics.topics) if known else []
        data = request.POST if request.method == "POST" else None
        posted = [c for n in range(200) if data and (c := data.get(f"name_{n}")) is not None]
        start = self._start(known, names)
        kwargs = {"kind": upload.kind, "names": names}
        self.form = ColumnsForm(data, initial=start, categories=posted or categories, **kwargs)
        if names and data is None and known:
            self.form = ColumnsForm(start, categories=categories, **kwargs)
        if names and self.form.is_bound and self.form.is_valid():
            self._count(request, data, kwargs)
        self.known = known

    def _header(self, data) -> list[str]:
        sheet = self.book.sheet(data.get("sheet", ""))
        asked = whole_number(data.get("header_row"))
        row = sheet.guessed_header() if asked is None else asked
        self.sheet, self.row = sheet, row
        try:
            return sheet.checked_header(row)
        except BookError as problem:
            self.place_error = str(problem)
            return []

    def _start(self, known, names: list[str]) -> dict:
        if known is None:
            return {"title": "", **guess(names)}
        topics = {f"category_{n}": code for n, code in enumerate(known.topics.topics.values())}
        return {"title": known.title, **known.columns.columns, "fixed": known.topic, **topics}

    def _count(self, request, data, kwargs) -> None:
        choice = self.form.choice(self.sheet.name, self.row)
        try:
            self.counted = counting.preview(self.upload, self.book, choice)
        except BookError as problem:
            self.error = str(problem)
            return
        if self.upload.kind != FileKind.EARLY and self.form.categories != (
            seen := sorted(self.counted.categories)
        ):
            chosen = {c: choice.topics.get(c, "") for c in seen}
            again = (
                {**self.form.data.dict()}
                if hasattr(self.form.data, "dict")
                else dict(self.form.data)
            )
            again |= {f"category_{n}": chosen[c] for n, c in enumerate(seen)}
            self.form = ColumnsForm(again, categories=seen, **kwargs)
            self.form.is_valid()
        wants = bool(data) and "tellen" in data
        if wants and self.counted.problems and "zonder" not in data:
            self.error = (
                "Vink aan dat de rijen die niet te lezen zijn mogen wegvallen, of herstel eerst het"
                " bestand."
            )
        elif wants and not self.counted.counted:
            self.error = "Er is geen enkele rij te tellen."
        elif wants:
            self.done = counting.confirm(self.upload, self.book, choice, self.counted)

    @property
    def tables(self) -> list[Table]:
        """The first rows as they are counted, and those that cannot be read: to look at, not to
        take along, because the reader has the file himself."""
        counted = self.counted
        found = (
            (
                ("rijen", "De eerste rijen, zoals ze worden geteld", SAMPLES, counted.samples),
                (
                    "fouten",
                    "Rijen die niet te lezen zijn",
                    PROBLEMS,
                    counted.wrong[:PROBLEMS_SHOWN],
                ),
            )
            if counted
            else ()
        )
        return [Table(*each, takes_along=False) for each in found]

    @property
    def context(self) -> dict:
        counted = self.counted
        place = {"sheet": self.sheet.name, "header_row": self.row}
        return {
            "upload": self.upload,
            "place": PlaceForm(initial=place, sheets=[s.name for s in self.book.sheets]),
            "place_error": self.place_error,
            "sheet": self.sheet.name,
            "header_row": self.row,
            "form": self.form if not self.place_error else None,
            "categories": self.form.categories,
            "known": self.known,
            "error": self.error,
            "counted": counted,
            "more": max(0, len(counted.wrong) - PROBLEMS_SHOWN) if counted else 0,
        }


def _distance(cell: PairsCell) -> str:
    if not cell.distance_to:
        return "zelfde punt"
    return f"boven {cell.distance_from:g} t/m {cell.distance_to:g} m"


def _days(cell: PairsCell) -> str:
    return f"{cell.days_from + 1} t/m {cell.days_to} dagen" if cell.days_to else "zelfde dag"


def _ratio(cell: PairsCell) -> float | None:
    return None if math.isnan(cell.ratio) else cell.ratio


def _rows(numbers: Sequence[int]) -> str:
    """'3, 5, 8', of many the first few."""
    shown = [str(number) for number in numbers[:ROWS_NAMED]]
    return ", ".join(shown) + (" …" if len(numbers) > ROWS_NAMED else "")


@allow("intake.upload")
@require_POST
def abandon(request, pk):
    uploads.discard(own_or_404(request, Upload, pk=pk), "niet geteld; verwijderd")
    messages.success(request, "Het bestand is verwijderd. Er is niets geteld.")
    return redirect("intake:index")


@allow("intake.view_internal")
def table(request, pk, form=None):
    """An own table: what is in it, and that it is internal."""
    found = own_or_404(request, OwnTable, pk=pk)
    shown, rows = counting.summary(found)
    context = {
        "table": found,
        "form": form or ReleaseForm(),
        "pairs": topic_pairs(found),
        "may_release": request.user.has_perm("intake.release", request.municipality),
        "may_upload": request.user.has_perm("intake.upload", request.municipality),
    }
    caption, origin = "Totaal van de gemeente per onderwerp en periode", counting.origin(found)
    tables = [Table.of_rows("totalen-intern", caption, shown, rows, origin=origin)]
    if pairs := context["pairs"]:
        cells = [(topic, cell) for topic in pairs for cell in topic.cells]
        tables.append(
            Table("herhaling-intern", "Paren naar afstand en tijd", PAIRS, cells, origin=origin)
        )
    return page(
        request, "intake/own_table.html", context, tables, reverse("intake:own-table", args=[pk])
    )


@allow("intake.view_internal")
def table_csv(request, pk):
    found = own_or_404(request, OwnTable, pk=pk)
    cells = counting.cells(found)
    counted = Table("tellingen", found.title, CELLS, cells, origin=counting.origin(found))
    return as_file(counted, f"{found.table}-intern")


@allow("intake.release")
@require_POST
def release(request, pk):
    found = own_or_404(request, OwnTable, pk=pk)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return table(request, pk, form)
    counting.release(found, request.user, form.cleaned_data["reason"])
    messages.success(
        request,
        "Vastgelegd dat deze cijfers naar buiten mogen.",
        extra_tags=_url("withdraw", found),
    )
    return redirect("intake:own-table", pk)


@allow("intake.release")
@require_POST
def withdraw(request, pk):
    counting.withdraw_release(own_or_404(request, OwnTable, pk=pk))
    messages.success(request, "Deze cijfers zijn weer intern.")
    return redirect("intake:own-table", pk)


@allow("intake.upload")
@require_POST
def archive(request, pk):
    own_or_404(request, OwnTable, pk=pk).archive()
    messages.success(request, "De tabel is gearchiveerd en telt nergens meer mee.")
    return redirect("intake:index")


def _url(name: str, found: OwnTable) -> str:
    return reverse(f"intake:{name}", args=[found.pk])
