"""Earlier figures that a newer snapshot changed: of the months that the last meeting saw, in this
municipality."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from koers import dutch
from koers.apps.meetings.services.agenda.memory import table_key
from koers.apps.people.models import Municipality
from koers.figures.queries.revised_months import MonthRevision, revised_months_of
from koers.figures.shelf import Shelf, kept
from koers.records.paper import Memory


@dataclass(frozen=True)
class RevisedTable:
    """A table in which months that were shown before now count differently."""

    table: str
    after: str
    title: str
    words: str
    url: str


def revised_months(shelf: Shelf, municipality: Municipality, memory: Memory) -> list[RevisedTable]:
    """The tables whose figures of months up to the last meeting changed since; none without a
    memory of it."""
    before, until = memory.snapshots, memory.until
    found: list[RevisedTable] = []
    if not until:
        return found
    for manifest in shelf.manifests:
        key, after = table_key(manifest), manifest.id
        if before.get(key, after) == after:
            continue
        try:
            months = _revised(shelf, before[key], after, municipality.code, until)
        except (KeyError, ValueError):
            # The former snapshot was thinned out, or this is a table without counts.
            continue
        if months:
            source, table = key.split("/", 1)
            address = reverse("picture:snapshots-table", args=[source, table])
            found.append(RevisedTable(key, after, manifest.title, _words(months), address))
    return found


@kept(64)
def _revised(
    shelf: Shelf, before: str, after: str, municipality: str, until: str
) -> tuple[MonthRevision, ...]:
    return revised_months_of(shelf.store, before, after, municipality, until)


def _words(months: tuple[MonthRevision, ...]) -> str:
    shown = [
        f"{dutch.period(m.period)}: {dutch.number(m.cells)}"
        f" {'telling' if m.cells == 1 else 'tellingen'} anders, samen"
        f" {'+' if m.change >= 0 else '−'}{dutch.number(abs(m.change))}"
        for m in months[:4]
    ]
    left = len(months) - 4
    more = f"; en nog {left} {'maand' if left == 1 else 'maanden'}" if left > 0 else ""
    return f"{'; '.join(shown)}{more}."
