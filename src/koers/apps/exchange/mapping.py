"""Which rows are the header of a table, and which column is what: a proposal, that a person changes
on the screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from koers.apps.exchange.columns import (
    ACTION_COLUMNS,
    BY_KEY,
    MEASURE_COLUMNS,
    FileColumn,
    What,
    columns_for,
)
from koers.apps.exchange.values import STATES_OF_ACTIONS, UnknownError, choice_of, date_of
from koers.tables.reading.book import BookError
from koers.tables.reading.cells import CellError
from koers.tables.reading.grid import MOST_LINES, Grid, text_of

SEARCHED, DEEPEST = 20, 3


@dataclass(frozen=True)
class Part:
    """How one table is read; ``columns`` says of each key in which column (from 0) it stands.

    The header is rows ``first`` to ``last``, counted from 1; no header is 0. ``priority`` and
    ``measure`` are the keys of what the rows belong to where no column says so.
    """

    table: int
    what: str
    first: int
    last: int
    columns: dict[str, int] = field(default_factory=dict)
    priority: int | None = None
    measure: int | None = None


def names_of(table: Grid, first: int, last: int) -> list[str]:
    """The name of each column: what stands in the rows of the header, from top to bottom.

    A row that says the same of every column is the title of the table.
    """
    names = []
    rows = [
        row for row in range(max(first, 1), last + 1) if row == last or not _is_title(table, row)
    ]
    for column in range(table.width):
        parts = [" ".join(text_of(table.head(row, column)).split()) for row in rows]
        names.append(" – ".join(dict.fromkeys(p for p in parts if p)))
    return names


def _is_title(table: Grid, row: int) -> bool:
    return (
        table.width > 1
        and len({text_of(table.head(row, column)) for column in range(table.width)}) == 1
    )


def _plain(name: str) -> str:
    without_accents = "".join(
        c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c)
    )
    return " ".join(re.sub(r"\(.*?\)|[^\w'/ -]", " ", without_accents).split())


def _score(name: str, column: FileColumn) -> int:
    """How well a name fits: 4 as Koers writes it, 3 another word for it, 1 a word for it among
    others."""
    if name == column.header:
        return 4
    whole, last = _plain(name.replace(" – ", " ")), _plain(name.rpartition(" – ")[2])
    words = (_plain(column.header), *column.words)
    if whole in words or last in words:
        return 3
    return int(any(len(w) > 3 and re.search(rf"\b{re.escape(w)}\b", whole) for w in words))


def guessed_columns(names: Sequence[str], what: str) -> dict[str, int]:
    """Each field its best column, and each column one field; the surest first."""
    scores = sorted(
        (
            (_score(name, column), -order, -place, column.key)
            for order, column in enumerate(columns_for(what))
            for place, name in enumerate(names)
            if name
        ),
        reverse=True,
    )
    found: dict[str, int] = {}
    for score, _, place, key in scores:
        if score and key not in found and -place not in found.values():
            found[key] = -place
    return found


def guessed_what(names: Sequence[str]) -> str:
    """What a row is, by the names of the columns."""
    if _is_export(names, ACTION_COLUMNS):
        return What.ACTIONS
    if _is_export(names, MEASURE_COLUMNS):
        return What.MEASURES
    best = {
        key: max((_score(n, BY_KEY[key]) for n in names if n), default=0)
        for key in ("row.under", "measure.title", "action.title")
    }
    if best["row.under"] >= 3 and any(
        _plain(n) != "onderdeel van" and _score(n, BY_KEY["row.under"]) >= 3 for n in names
    ):
        return What.LIST
    plain = {_plain(n.rpartition(" – ")[2]) for n in names}
    action = bool(
        plain
        & {
            "actie",
            "acties",
            "actiepunt",
            "actiepunten",
            "taak",
            "taken",
            "stap",
            "stappen",
            "to do",
            "afspraak",
        }
    )
    measure = bool(
        plain
        & {"maatregel", "maatregelen", "naam maatregel", "aanpak", "interventie", "inspanning"}
    )
    if action:
        return What.BOTH if measure else What.ACTIONS
    return What.MEASURES


def guessed_header(table: Grid) -> tuple[int, int]:
    """First and last row of what looks most like a header; (0, 0) where nothing does."""
    best, found = 1, (0, 0)
    # Of headers that say as much the shortest is the header; what stands above it is a title.
    for deep in range(1, DEEPEST + 1):
        for first in range(1, min(len(table.rows), SEARCHED) + 1):
            last = first + deep - 1
            if last > len(table.rows) or table.is_empty(first):
                continue
            if deep > 1 and not all(
                _looks_like_names(table, row) for row in range(first + 1, last + 1)
            ):
                continue
            names = names_of(table, first, last)
            chosen = guessed_columns(names, guessed_what(names))
            known = sum(min(_score(names[place], BY_KEY[key]), 3) for key, place in chosen.items())
            if known > best:
                best, found = known, (first, last)
    return found


def _looks_like_names(table: Grid, row: int) -> bool:
    """Whether a row can belong to a header: short texts, no days or numbers."""
    cells = [table.head(row, c) for c in range(table.width)]
    texts = [c for c in cells if text_of(c)]
    return bool(texts) and all(isinstance(c, str) and len(c) < 60 for c in texts)


def proposal(table: Grid, number: int, what: str = "") -> Part:
    """How Koers would read a table."""
    first, last = guessed_header(table)
    if not last:
        kind = what or What.ACTIONS
        return Part(number, kind, 0, 0, _by_content(table, kind))
    names = names_of(table, first, last)
    kind = what or guessed_what(names)
    return Part(number, kind, first, last, guessed_columns(names, kind))


def read_again(table: Grid, part: Part) -> Part:
    """The same header and kind, with the columns proposed anew."""
    if not part.last:
        return Part(part.table, part.what, 0, 0, _by_content(table, part.what))
    names = names_of(table, part.first, part.last)
    return Part(part.table, part.what, part.first, part.last, guessed_columns(names, part.what))


def _by_content(table: Grid, what: str) -> dict[str, int]:
    """Columns without names: dates and states by what is in them, the title in the first that is
    left, then the owner."""
    of = "measure" if what == What.MEASURES else "action"
    found: dict[str, int] = {}
    for column in range(table.width):
        cells = [
            c for row in range(1, len(table.rows) + 1) if text_of(c := table.cell(row, column))
        ]
        if cells and _most(cells, _is_date):
            found.setdefault("measure.end" if of == "measure" else "action.due", column)
        elif cells and _most(cells, _is_state):
            found.setdefault(f"{of}.state", column)
    for key in (f"{of}.title", f"{of}.owner"):
        free = [c for c in range(table.width) if c not in found.values()]
        if free and key not in found:
            found[key] = free[0]
    return found


def _most(cells: list, test) -> bool:
    return sum(map(test, cells)) >= 0.6 * len(cells)


def _is_date(cell) -> bool:
    try:
        return date_of(cell, True)[0] is not None
    except CellError:
        return False


def _is_state(cell) -> bool:
    try:
        return bool(choice_of(str(cell), STATES_OF_ACTIONS))
    except UnknownError:
        return False


def _is_export(names: Sequence[str], columns: tuple[FileColumn, ...]) -> bool:
    """Whether these are columns of an export in their order; one of an older Koers lacks those that
    came later."""
    found = [name for name in names if name]
    ours = iter(column.header for column in columns)
    return found[:1] == [columns[0].header] and len(found) > 2 and all(n in ours for n in found)


def export_parts(tables: Sequence[Grid]) -> tuple[Part, ...]:
    """How to read a file that Koers wrote, all its sheets at once; nothing when it is none."""
    parts = []
    for number, table in enumerate(tables):
        names = names_of(table, 1, 1)
        for what, columns in ((What.MEASURES, MEASURE_COLUMNS), (What.ACTIONS, ACTION_COLUMNS)):
            if _is_export(names, columns):
                parts.append(Part(number, what, 1, 1, guessed_columns(names, what)))
    return tuple(parts)


def checked(table: Grid, part: Part) -> None:
    """Raise BookError where a table cannot be read in this way."""
    columns = list(part.columns.values())
    if part.last > len(table.rows) or part.first > part.last:
        raise BookError("Deze rijen van de kop staan niet in de tabel. Kies andere.")
    if len(set(columns)) != len(columns):
        twice = next(c for c in columns if columns.count(c) > 1)
        named = [BY_KEY[k].header for k, c in part.columns.items() if c == twice]
        raise BookError(
            f"Dezelfde kolom is gekozen voor {' en '.join(named)}. Kies voor elk een eigen kolom."
        )
    needed = {
        What.MEASURES: ["measure.title"],
        What.ACTIONS: ["action.title"],
        What.BOTH: ["measure.title", "action.title"],
        What.LIST: ["measure.title", "row.under"],
    }[What(part.what)]
    missing = [BY_KEY[k].header for k in needed if k not in part.columns]
    if missing:
        raise BookError(f"Wijs nog aan in welke kolom dit staat: {', '.join(missing)}.")
    filled = sum(not table.is_empty(r) for r in range(part.last + 1, len(table.rows) + 1))
    if not filled:
        raise BookError("Onder de kop staan geen rijen.")
    if filled > MOST_LINES:
        raise BookError(
            f"Onder de kop staan {filled} rijen. Koers leest er hooguit {MOST_LINES} tegelijk: knip"
            " de tabel in stukken."
        )
