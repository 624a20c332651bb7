"""Rows that are a measure or an action: where each belongs, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from koers.apps.exchange.columns import (
    ACTION,
    ACTION_COLUMNS,
    BY_KEY,
    FIELD,
    GOAL,
    MEASURE,
    MEASURE_COLUMNS,
    OF_PLAN,
    OF_PRIORITY,
    PRIORITY,
    SERVED,
    FileColumn,
)
from koers.apps.exchange.fields import Fields, UnansweredError
from koers.apps.exchange.known import Known, NewPriority
from koers.apps.exchange.lines import CellChange, Line
from koers.apps.exchange.part import Part
from koers.apps.exchange.rows import Source
from koers.apps.exchange.shown import names_of, same, shown
from koers.apps.exchange.values import plain
from koers.apps.plan.models import Measure, Priority

_MARKS = {MEASURE: "m", ACTION: "a", GOAL: "d", OF_PRIORITY: "p", OF_PLAN: "u"}


class LineRows:
    """The part of a check that reads measures and actions."""

    def __init__(self, known: Known, given: Mapping[str, str], left_out: AbstractSet[str]) -> None:
        self.known, self.given, self.left_out = known, given, left_out
        self.fields = Fields(known, given)
        self.lines: list[Line] = []
        self.notes: list[str] = []
        self.heading = ""
        self.unread_rows: dict[tuple[int, str], list[int]] = {}

    def _line(self, of: str, source: Source) -> Line:
        notes = [note for key, note in source.notes if key.startswith(f"{of}.")]
        line = Line(of, source, notes=notes, left_out=source.leaving_out in self.left_out)
        there: Mapping[int, Any] = {
            MEASURE: self.known.measures,
            ACTION: self.known.actions,
            GOAL: self.known.goals,
            OF_PRIORITY: {p.pk: p for p in self.known.priorities},
            OF_PLAN: {self.known.plan.pk: self.known.plan},
        }.get(of, {})
        key = f"{of}.id"
        mark = source.text(key)
        if mark:
            found = re.fullmatch(r"(?i)[madpu]?(\d+)(\.0)?", mark)
            line.existing = (
                there.get(int(found.group(1)))
                if found and mark[0].lower() in f"{_MARKS[of]}0123456789"
                else None
            )
            if line.existing is None:
                line.wrong(
                    BY_KEY[key],
                    "deze regel staat niet (meer) in het plan van deze gemeente. Maak de cel leeg"
                    " om een nieuwe regel te maken",
                )
        self.lines.append(line)
        return line

    def _measure(
        self, source: Source, part: Part, above: Priority | NewPriority | None = None
    ) -> Line:
        line = self._line(MEASURE, source)
        self.fields.fill(line, MEASURE_COLUMNS)
        if line.existing is None:
            line.above = above or line.values.pop("priority", None)
            if line.above is None and not any(
                p.column == source.headers.get("measure.priority") for p in line.problems
            ):
                self._stand(line, part)
            else:
                self._under_a_field(line, source.bands)
        self._check_period(line)
        self._check_goals(line)
        return line

    def _stand(self, line: Line, part: Part) -> None:
        """Put a measure under the priority that stands around its row."""
        column = BY_KEY[PRIORITY]
        try:
            line.above = self._priority_around(line, column, part)
        except UnansweredError:
            return
        self._under_a_field(line, line.source.bands[:-1])
        if line.above is None:
            line.wrong(
                column,
                "geen prioriteit. Kies hieronder een prioriteit voor rijen zonder, "
                "of wijs de kolom aan",
                PRIORITY in line.source.cells,
            )

    def _under_a_field(self, line: Line, bands: Sequence[str]) -> None:
        """What stands above the priority is its field."""
        if bands and not line.source.text(FIELD):
            self.fields.put(line, BY_KEY[FIELD], " – ".join(bands))

    def _priority_around(
        self, line: Line, column: FileColumn, part: Part
    ) -> Priority | NewPriority | None:
        """By the band above the row, else as chosen for the whole table, else by the heading above
        the table."""
        chosen = next((p for p in self.known.priorities if p.pk == part.priority), None)
        for text in (line.source.band, "" if chosen else self.heading):
            if text:
                return self.fields.priority_of(line, column, text)
        return chosen

    def _check_goals(self, line: Line) -> None:
        """A goal belongs to a priority that the measure serves."""
        if "goals" not in line.values:
            return
        above = line.values.get("priority", line.above) or getattr(line.existing, "priority", None)
        others = line.values.get("other_priorities", names_of(line.existing, "other_priorities"))
        served = {plain(title) for title in (getattr(above, "title", ""), *others)}
        for title in line.values["goals"]:
            of = self.known.priorities_of_goal(title)
            if not served & {plain(one) for one in of}:
                line.wrong(
                    BY_KEY[SERVED],
                    f"het doel '{title[:60]}' hoort bij '{' / '.join(of)}'. Zet die prioriteit bij"
                    " 'Ook voor prioriteiten'",
                )

    def _check_period(self, line: Line) -> None:
        start = line.values.get("start", getattr(line.existing, "start", None))
        end = line.values.get("end", getattr(line.existing, "end", None))
        if start and end and end < start:
            line.wrong(
                BY_KEY["measure.end" if "measure.end" in line.source.cells else "measure.start"],
                "het einde ligt vóór het begin",
            )

    def _action(self, source: Source, part: Part, above: Line | Measure | None = None) -> Line:
        line = self._line(ACTION, source)
        self.fields.fill(line, ACTION_COLUMNS)
        line.above = above if above is not None else self._measure_of(line, part)
        if line.existing is not None:
            self._moved(line)
        return line

    def _moved(self, line: Line) -> None:
        """An action that is there stays where it is, unless its table says something else."""
        now, source = line.existing.measure, line.source
        said = [BY_KEY[k] for k in ("action.measure_id", "action.measure") if k in source.cells]
        if all(same(source.cells[c.key], shown(line.existing, c, self.known)) for c in said):
            line.above = now
        if line.problems or line.above == now:
            return
        line.values["measure"] = line.above
        line.changes.append(CellChange("Hoort bij maatregel", str(now or "–"), _name(line.above)))
        line.shown.append(("Hoort bij maatregel", _name(line.above)))

    def _measure_of(self, line: Line, part: Part) -> Line | Measure | None:
        source = line.source
        if mark := source.text("action.measure_id"):
            found = re.fullmatch(r"(?i)m?(\d+)(\.0)?", mark)
            measure = self.known.measures.get(int(found.group(1))) if found else None
            if measure is None:
                line.wrong(
                    BY_KEY["action.measure_id"],
                    "deze maatregel staat niet (meer) in het plan van deze gemeente",
                )
            return measure
        if title := source.text("action.measure"):
            return self._by_title(line, title)
        return self.known.measures.get(part.measure or 0)

    def _by_title(self, line: Line, title: str) -> Line | Measure | None:
        new = [
            x
            for x in self.lines
            if x.is_measure
            and x.existing is None
            and x.uses is None
            and plain(x.title) == plain(title)
        ]
        there = [m for m in self.known.measures.values() if plain(m.title) == plain(title)]
        if len(new) + len(there) == 1:
            return (*new, *there)[0]
        column = BY_KEY["action.measure"]
        if new or there:
            line.wrong(
                column,
                "er zijn meer maatregelen met deze titel. Gebruik de kolom 'Hoort bij"
                " maatregel-id'",
                typed=False,
            )
        else:
            line.wrong(column, "deze maatregel staat niet in het plan en niet in de tabel")
        return None


def _name(above: object) -> str:
    return above.title if isinstance(above, Line) else str(above or "–")
