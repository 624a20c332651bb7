"""Adopting a plan freezes it as a version; two versions can be held beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from koers.apps.plan.kinds import KINDS, kind_of
from koers.apps.plan.models import Action, Adoption, Plan, PlanState, PlanVersion
from koers.apps.plan.services.content import differing, in_words, label_of, readable, record_of
from koers.apps.plan.services.joint import joint_part, read_under
from koers.apps.plan.services.serving import REFERENCES
from koers.records import LineRecord, PlanRecord
from koers.records.plan import Value


@transaction.atomic
def adopt(plan: Plan, on: date, decided_in: str) -> PlanVersion:
    """Freeze a plan with all its lines; whoever acts stands in the history of the version."""
    locked = Plan.objects.select_for_update().get(pk=plan.pk)
    last = locked.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = PlanVersion.objects.create(
        municipality=locked.municipality,
        plan=locked,
        number=last + 1,
        adopted_on=on,
        decided_in=decided_in[:200],
        content=whole_content(locked),
    )
    if locked.state != PlanState.ADOPTED:
        locked.state = PlanState.ADOPTED
        locked.save()
    plan.refresh_from_db()
    return version


def plan_content(plan: Plan, like: PlanRecord | None = None) -> PlanRecord:
    """A plan and all its lines that are not archived, from the general to the particular, each with
    the line above it; examples are marked as such. An action that says what it says in ``like`` is
    the record that stands there: of thousands most do."""
    actions = _actions(plan, like)
    records = [record_of(plan)]
    lines = plan.lines.filter(archived_at=None).prefetch_related(
        "frameworks", "goals", *(f"measures__{name}" for name in REFERENCES)
    )
    for priority in lines:
        records.append(record_of(priority))
        records += [record_of(goal) for goal in priority.goals.all() if goal.archived_at is None]
        for measure in (m for m in priority.measures.all() if m.archived_at is None):
            records.append(record_of(measure))
            records += actions.get(measure.pk, [])
    return PlanRecord(lines=tuple(records))


READ = {
    "prioriteit": ("title", "kind", "number", "safety_field", "description", "sub_themes"),
    "doel": (
        "title",
        "kind",
        "sub_theme",
        "indicator",
        "area_code",
        "unit",
        "direction",
        "target",
        "due",
        "question",
    ),
    "maatregel": ("title", "description", "kind", "state", "planning", "start", "end", "sub_theme"),
}
"""What is kept of a line of the joint part: what its municipality lets others read."""


def whole_content(plan: Plan, like: PlanRecord | None = None) -> PlanRecord:
    """A plan and its lines, with the joint part as it is read now: a municipality adopts both;
    ``like`` as in :func:`plan_content`."""
    there = joint_part(plan)
    if there is None:
        return plan_content(plan, like)
    read = [
        record_of(line, READ[kind_of(line).name]).model_copy(update={"of": there.municipality.name})
        for line in read_under(plan)
    ]
    return PlanRecord(lines=(*plan_content(plan, like).lines, *read))


def _actions(plan: Plan, like: PlanRecord | None) -> dict[int, list[LineRecord]]:
    """The actions of each measure; read without making an object of each, as there may be
    thousands. What a version keeps of an action refers to nothing, which a check at start sees to.
    """
    kind = KINDS["actie"]
    live = Action.objects.filter(measure__priority__plan=plan, archived_at=None)
    known = {r.line: r for r in like.lines if r.kind == kind.name} if like else {}
    found: dict[int, list[LineRecord]] = {}
    for pk, above, *kept in live.values_list("pk", "measure_id", *kind.kept):
        values = dict(zip(kind.kept, kept, strict=True))
        record = known.get(pk)
        if record is None or record.parent != above or record.values != values:
            record = LineRecord.model_construct(
                kind=kind.name,
                line=pk,
                parent=above,
                title=values["title"],
                example=values["adoption"] == Adoption.EXAMPLE,
                values=values,
            )
        found.setdefault(above, []).append(record)
    return found


def decided_on(plan: Plan) -> PlanRecord:
    """What is decided on with a plan as it stands: the lines that somebody confirmed, without what
    is the work of every day."""
    found = plan_content(plan).lines
    examples = {record.line for record in found if record.example and record.kind == "prioriteit"}
    return PlanRecord(
        lines=tuple(
            record.model_copy(update={"values": _frozen(record)})
            for record in found
            if KINDS[record.kind].frozen
            and not record.example
            and (record.kind == "prioriteit" or record.parent not in examples)
        )
    )


def _frozen(record: LineRecord) -> dict[str, Value]:
    return {n: record.values[n] for n in KINDS[record.kind].frozen if n in record.values}


@dataclass(frozen=True)
class Difference:
    """A field of a line in two versions; "–" where the line is not in one of them."""

    kind: str
    line: str
    field: str
    old: str
    new: str


def differences(old: PlanRecord, new: PlanRecord, inside: bool = False) -> list[Difference]:
    """What differs between the contents of two versions, in the order of the plan; ``inside`` for
    who may see own figures."""
    before, after = _by_line(old), _by_line(new)
    found = []
    for key in [*after, *(k for k in before if k not in after)]:
        if (was := before.get(key)) is not (now := after.get(key)):
            found += _differences(was, now, inside)
            found += _moved(before, after, key)
    return found


_Lines = dict[tuple[str, int], LineRecord]


def _moved(before: _Lines, after: _Lines, key: tuple[str, int]) -> list[Difference]:
    """That a line stands under another line than it did."""
    old, new = before.get(key), after.get(key)
    if old is None or new is None or old.parent == new.parent or None in (old.parent, new.parent):
        return []
    above = KINDS[new.kind].above
    was, now = before.get((above, old.parent or 0)), after.get((above, new.parent or 0))
    titles = [line.title if line is not None else "–" for line in (was, now)]
    return [Difference(new.kind, new.title, "onder", *titles)]


def _by_line(content: PlanRecord) -> _Lines:
    return {(record.kind, record.line): record for record in content.lines}


def _differences(
    before: LineRecord | None, after: LineRecord | None, inside: bool
) -> list[Difference]:
    if after is None:
        return [_went(before)] if before is not None else []
    if before is None:
        return [_appeared(after)]
    if before.values == after.values:
        return []
    kind = after.kind
    old, new = readable(before.values, inside), readable(after.values, inside)
    return [
        Difference(
            kind,
            after.title,
            label_of(kind, name),
            in_words(kind, name, old[name]),
            in_words(kind, name, new[name]),
        )
        for name in differing(before.values, after.values)
    ]


def _appeared(line: LineRecord) -> Difference:
    return Difference(line.kind, line.title, "toegevoegd", "–", line.title)


def _went(line: LineRecord) -> Difference:
    return Difference(line.kind, line.title, "weggehaald", line.title, "–")
