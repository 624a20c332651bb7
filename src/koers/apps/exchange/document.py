"""A document as it was pointed at: the tables that an import reads, and the text of the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from koers.apps.exchange.columns import What
from koers.apps.exchange.mapping import proposal
from koers.apps.exchange.part import Part, forget_names
from koers.apps.exchange.pointing import (
    PieceRole,
    Pointed,
    Roles,
    around,
    goals_of,
    measures_of,
    role_of,
    row_role,
    rows_to_point,
)
from koers.records.text import Block, Items, Paragraph, Section, Table, fresh_id
from koers.tables.reading.book import Merged
from koers.tables.reading.grid import Grid, text_of
from koers.tables.reading.whole import HEADING, LIST, TABLE, Piece

GOALS, MEASURES = "Aangewezen doelen", "Aangewezen maatregelen"


def tables_of(pieces: Sequence[Piece], roles: Roles) -> tuple[Grid, ...]:
    """Every table that is read, in the order of the document; then what was pointed at elsewhere, a
    table for each priority."""
    found = [
        replace(_with_rows(number, piece.grid, roles), heading=priority)
        for number, piece, priority in around(pieces, roles)
        if piece.grid is not None and role_of(roles, number) == PieceRole.TABLE
    ]
    found += _of_priorities(GOALS, ("Doel",), goals_of(pieces, roles))
    found += _of_priorities(MEASURES, ("Maatregel", "Toelichting"), measures_of(pieces, roles))
    return tuple(found)


def parts_of(tables: Sequence[Grid]) -> list[Part]:
    """How Koers reads them."""
    found = [_part(number, table) for number, table in enumerate(tables)]
    forget_names()
    return found


def _part(number: int, table: Grid) -> Part:
    if table.name.startswith(GOALS):
        return Part(number, What.GOALS, 1, 1, {"goal.title": 0})
    if table.name.startswith(MEASURES):
        columns = {"measure.title": 0, "measure.description": 1}
        return Part(number, What.MEASURES, 1, 1, columns)
    return proposal(table, number)


def _of_priorities(name: str, header: Sequence[str], found: Sequence[Pointed]) -> list[Grid]:
    by_priority: dict[str, list[Pointed]] = {}
    for one in found:
        by_priority.setdefault(one.priority, []).append(one)
    return [
        Grid(
            f"{name}: {priority[:60]}" if priority else name,
            [list(header), *([p.title, p.more][: len(header)] for p in several)],
            heading=priority,
        )
        for priority, several in by_priority.items()
    ]


def _with_rows(number: int, grid: Grid, roles: Roles) -> Grid:
    """The table in which rows that were pointed at are a band, or are read elsewhere."""
    pointed = {
        row: role
        for row, _ in rows_to_point(grid)
        if (role := row_role(roles, number, row)) != PieceRole.AS_TABLE
    }
    if not pointed:
        return grid
    wide = [m for m in grid.merged if m.last_column > m.first_column]
    rows = [[grid.cell(r, c) for c in range(grid.width)] for r in range(1, len(grid.rows) + 1)]
    merged = [m for m in wide if m.first_row not in pointed]
    for row, role in pointed.items():
        said = next(t for c in grid.rows[row - 1] if (t := text_of(c)))
        rows[row - 1] = [""] * grid.width
        if role == PieceRole.PRIORITY:
            rows[row - 1][0] = said
            merged.append(Merged(row, row, 1, grid.width))
    return replace(grid, rows=rows, merged=tuple(merged))


def text_of_plan(pieces: Sequence[Piece], roles: Roles) -> tuple[Section, ...]:
    """The text of the plan: a section a heading, and before the first one without."""
    found: list[tuple[str, int, list[Block]]] = []
    for number, piece in enumerate(pieces):
        if role_of(roles, number) == PieceRole.AWAY:
            continue
        if piece.kind == HEADING:
            found.append((piece.text, piece.level, []))
            continue
        if not found:
            found.append(("", 1, []))
        found[-1][2].append(_block(piece))
    return tuple(
        Section(key=fresh_id(), heading=heading, level=level, blocks=tuple(blocks))
        for heading, level, blocks in found
    )


def _block(piece: Piece) -> Block:
    if piece.kind == LIST:
        return Items(id=fresh_id(), items=piece.items, ordered=piece.ordered)
    if piece.kind == TABLE and piece.grid:
        rows = tuple(
            tuple(text_of(piece.grid.cell(row, c)) for c in range(piece.grid.width))
            for row in range(1, len(piece.grid.rows) + 1)
        )
        return Table(id=fresh_id(), caption=piece.grid.name, header=rows[0], rows=rows[1:])
    return Paragraph(id=fresh_id(), text=piece.text)


def left_away(pieces: Sequence[Piece], roles: Roles) -> list[str]:
    """The texts that a person chose to leave out."""
    return [
        text
        for number, piece in enumerate(pieces)
        if role_of(roles, number) == PieceRole.AWAY
        for text in piece.texts
    ]


def counted(sections: Sequence[Section]) -> str:
    """'3 kopjes, 7 alinea's, 1 lijst en 2 tabellen'"""
    times = Counter(block.kind for section in sections for block in section.blocks)
    times["heading"] = sum(bool(section.heading) for section in sections)
    *some, last = list(_said(times)) or ["niets"]
    return f"{', '.join(some)} en {last}" if some else last


def _said(times: Counter[str]) -> Iterator[str]:
    for kind, one, more in (
        ("heading", "kopje", "kopjes"),
        ("paragraph", "alinea", "alinea's"),
        ("items", "lijst", "lijsten"),
        ("table", "tabel", "tabellen"),
    ):
        if times[kind]:
            yield f"{times[kind]} {one if times[kind] == 1 else more}"
