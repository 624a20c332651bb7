"""The tables of the decisions: versions of a text, and what differs between two."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from koers.apps.texts.models import TextVersion
from koers.apps.texts.services.comparing import Difference
from koers.tables import LINES, MOMENT, Column, Table, controls

CHANGES = (
    Column("heading", "Kop"),
    Column("what", "Wat"),
    Column("old", "Eerst", kind=LINES),
    Column("new", "Daarna", kind=LINES),
)


def changes_table(found: list[Difference]) -> Table:
    return Table("verschil", "Wat er verschilt", CHANGES, found)


def versions_table(
    found: list[TextVersion],
    who: Callable[[TextVersion], str],
    put_back: Callable[[TextVersion], str] | None,
) -> Table:
    """``put_back`` draws the button at a version, None for who may not."""
    columns = (
        Column("number", "Versie", lambda v: f"Versie {v.number}"),
        Column("made", "Gemaakt op", lambda v: timezone.localtime(v.created_at), MOMENT),
        Column("who", "Door", who),
        Column("note", "Aanleiding"),
    )
    if put_back is not None:
        columns = (*columns, controls("back", "Terug", put_back))
    return Table("versies", "Versies van de tekst", columns, found)
