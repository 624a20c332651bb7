"""Whether figures are old: one rule for every page, document and agenda."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from koers import dutch
from koers.analysis.period import Period
from koers.apps.intake.damage import damaged_words
from koers.apps.people.models import Municipality
from koers.documents.content import FICTITIOUS
from koers.figures.shelf import Shelf

MONTHS_ALLOWED = {"month": 3, "year": 24, "two-years": 36}
"""So many months may lie between the end of the newest period and today, by how often figures come
out; what ended longer ago is old."""
POLICE = ("crime", "nuisance")
NEWEST = {"month": "de nieuwste maand is", "year": "het nieuwste jaar is"}


def is_old(last: str, frequency: str, today: date) -> bool:
    """Whether figures up to a period are old on a day."""
    period = Period.parse(last)
    end = period.ordinal + 1 if frequency == "month" else 12 * period.year + 12
    return 12 * today.year + today.month - 1 - end > MONTHS_ALLOWED[frequency]


def frequency_of(period: str) -> str:
    return "month" if len(period) == 7 else "year"


def said_of_old(last: str, today: date | None = None) -> str:
    """That figures up to a period are old, in words; '' where they are not, or there are none."""
    if not last or not is_old(last, frequency_of(last), today or timezone.localdate()):
        return ""
    return f"Let op, oude cijfers: {NEWEST[frequency_of(last)]} {dutch.period(last)}."


def said_of_past(last: str, newest: str, today: date) -> str:
    """That what ended with a period is long past, in words; ``newest`` is the last period of the
    figures, which may go on after it."""
    newest = max(last, newest)
    old = said_of_old(newest, today)
    if old or not said_of_old(last, today):
        return old
    return f"Let op, dit is langer geleden: de nieuwste cijfers gaan t/m {dutch.period(newest)}."


def banner_of(municipality: Municipality, last: str, day: date) -> str:
    """Above every page of a document: that figures are invented, or that those up to a period are
    old on its day."""
    invented = FICTITIOUS if municipality.fictitious else ""
    return " ".join(filter(None, (invented, said_of_old(last, day))))


def old_figures(shelf: Shelf, municipality: str, today: date | None = None) -> str:
    """What to say above everything that shows figures of a municipality: its months are judged as
    months, and its years as years, and what is damaged; '' where nothing is."""
    newest = newest_of(shelf, municipality)
    old = (said_of_old(newest.get(k, ""), today) for k in NEWEST)
    return " ".join(filter(None, (*map(damaged_words, shelf.damaged), *old)))


def newest_of(shelf: Shelf, municipality: str) -> dict[str, str]:
    """The last month and the last year of its figures of the police, as far as there are any."""
    newest: dict[str, str] = {}
    for entry in shelf.coverage:
        if entry.scheme in POLICE and municipality in entry.municipalities:
            kind = "year" if entry.frequency == "year" else "month"
            newest[kind] = max(newest.get(kind, ""), entry.last)
    return newest
