"""Indicators that a municipality made itself: the same thing as one by file, from a row."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from koers.apps.intake.models import IndicatorWay, OwnIndicator, OwnTable
from koers.apps.intake.places import INDICATOR_USES
from koers.apps.people.models import Municipality
from koers.indicators.reader import DIRECTIONS, LEVELS, Indicator, LiveTable, Numerator, Per
from koers.indicators.themes import themes
from koers.indicators.units import UNITS
from koers.indicators.words import FREQUENCIES

log = logging.getLogger(__name__)
LIMITS = "Een eigen cijfer: wie telt, en hoe, bepaalt het getal. Vergelijk alleen met uzelf."
MONTHS_LATE = 1
"""An own figure is typed soon after its period; nobody waits for a publisher."""
DEFINED = (
    "title",
    "theme",
    "definition",
    "unit",
    "direction",
    "level",
    "frequency",
    "way",
    "source",
    "filled_by",
    "limits",
)
"""What makes the definition, in the order in which it is shown."""


def own_indicators(municipality: Municipality) -> tuple[Indicator, ...]:
    """Those of one municipality that are in use."""
    found = []
    rows: Iterable[Any] = OwnIndicator.objects.of(municipality).select_related("municipality")
    for made in rows:
        try:
            found.append(as_indicator(made))
        except ValidationError:
            # Of another Koers, with a theme or unit that this one does not know.
            log.warning("own indicator %s cannot be read", made.slug)
    return tuple(found)


def as_indicator(made: OwnIndicator) -> Indicator:
    """A row as the indicator that a file would give."""
    unit = UNITS[made.unit]
    who = f" door {made.filled_by}" if made.filled_by else ""
    of = "stated" if made.unit == "percent" else next(iter(unit.denominators), "")
    return Indicator(
        id=made.slug,
        municipality=made.municipality.code,
        title=made.title,
        theme=made.theme,
        why=made.definition,
        numerator=Numerator(scheme="local", topics=(made.slug,), title=made.title),
        denominator=Per(of=of) if unit.measure in ("rate", "share") else None,
        unit=made.unit,
        direction=made.direction,
        level=made.level,
        delay=f"Wordt {FREQUENCIES[made.frequency]} aangeleverd{who}.",
        tables=(
            LiveTable(
                table=f"opgave van {made.source}",
                level=made.level,
                frequency=cast(Any, made.frequency),
                late=MONTHS_LATE,
            ),
        ),
        limits=made.limits or LIMITS,
        source=made.source,
        reviewed=timezone.localdate(made.defined_at),
    )


def new_slug(municipality: Municipality) -> str:
    """An id that says nothing: a title may change, or be taken out."""
    return f"eigen-{municipality.code.lower()}-{uuid4().hex[:8]}"


@transaction.atomic
def define(made: OwnIndicator, municipality: Municipality) -> OwnIndicator:
    """Keep a new indicator, or the new definition of one; the one before stays in its history."""
    revision = made.revision
    made.defined_at = timezone.now()
    if made._state.adding:
        made.municipality, made.slug = municipality, new_slug(municipality)
        made.save()
    else:
        made.save_as_read(revision)
    return made


def uses_of(made: OwnIndicator) -> list[str]:
    """In words: where people use it, such as goals."""
    return [use for uses in INDICATOR_USES.all(made.municipality, made.slug) for use in uses]


@transaction.atomic
def archive(made: OwnIndicator) -> None:
    """It stands in no list any more; its figures and its history stay."""
    made.archive()
    for table in OwnTable.objects.of(made.municipality).filter(table=table_of(made)):
        table.archive()


def table_of(made: OwnIndicator) -> str:
    """The name of the table of its typed values."""
    return f"{made.municipality.code.lower()}-{made.slug}"


@dataclass(frozen=True)
class Change:
    """One field of a definition that changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Edition:
    """When a definition was made or changed, and what; people by their pseudonym only."""

    at: object
    changes: Sequence[Change]


def editions(made: OwnIndicator) -> list[Edition]:
    """How the definition came to be what it is, the newest first."""
    kept = list(made.history.order_by("history_date", "history_id"))
    found = [Edition(kept[0].history_date, ())] if kept else []
    for before, after in zip(kept, kept[1:], strict=False):
        changes = tuple(
            Change(label_of(name), said(name, getattr(before, name)), said(name, new))
            for name in DEFINED
            if (new := getattr(after, name)) != getattr(before, name)
        )
        if changes:
            found.append(Edition(after.history_date, changes))
    return found[::-1]


def label_of(name: str) -> str:
    return str(OwnIndicator._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def said(name: str, value: str) -> str:
    """A kept value as it is read."""
    match name:
        case "theme":
            return themes()[value].title if value in themes() else value
        case "unit":
            return UNITS[value].label if value in UNITS else value
        case "direction":
            return DIRECTIONS.get(value, value)
        case "level":
            return LEVELS.get(value, value)
        case "frequency":
            return FREQUENCIES.get(value, value)
        case "way":
            return str(dict(IndicatorWay.choices).get(value, value))
    return value
