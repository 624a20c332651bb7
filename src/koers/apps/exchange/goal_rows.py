"""Rows, and texts above a table, that are goals: kept as they are written."""

from __future__ import annotations

from koers.apps.exchange.columns import BY_KEY, GOAL
from koers.apps.exchange.line_rows import LineRows
from koers.apps.exchange.lines import Line
from koers.apps.exchange.naming import UnansweredError
from koers.apps.exchange.part import Part
from koers.apps.exchange.rows import Source
from koers.apps.people.privacy import likely_personal
from koers.apps.plan.models import Plan, Priority
from koers.apps.plan.services.content import frozen_fields
from koers.tables.reading.grid import Grid


class GoalRows(LineRows):
    """The part of a check that reads goals."""

    def _goal_in_text(self, place: int, part: Part, number: int, words: str, table: Grid) -> None:
        """A goal that stands above a table."""
        cells = {"goal.title": words}
        source = Source(
            place, table.name, -number - 1, cells, {"goal.title": "Tekst boven de tabel"}
        )
        self._goal(source, part)

    def _goal(self, source: Source, part: Part) -> Line:
        """A goal as it is written, for the priority under which it stands, else for the plan."""
        line = self._line(GOAL, source)
        title = " ".join(source.text("goal.title").split())
        more = [t for t in source.text("goal.words").splitlines() if t.strip()]
        if not title:
            line.wrong(BY_KEY["goal.title"], "hier staat niets")
        try:
            column = BY_KEY["goal.priority"]
            text = source.text("goal.priority")
            line.above = (
                self.fields.priority_of(line, column, text)
                if text
                else self._priority_around(line, column, part)
            ) or self.known.plan
        except UnansweredError:
            return line
        words = f"{title}. {'; '.join(more)}" if more else title
        line.values = {"title": title, "words": words}
        line.shown = [("Doel", words)]
        line.personal = [f"{kind}: '{said}'" for kind, said in likely_personal(words)]
        there = isinstance(line.above, (Plan, Priority))
        if there and "aims" in frozen_fields(line.above):
            line.wrong(
                BY_KEY["goal.title"],
                f"'{line.above}' is vastgesteld: stel dit doel in Koers voor als aanpassing",
                typed=False,
            )
        return line
