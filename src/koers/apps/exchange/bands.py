"""Rows of a table that are a band between the others: the theme of the rows under them."""

from __future__ import annotations

import re

from koers.apps.exchange.part import Part
from koers.tables.reading.grid import Grid, text_of


def bands_of(table: Grid, part: Part) -> dict[int, str]:
    """The rows under the header that are a band between the rows: one cell over the whole width,
    or one cell that stands by itself above rows that are full."""
    found: dict[int, str] = {}
    rows = [r for r in range(part.last + 1, len(table.rows) + 1) if not table.is_empty(r)]
    titles = {part.columns.get(f"{of}.title") for of in ("measure", "action", "goal")}
    filled = {r: _filled(table, r) for r in rows}
    full = sorted(len(cells) for cells in filled.values() if len(cells) > 1)
    usual = full[len(full) // 2] if full else 0
    last = max((r for r in rows if len(filled[r]) > 1), default=0)
    for row in rows:
        if text := table.band(row):
            found[row] = text
        elif len(filled[row]) == 1 and usual > 2 and row < last:
            column = filled[row][0]
            by_itself = column not in titles or (
                "measure.priority" not in part.columns and min(full) > 1 and column == 0
            )
            if by_itself and not table.is_covered(row, column):
                found[row] = text_of(table.cell(row, column))
    return found


def band_above(table: Grid, part: Part) -> int:
    """The row above the header that is the band of the first rows: where rows further on have one,
    or where it says that it is a theme; 0 where there is none."""
    rows = [r for r in range(part.last + 1, len(table.rows) + 1) if not table.is_empty(r)]
    above = [r for r in range(1, part.first) if not table.is_empty(r)]
    bands = bands_of(table, part)
    if not rows or not above or rows[0] in bands:
        return 0
    row = above[-1]
    texts = {t for c in range(table.width) if (t := text_of(table.head(row, c)))}
    if len(texts) != 1:
        return 0
    return row if bands or band_says_theme(texts.pop()) else 0


_IS_A_THEME = re.compile(r"(?i)\s*(?:thema|prioriteit|speerpunt|programma|opgave|pijler)\b")


def band_says_theme(text: str) -> bool:
    """Whether a text says that it is a theme: 'Prioriteit 1: Jeugd'."""
    return _IS_A_THEME.match(text) is not None


def _filled(table: Grid, row: int) -> list[int]:
    return [
        c
        for c in range(table.width)
        if text_of(table.cell(row, c)) and not table.is_covered(row, c)
    ]
