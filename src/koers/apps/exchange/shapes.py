"""Tables of which a row is more than a line: an action with its measure beside it, or measures and
actions under each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from koers.apps.exchange.columns import ACTION, BY_KEY, MEASURE, MEASURE_COLUMNS
from koers.apps.exchange.known import NewPriority
from koers.apps.exchange.line_rows import LineRows
from koers.apps.exchange.lines import Line
from koers.apps.exchange.part import Part
from koers.apps.exchange.rows import Node, Source, as_action, nested
from koers.apps.exchange.shown import mark_of, same
from koers.apps.exchange.values import UnknownError, plain
from koers.apps.plan.models import Priority


class Shapes(LineRows):
    """The part of a check that reads them."""

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
