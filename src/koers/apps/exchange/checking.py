"""A mapped table to what an import would do with it. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from koers.apps.exchange.columns import (
    What,
)
from koers.apps.exchange.duplicates import point_out_duplicates
from koers.apps.exchange.fields import adoption_note
from koers.apps.exchange.goal_rows import GoalRows
from koers.apps.exchange.known import Known
from koers.apps.exchange.lines import Preview
from koers.apps.exchange.mapping import checked, is_export
from koers.apps.exchange.part import Part
from koers.apps.exchange.rows import Rows, Source, rows_of
from koers.apps.exchange.shapes import Shapes
from koers.apps.exchange.taken_along import TakenAlong
from koers.apps.exchange.unread import aim_in, unread_of, year_of
from koers.apps.plan.models import PlanState
from koers.tables.reading.grid import Grid

ALL_EXAMPLES = (
    "Nieuwe regels komen binnen als 'voorbeeld, niet vastgesteld', ook als het bestand iets anders"
    " zegt. Vaststellen doet u in Koers."
)
ADOPTION_STAYS = (
    "De vaststelling van bestaande regels verandert niet door een bestand. Vaststellen doet u in"
    " Koers."
)


def check(
    tables: Sequence[Grid],
    parts: Sequence[Part],
    known: Known,
    given: Mapping[str, str],
    left_out: AbstractSet[str] = frozenset(),
    priorities: Sequence[str] = (),
) -> Preview:
    """What would come of these tables, read in these ways.

    ``given`` is what a person typed: answers to questions and corrected cells; ``left_out`` names
    the rows to leave out; ``priorities`` are named outside the tables.

    Raises
    ------
    BookError
        When a table cannot be read in this way.
    """
    for part in parts:
        checked(tables[part.table], part)
    return _Check(known, given, left_out).all(tables, parts, priorities)


class _Check(GoalRows, TakenAlong, Shapes):
    def all(
        self, tables: Sequence[Grid], parts: Sequence[Part], priorities: Sequence[str]
    ) -> Preview:
        named = self._named(priorities)
        # What others name comes first: actions look for their measure in the lines before them,
        # judgements and measures for their goal, all of them for their priority.
        order = {What.PRIORITIES: 0, What.GOAL_LINES: 1, What.ACTIONS: 3, What.JUDGEMENTS: 3}
        for number, part in sorted(enumerate(parts), key=lambda p: order.get(What(p[1].what), 2)):
            table = tables[part.table]
            self.heading = table.heading
            rows = rows_of(number, table, part, self.given, self._year(table, part))
            found = rows.read
            self._tell(number, table, part, rows)
            self._read(found, part)
        if not any(is_export(tables[part.table], part) for part in parts):
            self._goals_of_measures(parts)
        point_out_duplicates(self.lines, self.known)
        self._say_adoption()
        preview = Preview(
            self.lines,
            list(self.fields.questions.values()),
            list(dict.fromkeys(self.notes)),
            unread_of(tables, parts, self.unread_rows),
            self.known.plan.state == PlanState.ADOPTED,
            named,
        )
        preview.follow()
        return preview

    def _read(self, found: Sequence[Source], part: Part) -> None:
        """The rows of a part, as what they are."""
        match part.what:
            case What.BOTH:
                self._beside(found, part)
            case What.LIST:
                self._nested(found, part)
            case _:
                row = {
                    What.MEASURES: self._measure,
                    What.ACTIONS: self._action,
                    What.GOALS: self._goal,
                    What.GOAL_LINES: self._goal_line,
                    What.JUDGEMENTS: self._judgement,
                    What.PRIORITIES: self._priority_line,
                    What.PLAN: self._plan_line,
                }[What(part.what)]
                for source in found:
                    row(source, part)

    def _year(self, table: Grid, part: Part) -> int | None:
        """The year of what names none: the one that the table names, else that of the plan."""
        plan = self.known.plan
        return year_of(table, part) or (
            plan.start_year if plan.start_year == plan.end_year else None
        )

    def _tell(self, place: int, table: Grid, part: Part, rows: Rows) -> None:
        if table.merged:
            self.notes.append(
                f"In '{table.name}' zijn cellen samengevoegd: hun waarde telt voor elke rij die"
                " zij beslaan."
            )
        for header, times in rows.filled.items():
            self.notes.append(
                f"In '{table.name}' is '{header}' bij {times}"
                f" {'rij' if times == 1 else 'rijen'} leeg: daar geldt wat erboven staat."
            )
        for row, reason in rows.unread:
            self.unread_rows.setdefault((part.table, reason), []).append(row)
        if part.what in (What.MEASURES, What.BOTH, What.LIST, What.GOALS):
            for number, text in enumerate(table.outside):
                if words := aim_in(text):
                    self._goal_in_text(place, part, number, words, table)

    def _say_adoption(self) -> None:
        said = {adoption_note(line) for line in self.lines}
        if any(line.outcome in ("new", "wrong") for line in self.lines):
            self.notes.append(ALL_EXAMPLES)
        if "existing" in said:
            self.notes.append(ADOPTION_STAYS)
        if self.fields.new_priorities:
            named = "; ".join(self.fields.new_priorities.values())
            self.notes.append(f"Nieuwe prioriteiten, als voorbeeld: {named}.")
        if self.fields.new_partners:
            self.notes.append(
                f"Nieuwe partners: {', '.join(sorted(self.fields.new_partners.values()))}."
            )
