"""Who changed what; putting a line back as it was; what is in the archive."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from koers.apps.downloads import Download, page
from koers.apps.people.access import allow
from koers.apps.people.names import name_of, names_of
from koers.apps.plan.lines import KINDS, kind_or_404, page_of
from koers.apps.plan.services import undoing
from koers.apps.plan.services.adjustments import AdjustmentError
from koers.apps.plan.services.content import frozen_fields
from koers.apps.plan.views.editing import PROPOSED, ReasonForm
from koers.apps.plan.views.pages import may_change

ARCHIVE_COLUMNS = ("Regel", "Soort", "Stond onder", "Gearchiveerd op")


@allow("plan.view_plan")
def history(request, kind, pk):
    """Who changed what and when; people by name as long as they are here."""
    found = _line(request, kind, pk)
    records = undoing.records_of(found)
    names = names_of(r.history_user_id for r in records)
    rows = []
    for new, old in zip(records, [*records[1:], None], strict=True):
        changes = [] if old is None else undoing.changes(found, old, new)
        rows.append({"when": new.history_date, "who": name_of(new.history_user_id, names), "first": old is None,
                     "changes": changes, "record": new.history_id, "now": new is records[0]})  # fmt: skip
    context = {"line": found, "kind": kind, "rows": rows, "back": page_of(found), "may_change": may_change(request)}
    return render(request, "plan/history.html", context)


def _line(request, kind: str, pk: int):
    return get_object_or_404(kind_or_404(kind).model, pk=pk, municipality=request.municipality)


@allow("plan.change_plan")
def undo(request, kind, pk, record):
    """Put a line back as it was: what differs is shown first, and the change is part of the history itself."""
    found = _line(request, kind, pk)
    then = get_object_or_404(found.history, history_id=record)
    frozen = frozen_fields(found)
    back = undoing.difference(found, then)
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
    context = {"line": found, "kind": kind, "then": then, "rows": back, "closed": closed, "form": form}
    return render(request, "plan/undo.html", context)


@allow("plan.view_plan")
def archived(request):
    """Every line of the plan that was archived, newest first."""
    wanted = request.GET.get("soort", "")
    if wanted and wanted not in KINDS:
        raise Http404
    found = [
        (line, name, kind, getattr(line, kind.parent, None) if kind.parent else None)
        for name, kind in KINDS.items()
        if wanted in ("", name)
        for line in kind.model.objects.filter(municipality=request.municipality).exclude(archived_at=None)
    ]
    found.sort(key=lambda entry: entry[0].archived_at, reverse=True)
    context = {
        "lines": found,
        "kinds": [(name, kind.label) for name, kind in KINDS.items()],
        "wanted": wanted,
        "may_change": may_change(request),
    }
    rows = [
        (str(line), kind.label, str(above or ""), timezone.localdate(line.archived_at))
        for line, _, kind, above in found
    ]
    return page(request, "plan/archived.html", context, [Download("archief", "Archief", ARCHIVE_COLUMNS, rows)])
