"""Rows, texts above a table and aims beside a measure that are goals: by a figure where Koers knows
it, else in words; a goal of no priority stays a text of the plan. And the priorities that a
document names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from koers.apps.exchange.aims import RATE, SaidGoal, direction_of, said_goal, unit_of
from koers.apps.exchange.columns import BY_KEY, GOAL, GOAL_FIELDS, MEASURE, PRIORITY
from koers.apps.exchange.known import NewPriority
from koers.apps.exchange.line_rows import LineRows
from koers.apps.exchange.lines import Line
from koers.apps.exchange.naming import UnansweredError
from koers.apps.exchange.part import Part
from koers.apps.exchange.rows import Source
from koers.apps.exchange.values import UnknownError, plain
from koers.apps.people.privacy import likely_personal
from koers.apps.picture.measured import units_for
from koers.apps.plan.models import GoalKind, Priority
from koers.indicators import Indicator, load_indicators
from koers.indicators.units import GOAL_UNITS
from koers.records.aim import Step, step_line
from koers.tables.reading.grid import Grid

QUESTION = "Hoe staat het met dit doel?"
_LONGEST = 200
_SAME_WAY = {"down": "most", "up": "least"}


class GoalRows(LineRows):
    """The part of a check that reads goals and priorities."""

    def _named(self, priorities: Sequence[str]) -> list[NewPriority]:
        """The priorities that a document names and that the plan has not."""
        found: dict[str, NewPriority] = {}
        for text in priorities:
            source = Source(0, "", 0, {PRIORITY: text}, {PRIORITY: "Prioriteit"})
            try:
                one = self.fields.priority_of(Line(MEASURE, source), BY_KEY[PRIORITY], text)
            except UnansweredError:
                continue
            if isinstance(one, NewPriority):
                found.setdefault(plain(one.title), one)
        return list(found.values())

    def _goal_in_text(self, place: int, part: Part, number: int, words: str, table: Grid) -> None:
        """A goal that stands above a table."""
        cells = {"goal.title": words}
        source = Source(
            place, table.name, -number - 1, cells, {"goal.title": "Tekst boven de tabel"}
        )
        self._goal(source, part)

    def _goals_of_measures(self, parts: Sequence[Part]) -> None:
        """The aims that stand beside new measures, each once under its priority."""
        for line in [x for x in self.lines if x.is_measure and x.existing is None]:
            if line.above is not None and line.uses is None and line.values.get("aim"):
                self._goal_of(line, parts[line.source.part])

    def _goal_of(self, measure: Line, part: Part) -> None:
        own, named = _apart(measure.source.named_in("measure.aim"))
        said = dict(named)
        title = own or next((t for n, t in named if "indicator" in n.lower()), "")
        if title.strip("-– ") == "":
            return
        above: Any = measure.above
        for goal in (x for x in self.lines if x.is_goal):
            if plain(goal.title) == plain(title) and _place(goal.above) == _place(above):
                return
        source = replace(
            measure.source,
            beside="-doel",
            cells={"goal.title": title},
            headers={"goal.title": measure.source.headers.get("measure.aim", "Doel")},
            named={"goal.words": tuple((n, t) for n, t in said.items() if t != title)},
            notes=(),
            wrong=(),
        )
        self._goal(source, part, above)

    def _goal(
        self, source: Source, part: Part, above: Priority | NewPriority | None = None
    ) -> Line:
        """A goal for the priority under which it stands; without one it is a text of the plan."""
        line = self._line(GOAL, source)
        title = " ".join(source.text("goal.title").split())
        _, named = _apart(source.named_in("goal.words"))
        more = [f"{name}: {text}" for name, text in named]
        if not title:
            line.wrong(BY_KEY["goal.title"], "hier staat niets")
            return line
        written = f"{title}. {'; '.join(more)}" if more else title
        line.personal = [f"{kind}: '{words}'" for kind, words in likely_personal(written)]
        said = said_goal(title, named)
        try:
            line.above = above or self._above_goal(line, part, said) or self.known.plan
            if line.above is self.known.plan:
                self._as_text(line, title, written)
            else:
                self._as_goal(line, said, written)
        except UnansweredError:
            return line
        return line

    def _above_goal(self, line: Line, part: Part, said: SaidGoal) -> Priority | NewPriority | None:
        """By its own column, by what stands around it, else by the one priority of its figure."""
        column = BY_KEY["goal.priority"]
        if text := line.source.text("goal.priority"):
            return self.fields.priority_of(line, column, text)
        if (found := self._priority_around(line, column, part)) is not None:
            return found
        topic = self._known_topic(said)
        about = [p for p in self.known.priorities if topic and topic in p.indicators]
        if len(about) != 1:
            return None
        line.notes.append(f"komt bij '{about[0]}', want dat gaat over dit cijfer")
        return about[0]

    def _as_text(self, line: Line, title: str, written: str) -> None:
        line.as_text = True
        line.values = {"title": title, "written": written}
        line.shown = [("Doel", written)]
        line.is_there = written in self.known.plan.aims.split("\n")
        line.notes.append(
            "blijft een tekst bij het plan: wijs bij de kolommen aan onder welke prioriteit het"
            " valt, dan wordt het een doel"
        )

    def _as_goal(self, line: Line, said: SaidGoal, written: str) -> None:
        values: dict[str, Any] = {"title": _fitting(said.title), "written": written}
        topic = self._topic(line, said) if said.in_figures else ""
        figures = self._in_figures(line, said, topic) if topic else {}
        values |= figures or self._in_words()
        line.values = values
        line.shown = [
            (GOAL_FIELDS[name].header, self.fields.text_of(GOAL_FIELDS[name], value))
            for name, value in values.items()
            if value not in ("", None, []) and name != "title"
        ]
        if said.unread:
            line.notes.append(
                f"{', '.join(said.unread)}: dit is geen getal dat Koers begrijpt; de tekst blijft"
                " bij het doel staan"
            )

    def _in_words(self) -> dict[str, Any]:
        """A goal that people judge."""
        due = date(self.known.plan.end_year, 12, 31)
        return {"kind": GoalKind.WORDS.value, "due": due, "question": QUESTION}

    def _known_topic(self, said: SaidGoal) -> str:
        for text in (said.indicator, said.title):
            try:
                return self.known.topic(text)
            except UnknownError:
                continue
        return ""

    def _topic(self, line: Line, said: SaidGoal) -> str:
        """The figure that it is about; "" where that is none that Koers has."""
        if found := self._known_topic(said):
            return found
        text = said.indicator or said.title
        likely = self.known.likely_topic(text) or self.known.likely_topic(said.title)
        return self.fields.figure_of_goal(line, text, likely)

    def _in_figures(self, line: Line, said: SaidGoal, topic: str) -> dict[str, Any]:
        """What is asked of the figure; nothing where the numbers do not suit it."""
        indicator = load_indicators()[topic]
        unit = self._unit(line, said, indicator)
        if unit is None:
            return {}
        kind = said.kind if said.kind and not (said.targets or said.target) else "value"
        years = dict(sorted(said.targets.items()))
        last = max(years, default=self.known.plan.end_year)
        if said.target is not None:
            last = max(last, self.known.plan.end_year)
        target = said.target or years.pop(last, None)
        value = None if target is None else target.value
        values: dict[str, Any] = {
            "kind": kind,
            "indicator": topic,
            "unit": unit,
            "direction": _direction(said, value, indicator),
            "target": value,
            "due": date(last, 12, 31),
            "path": [step_line(Step(year=y, value=f.value)) for y, f in years.items()],
        }
        if said.base is not None:
            values["start_value"] = said.base.value
        if said.base_year is not None:
            values["start_period"] = str(said.base_year)
        return values

    def _unit(self, line: Line, said: SaidGoal, indicator: Indicator) -> str | None:
        """The unit of its numbers, "" as the figure is counted; None, and that is said, where the
        figure does not have it."""
        unit, there = unit_of(said), units_for(indicator)
        if unit == RATE:
            unit = indicator.unit if indicator.measure == "rate" else there[1]
        if unit is None or (unit and unit not in there):
            known = ", ".join(GOAL_UNITS[u] for u in there)
            line.notes.append(
                f"de eenheid past niet bij '{indicator.title}' ({known}): het doel komt binnen in"
                " woorden"
            )
            return None
        figures = (said.base, said.target, *said.targets.values())
        in_parts = any(f is not None and not f.value.is_integer() for f in figures)
        if not unit and in_parts and "count" in there:
            return self.fields.unit_of_goal(line, indicator)
        return unit


def _direction(said: SaidGoal, target: float | None, indicator: Indicator) -> str:
    """Which way is better, where that is not the way of the figure."""
    found = said.direction if target is None else direction_of(said, target)
    return "" if found == _SAME_WAY.get(indicator.direction) else found


def _apart(named: Sequence[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """What stands in the own column of a field, and what in the others."""
    own = " ".join(" ".join(text for name, text in named if not name).split())
    return own, [(name, text) for name, text in named if name]


def _place(above: Any) -> Any:
    return plain(above.title) if above is not None else None


def _fitting(title: str) -> str:
    """A title at its length; the whole of it stays in what is written."""
    if len(title) <= _LONGEST:
        return title
    cut = title[: _LONGEST - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"
