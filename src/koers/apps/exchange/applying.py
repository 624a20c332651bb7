"""An import in one transaction: all of it or nothing, with the record by which it is undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Model
from django.utils.text import slugify

from koers.apps.described import Type, fields_of
from koers.apps.exchange import drafts
from koers.apps.exchange.columns import ACTION, GOAL, JUDGEMENT, MEASURE, OF_PLAN, OF_PRIORITY
from koers.apps.exchange.known import Known, NewPriority
from koers.apps.exchange.lines import Line, Preview
from koers.apps.exchange.places import KEEP_TEXT, DocumentText
from koers.apps.exchange.values import plain
from koers.apps.intake.archive import public_shelf
from koers.apps.people.models import Municipality
from koers.apps.people.owned import Owned
from koers.apps.plan.kinds import kind_of
from koers.apps.plan.models import (
    Action,
    Adoption,
    Framework,
    Goal,
    Judgement,
    Measure,
    Partner,
    Plan,
    PlanState,
    Priority,
)
from koers.apps.plan.services.adjustments import propose_change
from koers.apps.plan.services.content import record_of
from koers.apps.plan.services.outlook import set_start
from koers.apps.plan.services.serving import let_go_of_goals, may_serve
from koers.apps.whole import when_taken_back
from koers.records import ChangedLine, ImportRecord, KeptLine


@dataclass
class Done:
    """What an import did, and by which it is undone."""

    new_measures: int = 0
    new_actions: int = 0
    new_goals: int = 0
    made: list[KeptLine] = field(default_factory=list)
    changed_lines: list[ChangedLine] = field(default_factory=list)
    partners: list[int] = field(default_factory=list)
    priorities: list[KeptLine] = field(default_factory=list)
    with_goals: int = 0
    proposed: list[int] = field(default_factory=list)
    judgements: list[int] = field(default_factory=list)
    together: UUID = field(default_factory=uuid4)
    text: int | None = None

    @property
    def changed(self) -> int:
        return len(self.changed_lines) - self.with_goals

    @property
    def changes(self) -> int:
        lines = self.new_measures + self.new_actions + self.new_goals + self.changed
        beside = len(self.priorities) + len(self.proposed) + len(self.judgements)
        return lines + beside + (self.text is not None)

    @property
    def said(self) -> str:
        """'2 maatregelen en 5 acties toegevoegd, 1 regel gewijzigd'"""
        new = [
            _counted(len(self.priorities), "prioriteit", "prioriteiten"),
            _counted(self.new_measures, "maatregel", "maatregelen"),
            _counted(self.new_actions, "actie", "acties"),
        ]
        new.append(_counted(self.new_goals, "doel", "doelen"))
        new.append(_counted(len(self.judgements), "oordeel", "oordelen"))
        *some, last = [n for n in new if n] or [""]
        added = f"{', '.join(some)} en {last}" if some else last
        parts = [f"{added} toegevoegd"] if added else []
        if self.changed:
            parts.append(f"{_counted(self.changed, 'regel', 'regels')} gewijzigd")
        if self.proposed:
            many = _counted(len(self.proposed), "aanpassing", "aanpassingen")
            parts.append(f"{many} voorgesteld")
        if self.text is not None:
            parts.append("de tekst van het plan bewaard als concept")
        return ", ".join(parts) or "er was niets te veranderen"


def _fields_above(lines: Sequence[Line]) -> dict[str, str]:
    """By the title of a priority that is made, the field of safety that its first measure names."""
    found: dict[str, str] = {}
    for line in lines:
        if line.is_measure and isinstance(line.above, NewPriority):
            found.setdefault(plain(line.above.title), line.values.get("safety_field", ""))
    return found


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""


def carry_out(
    token: str,
    preview: Preview,
    known: Known,
    by: UUID | None = None,
    note: str = "",
    behind: bool = False,
    reason: str = "",
) -> Done:
    """Write every line that is new or changed and the text of a document, and the record by which
    that is undone.

    Call it in the transaction in which the preview was made. New lines are examples until a person
    adopts them; the text is a version of the draft, with who made it and why (``note``). In an
    adopted plan adopting them, and what was decided on, is one proposal of many lines, for this
    ``reason``.
    """
    done = Done()
    lines = preview.with_outcome("new", "changed")
    work = _Work(known, done, _fields_above(lines), reason, by)
    work.put_priorities(preview.priorities)
    work.put_texts([line for line in lines if line.as_text])
    rest = [line for line in lines if not line.as_text]
    # What others name comes first.
    order = {OF_PRIORITY: 0, GOAL: 1, ACTION: 3, JUDGEMENT: 3}
    for line in sorted(rest, key=lambda x: order.get(x.of, 2)):
        if line.is_judgement:
            work.judge(line)
        elif line.existing is None:
            work.make(line)
        else:
            work.change(line)
    if preview.text is not None:
        text = DocumentText(known.plan, preview.text.sections, by, note, behind)
        done.text = KEEP_TEXT.ask(text)
    if done.changes:
        record = ImportRecord(
            municipality=known.municipality.code,
            plan=known.plan.pk,
            made=tuple(done.made),
            changed=tuple(done.changed_lines),
            partners=tuple(done.partners),
            priorities=tuple(done.priorities),
            proposed=tuple(done.proposed),
            judgements=tuple(done.judgements),
            text=done.text,
        )
        drafts.keep_undo(token, record)
        when_taken_back(partial(drafts.drop_undo, token))
    return done


class _Work:
    def __init__(
        self,
        known: Known,
        done: Done,
        fields: dict[str, str],
        reason: str,
        by: UUID | None,
    ) -> None:
        self.known, self.done, self.fields = known, done, fields
        self.reason, self.by = reason, by
        self.adopted = known.plan.state == PlanState.ADOPTED
        self._made: dict[int, Measure] = {}
        self._priorities: dict[str, Priority] = {}

    def put_priorities(self, named: Sequence[NewPriority]) -> None:
        """Those that a document names, in its order, also where nothing stands under them."""
        for priority in named:
            self._priority(priority)

    def put_texts(self, lines: Sequence[Line]) -> None:
        """Goals that belong to no priority stay a text of the plan."""
        aims = list(dict.fromkeys(line.values["written"] for line in lines))
        if aims:
            self._put_aims(self.known.plan, aims)
            self.done.new_goals += len(aims)

    def _put_aims(self, above: Plan, aims: Sequence[str]) -> None:
        above = Plan.objects.of(self.known.municipality).get(pk=above.pk)
        if self.adopted:
            self._propose(above, {"aims": "\n".join(t for t in (above.aims, *aims) if t)})
            return
        before = record_of(above, ["aims"])
        above.aims = "\n".join(text for text in (above.aims, *aims) if text)
        above.save()
        self.done.with_goals += 1
        self.done.changed_lines.append(ChangedLine(before=before, revision=above.revision))

    def make(self, line: Line) -> None:
        plain_values, references = _apart(line)
        common = {
            "municipality": self.known.municipality,
            "adoption": Adoption.EXAMPLE,
            **plain_values,
        }
        if line.of == OF_PRIORITY:
            self._make_priority(common, references)
            return
        if line.is_goal:
            made = self._goal(line, common)
            self.done.new_goals += 1
        elif line.is_measure:
            priority = self._priority(line.above)
            if common.get("safety_field") == priority.safety_field:
                # What its priority says it says by it.
                del common["safety_field"]
            made = Measure.objects.create(priority=priority, **common)
            self._made[id(line)] = made
            self.done.new_measures += 1
        else:
            made = Action.objects.create(measure=self._measure(line.above), **common)
            self.done.new_actions += 1
        self._refer(made, references)
        line.made = made
        self.done.made.append(_kept(made))
        if line.is_decided_on:
            self._propose_adopting(made)

    def _goal(self, line: Line, values: dict[str, Any]) -> Goal:
        """With where it starts, as a goal that is typed."""
        goal = Goal(priority=self._priority(line.above), **values)
        set_start(public_shelf(), goal)
        if line.values.get("peers"):
            goal.peers = line.values["peers"]
        goal.save()
        return goal

    def judge(self, line: Line) -> None:
        """What people said, as it is in the file."""
        said = {n: line.values[n] for n in ("on", "answer", "reason", "judges")}
        above: Any = line.above
        goal = above.made or above.existing if isinstance(above, Line) else above
        made = Judgement.objects.create(municipality=self.known.municipality, goal=goal, **said)
        self.done.judgements.append(made.pk)

    def change(self, line: Line) -> None:
        existing = line.existing
        if line.proposed:
            self._propose(existing, self._resolved(line))
        if not line.values:
            return
        parent = kind_of(existing).parent
        before = record_of(existing, [name for name in line.values if name != parent])
        plain_values, references = _apart(line)
        for name, value in plain_values.items():
            above = {"priority": self._priority, "measure": self._measure}.get(name)
            setattr(existing, name, above(value) if above else value)
        self._refer(existing, references)
        existing.save()
        self.done.changed_lines.append(ChangedLine(before=before, revision=existing.revision))

    def _propose_adopting(self, line: Measure | Goal | Priority) -> None:
        """In an adopted plan somebody decides whether a new line becomes part of it."""
        if self.adopted:
            self._propose(line, {"adoption": Adoption.ADOPTED.value})

    def _propose(self, line: Plan | Priority | Measure | Goal, new: dict[str, Any]) -> None:
        made = propose_change(line, new, self.reason, self.by, self.done.together)
        self.done.proposed.append(made.pk)

    def _resolved(self, line: Line) -> dict[str, Any]:
        """What is proposed, with partners as they are or are made."""
        known = kind_of(line.existing).by_name
        return {
            name: self._named(line.existing, known[name].field.related_model, value)
            if known[name].type == Type.REFERENCES
            else value
            for name, value in line.proposed.items()
        }

    def _refer(self, line: Any, references: dict[str, list[str]]) -> None:
        for one in fields_of(type(line)):
            if one.name in references:
                model = one.field.related_model
                getattr(line, one.name).set(self._named(line, model, references[one.name]))

        if isinstance(line, Measure) and "other_priorities" in references:
            let_go_of_goals(line)

    def _named(self, line: Any, model: type[Model], names: list[str]) -> list[Any]:
        """Those to whom a line refers, by their names."""
        if model is Partner:
            return self._partners(names)
        if model is Municipality:
            return [self.known.neighbours[plain(name)] for name in names]
        if model is Framework:
            return [self.known.frameworks[plain(name)] for name in names]
        if model is Priority:
            known = {plain(p.title): p for p in self.known.priorities}
            found = [known.get(plain(n)) or self._priority(NewPriority(n)) for n in names]
            return [priority for priority in found if priority.pk != line.priority_id]
        return list(may_serve(line, Goal).filter(archived_at=None, title__in=names))

    def _measure(self, above: Any) -> Measure | None:
        return (
            self._made[id(above)]
            if isinstance(above, Line) and above.existing is None
            else getattr(above, "existing", above)
        )

    def _priority(self, above: Priority | NewPriority) -> Priority:
        if isinstance(above, Priority):
            return above
        made = self._priorities.get(plain(above.title))
        if made is None:
            title = above.title
            field_above = self.fields.get(plain(title), "")
            given = {"title": title, "safety_field": field_above, "adoption": Adoption.EXAMPLE}
            made = self._make_priority(given, {})
        return made

    def _make_priority(self, values: dict[str, Any], references: dict[str, list[str]]) -> Priority:
        """A new one, by its title for what stands under it."""
        plan, title = self.known.plan, values["title"]
        highest = max((p.number for p in plan.lines.all()), default=0)
        given = {"number": highest + 1, **values, "municipality": plan.municipality}
        made = Priority.objects.create(plan=plan, slug=_free_slug(plan, title), **given)
        self._refer(made, references)
        self._priorities[plain(title)] = made
        self.done.priorities.append(_kept(made))
        self._propose_adopting(made)
        return made

    def _partners(self, names: list[str]) -> list[Partner]:
        return [self._partner(name) for name in names]

    def _partner(self, name: str) -> Partner:
        found = self.known.partners.get(plain(name))
        if found is None:
            found = Partner.objects.create(municipality=self.known.municipality, name=name)
            self.known.partners[plain(name)] = found
            self.done.partners.append(found.pk)
        return found


def _free_slug(plan: Plan, title: str) -> str:
    base = slugify(title)[:70] or "prioriteit"
    taken = set(plan.lines.values_list("slug", flat=True))
    return next(
        s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken
    )


_MODELS: dict[str, type[Owned]] = {
    MEASURE: Measure,
    ACTION: Action,
    GOAL: Goal,
    OF_PRIORITY: Priority,
    OF_PLAN: Plan,
}


def _apart(line: Line) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The values of a line, and those that are names of others, which are set once it is saved."""
    known = fields_of(_MODELS[line.of])
    lists = {f.name for f in known if f.type == Type.REFERENCES}
    references = {name: value for name, value in line.values.items() if name in lists}
    return {name: v for name, v in line.values.items() if name not in lists}, references


def _kept(line: Measure | Action | Goal | Priority) -> KeptLine:
    return KeptLine(kind=kind_of(line).name, line=line.pk, revision=line.revision)
