"""A mapped table to what an import would do with it. Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from koers.apps.exchange.columns import (
    ACTION,
    ACTION_COLUMNS,
    BY_KEY,
    FIELD,
    MEASURE,
    MEASURE_COLUMNS,
    PRIORITY,
    FileColumn,
    What,
)
from koers.apps.exchange.duplicates import point_out_duplicates
from koers.apps.exchange.fields import Fields, UnansweredError, adoption_note
from koers.apps.exchange.goal_rows import GoalRows
from koers.apps.exchange.known import Known, NewPriority
from koers.apps.exchange.lines import CellChange, Line, Preview
from koers.apps.exchange.mapping import checked
from koers.apps.exchange.part import Part
from koers.apps.exchange.rows import Node, Rows, Source, as_action, nested, rows_of
from koers.apps.exchange.shown import mark_of, same, shown
from koers.apps.exchange.unread import aim_in, unread_of, year_of
from koers.apps.exchange.values import UnknownError, plain
from koers.apps.plan.models import Measure, Priority
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
) -> Preview:
    """What would come of these tables, read in these ways.

    ``given`` is what a person typed: answers to questions and corrected cells; ``left_out`` names
    the rows to leave out.

    Raises
    ------
    BookError
        When a table cannot be read in this way.
    """
    for part in parts:
        checked(tables[part.table], part)
    return _Check(known, given, left_out).all(tables, parts)


class _Check(GoalRows):
    def __init__(self, known: Known, given: Mapping[str, str], left_out: AbstractSet[str]) -> None:
        self.known, self.given, self.left_out = known, given, left_out
        self.fields = Fields(known, given)
        self.lines: list[Line] = []
        self.notes: list[str] = []
        self.heading = ""
        self.unread_rows: dict[tuple[int, str], list[int]] = {}

    def all(self, tables: Sequence[Grid], parts: Sequence[Part]) -> Preview:
        # Actions look for their measure in the lines before them.
        for number, part in sorted(enumerate(parts), key=lambda p: p[1].what == What.ACTIONS):
            table = tables[part.table]
            self.heading = table.heading
            rows = rows_of(number, table, part, self.given, self._year(table, part))
            found = rows.read
            self._tell(number, table, part, rows)
            match part.what:
                case What.MEASURES:
                    for source in found:
                        self._measure(source, part)
                case What.ACTIONS:
                    for source in found:
                        self._action(source, part)
                case What.BOTH:
                    self._beside(found, part)
                case What.LIST:
                    self._nested(found, part)
                case What.GOALS:
                    for source in found:
                        self._goal(source, part)
        point_out_duplicates(self.lines, self.known)
        self._say_adoption()
        preview = Preview(
            self.lines,
            list(self.fields.questions.values()),
            list(dict.fromkeys(self.notes)),
            unread_of(tables, parts, self.unread_rows),
        )
        preview.follow()
        return preview

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
        if part.what != What.ACTIONS:
            for number, text in enumerate(table.outside):
                if words := aim_in(text):
                    self._goal_in_text(place, part, number, words, table)

    def _line(self, of: str, source: Source) -> Line:
        notes = [note for key, note in source.notes if key.startswith(f"{of}.")]
        line = Line(of, source, notes=notes, left_out=source.leaving_out in self.left_out)
        there = {MEASURE: self.known.measures, ACTION: self.known.actions}.get(of, {})
        key = f"{of}.id"
        mark = source.text(key)
        if mark:
            found = re.fullmatch(r"(?i)[ma]?(\d+)(\.0)?", mark)
            line.existing = (
                there.get(int(found.group(1)))
                if found and mark[0].lower() in f"{of[0]}0123456789"
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

    def _beside(self, found: Sequence[Source], part: Part) -> None:
        """Rows that are an action with its measure beside it: a measure counts once, for all rows
        that name it."""
        groups: dict[str, list[Source]] = {}
        orphans: list[Source] = []
        key = ""
        for source in found:
            if title := source.text("measure.title"):
                key = f"{plain(title)}\n{plain(source.text('measure.priority') or source.band)}"
            (groups.setdefault(key, []) if key else orphans).append(source)
        for source in orphans:
            self._line(ACTION, source).wrong(
                BY_KEY["measure.title"], "bij deze actie staat geen maatregel"
            )
        for rows in groups.values():
            measure = self._measure_beside(_together(rows), part)
            told = self._differences(rows, measure)
            for source in rows:
                if source.text("action.title"):
                    if source.row in told:
                        source = _with_note(source, told[source.row])
                    self._action(source, part, measure.uses or measure)
                elif source is not rows[0]:
                    self._line(ACTION, source).wrong(BY_KEY["action.title"], "hier staat niets")

    def _measure_beside(self, source: Source, part: Part) -> Line:
        """A new measure, or the one that is there under this title: it stays as it is, and gets the
        actions."""
        there = [
            m
            for m in self.known.measures.values()
            if plain(m.title) == plain(source.text("measure.title"))
        ]
        if len(there) == 1:
            line = Line(MEASURE, source, uses=there[0], left_out=False)
            line.notes.append(
                f"staat al in het plan ({mark_of(there[0])}) en blijft zoals hij is; de acties"
                " komen eronder"
            )
            self.lines.append(line)
            return line
        return self._measure(source, part)

    def _differences(self, rows: Sequence[Source], line: Line) -> dict[int, list[str]]:
        """What a row says of its measure that another row says otherwise: with an action it is kept
        there, else it is told."""
        found: dict[int, list[str]] = {}
        if line.uses is not None:
            return found
        for column in MEASURE_COLUMNS:
            for source in rows:
                cell = source.cells.get(column.key)
                if (
                    column.is_list
                    or not source.text(column.key)
                    or same(cell, line.source.cells[column.key])
                ):
                    continue
                said = f"{source.headers[column.key]}: {source.text(column.key)}"
                if source.text("action.title"):
                    found.setdefault(source.row, []).append(said)
                    continue
                line.notes.append(
                    f"{source.headers[column.key]}: rij {source.row} zegt"
                    f" '{source.text(column.key)[:60]}'; dat telt niet mee"
                )
        return found

    def _nested(self, found: Sequence[Source], part: Part) -> None:
        """Rows under each other: the highest are measures, or priorities where measures with
        actions fall under them."""
        for node in nested(found):
            if node.problem:
                line = self._line(MEASURE, node.source)
                line.values["title"] = node.title
                line.wrong(BY_KEY["row.under"], node.problem)
            elif node.above is None:
                self._top(node, part)

    def _top(self, node: Node, part: Part) -> None:
        own: Priority | NewPriority | None = None
        if node.children and not node.outside:
            try:
                own = self.known.priority(node.title)
            except UnknownError:
                own = (
                    NewPriority(node.title[:200])
                    if any(child.children for child in node.children)
                    else None
                )
        if own is not None:
            if isinstance(own, NewPriority):
                self.notes.append(f"Rij {node.source.row}: '{own}' wordt een nieuwe prioriteit.")
            for child in node.children:
                self._branch(child, part, own)
            return
        if not node.outside:
            self._branch(node, part, None)
            return
        try:
            self._branch(node, part, self.known.priority(node.outside))
        except UnknownError:
            there = [
                m for m in self.known.measures.values() if plain(m.title) == plain(node.outside)
            ]
            if len(there) == 1:
                self._action(as_action(node.source), part, there[0])
            else:
                line = self._line(MEASURE, node.source)
                line.values["title"] = node.title
                line.wrong(
                    BY_KEY["row.under"],
                    "dit staat niet in de tabel en is geen prioriteit of maatregel van het plan",
                )

    def _branch(self, node: Node, part: Part, above: Priority | NewPriority | None) -> None:
        measure = self._measure(node.source, part, above)
        for child in node.children:
            action = self._action(as_action(child.source), part, measure)
            for below in child.children:
                line = self._line(ACTION, below.source)
                line.wrong(
                    BY_KEY["row.under"],
                    f"valt onder actie '{action.title}', en onder een actie past niets",
                )

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


def _with_note(source: Source, more: Sequence[str]) -> Source:
    cells = dict(source.cells)
    cells["action.note"] = "\n".join(t for t in (source.text("action.note"), *more) if t)
    headers = {"action.note": "Opmerking", **source.headers}
    return replace(source, cells=cells, headers=headers)


def _together(rows: Sequence[Source]) -> Source:
    """A measure that stands on several rows: of each field the first that says something, of lists
    all of them."""
    cells = dict(rows[0].cells)
    for key in cells:
        said = [row.cells[key] for row in rows if row.text(key)]
        if key.startswith("measure.") and said:
            cells[key] = (
                "\n".join(dict.fromkeys(map(str, said))) if BY_KEY[key].is_list else said[0]
            )
    return replace(rows[0], cells=cells)


def _name(above: object) -> str:
    return above.title if isinstance(above, Line) else str(above or "–")
