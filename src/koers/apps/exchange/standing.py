"""How tables stand on a sheet or in a document: several one below the other, or on their side with
the names of the fields in the first column. Each becomes a table of its own with its header on
top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from koers.apps.exchange.columns import BY_KEY, GOAL_COLUMNS, What, columns_for
from koers.apps.exchange.gathering import AIMED
from koers.apps.exchange.mapping import export_parts
from koers.apps.exchange.part import forget_names, plain_name, score
from koers.tables.reading.book import Merged
from koers.tables.reading.grid import Grid, text_of

_KNOWN = (*columns_for(What.MEASURES), *columns_for(What.BOTH), *GOAL_COLUMNS)
_TITLES = ("measure.title", "action.title", "goal.title")
_TALLEST, _HEADER_WITHIN = 25, 3


def laid_out(tables: Sequence[Grid]) -> tuple[Grid, ...]:
    """The tables with each that stands below another, or on its side, apart."""
    if export_parts(tables):
        return tuple(tables)
    found: list[Grid] = []
    for table in tables:
        if not is_on_its_side(table):
            found += _one_below_the_other(table)
            continue
        turned = _turned(table)
        before = found[-1] if found else None
        if before and not turned.heading and before.rows[0] == turned.rows[0]:
            # Of the same heading: one form for each measure.
            outside = (*before.outside, *turned.outside)
            rows = (*before.rows, *turned.rows[1:])
            found[-1] = replace(before, rows=rows, outside=outside)
        else:
            found.append(turned)
    forget_names()
    return tuple(found)


def is_on_its_side(table: Grid) -> bool:
    """Whether the first column holds the names of the fields, and the first row does not."""
    tall = len(table.rows)
    if not 3 <= tall <= _TALLEST or table.width < 2:
        return False
    names = [text_of(table.cell(row, 0)) for row in range(1, tall + 1)]
    top = [text_of(table.head(1, column)) for column in range(table.width)]
    known = sum(map(_is_name, names))
    titled = any(score(name, BY_KEY[key]) >= 3 for name in names if name for key in _TITLES)
    return titled and known >= max(3, 0.6 * tall) and sum(map(_is_name, top[1:])) == 0


def _turned(table: Grid) -> Grid:
    tall = len(table.rows)
    rows = [
        [table.cell(row, column) for row in range(1, tall + 1)] for column in range(table.width)
    ]
    merged = tuple(
        Merged(m.first_column, m.last_column, m.first_row, m.last_row) for m in table.merged
    )
    formulas = frozenset((column + 1, row - 1) for row, column in table.formulas)
    return replace(table, rows=rows, merged=merged, formulas=formulas)


def _one_below_the_other(table: Grid) -> list[Grid]:
    """The tables of a sheet between which an empty row stands and that have headers of their own;
    each keeps the numbers of its rows."""
    starts: list[int] = []
    header: list[str] = []
    for first, last in _blocks(table):
        names = _header(table, first, last)
        if names and names != header:
            header = names
            starts.append(_with_title(table, first, starts))
    if len(starts) < 2:
        return [table]
    found = []
    for n, start in enumerate(starts):
        start = start if n else 1
        end = starts[n + 1] - 1 if n + 1 < len(starts) else len(table.rows)
        rows = [*([] for _ in range(start - 1)), *table.rows[start - 1 : end]]
        merged = tuple(m for m in table.merged if start <= m.first_row <= end)
        name = f"{table.name}, vanaf rij {start}" if n else table.name
        outside = () if n else table.outside
        found.append(replace(table, name=name, rows=rows, merged=merged, outside=outside))
    return found


def _blocks(table: Grid) -> Iterator[tuple[int, int]]:
    """First and last row of what stands between empty rows."""
    first = 0
    for row in range(1, len(table.rows) + 2):
        if row > len(table.rows) or table.is_empty(row):
            if first:
                yield first, row - 1
            first = 0
        elif not first:
            first = row


def _with_title(table: Grid, first: int, starts: Sequence[int]) -> int:
    """With the title that stands by itself above the block."""
    row = first - 1
    while row > 1 and table.is_empty(row):
        row -= 1
    alone = row > 1 and table.is_empty(row - 1)
    cells = [c for c in range(table.width) if text_of(table.cell(row, c))] if row else []
    return row if starts and alone and len(cells) == 1 and row > starts[-1] else first


def _header(table: Grid, first: int, last: int) -> list[str]:
    """The names of the columns of a block that has rows under them; else nothing."""
    for row in range(first, min(last, first + _HEADER_WITHIN)):
        names = [text_of(table.head(row, column)) for column in range(table.width)]
        filled = [name for name in names if name]
        if len(filled) > 1 and sum(map(_is_name, filled)) >= max(2, 0.6 * len(filled)):
            return names
    return []


def _is_name(text: str) -> bool:
    """Whether this is what a column of a plan is called."""
    if not text or len(text) > 60:
        return False
    return any(score(text, column) >= 3 for column in _KNOWN) or bool(
        len(text) < 40 and AIMED.match(plain_name(text)) and not text[0].isdigit()
    )
