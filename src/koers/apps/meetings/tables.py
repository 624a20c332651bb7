"""What is on the table of a meeting."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from koers.apps.meetings.models import Meeting
from koers.apps.meetings.services.paper import ActionList
from koers.apps.people.row_actions import hidden_field, row_button
from koers.tables import DAY, LINES, Column, Place, Table, controls

LATE = ' <span class="k-badge k-badge--bad">over tijd</span>'
NOW = ' <span class="k-badge k-badge--warn">nu</span>'
ACTION = Column("action", "Actie", "title")
OWNER = Column("owner", "Eigenaar", "owner_label", empty="nog geen eigenaar")
DUE = Column("due", "Uiterlijk", kind=DAY)
MEASURE = Column("measure", "Maatregel", lambda a: str(a.measure or ""), place=Place.FILE)
SIGNAL = Column("signal", "Signaal", lambda a: str(a.signal or ""), place=Place.FILE)
ACTIONS_CAPTION = "Open acties: eerst wat over tijd is"


def actions(found: Collection) -> Table:
    """The action list."""
    return Table("acties", ACTIONS_CAPTION, (ACTION, OWNER, DUE, MEASURE, SIGNAL), found)


def due_actions(meeting: Meeting, found: Collection, marks: str = "") -> Table:
    """The actions that are due, with a button at each where there are ``marks`` for its form."""

    sent_along = marks + hidden_field("meeting", meeting.pk)

    def how_late(action: Any, words: str) -> str:
        return words + (LATE if action.due < meeting.date else NOW) if action.due else words

    def done(action: Any) -> str:
        address = reverse("meetings:action-done", args=[action.pk])
        return row_button(address, "Gedaan", action, sent_along)

    due = Column("due", "Uiterlijk", kind=DAY, dress=how_late)
    buttons = [controls("done", "Gedaan?", done)] if marks else []
    columns = (ACTION, OWNER, due, MEASURE, SIGNAL, *buttons)
    return Table("acties", ACTIONS_CAPTION, columns, found)


AGENDA = (
    Column("number", "Punt", lambda pair: pair[0]),
    Column("kind", "Soort", lambda pair: pair[1].get_kind_display()),
    Column("title", "Onderwerp", lambda pair: pair[1].title),
    Column("detail", "Toelichting", lambda pair: pair[1].detail, LINES),
    Column("state", "Uitkomst", lambda pair: pair[1].get_state_display()),
    Column("reason", "Reden", lambda pair: pair[1].reason, LINES),
    Column("note", "Notitie", lambda pair: pair[1].note, LINES),
    Column("owner", "Bij", lambda pair: pair[1].owner_label),
    Column("due", "Uiterlijk", lambda pair: pair[1].due, DAY),
)


def agenda(items: Collection) -> Table:
    """The items with what came of each."""
    return Table("agenda", "Agenda", AGENDA, list(enumerate(items, 1)))


def of_meeting(
    meeting: Meeting, items: Collection, listed: ActionList | None, marks: str = ""
) -> list[Table]:
    """The agenda, and the actions that are due; a meeting that was held and a strategic one have no
    list of actions."""
    return [agenda(items), *([due_actions(meeting, listed.soon, marks)] if listed else [])]
