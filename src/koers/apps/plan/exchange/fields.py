"""A cell of a row to the field of a line: what it becomes, how that is shown, and what must be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from koers import dutch
from koers.apps.people.models import User
from koers.apps.people.privacy import likely_personal
from koers.apps.plan.exchange import values
from koers.apps.plan.exchange.columns import Column
from koers.apps.plan.exchange.known import Known, NewPriority
from koers.apps.plan.exchange.lines import Change, Line, Question, question_name
from koers.apps.plan.exchange.shown import same, shown
from koers.apps.plan.exchange.values import UnknownError
from koers.apps.plan.models import Action, ActionState, Adoption, Measure, MeasureKind, MeasureState
from koers.apps.plan.services.content import frozen_fields
from koers.sources.own.cells import CellError

EMPTY, AS_DEPARTMENT, MAKE = "leeg", "afdeling", "nieuw"
_CHOICES = {
    "measure_state": (MeasureState, values.STATES_OF_MEASURES),
    "action_state": (ActionState, values.STATES_OF_ACTIONS),
    "kind": (MeasureKind, values.KINDS),
}
# These are found by the checks as a whole, or never set by a file.
_NOT_HERE = ("id", "measure", "adoption")


def _decided_on(line: Measure | Action) -> frozenset[str]:
    """The fields that a file does not change, and under which priority a measure stands where some are frozen."""
    frozen = frozen_fields(line)
    return frozenset({*frozen, "priority"}) if frozen else frozenset()


class UnansweredError(Exception):
    """A word that nobody has explained yet."""


class Fields:
    """Reads cells; collects what Koers does not know as questions, and takes the answers."""

    def __init__(self, known: Known, answers: Mapping[str, str]) -> None:
        self.known, self.answers = known, answers
        self.questions: dict[str, Question] = {}
        self.new_partners: dict[str, str] = {}

    def fill(self, line: Line, columns: Sequence[Column]) -> None:
        """Read the cells of a row into its line."""
        for column in columns:
            if column.key in line.source.cells and column.kind not in _NOT_HERE:
                self._fill(line, column)

    def _fill(self, line: Line, column: Column) -> None:
        cell = line.source.cells[column.key]
        reason = dict(line.source.wrong).get(column.key)
        if reason:
            line.wrong(column, reason)
            return
        now = shown(line.existing, column, self.known) if line.existing is not None else None
        if line.existing is not None and same(cell, now):
            return
        if line.existing is None and not values.words_of(cell):
            if column.kind == "title":
                line.wrong(column, "hier staat niets")
            return
        try:
            value = self._value(line, column, cell)
        except UnansweredError:
            return
        except CellError as problem:
            line.wrong(column, str(problem))
            return
        if line.existing is not None and value == self._current(line, column):
            return
        text = self.text_of(column, value)
        if line.existing is not None and column.name in _decided_on(line.existing):
            line.notes.append(
                f"{column.header} blijft zoals vastgesteld en wordt niet '{text[:80]}': stel daarvoor in Koers een aanpassing voor"
            )
            return
        line.values[column.name] = value
        line.shown.append((column.header, text))
        if line.existing is not None:
            line.changes.append(Change(column.header, self.text_of(column, self._current(line, column)), text))
        if column.kind in ("title", "text") and isinstance(value, str):
            line.personal.extend(f"{kind}: '{words}'" for kind, words in likely_personal(value))

    def _current(self, line: Line, column: Column) -> Any:
        if column.kind == "partners":
            return sorted(p.name for p in line.existing.partners.all() if p.archived_at is None)
        return getattr(line.existing, column.name)

    def text_of(self, column: Column, value: Any) -> str:
        """A value as a person reads it."""
        if value is None or value == "" or value == []:
            return "–"
        if isinstance(value, date):
            return dutch.day(value)
        if isinstance(value, User):
            return self.known.people.name_of(value)
        match column.kind:
            case "measure_state" | "action_state" | "kind":
                return str(_CHOICES[column.kind][0](value).label)
            case "areas":
                return ", ".join(self.known.area_name(code) for code in value)
            case "topics":
                return ", ".join(self.known.topic_name(topic) for topic in value)
            case "partners":
                return ", ".join(value)
            case "money":
                return f"€ {dutch.number(float(value), 2)}"
        return str(value)

    def _value(self, line: Line, column: Column, cell: Any) -> Any:
        text = values.words_of(cell)
        match column.kind:
            case "start" | "end":
                if not text:
                    return None
                day, note = values.date_of(cell, column.kind == "end")
                if note:
                    line.notes.append(f"{line.source.headers[column.key]}: {note}")
                return day
            case "money":
                return values.money_of(cell) if text else None
            case "hours":
                return values.hours_of(cell) if text else None
            case "measure_state" | "action_state" | "kind":
                if not text:
                    return type(line.existing)._meta.get_field(column.name).default if line.existing else None
                return self._choice(line, column, text)
            case "person":
                return self._person(line, column, text)
            case "priority":
                return self._priority(line, column, text)
            case "partners":
                return self._partners(text)
            case "areas":
                options = [(a.code, self.known.area_name(a.code)) for a in self.known.areas]
                return self._items(line, column, text, self.known.area, options)
            case "topics":
                return self._items(line, column, text, self.known.topic, self.known.topics())
            case "slug":
                return (
                    text if text.replace("-", "").isalnum() and text.isascii() and len(text) <= column.longest else ""
                )
        return self._words(column, text)

    def _words(self, column: Column, text: str) -> str:
        if column.kind == "title":
            text = " ".join(text.split())
            if not text:
                raise CellError("hier staat niets")
        if column.longest and len(text) > column.longest:
            raise CellError(f"dit zijn {len(text)} tekens; er passen er {column.longest}. Maak het korter")
        return text

    def _asked(self, line: Line, column: Column, text: str, choices: Sequence[tuple[str, str]], problem: str) -> str:
        """The answer to what a word means.

        Raises
        ------
        UnansweredError
            When there is none: then the question is put, and the row cannot come in yet.
        """
        name = question_name(column.kind, values.plain(text))
        found = self.questions.setdefault(
            name, Question(name, line.source.headers.get(column.key, column.header), text, choices)
        )
        if line.source.row not in found.rows:
            found.rows.append(line.source.row)
        found.answer = answer = self.answers.get(name, "")
        if answer not in dict(choices):
            line.wrong(
                column, f"'{text[:60]}': {problem}. Kies hierboven wat Koers ermee doet", typed=False, asked=True
            )
            raise UnansweredError
        return answer

    def _choice(self, line: Line, column: Column, text: str) -> str:
        kind, words = _CHOICES[column.kind]
        try:
            return values.choice_of(text, words)
        except UnknownError as problem:
            return self._asked(line, column, text, list(kind.choices), str(problem))

    def _person(self, line: Line, column: Column, text: str) -> User | None:
        if not text or values.plain(text) in values.NO_DATE | {"niemand", "geen"}:
            return None
        try:
            return self.known.people.find(text)
        except UnknownError as problem:
            people = [(f"u{u.pk}", self.known.people.name_of(u)) for u in self.known.people.users]
            department = f"{column.name}_department"
            as_department = [(AS_DEPARTMENT, f"zet '{text[:60]}' bij de afdeling")]
            if line.of == "action" and column.name == "deputy":
                as_department = []
            answer = self._asked(line, column, text, [*as_department, *people, (EMPTY, "laat leeg")], str(problem))
        if answer == AS_DEPARTMENT:
            if not line.source.text(f"{line.of}.{department}"):
                line.values[department] = text[:100]
                line.shown.append(("Afdeling", text[:100]))
                if line.existing is not None:
                    line.changes.append(Change("Afdeling", getattr(line.existing, department) or "–", text[:100]))
            return None
        return next((u for u in self.known.people.users if answer == f"u{u.pk}"), None)

    def _priority(self, line: Line, column: Column, text: str) -> Any:
        if not text:
            raise CellError("hier staat niets: kies een prioriteit")
        try:
            return self.known.priority(text)
        except UnknownError as problem:
            make = (MAKE, f"maak de prioriteit '{text[:60]}'")
            there = [(f"p{p.pk}", str(p)) for p in self.known.priorities]
            answer = self._asked(line, column, text, [*there, make], str(problem))
        if answer == MAKE:
            return NewPriority(text[:200])
        return next(p for p in self.known.priorities if answer == f"p{p.pk}")

    def _partners(self, text: str) -> list[str]:
        names = []
        for name in values.list_of(text):
            if len(name) > 120:
                raise CellError("een naam van een partner is langer dan 120 tekens")
            there = self.known.partners.get(values.plain(name))
            names.append(there.name if there else self.new_partners.setdefault(values.plain(name), name))
        return sorted(set(names))

    def _items(self, line: Line, column: Column, text: str, find: Callable[[str], str],
               options: Sequence[tuple[str, str]]) -> list[str]:  # fmt: skip
        found = []
        unanswered = False
        for item in values.list_of(text):
            try:
                found.append(find(item))
            except UnknownError as problem:
                try:
                    answer = self._asked(line, column, item, [*options, (EMPTY, "laat weg")], str(problem))
                except UnansweredError:
                    unanswered = True
                    continue
                if answer != EMPTY:
                    found.append(answer)
        if unanswered:
            raise UnansweredError
        return list(dict.fromkeys(found))


def adoption_note(line: Line) -> str:
    """What to say when a file says that a line is adopted, which only a person does."""
    text = line.source.text(f"{line.of}.adoption")
    if not text:
        return ""
    if line.existing is None:
        return "new" if values.plain(text) == Adoption.ADOPTED.label else ""
    return "" if values.plain(text) == values.plain(line.existing.get_adoption_display()) else "existing"
