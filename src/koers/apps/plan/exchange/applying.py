"""An import in one transaction, and its undoing: all of it or nothing, and nothing that somebody changed since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from koers.apps.plan.exchange import drafts
from koers.apps.plan.exchange.known import Known, NewPriority
from koers.apps.plan.exchange.lines import Line, Preview
from koers.apps.plan.exchange.values import plain
from koers.apps.plan.models import Action, Adoption, Measure, Partner, Plan, Priority

_MODELS = {"maatregel": Measure, "actie": Action}
# Of a line these are kept as keys in the record by which an import is undone.
_KEYS = ("owner", "deputy", "priority", "measure")


@dataclass
class Done:
    """What an import did; ``record`` is by which it is undone."""

    new_measures: int = 0
    new_actions: int = 0
    changed: int = 0
    record: dict[str, Any] = field(
        default_factory=lambda: {"made": [], "changed": [], "partners": [], "priorities": []}
    )

    @property
    def changes(self) -> int:
        return self.new_measures + self.new_actions + self.changed

    @property
    def said(self) -> str:
        """'2 maatregelen en 5 acties toegevoegd, 1 regel gewijzigd'"""
        new = [_counted(self.new_measures, "maatregel", "maatregelen"), _counted(self.new_actions, "actie", "acties")]
        added = " en ".join(n for n in new if n)
        parts = [f"{added} toegevoegd"] if added else []
        if self.changed:
            parts.append(f"{_counted(self.changed, 'regel', 'regels')} gewijzigd")
        return ", ".join(parts) or "er was niets te veranderen"


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""


def carry_out(token: str, preview: Preview, known: Known) -> Done:
    """Write every line that is new or changed, and the record by which that is undone.

    Call it in the transaction in which the preview was made. New lines are examples until a person adopts them.
    """
    done = Done()
    work = _Work(known, done)
    for line in sorted(preview.with_outcome("new", "changed"), key=lambda x: not x.is_measure):
        if line.existing is None:
            work.make(line)
        else:
            work.change(line)
    if done.changes:
        done.record |= {"municipality": known.municipality.code, "plan": known.plan.pk}
        drafts.keep_undo(token, done.record)
        # A transaction that fails at its very end leaves a record of nothing: undoing it then finds no lines.
    return done


class _Work:
    def __init__(self, known: Known, done: Done) -> None:
        self.known, self.done = known, done
        self._made: dict[int, Measure] = {}
        self._priorities: dict[str, Priority] = {}

    def make(self, line: Line) -> None:
        fields = {name: value for name, value in line.values.items() if name != "partners"}
        common = {"municipality": self.known.municipality, "adoption": Adoption.EXAMPLE, **fields}
        if line.is_measure:
            made = Measure.objects.create(priority=self._priority(line.above), **common)
            made.partners.set(self._partners(line.values.get("partners", [])))
            self._made[id(line)] = made
            self.done.new_measures += 1
        else:
            made = Action.objects.create(measure=self._measure(line.above), **common)
            self.done.new_actions += 1
        self.done.record["made"].append([_kind(made), made.pk, made.revision])

    def change(self, line: Line) -> None:
        existing = line.existing
        old = {}
        for name, value in line.values.items():
            old[name] = _kept(existing, name)
            if name == "partners":
                existing.partners.set(self._partners(value))
            elif name == "priority":
                existing.priority = self._priority(value)
            elif name == "measure":
                existing.measure = self._measure(value)
            else:
                setattr(existing, name, value)
        existing.save()
        self.done.changed += 1
        self.done.record["changed"].append([_kind(existing), existing.pk, existing.revision, old])

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
            plan = self.known.plan
            slug = _free_slug(plan, above.title)
            highest = max((p.number for p in plan.lines.all()), default=0)
            made = self._priorities[plain(above.title)] = Priority.objects.create(
                municipality=plan.municipality, plan=plan, number=highest + 1, slug=slug, title=above.title,
            )  # fmt: skip
            self.done.record["priorities"].append([made.pk, made.revision])
        return made

    def _partners(self, names: list[str]) -> list[Partner]:
        return [self._partner(name) for name in names]

    def _partner(self, name: str) -> Partner:
        found = self.known.partners.get(plain(name))
        if found is None:
            found = Partner.objects.create(municipality=self.known.municipality, name=name)
            self.known.partners[plain(name)] = found
            self.done.record["partners"].append(found.pk)
        return found


def _free_slug(plan: Plan, title: str) -> str:
    base = slugify(title)[:70] or "prioriteit"
    taken = set(plan.lines.values_list("slug", flat=True))
    return next(s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken)


def _kind(line: Measure | Action) -> str:
    return "maatregel" if isinstance(line, Measure) else "actie"


def _kept(line: Measure | Action, name: str) -> Any:
    """A field as it can stand in JSON."""
    if name == "partners":
        return sorted(line.partners.values_list("pk", flat=True))
    if name in _KEYS:
        return getattr(line, f"{name}_id")
    value = getattr(line, name)
    return value if value is None or isinstance(value, (str, int, list)) else str(value)


@dataclass(frozen=True)
class Undone:
    lines: int
    stayed: list[str]


def undo(token: str, municipality) -> Undone | None:
    """Archive what an import made and put back what it changed; what was changed since stays, and is named.

    None when there is nothing (more) to undo here.
    """
    record = drafts.read_undo(token)
    if record is None or record["municipality"] != municipality.code:
        return None
    undone = _undo(record, municipality)
    drafts.drop_undo(token)
    return undone


@transaction.atomic
def _undo(record: dict, municipality) -> Undone:
    stayed: list[str] = []
    lines = 0
    made = sorted(record["made"], key=lambda item: item[0] == "maatregel")
    for kind, key, revision in made:
        line = _MODELS[kind].objects.of(municipality).select_for_update().filter(pk=key).first()
        if line is None:
            continue
        if line.revision != revision or _has_more_beneath(line):
            stayed.append(str(line))
            continue
        line.archive()
        lines += 1
    for kind, key, revision, old in record["changed"]:
        line = _MODELS[kind].objects.of(municipality).select_for_update().filter(pk=key).first()
        if line is None:
            continue
        if line.revision != revision:
            stayed.append(str(line))
            continue
        _put_back(line, old)
        lines += 1
    _clear_away(record, municipality)
    return Undone(lines, stayed)


def _has_more_beneath(line: Measure | Action) -> bool:
    return isinstance(line, Measure) and line.actions.filter(archived_at=None).exists()


def _put_back(line: Measure | Action, old: dict[str, Any]) -> None:
    for name, value in old.items():
        if name == "partners":
            line.partners.set(Partner.objects.of(line.municipality).filter(pk__in=value))
        elif name in _KEYS:
            there = line._meta.get_field(name).related_model.objects.filter(pk=value).first()
            setattr(line, name, there)
        else:
            setattr(line, name, line._meta.get_field(name).to_python(value))
    line.save()


def _clear_away(record: dict, municipality) -> None:
    """Partners and priorities that the import made go too, where nothing uses them."""
    for partner in Partner.objects.of(municipality).filter(pk__in=record["partners"]):
        if not partner.measures.filter(archived_at=None).exists():
            partner.archive()
    for key, revision in record["priorities"]:
        priority = Priority.objects.of(municipality).filter(pk=key, revision=revision).first()
        if priority and not (priority.measures.filter(archived_at=None).exists() or priority.goals.exists()):
            priority.archive()
