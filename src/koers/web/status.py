"""Beheer · Werkt alles?: the worker and what it does, each mail, the last backup and the versions,
for the administrators of a municipality."""

from __future__ import annotations

import platform
from datetime import timedelta
from typing import Any

import django
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from koers import __version__
from koers.apps.downloads import page
from koers.apps.evaluation.models import Evaluation
from koers.apps.evaluation.services import queue as evaluations
from koers.apps.intake.archive import store
from koers.apps.intake.background import BUSY, BackgroundRun, RunState
from koers.apps.intake.models import LoadRun
from koers.apps.intake.services import queue as loads
from koers.apps.intake.services.pulse import sign
from koers.apps.people import mail, post
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.models import Mail, MailState
from koers.apps.people.row_actions import marks_of, row_button
from koers.tables import MOMENT, NUMBER, Column, Look, Table, controls
from koers.upkeep.record import last_backup

SHOWN_FOR = timedelta(days=14)
OLD_BACKUP = timedelta(days=8)
MOST_MAILS = 200
KINDS: dict[str, type[BackgroundRun]] = {"cijfers": LoadRun, "evaluatie": Evaluation}
"""By what it is called in an address. A test looks that no kind of background work is absent."""


@allow("people.manage_people")
def status(request):
    """How everything works here, and what to do about what does not."""
    runs = [(kind, run) for kind in KINDS for run in _runs(request, kind)]
    context = {
        "sign": sign(),
        "busy": [(kind, run) for kind, run in runs if run.state in BUSY],
        "ended_badly": [(kind, run) for kind, run in runs if run.state not in BUSY],
        "mail_works": mail.configured(),
        "not_arrived": post.did_not_arrive(request.municipality).count(),
        "held": store().held.waiting(),
        "backup": (made := last_backup(settings.HOME)),
        "backup_old": made is not None and timezone.now() - made.made_at > OLD_BACKUP,
        "versions": _versions(),
    }
    return page(request, "status.html", context, [_mails(request)])


def _runs(request: Any, kind: str) -> list[Any]:
    """What waits or is busy, and what failed lately, as far as nothing of its kind went well
    since."""
    model = KINDS[kind]
    model.release_stale()
    since = timezone.now() - SHOWN_FOR
    found = model._default_manager.filter(
        municipality=request.municipality, archived_at=None, created_at__gte=since
    ).order_by("-created_at")
    return [run for run in found if run.state != RunState.DONE]


def _mails(request: Any) -> Table:
    marks = marks_of(request)

    def buttons(found: Mail) -> str:
        about = f"{found.about} aan {found.address}"
        if found.state == MailState.QUEUED and found.tries:
            return row_button(reverse("mail-again", args=[found.pk]), "Nu proberen", about, marks)
        if found.state in (MailState.REFUSED, MailState.GIVEN_UP) and not found.seen:
            return row_button(reverse("people:mail-seen", args=[found.pk]), "Gezien", about, marks)
        return ""

    columns = (
        Column("address", "Aan"),
        Column("about", "Waarover"),
        Column("made_at", "Gemaakt", lambda m: timezone.localtime(m.made_at), MOMENT),
        Column("state", "Staat", "get_state_display"),
        Column("tries", "Pogingen", kind=NUMBER),
        Column("problem", "Wat er misging", empty=""),
        Column("due_at", "Volgende poging", _next_try, MOMENT, empty=""),
        controls("do", "Wat kunt u doen?", buttons),
    )
    found = request.municipality.mails.all()[:MOST_MAILS]
    return Table(
        "mail",
        "Mail van de laatste dertig dagen",
        columns,
        found,
        empty="Er is nog geen mail verstuurd.",
        takes_along=False,
        look=Look.LINES,
    )


def _next_try(found: Mail) -> Any:
    return timezone.localtime(found.due_at) if found.state == MailState.QUEUED else None


def _versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            database = f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
        else:
            cursor.execute("SELECT sqlite_version()")
            database = f"SQLite {cursor.fetchone()[0]}"
    return [
        ("Koers", __version__),
        ("Database", database),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
    ]


@allow("people.manage_people")
@require_POST
def again(request, kind, pk):
    """Put work that failed in the queue once more."""
    if kind not in KINDS:
        raise Http404
    run: Any = own_or_404(request, KINDS[kind], pk=pk)
    if run.state in BUSY:
        messages.info(request, "Dit werk wacht al, of is bezig.")
    elif kind == "cijfers":
        _say(request, loads.start(request.municipality, run.codes, run.kind)[1])
    elif reason := evaluations.obstacle(run.measure.effect_design):
        messages.error(request, reason)
    else:
        _say(request, evaluations.start(run.measure)[1])
    return redirect("status")


def _say(request: HttpRequest, new: bool) -> None:
    if new:
        messages.success(request, "Het werk staat weer in de wachtrij.")
    else:
        messages.info(request, "Zulk werk is al bezig. Wacht tot dat klaar is.")


@allow("people.manage_people")
@require_POST
def mail_again(request, pk):
    """Send a mail that waits for its next try now."""
    found = request.municipality.mails.filter(pk=pk, state=MailState.QUEUED).first()
    if found is None:
        raise Http404
    post.again(found)
    messages.success(request, f"Koers probeert de mail aan {found.address} nu opnieuw.")
    return redirect("status")
