"""The plan, priorities, goals and what people said of them, in the columns in which Koers takes
them along."""

from __future__ import annotations

import re
from typing import Any

from koers.apps.exchange.columns import (
    BY_KEY,
    GOAL,
    GOAL_FIELDS,
    GOAL_LINE_COLUMNS,
    JUDGED,
    JUDGED_ID,
    JUDGEMENT,
    OF_PLAN,
    OF_PRIORITY,
    PLAN_COLUMNS,
    PLAN_ID,
    PRIORITY_COLUMNS,
)
from koers.apps.exchange.line_rows import LineRows
from koers.apps.exchange.lines import Line
from koers.apps.exchange.naming import UnansweredError
from koers.apps.exchange.part import Part
from koers.apps.exchange.rows import Source
from koers.apps.exchange.shown import same
from koers.apps.exchange.values import date_of, plain
from koers.apps.people.privacy import likely_personal
from koers.apps.plan.forms.goals import NEEDED
from koers.apps.plan.models import Goal, GoalKind
from koers.records.aim import steps_of
from koers.tables.reading.cells import CellError


class TakenAlong(LineRows):
    """The part of a check that reads them."""

    def _goal_line(self, source: Source, part: Part) -> None:
        """A goal in the columns in which Koers takes it along."""
        line = self._line(GOAL, source)
        self.fields.fill(line, GOAL_LINE_COLUMNS)
        column = BY_KEY["goal.priority"]
        if line.existing is None and not line.problems:
            line.above = line.values.pop("priority", None)
            try:
                line.above = line.above or self._priority_around(line, column, part)
            except UnansweredError:
                return
            if line.above is None:
                line.wrong(column, "geen prioriteit", "goal.priority" in source.cells)
        self._suits(line)
        if line.existing is None and line.title:
            self.fields.goals_here[plain(line.title)] = line.title

    def _suits(self, line: Line) -> None:
        """Whether a goal has what its kind asks."""
        now = {**line.values, **line.proposed}

        def value(name: str) -> Any:
            if name in now or line.existing is None:
                return now.get(name)
            return getattr(line.existing, name)

        try:
            steps_of(value("path") or ())
        except ValueError as problem:
            line.wrong(GOAL_FIELDS["path"], str(problem).rstrip("."))
        if line.existing is None and value("due") is None:
            line.wrong(GOAL_FIELDS["due"], "een doel heeft een streefdatum")
        for name in NEEDED[GoalKind(value("kind") or GoalKind.VALUE)]:
            if value(name) in (None, "") and now:
                line.wrong(GOAL_FIELDS[name], "dit hoort bij een doel van deze soort")

    def _priority_line(self, source: Source, part: Part) -> None:
        """A priority; what stands under a new one finds it by its title."""
        line = self._line(OF_PRIORITY, source)
        self.fields.fill(line, PRIORITY_COLUMNS)
        line.above = self.known.plan
        if line.existing is None and line.title:
            self.fields.made_here.add(plain(line.title))

    def _plan_line(self, source: Source, part: Part) -> None:
        """The plan itself: a row without an id is that of the plan at hand."""
        line = self._line(OF_PLAN, source)
        if not source.text(PLAN_ID):
            line.existing = self.known.plan
        if line.existing is not None:
            self.fields.fill(line, PLAN_COLUMNS)

    def _judgement(self, source: Source, part: Part) -> None:
        """What people said of a goal; said once more it is no other judgement."""
        line = self._line(JUDGEMENT, source)
        said = {name: source.text(f"judgement.{name}") for name in ("answer", "reason", "judges")}
        line.above = self._judged(line)
        for name, text in said.items():
            if not text:
                line.wrong(BY_KEY[f"judgement.{name}"], "hier staat niets")
        column = BY_KEY["judgement.on"]
        try:
            on, _ = date_of(source.cells.get(column.key), True)
        except CellError as problem:
            line.wrong(column, str(problem))
            return
        if on is None:
            line.wrong(column, "hier staat geen dag")
        line.values = {"title": f"{said['answer']} ({source.text(column.key)})", "on": on, **said}
        line.shown = [(BY_KEY[f"judgement.{n}"].header, text) for n, text in said.items()]
        line.personal = [f"{kind}: '{w}'" for kind, w in likely_personal("\n".join(said.values()))]
        if isinstance(line.above, Goal):
            line.is_there = any(
                one.on == on and all(same(getattr(one, n), text) for n, text in said.items())
                for one in self.known.judgements.get(line.above.pk, ())
            )

    def _judged(self, line: Line) -> Goal | Line | None:
        """The goal in words that a judgement is about: by its id, else by its title."""
        mark, title = line.source.text(JUDGED_ID), line.source.text(JUDGED)
        found: list[Any] = []
        if mark:
            number = re.fullmatch(r"(?i)d?(\d+)(\.0)?", mark)
            found = [g for g in self.known.goals.values() if number and g.pk == int(number[1])]
        elif title:
            new = (x for x in self.lines if x.is_goal and x.existing is None and not x.is_there)
            found = [
                g for g in (*new, *self.known.goals.values()) if plain(g.title) == plain(title)
            ]
        if len(found) != 1:
            more = (
                "er zijn meer doelen met deze titel" if found else "dit doel staat niet in het plan"
            )
            line.wrong(BY_KEY[JUDGED_ID if mark else JUDGED], more)
            return None
        kind = found[0].values.get("kind") if isinstance(found[0], Line) else found[0].kind
        if kind != GoalKind.WORDS:
            line.wrong(
                BY_KEY[JUDGED], "dit is een doel met een cijfer: daar oordelen geen mensen over"
            )
        return found[0]
