"""An import is undone as a whole, except for what somebody changed since."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from koers.apps.exchange import drafts
from koers.apps.exchange.places import TAKE_BACK_TEXT, TextToUndo
from koers.apps.people.models import Municipality
from koers.apps.plan.kinds import KINDS
from koers.apps.plan.models import (
    Action,
    Adjustment,
    AdjustmentState,
    Goal,
    Judgement,
    Measure,
    Partner,
    Plan,
    Priority,
)
from koers.apps.plan.services.adjustments import withdraw
from koers.apps.plan.services.content import put
from koers.records import ImportRecord


@dataclass(frozen=True)
class Undone:
    lines: int
    stayed: list[str]
    text: bool = False


def undo(token: str, municipality: Municipality, by: UUID | None = None) -> Undone | None:
    """Archive what an import made, put back what it changed and take back what it proposed; what
    was changed or decided on since stays, and is named.

    None when there is nothing (more) to undo here.
    """
    record = drafts.read_undo(token)
    if record is None or record.municipality != municipality.code:
        return None
    with transaction.atomic():
        transaction.on_commit(partial(drafts.drop_undo, token))
        return _undo(record, municipality, by)


def _undo(record: ImportRecord, municipality: Municipality, by: UUID | None) -> Undone:
    stayed = _take_back(record, municipality, by)
    lines = len(record.proposed) - len(stayed)
    for judgement in Judgement.objects.of(municipality).filter(pk__in=record.judgements):
        judgement.archive()
        lines += 1
    for kept in sorted(record.made, key=lambda made: made.kind == "maatregel"):
        line = _locked(kept.kind, kept.line, municipality)
        if line is None:
            continue
        if line.revision != kept.revision or _has_more_beneath(line):
            stayed.append(str(line))
            continue
        line.archive()
        lines += 1
    for changed in record.changed:
        line = _locked(changed.before.kind, changed.before.line, municipality)
        if line is None:
            continue
        if line.revision != changed.revision:
            stayed.append(str(line))
            continue
        later = put(line, changed.before)
        line.save()
        later.set()
        lines += 1
    stayed += _clear_away(record, municipality)
    plan = Plan.objects.of(municipality).filter(pk=record.plan).first()
    if plan is not None and record.text is not None:
        text_back = TAKE_BACK_TEXT.ask(TextToUndo(plan, record.text, by))
        if not text_back:
            stayed.append("de tekst van het plan")
        return Undone(lines, stayed, bool(text_back))
    return Undone(lines, stayed)


def _take_back(record: ImportRecord, municipality: Municipality, by: UUID | None) -> list[str]:
    """Withdraw what waits for a decision; what was decided on is named."""
    stayed = []
    for one in Adjustment.objects.of(municipality).filter(pk__in=record.proposed):
        if one.state == AdjustmentState.PROPOSED:
            withdraw(one, by)
        elif one.state != AdjustmentState.WITHDRAWN:
            stayed.append(f"aanpassing van {one.title} ({one.get_state_display()})")
    return stayed


def _locked(kind: str, key: int, municipality: Municipality) -> Any:
    found = KINDS[kind].model.objects.of(municipality).select_for_update()
    return found.filter(pk=key).first()


def _has_more_beneath(line: Measure | Action | Goal) -> bool:
    if isinstance(line, Goal):
        return line.judgements.filter(archived_at=None).exists()
    return isinstance(line, Measure) and line.actions.filter(archived_at=None).exists()


def _clear_away(record: ImportRecord, municipality: Municipality) -> list[str]:
    """Partners and priorities that the import made go too, where nothing uses them; the others are
    named."""
    stayed = []
    for kept in record.priorities:
        priority = Priority.objects.of(municipality).filter(pk=kept.line).first()
        if priority is None:
            continue
        if priority.revision != kept.revision or _is_used(priority):
            stayed.append(f"prioriteit {priority}")
        else:
            priority.archive()
    for partner in Partner.objects.of(municipality).filter(pk__in=record.partners):
        if partner.measures.filter(archived_at=None).exists():
            stayed.append(f"partner {partner}")
        else:
            partner.archive()
    return stayed


def _is_used(priority: Priority) -> bool:
    return (
        priority.measures.filter(archived_at=None).exists()
        or priority.goals.filter(archived_at=None).exists()
    )
