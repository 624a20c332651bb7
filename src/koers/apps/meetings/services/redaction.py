"""Taking words out of what was written, its history included; what stays is that it was done, never which words.

The words are replaced wherever a text of the meetings and the plan holds them, because texts are copied: the title of an
action stands in a decision, in the paper of a closed meeting and on the agenda of the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from koers.apps.meetings.models import (
    AgendaItem,
    Event,
    Meeting,
    MeetingDecision,
    PriorityProposal,
    Redaction,
    SignalOutcome,
)
from koers.apps.people.models import Municipality
from koers.apps.picture.models import Signal
from koers.apps.plan.models import Action, Adjustment, Goal, Measure, Plan, Priority

LEFT_OUT = "[weggelaten]"
SHORTEST = 3


@dataclass(frozen=True)
class Place:
    """A field of a row that holds the words; ``past`` where only its history does."""

    model: type[models.Model]
    pk: int
    field: str
    past: bool

    @property
    def words(self) -> str:
        field = self.model._meta.get_field(self.field)
        return f"{self.model._meta.verbose_name} {self.pk}: {field.verbose_name}"  # type: ignore[union-attr]


_fields: dict[type[models.Model], tuple[str, ...]] = {
    Meeting: ("notes", "paper"),
    MeetingDecision: ("text",),
    AgendaItem: ("title", "detail", "note", "reason", "owner_department"),
    SignalOutcome: ("note",),
    PriorityProposal: ("title", "description", "reason", "decided_because"),
    Event: ("name", "area", "remark"),
    Signal: ("reason",),
    Action: ("title", "note", "owner_department"),
    Measure: ("title", "description", "state_reason", "evidence"),
    Adjustment: ("title", "old", "new", "reason"),
    Goal: ("title",),
    Priority: ("title", "description", "without_framework"),
    Plan: ("title", "summary"),
}


def holds_free_text(model: type[models.Model], *fields: str) -> None:
    """A later app says which of its fields can be redacted, too."""
    _fields[model] = fields


def places(municipality: Municipality, words: str) -> list[Place]:
    """Where the words stand, now or in the history."""
    pattern = _pattern(words)
    found = {(p.model, p.pk, p.field): p for p in _past(municipality, pattern)}
    found |= {(p.model, p.pk, p.field): p for p in _now(municipality, pattern)}
    return list(found.values())


def _now(municipality: Municipality, pattern: re.Pattern) -> Iterator[Place]:
    for model, fields in _fields.items():
        for row in model._base_manager.filter(municipality=municipality).only("pk", *fields):
            yield from (Place(model, row.pk, f, False) for f in fields if _holds(getattr(row, f), pattern))


def _past(municipality: Municipality, pattern: re.Pattern) -> Iterator[Place]:
    for model, fields in _fields.items():
        history = model.history.model  # type: ignore[attr-defined]
        for row in history._base_manager.filter(municipality=municipality).only("id", *fields):
            yield from (Place(model, row.id, f, True) for f in fields if _holds(getattr(row, f), pattern))


def redact(municipality: Municipality, words: str, why: str, by) -> list[Place]:
    """Replace the words everywhere and record it; gives where they stood."""
    pattern = _pattern(words)
    sqlite = connection.vendor == "sqlite"
    if sqlite:
        # What is overwritten must not stay readable in the free pages of the file either.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
    with transaction.atomic():
        found = places(municipality, words)
        for model, fields in _fields.items():
            history = model.history.model  # type: ignore[attr-defined]
            for table in (model, history):
                for row in table._base_manager.filter(municipality=municipality).select_for_update():
                    changed = {f: _fit(table, f, _without(getattr(row, f), pattern)) for f in fields
                               if _holds(getattr(row, f), pattern)}  # fmt: skip
                    if changed:
                        if table is model and hasattr(row, "revision"):
                            changed["revision"] = row.revision + 1
                        # Past save(), which would write a history of its own (and refuses to touch what is frozen).
                        table._base_manager.filter(pk=row.pk).update(**changed)
        for place in found:
            Redaction.objects.create(municipality=municipality, by=by, why=why, model=place.model._meta.label_lower,
                                     object_id=place.pk, field=place.field)  # fmt: skip
        Meeting.objects.filter(municipality=municipality).update(changes=models.F("changes") + 1)
    if sqlite and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return found


def _fit(table: type[models.Model], field: str, value: Any) -> Any:
    """What stands for the words may be longer than they were; a full field loses its end."""
    longest = getattr(table._meta.get_field(field), "max_length", None)
    return value[:longest] if longest and isinstance(value, str) else value


def _pattern(words: str) -> re.Pattern:
    """The words as a whole, in any case; white space may be any, so that a line break does not hide a name."""
    parts = [re.escape(part) for part in words.split()]
    return re.compile(r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)", re.IGNORECASE)


def _holds(value: Any, pattern: re.Pattern) -> bool:
    if isinstance(value, str):
        return pattern.search(value) is not None
    if isinstance(value, dict):
        return any(_holds(v, pattern) or _holds(k, pattern) for k, v in value.items())
    return isinstance(value, list) and any(_holds(v, pattern) for v in value)


def _without(value: Any, pattern: re.Pattern) -> Any:
    """The value without the words."""
    if isinstance(value, str):
        return pattern.sub(LEFT_OUT, value)
    if isinstance(value, dict):
        return {_without(k, pattern): _without(v, pattern) for k, v in value.items()}
    if isinstance(value, list):
        return [_without(v, pattern) for v in value]
    return value
