"""The board of actions: by state, or by when they are due; an action is moved with a button."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from koers.apps.people.access import allow, own_or_404
from koers.apps.people.owned import ChangedMeanwhileError
from koers.apps.plan.models import Action, ActionState
from koers.apps.plan.overviews.filters import FilterForm
from koers.apps.plan.overviews.html import card
from koers.apps.plan.overviews.listing import in_order
from koers.apps.plan.overviews.rows import actions_of, rows_of
from koers.apps.plan.overviews.saved import saved_views
from koers.apps.plan.overviews.tables import ACTIONS
from koers.apps.plan.services.news import heard
from koers.plain_text import whole_number

CARDS = 30
MOVES = {
    ActionState.OPEN: "Weer open",
    ActionState.DONE: "Gedaan",
    ActionState.DROPPED: "Vervallen",
}
BACK = ("plan:board", "plan:mine", "plan:actions")


@dataclass(frozen=True)
class Lane:
    """``more`` is how many there are beyond the cards."""

    title: str
    count: int
    cards: list[SafeString]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@allow("plan.view_plan")
def board(request):
    by_due = request.GET.get("naar") == "datum"
    form = FilterForm(request.GET, model=Action, municipality=request.municipality)
    today, known = date.today(), heard(request.municipality)
    chosen = form.apply(actions_of(request.municipality), known, today)
    may_change = request.user.has_perm("plan.change_actions", request.municipality)
    context = {
        "columns": _columns(_split(chosen, by_due, today), known, today, may_change),
        "by_due": by_due,
        "form": form,
        "known": known,
        "may_change": may_change,
        "back": request.get_full_path(),
        **saved_views(request, "plan:board"),
    }
    return render(request, "plan/overviews/board.html", context)


def _split(
    lines: QuerySet[Action], by_due: bool, today: date
) -> list[tuple[str, QuerySet[Action]]]:
    if not by_due:
        return [
            (label.capitalize(), lines.filter(state=state)) for state, label in ActionState.choices
        ]
    still = lines.filter(state=ActionState.OPEN)
    last = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return [
        ("Over tijd", still.filter(due__lt=today)),
        ("Deze maand", still.filter(due__range=(today, last))),
        ("Later", still.filter(Q(due__gt=last) | Q(due=None))),
    ]


def _columns(
    parts: list[tuple[str, QuerySet[Action]]], known, today: date, may_change: bool
) -> list[Lane]:
    """What asks for attention is looked up for the cards of all columns at once."""
    found = [list(in_order(lines, ACTIONS, "", "uiterlijk")[:CARDS]) for _, lines in parts]
    rows = iter(rows_of([line for lines in found for line in lines], known, today))
    columns = []
    for (title, part), lines in zip(parts, found, strict=True):
        cards = [
            card(row, _moves(row.line) if may_change else ()) for row in islice(rows, len(lines))
        ]
        columns.append(Lane(title, part.order_by().count(), cards))
    return columns


def _moves(line: Action) -> list[tuple[str, str]]:
    return [(state, word) for state, word in MOVES.items() if state != line.state]


@allow("plan.change_actions")
@require_POST
def move_chosen(request):
    """The one form of a board or table: its button says which action, as read at which revision,
    goes to which state."""
    key, _, rest = request.POST.get("zet", "").partition(".")
    revision, _, wanted = rest.partition(".")
    if (pk := whole_number(key)) is None:
        raise Http404
    return _moved(request, pk, wanted, revision, request.POST.get("terug", ""))


@allow("plan.change_actions")
@require_POST
def move(request, pk):
    """Give an action another state, if nobody changed it meanwhile; the address may carry the
    fields, which is how it is undone."""
    data = request.POST if "naar" in request.POST else request.GET
    return _moved(request, pk, data.get("naar", ""), data.get("revisie", ""), data.get("terug", ""))


def _moved(request, pk: int, wanted: str, revision: str, back: str):
    found = own_or_404(request, Action, pk=pk)
    read = whole_number(revision)
    if wanted not in ActionState.values or read is None:
        raise Http404
    before, found.state = found.state, wanted
    try:
        found.save_as_read(read)
    except ChangedMeanwhileError:
        found.refresh_from_db()
        messages.error(
            request,
            f"Iemand anders heeft '{found}' intussen gewijzigd: de actie staat nu op"
            f" {found.get_state_display()}. Er is niets veranderd. Kies opnieuw als het nog"
            " nodig is.",
        )
    else:
        fields = {"naar": before, "revisie": found.revision, "terug": back}
        undo = f"{reverse('plan:move-action', args=[pk])}?{urlencode(fields)}"
        messages.success(
            request, f"'{found}' staat op {found.get_state_display()}.", extra_tags=undo
        )
    return redirect(_back(back, pk))


def _back(where: str, pk: int) -> str:
    """The page that somebody came from: one of ours, with what was chosen on it."""
    path, _, query = where.partition("?")
    found = next((reverse(name) for name in BACK if path == reverse(name)), reverse("plan:board"))
    return f"{found}{f'?{query}' if query and path == found else ''}#actie-{pk}"
