"""Tables of every text: its versions, and what differs between two."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from koers.apps.texts.models import TextVersion
from koers.apps.texts.services.comparing import Difference
from koers.records.text import Table as TableBlock
from koers.tables import LINES, MOMENT, Column, Look, Table, controls

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
    address: Callable[[TextVersion], str] | None = None,
) -> Table:
    """``put_back`` draws the button at a version, None for who may not; ``address`` is where it is
    read."""
    columns = (
        Column("number", "Versie", lambda v: f"Versie {v.number}", link=address),
        Column("made", "Gemaakt op", lambda v: timezone.localtime(v.created_at), MOMENT),
        Column("who", "Door", who),
        Column("note", "Aanleiding"),
    )
    if put_back is not None:
        columns = (*columns, controls("back", "Terug", put_back))
    return Table("versies", "Versies van de tekst", columns, found, look=Look.LINES)


def block_table(block: TableBlock) -> Table:
    """A table within a text, under the id of its block."""
    names = [name or f"Kolom {n + 1}" for n, name in enumerate(block.header)]
    columns = tuple(
        Column(f"c{n}", name, lambda row, n=n: row[n], kind=LINES) for n, name in enumerate(names)
    )
    return Table(block.id, block.caption, columns, list(block.rows))
