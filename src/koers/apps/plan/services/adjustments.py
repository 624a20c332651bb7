"""A change to an adopted plan: proposed with a reason, decided on, and only then made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify

from koers.apps.plan.models import Adjustment, AdjustmentState, Plan, PlanVersion, Priority
from koers.apps.plan.services.content import (
    FROZEN,
    MODELS,
    PARENT,
    content_of,
    in_words,
    kind_of,
    label_of,
    plan_of,
    same,
    set_content,
)
from koers.apps.plan.services.versions import adopt

# How an adjustment that puts an archived line back is told from one that changes fields.
ARCHIVED = "archived"


class AdjustmentError(ValueError):
    """This adjustment cannot be decided on, and why; in Dutch."""


def propose_change(line: models.Model, new: dict[str, Any], reason: str, by: UUID | None) -> Adjustment:
    """Propose other values for fields of a line; ``new`` is data as :func:`content.as_data` makes it.

    Raises
    ------
    AdjustmentError
        When nothing would change.
    """
    old = content_of(type(line)._default_manager.get(pk=line.pk), new)
    changed = {name: value for name, value in new.items() if not same(old[name], value)}
    if not changed:
        raise AdjustmentError("Dit voorstel verandert niets.")
    return _proposed(line, {name: old[name] for name in changed}, changed, reason, by)


def propose_archiving(line: models.Model, reason: str, by: UUID | None) -> Adjustment:
    """Propose to take a line out of the plan."""
    return _proposed(line, content_of(line, FROZEN[kind_of(line)]), {}, reason, by)


def propose_restoring(line: models.Model, reason: str, by: UUID | None) -> Adjustment:
    """Propose to put an archived line back into the plan."""
    return _proposed(line, {ARCHIVED: True}, {ARCHIVED: False}, reason, by)


def propose_new(parent: models.Model, kind: str, new: dict[str, Any], reason: str, by: UUID | None) -> Adjustment:
    """Propose a line under another: a priority under the plan, a goal or measure under a priority."""
    plan = plan_of(parent)
    return Adjustment.objects.create(
        municipality=plan.municipality, plan=plan, kind=kind, parent=parent.pk, title=str(new["title"])[:200], new=new,
        reason=reason, proposed_by=by,
    )  # fmt: skip


def _proposed(line, old: dict[str, Any], new: dict[str, Any], reason: str, by: UUID | None) -> Adjustment:
    plan = plan_of(line)
    return Adjustment.objects.create(
        municipality=plan.municipality, plan=plan, kind=kind_of(line), line=line.pk, title=str(line)[:200], old=old,
        new=new, reason=reason, proposed_by=by,
    )  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """Who decided, when, and in which meeting or decision."""

    by: UUID | None
    on: date
    where: str


@transaction.atomic
def accept(adjustment: Adjustment, decision: Decision) -> PlanVersion:
    """Make the change and freeze the plan as its next version.

    Raises
    ------
    AdjustmentError
        When it was decided on already, or the line is no longer as it was when this was proposed.
    """
    found = _open(adjustment)
    if problem := stale(found):
        raise AdjustmentError(problem)
    try:
        _carry_out(found)
    except ValidationError as error:
        raise AdjustmentError(f"Dit kan zo niet worden overgenomen: {' '.join(error.messages)}") from error
    _decide(found, AdjustmentState.ACCEPTED, decision)
    adjustment.refresh_from_db()
    return adopt(found.plan, decision.on, decision.where)


@transaction.atomic
def reject(adjustment: Adjustment, decision: Decision) -> None:
    _decide(_open(adjustment), AdjustmentState.REJECTED, decision)
    adjustment.refresh_from_db()


@transaction.atomic
def withdraw(adjustment: Adjustment, by: UUID | None) -> None:
    """Take a proposal back before it is decided on."""
    _decide(_open(adjustment), AdjustmentState.WITHDRAWN, Decision(by, date.today(), ""))
    adjustment.refresh_from_db()


def _open(adjustment: Adjustment) -> Adjustment:
    # The plan first, as adopting does: two who decide at once wait for each other.
    Plan.objects.select_for_update().get(pk=adjustment.plan_id)
    found = Adjustment.objects.select_for_update().get(pk=adjustment.pk)
    if found.state != AdjustmentState.PROPOSED:
        raise AdjustmentError(f"Over dit voorstel is al besloten: {found.get_state_display()}.")
    return found


def _decide(adjustment: Adjustment, state: str, decision: Decision) -> None:
    adjustment.state = state
    adjustment.decided_by, adjustment.decided_on, adjustment.decided_in = decision.by, decision.on, decision.where[:200]
    adjustment.save()


def stale(adjustment: Adjustment) -> str:
    """Why a proposal no longer fits the plan, '' when it does."""
    if adjustment.line is None:
        above = _parent_of(adjustment)
        if above is None or above.archived_at is not None:
            return "De regel waar dit onder zou komen, staat niet meer in het plan. Doe een nieuw voorstel."
        return ""
    line = line_of(adjustment)
    if line is None:
        return "Deze regel bestaat niet meer."
    if ARCHIVED in adjustment.new:
        return "" if line.archived_at is not None else "Deze regel staat al weer in het plan."
    if line.archived_at is not None or getattr(getattr(line, "priority", None), "archived_at", None) is not None:
        return "Deze regel staat niet meer in het plan: hij is gearchiveerd."
    now = content_of(line, adjustment.old)
    changed = [label_of(adjustment.kind, name) for name in now if not same(now[name], adjustment.old[name])]
    if changed:
        return f"De regel is gewijzigd na dit voorstel ({', '.join(changed).lower()}). Trek het in en doe een nieuw voorstel."
    return ""


def line_of(adjustment: Adjustment) -> models.Model | None:
    """The line that an adjustment is about; archived ones too."""
    model = MODELS[adjustment.kind]
    return model._default_manager.filter(pk=adjustment.line, municipality=adjustment.municipality).first()


def _parent_of(adjustment: Adjustment) -> models.Model | None:
    model = MODELS[adjustment.kind]._meta.get_field(PARENT[adjustment.kind]).related_model
    return model._default_manager.filter(pk=adjustment.parent, municipality=adjustment.municipality).first()


def _carry_out(adjustment: Adjustment) -> None:
    if adjustment.line is None:
        _add(adjustment)
        return
    line = line_of(adjustment)
    assert line is not None
    if ARCHIVED in adjustment.new:
        line.restore()
    elif not adjustment.new:
        line.archive()
    else:
        later = set_content(line, adjustment.new)
        line.clean()
        line.save()
        _set_references(line, later)


def _add(adjustment: Adjustment) -> None:
    line = MODELS[adjustment.kind](municipality=adjustment.municipality)
    setattr(line, PARENT[adjustment.kind], _parent_of(adjustment))
    later = set_content(line, adjustment.new)
    if isinstance(line, Priority):
        line.slug = slugify(line.title)[:80]
        if Priority.objects.filter(plan=line.plan, slug=line.slug).exists():
            raise ValidationError("Er is al een prioriteit met deze titel in dit plan.")
    line.clean()
    line.save()
    _set_references(line, later)
    adjustment.line = line.pk


def _set_references(line: models.Model, later: dict[str, list[int]]) -> None:
    """Only what is still there: a partner that was destroyed meanwhile is left out."""
    for name, keys in later.items():
        manager = getattr(line, name)
        manager.set(manager.model._default_manager.filter(pk__in=keys, municipality=line.municipality))


@dataclass(frozen=True)
class Row:
    """A field of an adjustment, old and new."""

    label: str
    old: str
    new: str


def rows(adjustment: Adjustment) -> list[Row]:
    """What an adjustment changes, as it is read."""
    if ARCHIVED in adjustment.new:
        return [Row("In het plan", "nee", "ja")]
    kind = adjustment.kind
    names = [*adjustment.old, *(name for name in adjustment.new if name not in adjustment.old)]
    found = [
        Row(label_of(kind, n), in_words(kind, n, adjustment.old.get(n)), in_words(kind, n, adjustment.new.get(n)))
        for n in names
    ]
    return [row for row in found if row.old != row.new]


def what(adjustment: Adjustment) -> str:
    """The kind of change in a word."""
    if ARCHIVED in adjustment.new:
        return "terugzetten"
    if adjustment.line is None or not adjustment.old:
        return "toevoegen"
    return "wijzigen" if adjustment.new else "weghalen"
