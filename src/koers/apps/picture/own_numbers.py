"""What Koers counts of itself, from its own database at the moment that it is asked: no snapshot,
no table.

A later app enrols what it counts, so that imports go one way.
"""

from __future__ import annotations

from datetime import date

from koers.apps.people.models import Municipality
from koers.apps.picture.freshness import is_old
from koers.apps.picture.places import OWN_NUMBERS, OwnNumber
from koers.apps.picture.readings import reading
from koers.figures.shelf import Shelf
from koers.indicators import load_indicators


def is_counted_here(topic: str) -> bool:
    return OWN_NUMBERS.named(topic) is not None


def own_number(shelf: Shelf, topic: str, municipality: Municipality) -> OwnNumber | None:
    """What Koers counts of this topic now; None where it does not count it."""
    counter = OWN_NUMBERS.named(topic)
    return counter(shelf, municipality) if counter else None


def tables_up_to_date(shelf: Shelf, today: date | None = None) -> OwnNumber:
    """Tables whose last period is as recent as their frequency allows."""
    today = today or date.today()
    latest: dict[str, bool] = {}
    for entry in shelf.coverage:
        if entry.scheme in ("local", "early", "key-figures"):
            continue
        recent = not is_old(entry.last, held(entry.table, entry.frequency), today)
        latest[entry.table] = latest.get(entry.table, False) or recent
    return OwnNumber(
        sum(latest.values()),
        len(latest),
        "tabellen met cijfers van hoogstens drie maanden geleden (maandtabellen) of van vorig jaar"
        " of het jaar ervoor (jaartabellen)",
    )


def held(table: str, frequency: str) -> str:
    """How often figures of a table come out; a survey of every other year is a table of years."""
    tables = (t for i in load_indicators().values() for t in i.tables)
    if frequency == "year" and any(t.table == table and t.frequency == "two-years" for t in tables):
        return "two-years"
    return frequency


def indicators_automatic(shelf: Shelf, municipality: Municipality) -> OwnNumber:
    """Indicators with figures of this municipality that nobody types in."""
    found = load_indicators().values()
    filled = [
        i
        for i in found
        if is_counted_here(i.topic)
        or (not i.own_count and reading(shelf, municipality.code, i.id).is_own)
    ]
    return OwnNumber(
        len(filled),
        len(found),
        "indicatoren met cijfers van deze gemeente, zonder dat iemand ze invoert",
    )
