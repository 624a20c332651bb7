"""What a piece of a document is, as a person points it out: a priority, a goal, a measure, a table
of them, or only text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from koers.apps.exchange.unread import aim_in
from koers.tables.reading.grid import Grid, text_of
from koers.tables.reading.whole import HEADING, LIST, TABLE, Piece

MOST_ROWS = 200
"""Rows of a table that are pointed at one by one; of a longer one in the next step."""


class PieceRole(StrEnum):
    TEXT = "tekst"
    PRIORITY = "prioriteit"
    GOAL = "doel"
    MEASURE = "maatregel"
    TABLE = "tabel"
    AS_TABLE = "zoals"
    AWAY = "weg"


_LABELS = {
    PieceRole.TEXT: "tekst",
    PieceRole.PRIORITY: "een prioriteit",
    PieceRole.GOAL: "een doel",
    PieceRole.MEASURE: "een maatregel",
    PieceRole.AWAY: "niet overnemen",
}
_OF_A_LIST = {
    **_LABELS,
    PieceRole.PRIORITY: "elk punt een prioriteit",
    PieceRole.GOAL: "elk punt een doel",
    PieceRole.MEASURE: "elk punt een maatregel",
}
_OF_A_TABLE = {
    PieceRole.TABLE: "regels van het plan, en tekst",
    PieceRole.TEXT: "alleen tekst",
    PieceRole.AWAY: "niet overnemen",
}
_OF_A_ROW = {
    PieceRole.AS_TABLE: "zoals de tabel",
    PieceRole.PRIORITY: "een prioriteit",
    PieceRole.GOAL: "een doel",
    PieceRole.MEASURE: "een maatregel",
    PieceRole.TEXT: "alleen tekst",
}


def roles_for(piece: Piece) -> dict[PieceRole, str]:
    """What a piece can be, with how that is said."""
    return {LIST: _OF_A_LIST, TABLE: _OF_A_TABLE}.get(piece.kind, _LABELS)


def roles_for_a_row() -> dict[PieceRole, str]:
    return _OF_A_ROW


def key_of(number: int) -> str:
    """The name on the screen of what a piece is."""
    return f"s-{number}"


def row_key(number: int, row: int) -> str:
    return f"r-{number}-{row}"


Roles = Mapping[str, str]


def role_of(roles: Roles, number: int) -> PieceRole:
    return PieceRole(roles.get(key_of(number), PieceRole.TEXT))


def row_role(roles: Roles, number: int, row: int) -> PieceRole:
    return PieceRole(roles.get(row_key(number, row), PieceRole.AS_TABLE))


def rows_to_point(grid: Grid) -> list[tuple[int, str]]:
    """The rows that can be pointed at, by what stands in them."""
    rows = range(1, len(grid.rows) + 1) if len(grid.rows) <= MOST_ROWS else ()
    said = ((row, " | ".join(_cells(grid, row))) for row in rows)
    return [(row, text) for row, text in said if text]


def _cells(grid: Grid, row: int) -> list[str]:
    return [t for cell in grid.rows[row - 1] if (t := " ".join(text_of(cell).split()))]


@dataclass(frozen=True)
class Pointed:
    """What is pointed out, with the priority under which it stands; '' for none."""

    priority: str
    title: str
    more: str = ""


def priorities_of(pieces: Sequence[Piece], roles: Roles) -> list[str]:
    """Every priority by name, in the order of the document."""
    found = [
        text
        for number, piece in enumerate(pieces)
        if role_of(roles, number) == PieceRole.PRIORITY
        for text in _points(piece)
    ]
    return list(dict.fromkeys(found))


def _points(piece: Piece) -> list[str]:
    texts = piece.items or (piece.text,)
    return [t for text in texts if (t := " ".join(text.removeprefix("– ").split()))]


def around(pieces: Sequence[Piece], roles: Roles) -> Iterator[tuple[int, Piece, str]]:
    """Each piece with the priority under which it stands: that reaches to the next heading of its
    level, or higher."""
    priority, level, heading = "", 0, 0
    for number, piece in enumerate(pieces):
        role = role_of(roles, number)
        if piece.kind == HEADING:
            heading = piece.level
            if role != PieceRole.PRIORITY and piece.level <= level:
                priority, level = "", 0
        if role == PieceRole.PRIORITY:
            names = _points(piece)
            priority, level = names[-1], piece.level or heading + 1
        yield number, piece, priority


def goals_of(pieces: Sequence[Piece], roles: Roles) -> list[Pointed]:
    found = [
        Pointed(priority, aim_in(text) or text)
        for number, piece, priority in around(pieces, roles)
        if role_of(roles, number) == PieceRole.GOAL
        for text in _points(piece)
    ]
    return [*found, *_rows_pointed(pieces, roles, PieceRole.GOAL)]


def measures_of(pieces: Sequence[Piece], roles: Roles) -> list[Pointed]:
    """Measures; of one that is a heading what stands under it is the explanation."""
    found = []
    for number, piece, priority in around(pieces, roles):
        if role_of(roles, number) == PieceRole.MEASURE:
            more = _under(pieces, roles, number) if piece.kind == HEADING else ""
            found += [Pointed(priority, text, more) for text in _points(piece)]
    return [*found, *_rows_pointed(pieces, roles, PieceRole.MEASURE)]


def _under(pieces: Sequence[Piece], roles: Roles, number: int) -> str:
    texts: list[str] = []
    for below in range(number + 1, len(pieces)):
        piece = pieces[below]
        if piece.kind in (HEADING, TABLE) or role_of(roles, below) != PieceRole.TEXT:
            break
        texts += piece.texts
    return "\n".join(texts)


def _rows_pointed(pieces: Sequence[Piece], roles: Roles, role: PieceRole) -> Iterator[Pointed]:
    """Rows of tables that are pointed at: the first cell, and what else stands there."""
    for number, piece, priority in around(pieces, roles):
        if piece.grid is None or role_of(roles, number) == PieceRole.AWAY:
            continue
        here = priority
        for row, _ in rows_to_point(piece.grid):
            pointed = row_role(roles, number, row)
            cells = _cells(piece.grid, row)
            if pointed == PieceRole.PRIORITY:
                here = cells[0]
            elif pointed == role:
                yield Pointed(here, cells[0], "\n".join(cells[1:]))
