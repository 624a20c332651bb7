"""Who changed what; putting a line back as it was; what is in the archive."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from koers.apps.downloads import page
from koers.apps.intake.archive import sees_internal
from koers.apps.people.access import allow
from koers.apps.people.names import name_of, names_of
from koers.apps.people.row_actions import marks_of, row_button, row_link
from koers.apps.plan import tables
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.lines import kind_or_404, page_of
from koers.apps.plan.services import undoing
from koers.apps.plan.services.adjustments import AdjustmentError
from koers.apps.plan.services.content import frozen_fields
from koers.apps.plan.views.editing import PROPOSED, ReasonForm
from koers.apps.plan.views.pages import may_change
from koers.tables import DAY, LINES, MOMENT, Column, Table, controls

NEW_LINE = "\n"


@dataclass(frozen=True)
class Archived:
    """A line in the archive; ``name`` is that of its kind in an address, ``above`` what it stood
    under."""

    line: Model
    name: str
    label: str
    above: Model | None


ARCHIVE = (
    Column("line", "Regel", lambda a: str(a.line)),
    Column("kind", "Soort", "label"),
    Column("above", "Stond onder", lambda a: str(a.above or "")),
    Column("archived_at", "Gearchiveerd op", lambda a: timezone.localdate(a.line.archived_at), DAY),
)


@allow("plan.view_plan")
def history(request, kind, pk):
    """Who changed what and when; people by name as long as they are here."""
    found = _line(request, kind, pk)
    moments = undoing.moments_of(found)
    inside = sees_internal(request, request.municipality)
    names = names_of(m.by for m in moments)
    rows = list(zip(moments, [*moments[1:], None], strict=True))

    def undo(row: tuple) -> str:
        if row[0] is moments[0]:
            return ""
        address = reverse("plan:undo", args=[kind, found.pk, row[0].key])
        return row_link(address, "Zet terug zoals toen", when.words(row))

    when = Column("when", "Wanneer", lambda row: timezone.localtime(row[0].when), MOMENT)
    columns = (
        when,
        Column("who", "Wie", lambda row: name_of(row[0].by, names)),
        Column("what", "Wat", lambda row: _changed(found, inside, *row), LINES),
        *([controls("undo", "Terug", undo)] if may_change(request) else []),
    )
    context = {"line": found, "kind": kind, "back": page_of(found)}
    # Who changed which line: names of colleagues, to be read on the spot.
    listed = Table(
        "wijzigingen", "Wijzigingen, de nieuwste eerst", columns, rows, takes_along=False
    )
    return page(request, "plan/history.html", context, [listed])


def _changed(line, inside: bool, new, old) -> str:
    """What a change made of a line, field by field."""
    if old is None:
        return "gemaakt"
    changes = undoing.changes(line, old, new, inside)
    return NEW_LINE.join(f"{field}: {was or '–'} → {now or '–'}" for field, was, now in changes)


def _line(request, kind: str, pk: int):
    return get_object_or_404(kind_or_404(kind).model, pk=pk, municipality=request.municipality)


@allow("plan.change_plan")
def undo(request, kind, pk, record):
    """Put a line back as it was: what differs is shown first, and the change is part of the history
    itself."""
    found = _line(request, kind, pk)
    moments = undoing.moments_of(found, record)
    if not moments:
        raise Http404
    (then,) = moments
    frozen = frozen_fields(found)
    back = undoing.difference(found, then, sees_internal(request, request.municipality))
    closed = [row for row in back if row.name in frozen]
    form = ReasonForm(request.POST or None) if closed else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form else ""
        try:
            made = undoing.put_back(found, then, reason, request.user.pseudonym)
        except AdjustmentError as problem:
            messages.error(request, str(problem))
            return redirect("plan:history", kind, pk)
        messages.success(request, PROPOSED if made else f"'{found}' is teruggezet zoals het was.")
        return redirect("plan:adjustment", made.pk) if made else redirect("plan:history", kind, pk)
    context = {
        "line": found,
        "kind": kind,
        "then": then,
        "rows": back,
        "closed": closed,
        "form": form,
    }
    # One line now and then, read before a button is pressed; versions can be taken along.
    listed = tables.beside("terug", "Wat terugkomt", back, "Nu", "Zoals het was", takes_along=False)
    return page(request, "plan/undo.html", context, [listed])


@allow("plan.view_plan")
def archived(request):
    """Every line of the plan that was archived, newest first."""
    wanted = request.GET.get("soort", "")
    if wanted and wanted not in KINDS:
        raise Http404
    found = [
        Archived(line, name, kind.label, getattr(line, kind.parent, None) if kind.parent else None)
        for name, kind in KINDS.items()
        if wanted in ("", name)
        for line in kind.model.objects.filter(municipality=request.municipality).exclude(
            archived_at=None
        )
    ]
    found.sort(key=lambda entry: entry.line.archived_at, reverse=True)
    context = {"kinds": [(name, kind.label) for name, kind in KINDS.items()], "wanted": wanted}
    marks = marks_of(request) if may_change(request) else ""
    doing = controls("do", "Wat kunt u doen?", lambda entry: _what_to_do(entry, marks))
    listed = Table("archief", "Archief", (*ARCHIVE, doing), found, empty="Het archief is leeg.")
    return page(request, "plan/archived.html", context, [listed])


def _what_to_do(entry: Archived, marks: str) -> str:
    """The history, and where there are ``marks`` for its form the button that puts a line back."""
    where = [entry.name, entry.line.pk]
    back = row_button(reverse("plan:restore", args=where), "Terugzetten", entry.line, marks)
    history = row_link(reverse("plan:history", args=where), "Geschiedenis", entry.line)
    return format_html('<span class="k-inline">{}{}</span>', back if marks else "", history)
