"""Taking words out of what was written, its history included; what stays is that it was done, never
which words.

The words are replaced in every text of the municipality, because texts are copied: the title of an
action stands in a decision, in the paper of a closed meeting, in the version of the plan and on the
agenda of the next. Which fields hold texts is said by each app (``FREE_TEXT``), and a test holds
every field of every model against that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.http import QueryDict

from koers.apps.meetings.models import (
    Meeting,
    Redaction,
)
from koers.apps.people.models import Municipality
from koers.apps.people.overwriting import overwritten
from koers.apps.people.places import (
    FREE_TEXT,
    WORDS_ON_DISK,
    WORDS_REMOVED,
    FreeText,
    WordsRemoved,
)
from koers.apps.people.wording import replacing
from koers.apps.plan.models import SavedView
from koers.records import Record
from koers.records.base import slug_reworded

LEFT_OUT = "[weggelaten]"
QUERIES = {(SavedView, "query")}
"""Fields that hold what was chosen as it stands in an address."""


IN_WORDS = {
    "consultation.suggestion": "suggestie",
    "consultation.survey": "enquête",
    "consultation.surveycount": "uitkomst van een enquête",
    "decisions.decision": "besluit",
    "decisions.decisionstep": "stap van een besluit",
    "evaluation.designchange": "wijziging van een opzet",
    "evaluation.evaluation": "evaluatie",
    "evaluation.proposal": "voorstel na een evaluatie",
    "intake.columnmapping": "uitleg van kolommen",
    "intake.figuresdecision": "besluit over cijfers",
    "intake.loadrun": "ophalen van cijfers",
    "intake.ownindicator": "eigen indicator",
    "intake.owntable": "eigen cijfers",
    "intake.upload": "bestand met eigen cijfers",
    "meetings.agendaitem": "agendapunt",
    "meetings.attendance": "aanwezigheid",
    "meetings.event": "evenement",
    "meetings.meeting": "overleg",
    "meetings.meetingdecision": "besluit van een overleg",
    "meetings.meetingseries": "reeks van overleggen",
    "meetings.priorityproposal": "voorgestelde prioriteit",
    "meetings.redaction": "eerdere weglating",
    "meetings.seriesmember": "deelnemer aan een reeks",
    "meetings.signaloutcome": "afloop van een signaal",
    "people.invitation": "uitnodiging",
    "picture.cluster": "cluster",
    "picture.signal": "signaal",
    "plan.action": "actie",
    "plan.adjustment": "aanpassing van het plan",
    "plan.framework": "kader",
    "plan.goal": "doel",
    "plan.judgement": "beoordeling van een doel",
    "plan.measure": "maatregel",
    "plan.partner": "partner",
    "plan.plan": "plan",
    "plan.planversion": "versie van een plan",
    "plan.priority": "prioriteit",
    "plan.savedview": "bewaarde weergave",
    "publication.publication": "wat openbaar is",
    "texts.textversion": "versie van een tekst",
}
"""What each kind of row is called, by its label."""


def in_words(label: str, pk: int, field: str) -> str:
    """'overleg 12: aantekeningen'."""
    try:
        name = apps.get_model(label)._meta.get_field(field).verbose_name
    except (LookupError, FieldDoesNotExist):
        name = field
    return f"{IN_WORDS.get(label, label)} {pk}: {name}"


@dataclass(frozen=True)
class Holder:
    """A field of a row that holds the words; ``past`` where only its history does."""

    model: type[models.Model]
    pk: int
    field: str
    past: bool

    @property
    def words(self) -> str:
        return in_words(self.model._meta.label_lower, self.pk, self.field)


def texts_of_all() -> FreeText:
    """Everything in which people write what they like."""
    return {model: fields for more in FREE_TEXT.all() for model, fields in more.items()}


@dataclass(frozen=True)
class _Change:
    """What changes in a row of a table, which may be that of the history."""

    table: type[models.Model]
    row: models.Model
    holder: Holder
    value: Any


def places(municipality: Municipality, words: str) -> list[Holder]:
    """Where the words stand, now or in the history."""
    return changed_by(municipality, remover(words))


def changed_by(municipality: Municipality, change: Callable[[str], str]) -> list[Holder]:
    """Where a text would be another, now or in the history."""
    return [*_holders(_changes(municipality, change)), *_on_disk(municipality, change)]


def _on_disk(municipality: Municipality, change: Callable[[str], str]) -> list[Holder]:
    found = (one for more in WORDS_ON_DISK.all(municipality, change) for one in more)
    return [Holder(one.model, one.pk, one.what, past=False) for one in found]


def redact(municipality: Municipality, words: str, why: str, by: UUID | None) -> list[Holder]:
    """Replace the words everywhere and record it; gives where they stood."""
    return replace(municipality, remover(words), why, by)


def replace(
    municipality: Municipality, change: Callable[[str], str], why: str, by: UUID | None
) -> list[Holder]:
    """Change every text of a municipality, its history included, and record where."""
    with overwritten(), transaction.atomic():
        changes = list(_changes(municipality, change, lock=True))
        for table, row, values in _by_row(changes):
            if hasattr(row, "revision"):
                values["revision"] = row.revision + 1
            # Past save(), which would write a history of its own (and refuses to touch what is
            # frozen).
            table._base_manager.filter(pk=row.pk).update(**values)
        found = [*_holders(changes), *_on_disk(municipality, change)]
        for place in found:
            Redaction.objects.create(
                municipality=municipality,
                by=by,
                why=why,
                model=place.model._meta.label_lower,
                object_id=place.pk,
                field=place.field,
            )
        Meeting.objects.filter(municipality=municipality).update(changes=models.F("changes") + 1)
        WORDS_REMOVED.tell(WordsRemoved(municipality, change))
    return found


def remover(words: str) -> Callable[[str], str]:
    """Takes these words out of a text: as a whole, in any case, with or without their accents, with
    any apostrophe, over any white space, so that a line break does not hide a name."""
    return replacing(words, LEFT_OUT)


def _changes(
    municipality: Municipality, change: Callable[[str], str], lock: bool = False
) -> Iterator[_Change]:
    """Every field of every row that would be another, those of the history first."""
    for model, fields in texts_of_all().items():
        history = getattr(model, "history", None)
        for table in (history.model, model) if history else (model,):
            rows = table._base_manager.filter(municipality=municipality)
            for row in rows.select_for_update() if lock else rows:
                for name in fields:
                    was = getattr(row, name)
                    value = _changed(table, row, name, change)
                    if value != was:
                        pk = row.pk if table is model else getattr(row, model._meta.pk.attname)
                        holder = Holder(model, pk, name, table is not model)
                        yield _Change(table, row, holder, value)


def _changed(
    table: type[models.Model], row: models.Model, name: str, change: Callable[[str], str]
) -> Any:
    field, value = table._meta.get_field(name), getattr(row, name)
    if isinstance(field, models.SlugField):
        return _unique(field, row, value, slug_reworded(value, change))
    reworded = _query if (table, name) in QUERIES else _reworded
    changed = reworded(value, change)
    if isinstance(changed, str) and changed != value:
        changed = _unique(field, row, value, changed)
        # What stands for the words may be longer than they were; a full field loses its end.
        changed = changed[: getattr(field, "max_length", None)]
    return changed


def _query(query: str, change: Callable[[str], str]) -> str:
    chosen, found = QueryDict(query), QueryDict(mutable=True)
    for name, values in chosen.lists():
        found.setlist(name, [change(value) for value in values])
    return query if found == chosen else found.urlencode()


def _reworded(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Record):
        return value.reworded(change)
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_reworded(one, change) for one in value]
    return value


def _unique(field: Any, row: models.Model, was: str, changed: str) -> str:
    """The same with the key of its row, where no two may be the same."""
    together = {n for c in row._meta.constraints for n in getattr(c, "fields", ())}
    if changed == was or not (field.unique or field.name in together):
        return changed
    mark = f"-{row.pk}" if isinstance(field, models.SlugField) else f" {row.pk}"
    return changed[: field.max_length - len(mark)] + mark


def _by_row(
    changes: list[_Change],
) -> Iterator[tuple[type[models.Model], models.Model, dict[str, Any]]]:
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for one in changes:
        row = found.setdefault((one.table, one.row.pk), (one.table, one.row, {}))
        row[2][one.holder.field] = one.value
    yield from found.values()


def _holders(changes: Iterator[_Change] | list[_Change]) -> list[Holder]:
    """Each field once; ``past`` where the row itself does not hold the words any more."""
    found: dict[tuple[Any, ...], Holder] = {}
    for one in changes:
        found[one.holder.model, one.holder.pk, one.holder.field] = one.holder
    return list(found.values())
