"""Earlier figures that a newer snapshot changed: of the months that the last meeting saw, in this municipality."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from koers import dutch
from koers.apps.meetings.services.agenda.memory import table_key
from koers.apps.people.models import Municipality
from koers.apps.picture import figures
from koers.figures.queries.revised_months import MonthRevision, revised_months_of


@dataclass(frozen=True)
class RevisedTable:
    """A table in which months that were shown before now count differently."""

    table: str
    after: str
    title: str
    words: str
    url: str


def revised_months(municipality: Municipality, memory: dict) -> list[RevisedTable]:
    """The tables whose figures of months up to the last meeting changed since; none without a memory of it."""
    before, until = memory.get("snapshots", {}), memory.get("until", "")
    found = []
    for after in figures.current_ids():
        key = table_key(after)
        if not until or key not in before or before[key] == after:
            continue
        try:
            months = _revised(before[key], after, municipality.code, until)
        except (KeyError, ValueError):
            # The former snapshot was thinned out, or this is a table without counts.
            continue
        if months:
            source, table = key.split("/", 1)
            address = reverse("picture:snapshots-table", args=[source, table])
            found.append(RevisedTable(key, after, figures.manifest(after).title, _words(months), address))
    return found


@lru_cache(maxsize=64)
def _revised(before: str, after: str, municipality: str, until: str) -> tuple[MonthRevision, ...]:
    """Two snapshots never change, so neither does what lies between them."""
    return revised_months_of(figures.store(), before, after, municipality, until)


def _words(months: tuple[MonthRevision, ...]) -> str:
    shown = [
        f"{dutch.period(m.period)}: {dutch.number(m.cells)} {'telling' if m.cells == 1 else 'tellingen'} anders, samen "
        f"{'+' if m.change >= 0 else '−'}{dutch.number(abs(m.change))}"
        for m in months[:4]
    ]
    more = f"; en nog {len(months) - 4} maanden" if len(months) > 4 else ""
    return f"{'; '.join(shown)}{more}."
