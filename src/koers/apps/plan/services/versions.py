"""Adopting a plan freezes it as a version; two versions can be held beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction

from koers.apps.plan.models import Action, Adoption, Plan, PlanState, PlanVersion
from koers.apps.plan.services.content import (
    DAILY,
    FROZEN,
    PARENT,
    as_data,
    content_of,
    in_words,
    kind_of,
    label_of,
    same,
)

LABELS = {"plan": "plan", "prioriteit": "prioriteit", "doel": "doel", "maatregel": "maatregel", "actie": "actie"}


@transaction.atomic
def adopt(plan: Plan, on: date, decided_in: str) -> PlanVersion:
    """Freeze a plan with all its lines; whoever acts stands in the history of the version."""
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    last = locked.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = PlanVersion.objects.create(
        municipality=locked.municipality, plan=locked, number=last + 1, adopted_on=on, decided_in=decided_in[:200],
        content=plan_content(locked),
    )  # fmt: skip
    if locked.state != PlanState.ADOPTED:
        locked.state = PlanState.ADOPTED
        locked.save()
    plan.refresh_from_db()
    return version


def plan_content(plan: Plan) -> dict[str, Any]:
    """A plan and all its lines that are not archived as data, from the general to the particular, each with the line above
    it; examples are marked as such."""
    actions = _actions(plan)
    entries = [_line(plan)]
    lines = plan.lines.filter(archived_at=None).prefetch_related("frameworks", "goals", "measures__partners")
    for priority in lines:
        entries.append(_line(priority))
        entries += [_line(goal) for goal in priority.goals.all() if goal.archived_at is None]
        for measure in (m for m in priority.measures.all() if m.archived_at is None):
            entries.append(_line(measure))
            entries += actions.get(measure.pk, [])
    return {"lines": entries}


def _actions(plan: Plan) -> dict[int, list[dict[str, Any]]]:
    """The actions of each measure; read without making an object of each, as there may be thousands."""
    names = DAILY["actie"]
    live = Action.objects.filter(measure__priority__plan=plan, archived_at=None)
    found: dict[int, list[dict[str, Any]]] = {}
    for values in live.values("pk", "measure_id", *names):
        fields = {name: v if isinstance(v := values[name], str) else as_data(v) for name in names}
        entry = {
            "kind": "actie", "line": values["pk"], "parent": values["measure_id"], "title": values["title"],
            "example": values["adoption"] == Adoption.EXAMPLE, "fields": fields,
        }  # fmt: skip
        found.setdefault(values["measure_id"], []).append(entry)
    return found


def _line(line: models.Model) -> dict[str, Any]:
    kind = kind_of(line)
    fields = content_of(line, (*FROZEN.get(kind, ()), *DAILY.get(kind, ())))
    above = getattr(line, f"{PARENT[kind]}_id") if kind in PARENT else None
    return {
        "kind": kind, "line": line.pk, "parent": above, "title": str(line),
        "example": bool(getattr(line, "is_example", False)), "fields": fields,
    }  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A field of a line in two versions; "–" where the line is not in one of them."""

    kind: str
    line: str
    field: str
    old: str
    new: str


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What differs between the contents of two versions, in the order of the plan."""
    before, after = _by_line(old), _by_line(new)
    found = []
    for key in [*after, *(k for k in before if k not in after)]:
        found += _changes(before.get(key), after.get(key))
    return found


def _by_line(content: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    return {(entry["kind"], entry["line"]): entry for entry in content["lines"]}


def _changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Change]:
    shown = after or before
    assert shown is not None
    kind, title = shown["kind"], shown["title"]
    if before is None or after is None:
        said = "toegevoegd" if before is None else "weggehaald"
        return [Change(LABELS[kind], title, said, "–" if before is None else title, "–" if after is None else title)]
    if before["fields"] == after["fields"]:
        return []
    names = [name for name in after["fields"] if name in before["fields"]]
    return [
        Change(LABELS[kind], title, label_of(kind, name),
               in_words(kind, name, before["fields"][name]), in_words(kind, name, after["fields"][name]))
        for name in names if not same(before["fields"][name], after["fields"][name])
    ]  # fmt: skip


def said_of(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields of a kept line that say something, with their labels; the title stands above them."""
    kind = entry["kind"]
    found = [(name, in_words(kind, name, value)) for name, value in entry["fields"].items() if name != "title"]
    return [(label_of(kind, name), words) for name, words in found if words != "–"]
