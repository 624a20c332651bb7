"""A cell of a row to the field of a line: what it becomes, how that is shown, and what must be
asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from koers import dutch
from koers.apps.described import Type
from koers.apps.exchange import values
from koers.apps.exchange.columns import (
    ABOVE,
    ABOVE_ID,
    ACTION_ID,
    BY_KEY,
    GOAL_ID,
    MEASURE,
    MEASURE_ID,
    PLAN_ID,
    PRIORITY_ID,
    FileColumn,
)
from koers.apps.exchange.lines import CellChange, Line
from koers.apps.exchange.naming import Names, UnansweredError
from koers.apps.exchange.shown import names_of, same, shown, theme_name
from koers.apps.exchange.values import UnknownError
from koers.apps.exchange.written import (
    budget_in,
    day_in,
    fitting,
    keep_planning,
    planning_in,
    planning_written,
    state_in,
)
from koers.apps.people.privacy import likely_personal
from koers.apps.plan.models import Action, Adoption, Measure
from koers.apps.plan.services.content import frozen_fields
from koers.dutch import month_of
from koers.records.aim import number_text
from koers.tables.reading.budget import Money, budget_of
from koers.tables.reading.cells import CellError
from koers.tables.reading.planning import When
from koers.tables.reading.said import said as words_of

APPENDED = ("aim", "description", "note", "budget_words")
# These are found by the checks as a whole, or never set by a file.
_NOT_HERE = (
    *(MEASURE_ID, ACTION_ID, GOAL_ID, ABOVE, ABOVE_ID),
    *(PRIORITY_ID, PLAN_ID),
    *("measure.adoption", "action.adoption", "goal.adoption", "priority.adoption"),
)


def _decided_on(line: Measure | Action) -> frozenset[str]:
    """The fields that a file does not change, and under which priority a measure stands where some
    are frozen."""
    frozen = frozen_fields(line)
    return frozenset({*frozen, "priority"}) if frozen else frozenset()


class Fields(Names):
    """Reads cells; collects what Koers does not know as questions, and takes the answers."""

    def fill(self, line: Line, columns: Sequence[FileColumn]) -> None:
        """Read the cells of a row into its line."""
        for column in columns:
            if column.key in line.source.cells and column.key not in _NOT_HERE:
                self._fill(line, column)
        self._fill_beside(line)

    def _fill_beside(self, line: Line) -> None:
        """What cells say of other fields than their own, where those have no column that says
        something: the days of a planning, the planning of vague days, words of a budget."""
        if line.source.text(f"{line.of}.planning"):
            self._days_of_planning(line)
        elif written := planning_written(line):
            line.words["planning"] = written
        for name, value in line.words.items():
            column = BY_KEY[f"{line.of}.{name}"]
            if column.name in APPENDED:
                self._append(line, column, value)
            elif not line.source.text(column.key):
                if isinstance(value, str) and 0 < column.field.longest < len(value):
                    value = value[: column.field.longest]
                self._set(line, column, value)

    def _append(self, line: Line, column: FileColumn, text: str) -> None:
        there = line.values.get(column.name) or getattr(line.existing, column.name, "")
        if text in there.split("\n"):
            return
        line.shown = [(header, words) for header, words in line.shown if header != column.header]
        line.changes = [change for change in line.changes if change.header != column.header]
        self._set(line, column, f"{there}\n{text}".strip())

    def _days_of_planning(self, line: Line) -> None:
        column = BY_KEY[f"{line.of}.planning"]
        if "planning" not in line.values or not line.source.text(column.key):
            return
        found = planning_in(line, line.source.cells[column.key])
        if found.when == When.IMPOSSIBLE:
            line.wrong(column, "deze dag of week bestaat niet")
        keep_planning(line, column, found)
        days = {"start": found.start, "end": found.end, "due": found.end}
        for name, day in days.items():
            there = BY_KEY.get(f"{line.of}.{name}")
            if there is not None and day is not None and there.key not in line.source.cells:
                self._set(line, there, day)

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
        if words_of(cell):
            return False
        if column.is_title:
            line.wrong(column, "hier staat niets")
        return True

    def _set(self, line: Line, column: FileColumn, value: Any) -> None:
        now = self._current(line, column) if line.existing is not None else None
        if line.existing is not None and value == now:
            return
        text = self.text_of(column, value)
        if column.name == "start_snapshot":
            # Of which figures a number is, no file says.
            line.notes.append("het peilmoment komt van de cijfers, niet uit een bestand")
            return
        if line.existing is not None and column.name in _decided_on(line.existing):
            self._propose(line, column, value, text, now)
            return
        line.values[column.name] = value
        if line.existing is not None or text != "–":
            line.shown.append((column.header, text))
        if line.existing is not None:
            line.changes.append(CellChange(column.header, self.text_of(column, now), text))
        if column.field is not None and column.field.type == Type.TEXT:
            line.personal.extend(f"{kind}: '{words}'" for kind, words in likely_personal(value))

    def _propose(self, line: Line, column: FileColumn, value: Any, text: str, now: Any) -> None:
        """A change of what was decided on: somebody decides on it once more. Under which priority a
        measure stands does not change so."""
        if column.field is None:
            line.notes.append(
                f"blijft onder '{self.text_of(column, now)}' en komt niet onder '{text[:80]}':"
                " dat is zo vastgesteld"
            )
            return
        line.proposed[column.name] = value
        line.changes.append(CellChange(column.header, self.text_of(column, now), text, True))

    def put(self, line: Line, column: FileColumn, text: str) -> None:
        """Set a text that stands around the row."""
        longest = column.field.longest
        self._set(
            line,
            column,
            fitting(line, column, text, longest) if 0 < longest < len(text) else text,
        )

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
            case Type.INDICATOR | Type.INDICATORS:
                return ", ".join(map(self.known.topic_name, _several(value)))
            case Type.AREA | Type.AREAS:
                return ", ".join(map(self.known.area_name, _several(value)))
            case Type.THEMES:
                return ", ".join(theme_name(one) for one in value)
            case Type.REFERENCES | Type.TEXTS:
                return ", ".join(value)
            case Type.MONEY:
                return f"€ {dutch.number(float(value), 2)}"
            case Type.NUMBER:
                return number_text(value)
        return str(value)

    def _value(self, line: Line, column: FileColumn, cell: Any) -> Any:
        text = words_of(cell)
        if column.field is None:
            return self._priority(line, column, text)
        if column.is_list:
            return self._list(line, column, text)
        if column.field.type == Type.PERSON:
            return self._person(line, column, text)
        if column.field.type in (Type.INDICATOR, Type.AREA):
            return self._chosen(line, column, text)
        if column.field.type == Type.PERIOD:
            if text and not month_of(text):
                raise CellError("schrijf een jaar (2016) of een maand (2016-12)")
            return text
        if column.field.type in (Type.TEXT, Type.SLUG):
            return self._words(line, column, text)
        return self._one(line, column, cell) if text else self._empty(column)

    def _empty(self, column: FileColumn) -> Any:
        """What an empty cell makes of a field."""
        return None if column.field.field.null else column.field.field.get_default()

    def _one(self, line: Line, column: FileColumn, cell: Any) -> Any:
        match column.field.type:
            case Type.DAY:
                return day_in(line, column, cell)
            case Type.MONEY if f"{column.of}.budget_words" in BY_KEY and column.name == "budget":
                return budget_in(line, column, cell)
            case Type.MONEY:
                return values.money_of(cell)
            case Type.WHOLE:
                return self._whole(line, column, cell)
            case Type.NUMBER:
                return values.decimal_of(cell)
            case Type.YES_NO:
                return values.yes_or_no_of(words_of(cell))
        return self._choice(line, column, words_of(cell))

    def _whole(self, line: Line, column: FileColumn, cell: Any) -> int | None:
        """A whole number; of a measure what is none stays in words."""
        try:
            return values.whole_of(cell, column.header.lower())
        except CellError:
            found = budget_of(cell, "uren" if column.name == "hours" else "")
            if column.of != MEASURE or found.kind == Money.WORDS and not found.written:
                raise
            header = line.source.headers.get(column.key, column.header)
            line.add_words("budget_words", f"{header}: {found.written}")
            line.kept.append((header, found.written, "is geen heel getal"))
            return found.hours

    def _words(self, line: Line, column: FileColumn, text: str) -> str:
        if column.field.type == Type.SLUG:
            fits = text.replace("-", "").isalnum() and text.isascii()
            return text if fits and len(text) <= column.field.longest else ""
        if column.is_title:
            text = " ".join(text.split())
            if not text:
                raise CellError("hier staat niets")
        longest = column.field.longest
        return fitting(line, column, text, longest) if 0 < longest < len(text) else text

    def _choice(self, line: Line, column: FileColumn, text: str) -> str:
        choices = column.field.choices
        if column.name == "state" and column.key in values.CHOICES:
            try:
                return state_in(line, column, text)
            except UnknownError as problem:
                return self._asked(line, column, text, list(choices.items()), str(problem))
        words = values.CHOICES.get(column.key) or {
            value: (values.plain(label),) for value, label in choices.items()
        }
        try:
            return values.choice_of(text, words)
        except UnknownError as problem:
            return self._asked(line, column, text, list(choices.items()), str(problem))


def _several(value: Any) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value


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
