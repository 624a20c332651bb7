"""Tables in and out: choose a file, say what its columns are, look at what would happen, take it
in; take it all along."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.exchange import applying, drafts, export, undoing
from koers.apps.exchange.columns import WHAT_LABELS, What
from koers.apps.exchange.drafts import Draft
from koers.apps.exchange.forms import WHOLE, ColumnsForm, SourceForm, TableForm
from koers.apps.exchange.known import Known
from koers.apps.exchange.lines import Preview
from koers.apps.exchange.look import look
from koers.apps.exchange.mapping import (
    checked,
    export_parts,
    placed,
    proposal,
    proposals,
    read_again,
    with_column,
)
from koers.apps.exchange.part import Part
from koers.apps.exchange.places import HAS_TEXT
from koers.apps.exchange.proposing import proposed
from koers.apps.people.access import allow
from koers.apps.people.privacy import likely_personal
from koers.apps.plan.models import Plan
from koers.apps.plan.services.in_force import plan_asked
from koers.apps.whole import when_taken_back
from koers.plain_text import whole_number
from koers.tables.reading.book import BookError
from koers.tables.writing.ods import MIME as ODS
from koers.tables.writing.xlsx import MIME as XLSX

MOST_PROBLEMS, MOST_QUESTIONS = 200, 100
REASON = "reden"
BEHIND = "erachter"


@allow("plan.change_plan")
def new(request):
    """Which file, or which rows."""
    plans = Plan.objects.of(request.municipality)
    form = SourceForm(request.POST or None, request.FILES or None, plans=plans)
    if request.method == "POST" and form.is_valid():
        chosen, file = form.cleaned_data["plan"], form.cleaned_data["file"]
        try:
            if file:
                whole = form.cleaned_data["read"] == WHOLE
                draft = drafts.receive(chosen, request.user, file, whole)
            else:
                draft = drafts.receive_pasted(chosen, request.user, form.cleaned_data["pasted"])
        except BookError as problem:
            form.add_error("file" if file else "pasted", str(problem))
        else:
            if draft.whole:
                draft.roles = draft.offered = proposed(draft.document.pieces)
                draft.keep()
                return redirect("exchange:document", draft.token)
            tables = draft.tables
            exported = export_parts(tables)
            draft.parts = proposals(tables)
            draft.keep()
            return redirect("exchange:check" if exported else "exchange:columns", draft.token)
    undoable = drafts.undoable(request.municipality.code)
    context = {"form": form, "plans": plans, "undoable": undoable}
    return render(request, "exchange/new.html", context)


def _draft(request, token: str) -> Draft | None:
    draft = drafts.find(token, request.municipality, request.user)
    if draft is None:
        messages.error(request, drafts.GONE)
    return draft


def _plan(request, draft: Draft) -> Plan:
    return get_object_or_404(Plan.objects.of(request.municipality), pk=draft.plan)


@allow("plan.change_plan")
def columns(request, token):
    """Which table, where its header is, which column is what."""
    draft = _draft(request, token)
    if draft is None:
        return redirect("exchange:new")
    tables, known = draft.tables, Known(_plan(request, draft))
    if not tables:
        return redirect("exchange:document", token)
    part, table_form = _part(request, draft, tables)
    form = ColumnsForm(request.POST or None, table=tables[part.table], part=part, known=known)
    error = ""
    if request.method == "POST" and "overslaan" in request.POST:
        draft.parts = [p for p in draft.parts if p.table != part.table]
        draft.keep()
        return redirect("exchange:columns", token)
    if request.method == "POST" and form.is_valid() and table_form.is_valid():
        chosen = form.chosen()
        try:
            checked(tables[chosen.table], chosen)
        except BookError as problem:
            error = str(problem)
        else:
            draft.parts = placed(tables, draft.parts, chosen)
            draft.keep()
            return redirect("exchange:check", draft.token)
    return render(
        request,
        "exchange/columns.html",
        {
            "draft": draft,
            "table_form": table_form,
            "form": form,
            "part": part,
            "error": error,
            "found": len(part.read),
            "table": tables[part.table],
            "others": _others(tables, draft.parts, part) if len(tables) > 1 else [],
            "is_read": part.table in {p.table for p in draft.parts},
        },
    )


def _others(tables, parts: list[Part], now: Part) -> list[dict]:
    """Every table of the file, and how it is read."""
    by_table = {part.table: part for part in parts}
    return [
        {
            "number": number,
            "name": table.name,
            "here": number == now.table,
            "read": number in by_table,
            "what": WHAT_LABELS[What(by_table[number].what)] if number in by_table else "",
            "columns": len(by_table[number].read) if number in by_table else 0,
        }
        for number, table in enumerate(tables)
    ]


def _part(request, draft: Draft, tables) -> tuple[Part, TableForm]:
    """How the table is read: as asked, as it was chosen before, or as Koers proposes."""
    asked = request.POST if request.method == "POST" else request.GET
    known = draft.parts[0] if draft.parts else proposal(tables[0], 0)
    if "table" not in asked:
        return known, TableForm(_place(known), tables=tables)
    form = TableForm(asked, tables=tables)
    number = whole_number(asked["table"]) or 0
    number = number if number < len(tables) else 0
    if asked.get("was") != str(number):
        # Another table: as it is read now, else where its header is is guessed anew.
        there = next((p for p in draft.parts if p.table == number), None)
        guessed = there or proposal(tables[number], number)
        return guessed, TableForm(_place(guessed), tables=tables)
    if not form.is_valid():
        return known, form
    data = form.cleaned_data
    return read_again(tables[number], Part(number, data["what"], data["first"], data["last"])), form


def _place(part: Part) -> dict:
    return {"table": part.table, "what": part.what, "first": part.first, "last": part.last}


@allow("plan.change_plan")
def preview(request, token):
    """Every row as it will become, what is wrong with it, and the button that takes it in."""
    draft = _draft(request, token)
    if draft is None:
        return redirect("exchange:new")
    if not draft.parts and not draft.whole:
        return redirect("exchange:columns", token)
    plan = _plan(request, draft)
    try:
        if request.method == "POST":
            _keep_what_was_typed(request.POST, draft, plan)
            if "inlezen" in request.POST and (answer := _take_in(request, draft, plan)) is not None:
                return answer
        found = _checked(draft, plan)
    except BookError as problem:
        messages.error(request, str(problem))
        return redirect("exchange:columns", token)
    return render(request, "exchange/preview.html", _context(draft, plan, found))


def _checked(draft: Draft, plan: Plan) -> Preview:
    return look(draft, Known(plan))


def _keep_what_was_typed(data, draft: Draft, plan: Plan) -> None:
    """Answers, corrected cells and rows to leave out stay with the draft, so that the next step
    knows them."""
    seen = _checked(draft, plan)
    shown = {p.typed: p.text for _, p in seen.problems if p.typed}
    alike = {name: one.typed for one in seen.alike for name in one.typed[:1]}
    for name, value in data.items():
        if name.startswith("v-") and len(value) < 200:
            draft.given[name] = value
        elif name.startswith("c-") and (value != shown.get(name, value) or name in draft.given):
            draft.given |= dict.fromkeys(alike.get(name, (name,)), value[:5000])
        elif name == REASON:
            draft.given[REASON] = value.strip()[:2000]
        elif name.startswith("kolom-") and value:
            draft.parts = with_column(draft.parts, name, value)
    draft.left_out = sorted(name for name in data if name.startswith("weg-"))
    if "tekst" in data:
        draft.behind = data["tekst"] == BEHIND
    draft.keep()


def _take_in(request, draft: Draft, plan: Plan):
    """Write it all in one transaction; None when there is still something to look at."""
    if not draft.take():
        messages.error(request, drafts.GONE)
        return redirect("exchange:new")
    when_taken_back(draft.give_back)
    try:
        with transaction.atomic():
            locked = Plan.objects.select_for_update().get(pk=plan.pk)
            known = Known(locked)
            found = look(draft, known)
            if problem := _not_yet(request.POST, found, draft):
                messages.error(request, problem)
                draft.give_back()
                return None
            found.leave_out_wrong()
            by, note = request.user.pseudonym, f"Ingelezen uit {draft.name}"
            reason = draft.given.get(REASON, "")
            done = applying.carry_out(draft.token, found, known, by, note, draft.behind, reason)
            # Nobody else takes it in meanwhile, and it is there still if this is not kept.
            transaction.on_commit(draft.discard)
    except BookError:
        draft.give_back()
        raise
    messages.success(
        request,
        f"Ingelezen: {done.said}. Het bestand is verwijderd. Nieuwe regels zijn een voorbeeld tot u"
        " ze vaststelt.",
        extra_tags=reverse("exchange:undo", args=[draft.token]) if done.changes else "",
    )
    if done.proposed:
        return redirect(f"{reverse('plan:adjustments-together')}?voorstel={done.together}")
    return redirect("plan:index")


def _not_yet(data, found: Preview, draft: Draft) -> str:
    """Why this cannot be taken in yet; '' when it can."""
    if data.get("gezien") != found.mark:
        return "Er is iets veranderd sinds u keek, of u hebt net iets getypt. Kijk het nog eens na."
    if found.problems and "zonder" not in data:
        return (
            "Er zijn nog rijen met een fout. Herstel ze, laat ze weg, of vink aan dat ze weg mogen"
            " blijven."
        )
    if found.to_say and "ongelezen" not in data:
        return (
            "Niet alles in het bestand wordt gelezen. Kies wat ermee moet gebeuren, of vink aan dat"
            " het niet mee hoeft."
        )
    reason = draft.given.get(REASON, "")
    if found.asks_why and not reason:
        return "Schrijf op waarom het vastgestelde plan moet worden aangepast."
    if (found.personal or _personal_in(found, reason)) and "persoonsgegevens" not in data:
        return (
            "Sommige teksten lijken op persoonsgegevens. Haal ze weg, of vink aan dat ze moeten"
            " blijven."
        )
    return ""


def _personal_in(found: Preview, reason: str) -> list[str]:
    """What of the reason of a proposal looks like a person."""
    return [words for _, words in likely_personal(reason)] if found.asks_why else []


def _context(draft: Draft, plan: Plan, found: Preview) -> dict:
    counts = [
        (label, len(found.with_outcome(*outcomes)))
        for label, outcomes in (
            ("nieuw", ("new",)),
            ("gewijzigd", ("changed",)),
            ("blijft gelijk", ("same",)),
            ("bestaat al", ("uses",)),
            ("fout", ("wrong",)),
            ("weggelaten", ("left_out",)),
        )
    ]
    typed = found.alike
    return {
        "draft": draft,
        "plan": plan,
        "preview": found,
        "counts": [c for c in counts if c[1]],
        "questions": found.questions[:MOST_QUESTIONS],
        "more_questions": max(0, len(found.questions) - MOST_QUESTIONS),
        "problems": typed[:MOST_PROBLEMS],
        "more": max(0, len(typed) - MOST_PROBLEMS),
        "several": len({line.source.part for line in found.lines}) > 1,
        "reason": draft.given.get(REASON, ""),
        "personal": found.personal or _personal_in(found, draft.given.get(REASON, "")),
        "changes": bool(
            found.with_outcome("new", "changed") or found.priorities or found.text is not None
        ),
        "has_text": draft.whole and HAS_TEXT.ask(plan),
        "from_export": bool(export_parts(draft.tables)),
        "wrong_rows": len(found.with_outcome("wrong")),
    }


@allow("plan.change_plan")
@require_POST
def abandon(request, token):
    draft = _draft(request, token)
    if draft is not None:
        draft.discard()
        messages.success(request, "Het bestand is verwijderd. Er is niets ingelezen.")
    return redirect("exchange:new")


@allow("plan.change_plan")
@require_POST
def undo(request, token):
    undone = undoing.undo(token, request.municipality, request.user.pseudonym)
    if undone is None:
        messages.error(
            request,
            "Dit is niet meer ongedaan te maken: het is al gebeurd, of langer dan een maand"
            " geleden.",
        )
        return redirect("plan:index")
    lines = f"{undone.lines} {'regel' if undone.lines == 1 else 'regels'}"
    messages.success(
        request,
        f"Dat is ongedaan gemaakt: {lines} teruggezet of gearchiveerd."
        + (" De tekst van het plan is weer zoals zij was." if undone.text else ""),
    )
    if undone.stayed:
        messages.warning(
            request,
            "Intussen gewijzigd of nog in gebruik, en daarom gebleven: "
            + "; ".join(undone.stayed[:20])
            + ("." if len(undone.stayed) <= 20 else f" en {len(undone.stayed) - 20} meer."),
        )
    return redirect("plan:index")


@allow("plan.view_plan")
def take_along(request, form):
    """Measures, actions and goals in the columns in which they can come back."""
    files = {
        "plan.xlsx": (export.as_xlsx, XLSX),
        "plan.ods": (export.as_ods, ODS),
        "plan-maatregelen.csv": (export.measures_csv, "text/csv; charset=utf-8"),
        "plan-acties.csv": (export.actions_csv, "text/csv; charset=utf-8"),
        "plan-doelen.csv": (export.goals_csv, "text/csv; charset=utf-8"),
        "plan-oordelen.csv": (export.judgements_csv, "text/csv; charset=utf-8"),
        "plan-prioriteiten.csv": (export.priorities_csv, "text/csv; charset=utf-8"),
        "plan-kop.csv": (export.plan_csv, "text/csv; charset=utf-8"),
    }
    plan = plan_asked(request)
    if form not in files or plan is None:
        raise Http404
    write, kind = files[form]
    return HttpResponse(
        write(Known(plan)),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{form}"'},
    )
