"""Who takes part in a municipality, with what can be done at each."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from koers.apps.people.events import Shown
from koers.apps.people.models import Membership
from koers.apps.people.row_actions import marks_of, row_button, row_link
from koers.tables import MOMENT, Column, Table, controls


def members(
    request: HttpRequest, found: Collection[Membership], with_second_step: set[int]
) -> Table:
    """The people of a municipality; ``with_second_step`` are the keys of those who sign in with
    one.

    Names and addresses of colleagues: no figures, and no list to spread, so it is no file.
    """
    marks = marks_of(request)

    def second_step(membership: Membership) -> str:
        return "aan" if membership.user_id in with_second_step else "uit"

    def button(membership: Membership, view: str, words: str) -> str:
        address = reverse(f"people:{view}", args=[membership.pk])
        about = f"{membership.get_role_display()} van {membership.user}"
        return row_button(address, words, about, marks)

    def buttons(membership: Membership) -> str:
        account = reverse("people:account", args=[membership.user_id])
        found = [row_link(account, "Account", membership.user)]
        found.append(button(membership, "withdraw", "Intrekken"))
        if membership.user_id != request.user.pk:
            found.append(button(membership, "new-link", "Nieuwe link"))
            if membership.user_id in with_second_step:
                found.append(button(membership, "reset-second-step", "Tweede stap weg"))
        return format_html('<span class="k-actions">{}</span>', mark_safe("".join(found)))  # noqa: S308

    columns = (
        Column("name", "Naam", "user.name"),
        Column("email", "E-mailadres", "user.email"),
        Column("role", "Rol", "get_role_display"),
        Column("active", "Account", lambda m: "aan" if m.user.is_active else "uit"),
        Column("second_step", "Tweede stap", second_step),
        controls("do", "Wat kunt u doen?", buttons),
    )
    caption = f"Deelnemers van gemeente {request.municipality}"
    return Table("deelnemers", caption, columns, found, takes_along=False)


EVENTS = (
    Column("who", "Wie"),
    Column("at", "Wanneer", lambda event: timezone.localtime(event.at), MOMENT),
    Column("what", "Wat"),
    Column("by", "Door"),
)


def access_events(found: Collection[Shown]) -> Table:
    """What happened with people's access, the newest first."""
    caption = "Wat er met de toegang gebeurde"
    return Table("toegang", caption, EVENTS, found, empty="Er is nog niets gebeurd.")
