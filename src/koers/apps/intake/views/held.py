"""Figures that are held: what is odd about them, and the choice of a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from koers.apps.downloads import page
from koers.apps.intake.archive import store
from koers.apps.intake.forms import AcceptForm
from koers.apps.intake.held_tables import odd_table, sides_table
from koers.apps.intake.models import FiguresDecision
from koers.apps.intake.services.held import decide, instead_words
from koers.apps.people.access import allow
from koers.apps.people.names import name_of
from koers.figures.doubts.words import sentence
from koers.figures.held import Held, HeldState
from koers.tables import MOMENT, NUMBER, Column, Table

STATES = {
    HeldState.WAITING: "wacht op een besluit",
    HeldState.ACCEPTED: "toch in gebruik",
    HeldState.REJECTED: "niet in gebruik",
}
HELD = (
    Column(
        "title",
        "Wat",
        lambda h: h.snapshot.manifest.title,
        link=lambda h: reverse("intake:held-figures", args=[h.id]),
    ),
    Column("table", "Tabel", lambda h: h.snapshot.manifest.table),
    Column("retrieved", "Opgehaald", lambda h: timezone.localtime(_retrieved(h)), MOMENT),
    Column("doubts", "Punten", lambda h: len(h.doubts), NUMBER),
    Column("state", "Staat", lambda h: state_of(h)),
)
DECISIONS = (
    Column("at", "Wanneer", lambda d: timezone.localtime(d.created_at), MOMENT),
    Column("title", "Wat", "title"),
    Column("snapshot", "Peilmoment"),
    Column("state", "Besluit", "get_state_display"),
    Column("who", "Wie", lambda d: _who(d)),
    Column("reason", "Reden", empty=""),
)


def _retrieved(held: Held):
    return held.snapshot.manifest.retrieved


def state_of(held: Held) -> str:
    """How it stands, in a few words."""
    if held.state is HeldState.WAITING and not store().held.waits(held):
        return "ingehaald door andere cijfers"
    return STATES[held.state]


def _who(decision: FiguresDecision) -> str:
    by = decision.history.earliest().history_user_id
    return name_of(by) if by else "op de opdrachtregel"


@allow("intake.view_figures")
def index(request):
    """What waits, and what was decided before."""
    held = store().held
    waiting = list(reversed(held.waiting()))
    done = [h for h in reversed(held.all()) if h not in waiting]
    tables = [
        Table("apart", "Wacht op een besluit", HELD, waiting, empty="Er wacht niets."),
        Table("apart-eerder", "Eerder apart gehouden", HELD, done),
        _decisions(request, FiguresDecision.objects.of(request.municipality)),
    ]
    return page(request, "intake/held.html", {"waiting": waiting, "done": done}, tables)


def _decisions(request, found) -> Table:
    return Table("besluiten", "Besluiten van deze gemeente", DECISIONS, found)


@allow("intake.view_figures")
def figures(request, identity, form=None):
    """What is odd about some figures, old beside new, and the choice."""
    held = _held_or_404(identity)
    m = held.snapshot.manifest
    decided = FiguresDecision.objects.of(request.municipality).filter(snapshot=identity)
    context = {
        "held": held,
        "decided": list(decided),
        "manifest": m,
        "state": state_of(held),
        "waits": store().held.waits(held),
        "instead": instead_words(held),
        "sentences": [sentence(doubt, m.topics) for doubt in held.doubts],
        "form": form or AcceptForm(),
        "may_decide": request.user.has_perm("intake.load", request.municipality),
    }
    tables = [odd_table(held), sides_table(held), _decisions(request, decided)]
    own = reverse("intake:held-figures", args=[identity])
    return page(request, "intake/held_figures.html", context, tables, own)


def _held_or_404(identity: str) -> Held:
    try:
        return store().held.get(identity)
    except KeyError:
        raise Http404 from None


@allow("intake.load")
@require_POST
def accept(request, identity):
    """Use these figures after all."""
    _held_or_404(identity)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return figures(request, identity, form)
    decide(identity, HeldState.ACCEPTED, form.cleaned_data["reason"], request.municipality)
    messages.success(
        request,
        "Deze cijfers zijn in gebruik. De worker zoekt er binnen een minuut signalen in.",
        extra_tags=reverse("intake:held-again", args=[identity]),
    )
    return redirect("intake:held-figures", identity)


@allow("intake.load")
@require_POST
def reject(request, identity):
    """Do not use these figures, now or when the very same come again."""
    _held_or_404(identity)
    decide(identity, HeldState.REJECTED, "", request.municipality)
    messages.success(
        request,
        "Deze cijfers worden niet gebruikt.",
        extra_tags=reverse("intake:held-again", args=[identity]),
    )
    return redirect("intake:held-figures", identity)


@allow("intake.load")
@require_POST
def again(request, identity):
    """Take a decision back: the figures wait for one again."""
    _held_or_404(identity)
    decide(identity, HeldState.WAITING, "", request.municipality)
    messages.success(request, "Deze cijfers staan weer apart en wachten op een besluit.")
    return redirect("intake:held-figures", identity)
