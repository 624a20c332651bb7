"""A change to an adopted plan: proposed with a reason, decided on, and only then made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from koers.apps.people.owned import Owned
from koers.apps.plan.kinds import KINDS, kind_of
from koers.apps.plan.models import Adjustment, AdjustmentState, Plan, PlanVersion, Priority
from koers.apps.plan.services.content import (
    differing,
    in_words,
    label_of,
    plan_of,
    put,
    readable,
    same,
    typed,
    values_of,
)
from koers.apps.plan.services.ending import carry_on
from koers.apps.plan.services.versions import adopt
from koers.records import FieldValues, Onward, Value


class AdjustmentError(ValueError):
    """This adjustment cannot be decided on, and why; in Dutch."""


def propose_change(
    line: Owned,
    new: Mapping[str, Any],
    reason: str,
    by: UUID | None,
    together: UUID | None = None,
) -> Adjustment:
    """Propose other values for fields of a line; ``together`` names the proposal that it is a part
    of.

    Raises
    ------
    AdjustmentError
        When nothing would change.
    """
    wanted = _typed(kind_of(line).name, new)
    old = values_of(type(line)._default_manager.get(pk=line.pk), new)
    changed = {name: value for name, value in wanted.items() if not same(old[name], value)}
    if not changed:
        raise AdjustmentError("Dit voorstel verandert niets.")
    before = FieldValues(values={name: old[name] for name in changed})
    return _proposed(line, before, FieldValues(values=changed), reason, by, together)


def _typed(kind: str, values: Mapping[str, Any]) -> dict[str, Value]:
    known = KINDS[kind].by_name
    return {name: typed(known[name], value) for name, value in values.items()}


def propose_archiving(line: Owned, reason: str, by: UUID | None) -> Adjustment:
    """Propose to take a line out of the plan."""
    before = FieldValues(values=values_of(line, kind_of(line).frozen))
    return _proposed(line, before, FieldValues(), reason, by)


def propose_ending(
    priority: Priority, on: date, reason: str, lines: Iterable[Onward], by: UUID | None
) -> Adjustment:
    """Propose that a priority ends, with what becomes of its goals and measures."""
    fields = ("ends", "end_reason")
    new = _typed("prioriteit", {"ends": on, "end_reason": reason[:300]})
    before = FieldValues(values=values_of(priority, fields))
    return _proposed(priority, before, FieldValues(values=new, onward=tuple(lines)), reason, by)


def propose_restoring(line: Owned, reason: str, by: UUID | None) -> Adjustment:
    """Propose to put an archived line back into the plan."""
    return _proposed(line, FieldValues(archived=True), FieldValues(archived=False), reason, by)


def propose_new(
    parent: Owned, kind: str, new: Mapping[str, Any], reason: str, by: UUID | None
) -> Adjustment:
    """Propose a line under another: a priority under the plan, a goal or measure under a
    priority."""
    plan = _plan_of(parent)
    return Adjustment.objects.create(
        municipality=plan.municipality,
        plan=plan,
        kind=kind,
        parent=parent.pk,
        title=str(new["title"])[:200],
        new=FieldValues(values=_typed(kind, new)),
        reason=reason,
        proposed_by=by,
    )


def _plan_of(line: Owned) -> Plan:
    """Only what stands in a plan is adjusted."""
    plan = plan_of(line)
    assert plan is not None
    return plan


def _proposed(
    line: Owned,
    old: FieldValues,
    new: FieldValues,
    reason: str,
    by: UUID | None,
    together: UUID | None = None,
) -> Adjustment:
    plan = _plan_of(line)
    return Adjustment.objects.create(
        municipality=plan.municipality,
        plan=plan,
        kind=kind_of(line).name,
        line=line.pk,
        title=str(line)[:200],
        old=old,
        new=new,
        reason=reason,
        together=together,
        proposed_by=by,
    )


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
    _make(adjustment, decision)
    return adopt(adjustment.plan, decision.on, decision.where)


@transaction.atomic
def accept_all(adjustments: Iterable[Adjustment], decision: Decision) -> list[PlanVersion]:
    """Make several changes and freeze each plan once; all of them or none.

    Raises
    ------
    AdjustmentError
        Naming the line, as in :func:`accept`.
    """
    # A priority before what stands under it.
    order = list(KINDS)
    found = sorted(adjustments, key=lambda a: (a.plan_id, order.index(a.kind), a.pk))
    for adjustment in found:
        try:
            _make(adjustment, decision)
        except AdjustmentError as problem:
            raise AdjustmentError(f"{adjustment.title}: {problem}") from problem
    plans = {adjustment.plan_id: adjustment.plan for adjustment in found}
    return [adopt(plan, decision.on, decision.where) for plan in plans.values()]


def _make(adjustment: Adjustment, decision: Decision) -> None:
    found = _open(adjustment)
    if problem := stale(found):
        raise AdjustmentError(problem)
    try:
        _carry_out(found)
    except ValidationError as error:
        raise AdjustmentError(
            f"Dit kan zo niet worden overgenomen: {' '.join(error.messages)}"
        ) from error
    _decide(found, AdjustmentState.ACCEPTED, decision)
    adjustment.refresh_from_db()


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
    adjustment.decided_by, adjustment.decided_on, adjustment.decided_in = (
        decision.by,
        decision.on,
        decision.where[:200],
    )
    adjustment.save()


def stale(adjustment: Adjustment) -> str:
    """Why a proposal no longer fits the plan, '' when it does."""
    if adjustment.line is None:
        above = _parent_of(adjustment)
        if above is None or above.archived_at is not None:
            return (
                "De regel waar dit onder zou komen, staat niet meer in het plan. Doe een nieuw"
                " voorstel."
            )
        return ""
    line = line_of(adjustment)
    if line is None:
        return "Deze regel bestaat niet meer."
    if adjustment.new.archived is not None:
        return "" if line.archived_at is not None else "Deze regel staat al weer in het plan."
    if (
        line.archived_at is not None
        or getattr(getattr(line, "priority", None), "archived_at", None) is not None
    ):
        return "Deze regel staat niet meer in het plan: hij is gearchiveerd."
    old = adjustment.old.values
    now = values_of(line, [name for name in old if name in kind_of(line).by_name])
    changed = [label_of(adjustment.kind, name) for name in differing(old, now)]
    if changed:
        return (
            f"De regel is gewijzigd na dit voorstel ({', '.join(changed).lower()}). Trek het in en"
            " doe een nieuw voorstel."
        )
    return ""


def line_of(adjustment: Adjustment) -> Owned | None:
    """The line that an adjustment is about; archived ones too."""
    model = KINDS[adjustment.kind].model
    return model._default_manager.filter(
        pk=adjustment.line, municipality=adjustment.municipality
    ).first()


def _parent_of(adjustment: Adjustment) -> Owned | None:
    model = KINDS[KINDS[adjustment.kind].above].model
    return model._default_manager.filter(
        pk=adjustment.parent, municipality=adjustment.municipality
    ).first()


def _carry_out(adjustment: Adjustment) -> None:
    if adjustment.line is None:
        _add(adjustment)
        return
    line = line_of(adjustment)
    assert line is not None
    if adjustment.new.archived is not None:
        line.restore()
    elif not adjustment.new:
        line.archive()
    else:
        _save(line, adjustment.new)
        if isinstance(line, Priority):
            carry_on(line, adjustment.new.onward)


def _add(adjustment: Adjustment) -> None:
    kind = KINDS[adjustment.kind]
    line = kind.model(municipality=adjustment.municipality)
    setattr(line, kind.parent, _parent_of(adjustment))
    _save(line, adjustment.new)
    adjustment.line = line.pk


def _save(line: Owned, values: FieldValues) -> None:
    later = put(line, values)
    if isinstance(line, Priority) and line._state.adding:
        line.slug = slugify(line.title)[:80]
        if Priority.objects.filter(plan=line.plan, slug=line.slug).exists():
            raise ValidationError("Er is al een prioriteit met deze titel in dit plan.")
    line.clean()
    line.save()
    later.set()


@dataclass(frozen=True)
class Row:
    """A field of an adjustment, old and new."""

    label: str
    old: str
    new: str


def rows(adjustment: Adjustment, inside: bool = False) -> list[Row]:
    """What an adjustment changes, as it is read; ``inside`` by who may see own figures."""
    if adjustment.new.archived is not None:
        return [Row("In het plan", "nee", "ja")]
    kind = adjustment.kind
    old, new = (readable(side.values, inside) for side in (adjustment.old, adjustment.new))
    found = [
        Row(
            label_of(kind, n),
            in_words(kind, n, old.get(n)),
            in_words(kind, n, new.get(n)),
        )
        for n in dict.fromkeys((*old, *new))
    ]
    changed = [row for row in found if row.old != row.new]
    return [*changed, *(_what_becomes(adjustment, one) for one in adjustment.new.onward)]


def _what_becomes(adjustment: Adjustment, one: Onward) -> Row:
    label = f"{one.kind.capitalize()}: {one.title}"
    return Row(
        label,
        f"onder {adjustment.title}",
        f"verder onder {one.to_title}" if one.to else "afgesloten",
    )


def what(adjustment: Adjustment) -> str:
    """The kind of change in a word."""
    if adjustment.new.archived is not None:
        return "terugzetten"
    if adjustment.line is None or not adjustment.old:
        return "toevoegen"
    return "wijzigen" if adjustment.new else "weghalen"
