"""A cell of a row to the field of a line: what it becomes, how that is shown, and what must be
asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from koers import dutch
from koers.apps.described import Type
from koers.apps.exchange import values
from koers.apps.exchange.columns import ABOVE, ABOVE_ID, ACTION_ID, MEASURE_ID, FileColumn
from koers.apps.exchange.known import Known, NewPriority
from koers.apps.exchange.lines import CellChange, Line, Question, question_name
from koers.apps.exchange.shown import names_of, same, shown
from koers.apps.exchange.values import UnknownError
from koers.apps.people.models import User
from koers.apps.people.privacy import likely_personal
from koers.apps.plan.models import Action, Adoption, Measure
from koers.apps.plan.services.content import frozen_fields
from koers.tables.reading.cells import CellError

EMPTY, AS_DEPARTMENT, MAKE = "leeg", "afdeling", "nieuw"
# These are found by the checks as a whole, or never set by a file.
_NOT_HERE = (MEASURE_ID, ACTION_ID, ABOVE, ABOVE_ID, "measure.adoption", "action.adoption")


def _decided_on(line: Measure | Action) -> frozenset[str]:
    """The fields that a file does not change, and under which priority a measure stands where some
    are frozen."""
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

    def fill(self, line: Line, columns: Sequence[FileColumn]) -> None:
        """Read the cells of a row into its line."""
        for column in columns:
            if column.key in line.source.cells and column.key not in _NOT_HERE:
                self._fill(line, column)

    def _fill(self, line: Line, column: FileColumn) -> None:
        cell = line.source.cells[column.key]
        reason = dict(line.source.wrong).get(column.key)
        if reason:
            line.wrong(column, reason)
            return
        if self._says_nothing_new(line, column, cell):
            return
        try:
            value = self._value(line, column, cell)
        except UnansweredError:
            return
        except CellError as problem:
            line.wrong(column, str(problem))
            return
        self._set(line, column, value)

    def _says_nothing_new(self, line: Line, column: FileColumn, cell: Any) -> bool:
        if line.existing is not None:
            return same(cell, shown(line.existing, column, self.known))
        if values.words_of(cell):
            return False
        if column.is_title:
            line.wrong(column, "hier staat niets")
        return True

    def _set(self, line: Line, column: FileColumn, value: Any) -> None:
        now = self._current(line, column) if line.existing is not None else None
        if line.existing is not None and value == now:
            return
        text = self.text_of(column, value)
        if line.existing is not None and column.name in _decided_on(line.existing):
            line.notes.append(
                f"{column.header} blijft zoals vastgesteld en wordt niet '{text[:80]}': stel"
                " daarvoor in Koers een aanpassing voor"
            )
            return
        line.values[column.name] = value
        line.shown.append((column.header, text))
        if line.existing is not None:
            line.changes.append(CellChange(column.header, self.text_of(column, now), text))
        if column.field is not None and column.field.type == Type.TEXT:
            line.personal.extend(f"{kind}: '{words}'" for kind, words in likely_personal(value))

    def _current(self, line: Line, column: FileColumn) -> Any:
        if column.field is not None and column.field.type == Type.REFERENCES:
            return names_of(line.existing, column.name)
        return getattr(line.existing, column.name)

    def text_of(self, column: FileColumn, value: Any) -> str:
        """A value as a person reads it."""
        if value is None or value == "" or value == []:
            return "–"
        match column.field.type if column.field is not None else None:
            case Type.DAY:
                return dutch.day(value)
            case Type.PERSON:
                return self.known.people.name_of(value)
            case Type.CHOICE:
                return column.field.choices[value]
            case Type.YES_NO:
                return "ja" if value else "nee"
            case Type.AREAS:
                return ", ".join(self.known.area_name(code) for code in value)
            case Type.INDICATORS:
                return ", ".join(self.known.topic_name(topic) for topic in value)
            case Type.REFERENCES | Type.TEXTS:
                return ", ".join(value)
            case Type.MONEY:
                return f"€ {dutch.number(float(value), 2)}"
            case Type.NUMBER:
                return dutch.number(value, 0 if float(value).is_integer() else 1)
        return str(value)

    def _value(self, line: Line, column: FileColumn, cell: Any) -> Any:
        text = values.words_of(cell)
        if column.field is None:
            return self._priority(line, column, text)
        if column.is_list:
            return self._list(line, column, text)
        if column.field.type == Type.PERSON:
            return self._person(line, column, text)
        if column.field.type in (Type.TEXT, Type.SLUG):
            return self._words(column, text)
        return self._one(line, column, cell) if text else self._empty(column)

    def _empty(self, column: FileColumn) -> Any:
        """What an empty cell makes of a field."""
        return None if column.field.field.null else column.field.field.get_default()

    def _one(self, line: Line, column: FileColumn, cell: Any) -> Any:
        match column.field.type:
            case Type.DAY:
                day, note = values.date_of(cell, column.field.said.until)
                if note:
                    line.notes.append(f"{line.source.headers[column.key]}: {note}")
                return day
            case Type.MONEY:
                return values.money_of(cell)
            case Type.WHOLE:
                return values.whole_of(cell, column.header.lower())
            case Type.NUMBER:
                return values.decimal_of(cell)
            case Type.YES_NO:
                return values.yes_or_no_of(values.words_of(cell))
        return self._choice(line, column, values.words_of(cell))

    def _list(self, line: Line, column: FileColumn, text: str) -> list[str]:
        match column.field.type:
            case Type.AREAS:
                options = [(a.code, self.known.area_name(a.code)) for a in self.known.areas]
                return self._items(line, column, text, self.known.area, options)
            case Type.INDICATORS:
                return self._items(line, column, text, self.known.topic, self.known.topics())
            case Type.REFERENCES:
                return self._partners(text)
        return values.list_of(text)

    def _words(self, column: FileColumn, text: str) -> str:
        if column.field.type == Type.SLUG:
            fits = text.replace("-", "").isalnum() and text.isascii()
            return text if fits and len(text) <= column.field.longest else ""
        if column.is_title:
            text = " ".join(text.split())
            if not text:
                raise CellError("hier staat niets")
        longest = column.field.longest
        if longest and len(text) > longest:
            raise CellError(f"dit zijn {len(text)} tekens; er passen er {longest}. Maak het korter")
        return text

    def _asked(
        self,
        line: Line,
        column: FileColumn,
        text: str,
        choices: Sequence[tuple[str, str]],
        problem: str,
    ) -> str:
        """The answer to what a word means.

        Raises
        ------
        UnansweredError
            When there is none: then the question is put, and the row cannot come in yet.
        """
        name = question_name(column.asks, values.plain(text))
        found = self.questions.setdefault(
            name, Question(name, line.source.headers.get(column.key, column.header), text, choices)
        )
        if line.source.row not in found.rows:
            found.rows.append(line.source.row)
        found.answer = answer = self.answers.get(name, "")
        if answer not in dict(choices):
            line.wrong(
                column,
                f"'{text[:60]}': {problem}. Kies hierboven wat Koers ermee doet",
                typed=False,
                asked=True,
            )
            raise UnansweredError
        return answer

    def _choice(self, line: Line, column: FileColumn, text: str) -> str:
        choices = column.field.choices
        words = values.CHOICES.get(column.key) or {
            value: (values.plain(label),) for value, label in choices.items()
        }
        try:
            return values.choice_of(text, words)
        except UnknownError as problem:
            return self._asked(line, column, text, list(choices.items()), str(problem))

    def _person(self, line: Line, column: FileColumn, text: str) -> User | None:
        if not text or values.plain(text) in values.NO_DATE | {"niemand", "geen"}:
            return None
        try:
            return self.known.people.find(text)
        except UnknownError as problem:
            people = [(f"u{u.pk}", self.known.people.name_of(u)) for u in self.known.people.users]
            department = f"{column.name}_department"
            as_department = [(AS_DEPARTMENT, f"zet '{text[:60]}' bij de afdeling")]
            answer = self._asked(
                line, column, text, [*as_department, *people, (EMPTY, "laat leeg")], str(problem)
            )
        if answer == AS_DEPARTMENT:
            if not line.source.text(f"{line.of}.{department}"):
                line.values[department] = text[:100]
                line.shown.append(("Afdeling", text[:100]))
                if line.existing is not None:
                    now = getattr(line.existing, department) or "–"
                    line.changes.append(CellChange("Afdeling", now, text[:100]))
            return None
        return next((u for u in self.known.people.users if answer == f"u{u.pk}"), None)

    def _priority(self, line: Line, column: FileColumn, text: str) -> Any:
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
            names.append(
                there.name if there else self.new_partners.setdefault(values.plain(name), name)
            )
        return sorted(set(names))

    def _items(
        self,
        line: Line,
        column: FileColumn,
        text: str,
        find: Callable[[str], str],
        options: Sequence[tuple[str, str]],
    ) -> list[str]:
        found = []
        unanswered = False
        for item in values.list_of(text):
            try:
                found.append(find(item))
            except UnknownError as problem:
                try:
                    answer = self._asked(
                        line, column, item, [*options, (EMPTY, "laat weg")], str(problem)
                    )
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
    return (
        ""
        if values.plain(text) == values.plain(line.existing.get_adoption_display())
        else "existing"
    )
