"""Names and words in cells to what they are: people, priorities, partners, indicators. What Koers
does not know is put as a question, with what it offers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from koers.apps.described import Type
from koers.apps.exchange import values
from koers.apps.exchange.columns import (
    ACTION,
    BY_KEY,
    GOAL_FIELDS,
    MEASURE,
    OTHERS,
    PRIORITY,
    SERVED,
    FileColumn,
)
from koers.apps.exchange.known import Known, NewPriority
from koers.apps.exchange.lines import CellChange, Line, Question, question_name
from koers.apps.exchange.values import UnknownError
from koers.apps.exchange.written import fitting
from koers.apps.people.models import Municipality, User
from koers.apps.people.privacy import likely_personal
from koers.apps.picture.measured import units_for
from koers.apps.plan.models import Framework, Priority
from koers.indicators import Indicator
from koers.indicators.themes import themes
from koers.indicators.units import GOAL_UNITS
from koers.tables.reading.cells import CellError

EMPTY, AS_DEPARTMENT, MAKE = "leeg", "afdeling", "nieuw"
APART, WHOLE, AS_WORDS = "apart", "een", "tekst"
_PRIORITY_NUMBER = re.compile(r"(?i)^(?:prioriteit|thema|speerpunt)\s*\d*\s*[.:–-]\s*")
# 'Team Veiligheid' is written as a name, and is none.
_OF_A_BODY = (
    r"(?i:team|afdeling|afd\.?|bureau|cluster|dienst|domein|programma|project|stichting|vereniging"
    r"|openbare?|gemeente|politie|sociaal|sociale|jeugd|juridische|publieke|veiligheid|regionale?"
    r"|basisteam|wijkteam|werkgroep|stuurgroep|college|raad|ministerie|platform)\b"
)
_LIKE_A_NAME = re.compile(
    rf"(?!{_OF_A_BODY})"
    r"(?:[A-Z][a-zà-ÿ]+|[A-Z]\.)(?: (?:van|de|der|den|ten|ter|te|het|'t))* [A-Z][a-zà-ÿ-]+"
)


class UnansweredError(Exception):
    """A word that nobody has explained yet."""


class Names:
    """Reads names; collects what Koers does not know, and takes the answers."""

    def __init__(self, known: Known, answers: Mapping[str, str]) -> None:
        self.known, self.answers = known, answers
        self.questions: dict[str, Question] = {}
        self.new_partners: dict[str, str] = {}
        self.new_priorities: dict[str, str] = {}
        self.made_here: set[str] = set()
        self.goals_here: dict[str, str] = {}

    def _list(self, line: Line, column: FileColumn, text: str) -> list[str]:
        match column.field.type:
            case Type.AREAS if column.name == "peers":
                return values.list_of(text)
            case Type.AREAS:
                options = [(a.code, self.known.area_name(a.code)) for a in self.known.areas]
                return self._items(line, column, text, self.known.area, options)
            case Type.INDICATORS:
                return self._topics(line, column, text)
            case Type.REFERENCES if column.field.field.related_model is Municipality:
                there = [(str(m), str(m)) for m in self.known.neighbours.values()]
                return sorted(self._items(line, column, text, self.known.neighbour, there))
            case Type.REFERENCES if column.key == OTHERS:
                items = values.list_of(text)
                return sorted({self.priority_of(line, column, item).title for item in items})
            case Type.REFERENCES if column.key == SERVED:
                options = [(title, title) for title in sorted(set(self.known.goal_titles.values()))]
                return sorted(self._items(line, column, text, self._goal_here, options))
            case Type.REFERENCES if column.field.field.related_model is Framework:
                there = [(str(f), str(f)) for f in self.known.frameworks.values()]
                return sorted(self._items(line, column, text, self.known.framework, there))
            case Type.THEMES:
                there = [(key, t.title) for key, t in themes().items()]
                return self._items(line, column, text, self.known.theme, there)
            case Type.REFERENCES:
                return self._partners(line, column, text)
        if column.name == "path":
            # A comma is of the number.
            return [s.strip(' "') for s in re.split(r"[;\n]", text) if s.strip(' "')]
        return values.list_of(text)

    def _goal_here(self, text: str) -> str:
        """A goal of the same file, or of the plan."""
        return self.goals_here.get(values.plain(text)) or self.known.goal(text)

    def _asked(
        self,
        line: Line,
        column: FileColumn,
        text: str,
        choices: Sequence[tuple[str, str]],
        problem: str,
        offered: str = "",
    ) -> str:
        """The answer to what a word means: as a person chose, else what Koers offers.

        Raises
        ------
        UnansweredError
            When there is none: then the question is put, and the row cannot come in yet.
        """
        name = question_name(column.asks, values.plain(text))
        found = self.questions.setdefault(
            name, Question(name, line.source.headers.get(column.key, column.header), text, choices)
        )
        # A text above a table has no row.
        if line.source.row > 0 and line.source.row not in found.rows:
            found.rows.append(line.source.row)
        found.offered = offered
        found.answer = answer = self.answers.get(name, offered)
        if answer not in dict(choices):
            line.wrong(
                column,
                f"'{text[:60]}': {problem}. Kies hierboven wat Koers ermee doet",
                typed=False,
                asked=True,
            )
            raise UnansweredError
        return answer

    def _person(self, line: Line, column: FileColumn, text: str) -> User | None:
        if not text or values.plain(text) in values.NO_DATE | {"niemand", "geen"}:
            return None
        try:
            return self.known.people.find(text)
        except UnknownError as problem:
            people = [(f"u{u.pk}", self.known.people.name_of(u)) for u in self.known.people.users]
            department = f"{column.name}_department"
            as_department = [(AS_DEPARTMENT, f"zet '{text[:60]}' bij de afdeling")]
            # What looks like a person, or is written as one, is asked.
            personal = likely_personal(text) or _LIKE_A_NAME.fullmatch(text) or "@" in text
            answer = self._asked(
                line,
                column,
                text,
                [*as_department, *people, (EMPTY, "laat leeg")],
                str(problem),
                "" if personal else AS_DEPARTMENT,
            )
        if answer == AS_DEPARTMENT:
            if line.source.text(f"{line.of}.{department}"):
                where = "note" if line.of == ACTION else "description"
                line.add_words(where, f"{line.source.headers[column.key]}: {text}")
                return None
            there = BY_KEY[f"{line.of}.{department}"]
            text = " ".join(text.split())
            if len(text) > there.field.longest:
                text = fitting(line, column, text, there.field.longest)
            line.values[department] = text
            line.shown.append(("Afdeling", text))
            if line.existing is not None:
                now = getattr(line.existing, department) or "–"
                line.changes.append(CellChange("Afdeling", now, text))
            return None
        return next((u for u in self.known.people.users if answer == f"u{u.pk}"), None)

    def _priority(self, line: Line, column: FileColumn, text: str) -> Any:
        if not text:
            raise CellError("hier staat niets: kies een prioriteit")
        return self.priority_of(line, column, text)

    def priority_of(self, line: Line, column: FileColumn, text: str) -> Priority | NewPriority:
        """The priority of this name; one that is not there is offered as a new one.

        Raises
        ------
        UnansweredError
            When a person has still to say which it is.
        """
        text = " ".join(text.split())
        if column.key == PRIORITY and (several := self._several(line, text)):
            line.words["other_priorities"] = sorted({p.title for p in several[1:]})
            return several[0]
        try:
            return self.known.priority(text)
        except UnknownError as problem:
            title = _PRIORITY_NUMBER.sub("", text) or text
            if values.plain(title[:200]) in self.made_here:
                return NewPriority(title[:200])
            make = (MAKE, f"maak de prioriteit '{title[:60]}'")
            there = [(f"p{p.pk}", str(p)) for p in self.known.priorities]
            first = self._first_known(text)
            offered = MAKE if first is None else f"p{first.pk}"
            answer = self._asked(line, column, text, [*there, make], str(problem), offered)
        if answer == MAKE:
            self.new_priorities.setdefault(values.plain(title), title[:200])
            return NewPriority(title[:200])
        found = next(p for p in self.known.priorities if answer == f"p{p.pk}")
        if len(values.names_in(text)) > 1:
            # A measure that serves several stands under one of them.
            line.add_words(
                "description", f"{line.source.headers.get(column.key, 'Prioriteit')}: {text}"
            )
        return found

    def _several(self, line: Line, text: str) -> list[Priority]:
        """The priorities of a cell that names more of them, each of which the plan has: a measure
        stands under the first and serves the others."""
        names = values.names_in(text)
        if len(names) < 2 or not line.is_measure:
            return []
        try:
            self.known.priority(text)
        except UnknownError:
            try:
                return [self.known.priority(name) for name in names]
            except UnknownError:
                return []
        return []

    def _first_known(self, text: str) -> Priority | None:
        """Of several priorities in one cell the first that the plan has."""
        for name in values.names_in(text)[:4]:
            if name == text:
                return None
            try:
                return self.known.priority(name)
            except UnknownError:
                continue
        return None

    def _partners(self, line: Line, column: FileColumn, text: str) -> list[str]:
        names: list[str] = []
        for item in values.list_of(text):
            several = values.names_in(item)
            if len(several) > 1 and values.plain(item) not in self.known.partners:
                apart = (APART, f"apart: {', '.join(several)}")
                whole = (WHOLE, f"als één partner: {item}")
                problem = "dit kunnen meer partners zijn"
                answer = self._asked(line, column, item, [apart, whole], problem, APART)
                several = several if answer == APART else [item]
            else:
                several = [item]
            names.extend(several)
        return sorted({self._partner(name) for name in names})

    def _partner(self, name: str) -> str:
        if len(name) > 120:
            raise CellError("een naam van een partner is langer dan 120 tekens")
        there = self.known.partners.get(values.plain(name))
        return there.name if there else self.new_partners.setdefault(values.plain(name), name)

    def figure_of_goal(self, line: Line, text: str, likely: str) -> str:
        """The figure by which a goal is measured, where its name says none that Koers has; "" where
        people judge it.

        Raises
        ------
        UnansweredError
            When a person has still to say which it is.
        """
        options = [(AS_WORDS, "geen: mensen zeggen hoe het gaat"), *self.known.topics()]
        problem = "dit cijfer kent Koers niet"
        column = GOAL_FIELDS["indicator"]
        answer = self._asked(line, column, text, options, problem, likely or AS_WORDS)
        return "" if answer == AS_WORDS else answer

    def unit_of_goal(self, line: Line, indicator: Indicator) -> str:
        """The unit of numbers with a part behind the comma on a figure of counts.

        Raises
        ------
        UnansweredError
            When a person has still to say which it is.
        """
        options = [(unit, GOAL_UNITS[unit]) for unit in units_for(indicator)]
        problem = "bij deze getallen staat geen eenheid"
        offered = next(unit for unit, _ in options if unit != "count")
        return self._asked(line, GOAL_FIELDS["unit"], indicator.title, options, problem, offered)

    def _topics(self, line: Line, column: FileColumn, text: str) -> list[str]:
        """Indicators that Koers knows; one that it does not know stays in the words of the goal."""
        whole, asks = values.list_of(text), column.of == MEASURE
        try:
            return [self.known.topic(text)]
        except UnknownError:
            pass
        found = []
        for item in whole:
            try:
                found.append(self.known.topic(item))
            except UnknownError as problem:
                keep = [(AS_WORDS, "bewaar als tekst bij het doel")] if asks else []
                options = [*keep, *self.known.topics(), (EMPTY, "laat weg")]
                offered = AS_WORDS if asks else ""
                answer = self._asked(line, column, item, options, str(problem), offered)
                if answer == AS_WORDS:
                    line.add_words("aim", f"{line.source.headers[column.key]}: {item}")
                elif answer != EMPTY:
                    found.append(answer)
        return list(dict.fromkeys(found))

    def _chosen(self, line: Line, column: FileColumn, text: str) -> str:
        """The one figure or area of a cell."""
        if not text:
            return ""
        if column.field.type == Type.INDICATOR:
            find, options = self.known.topic, self.known.topics()
        else:
            find = self.known.area
            options = [(a.code, self.known.area_name(a.code)) for a in self.known.areas]
        try:
            return find(text)
        except UnknownError as problem:
            answer = self._asked(line, column, text, [*options, (EMPTY, "laat leeg")], str(problem))
        return "" if answer == EMPTY else answer

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
