"""Which rows are the header of a table, and which column is what: a proposal, that a person changes
on the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from koers.apps.exchange.columns import (
    BY_KEY,
    SHEETS,
    FileColumn,
    What,
    columns_for,
    gathering_for,
)
from koers.apps.exchange.gathering import AIMED, gathered, is_period
from koers.apps.exchange.part import Part, forget_names, names_of, plain_name, score
from koers.apps.exchange.values import STATES_OF_ACTIONS, UnknownError, choice_of, date_of
from koers.plain_text import whole_number
from koers.tables.reading.book import BookError, Merged
from koers.tables.reading.cells import CellError
from koers.tables.reading.grid import MOST_LINES, Grid, text_of

SEARCHED, DEEPEST = 20, 3


def guessed_columns(names: Sequence[str], what: str) -> dict[str, int]:
    """Each field its best column, and each column one field; the surest first."""
    scores = sorted(
        (
            (score(name, column), -order, -place, column.key)
            for order, column in enumerate(columns_for(what))
            for place, name in enumerate(names)
            if name
        ),
        reverse=True,
    )
    found: dict[str, int] = {}
    for best, _, place, key in scores:
        if best and key not in found and -place not in found.values():
            found[key] = -place
    return found


def guessed_what(names: Sequence[str]) -> str:
    """What a row is, by the names of the columns."""
    for what, columns in SHEETS.values():
        if _is_export(names, columns):
            return what

    def best(*keys: str) -> int:
        return max((score(n, BY_KEY[key]) for n in names if n for key in keys), default=0)

    if best("row.under") >= 3 and any(
        plain_name(n) != "onderdeel van" and score(n, BY_KEY["row.under"]) >= 3 for n in names
    ):
        return What.LIST
    plain = {plain_name(n.rpartition(" – ")[2]) for n in names}
    action, measure = bool(plain & _ACTION_WORDS), bool(plain & _MEASURE_WORDS)
    if action and measure:
        return What.BOTH
    if not action and not measure and best("measure.title") < 3:
        aims = sum(bool(AIMED.search(plain_name(n))) for n in names if n)
        if best("goal.title") >= 3 and aims > 1:
            return What.GOALS
    # An action of Koers has no partners, budget or goal of its own: then it is a measure.
    if action and best(*_OF_A_MEASURE) < 3:
        return What.ACTIONS
    return What.MEASURES


_ACTION_WORDS = {
    *("actie", "acties", "actiepunt", "actiepunten", "taak", "taken", "stap", "stappen"),
    *("to do", "afspraak"),
}
_MEASURE_WORDS = {
    *("maatregel", "maatregelen", "naam maatregel", "aanpak", "interventie", "inspanning"),
    *("project", "projecten"),
}
_OF_A_MEASURE = (
    "measure.partners",
    "measure.budget",
    "measure.aim",
    "measure.result",
    "measure.priority",
    "measure.topics",
    "measure.safety_field",
)


def guessed_header(table: Grid) -> tuple[int, int]:
    """First and last row of what looks most like a header; (0, 0) where nothing does."""
    best, found = 1, (0, 0)
    # Of headers that say as much the shortest is the header; what stands above it is a title.
    for deep in range(1, DEEPEST + 1):
        for first in range(1, min(len(table.rows), SEARCHED) + 1):
            last = first + deep - 1
            if last > len(table.rows) or table.is_empty(first) or _is_alone(table, last):
                continue
            if deep > 1 and not all(
                _looks_like_names(table, row) for row in range(first + 1, last + 1)
            ):
                continue
            names = names_of(table, first, last)
            chosen = guessed_columns(names, guessed_what(names))
            known = sum(min(score(names[place], BY_KEY[key]), 3) for key, place in chosen.items())
            if known > best:
                best, found = known, (first, last)
    return _with_years_above(table, *_with_its_rows(table, *found)) if found[1] else found


def _with_years_above(table: Grid, first: int, last: int) -> tuple[int, int]:
    """With the row of years above the quarters or months of a header."""
    above = {text for c in range(table.width) if (text := text_of(table.head(first - 1, c)))}
    years = len(above) > 1 and all(re.fullmatch(r"20\d\d(?:\.0)?", text) for text in above)
    return (first - 1, last) if first > 1 and years else (first, last)


def _is_alone(table: Grid, row: int) -> bool:
    """Whether a row is one text by itself over a table of more columns: its title."""
    filled = [c for c in range(table.width) if text_of(table.head(row, c))]
    return len(filled) == 1 and table.width > 2


def _with_its_rows(table: Grid, first: int, last: int) -> tuple[int, int]:
    """A header goes on for as long as its cells do: merged downwards, or with names under a cell
    that goes over several columns or that has none beside it."""
    down = [
        m.last_row
        for m in table.merged
        if m.first_row <= last < m.last_row and not _is_wide(table, m)
    ]
    # A first column that is merged over its rows begins under the header.
    last_merged = max((r for r in down if r - first < DEEPEST), default=last)
    if last_merged > last and all(
        _looks_like_names(table, r) for r in range(last + 1, last_merged + 1)
    ):
        return first, last_merged
    below = last + 1
    if (
        last - first + 1 >= DEEPEST
        or below >= len(table.rows)
        or not _looks_like_names(table, below)
    ):
        return first, last
    filled = [c for c in range(table.width) if text_of(table.cell(below, c))]
    own = [c for c in filled if text_of(table.cell(last, c))]
    over = [c for c in filled if text_of(table.head(last, c)) and not text_of(table.cell(last, c))]
    periods = sum(is_period(text_of(table.cell(below, c))) for c in filled)
    if len(filled) > 1 and (over or periods > 1) and len(own) <= 1 and periods >= len(filled) - 1:
        return first, below
    return first, last


def _looks_like_names(table: Grid, row: int) -> bool:
    """Whether a row can belong to a header: short texts, no days or numbers."""
    cells = [table.head(row, c) for c in range(table.width)]
    texts = [c for c in cells if text_of(c)]
    return bool(texts) and all(isinstance(c, str) and len(c) < 60 for c in texts)


def _is_wide(table: Grid, area: Merged) -> bool:
    return area.last_column - area.first_column + 1 >= max(2, 0.8 * table.width)


def proposal(table: Grid, number: int, what: str = "") -> Part:
    """How Koers would read a table."""
    first, last = guessed_header(table)
    return read_again(table, Part(number, what, first, last))


def read_again(table: Grid, part: Part) -> Part:
    """The same header and kind, with the columns proposed anew; without a kind that too."""
    if not part.last:
        what = part.what or What.ACTIONS
        return Part(part.table, what, 0, 0, _by_content(table, what))
    names = names_of(table, part.first, part.last)
    what = part.what or guessed_what(names)
    found = Part(part.table, what, part.first, part.last, guessed_columns(names, what))
    return gathered(table, found, names)


def proposals(tables: Sequence[Grid]) -> list[Part]:
    """How Koers would read all the tables of a file: those of which it knows the header, and those
    that go on without one where the table before them ends."""
    if exported := export_parts(tables):
        return list(exported)
    found: list[Part] = []
    for number, table in enumerate(tables):
        part = proposal(table, number)
        before = found[-1] if found and found[-1].table == number - 1 else None
        if not part.last and before and tables[number - 1].width == table.width:
            part = replace(before, table=number, first=0, last=0)
        elif len(tables) > 1 and (not part.last or missing(part)):
            continue
        found.append(part)
    forget_names()
    return found


def placed(tables: Sequence[Grid], parts: Sequence[Part], chosen: Part) -> list[Part]:
    """All the parts with the one that a person chose; tables of one header are read alike."""
    names = _header(tables, chosen)
    found = {part.table: part for part in parts}
    for part in parts:
        if chosen.last and part.last and _header(tables, part) == names:
            found[part.table] = replace(chosen, table=part.table, first=part.first, last=part.last)
    return [part for _, part in sorted({**found, chosen.table: chosen}.items())]


def _header(tables: Sequence[Grid], part: Part) -> list[str]:
    return names_of(tables[part.table], part.first, part.last)


def with_column(parts: Sequence[Part], name: str, key: str) -> list[Part]:
    """With a column that was not read in a field that holds several; ``name`` is that of its
    field on the screen (kolom-part-column)."""
    found = list(parts)
    _, place, column = (*name.split("-"), "", "")[:3]
    number, n = whole_number(place), whole_number(column)
    if number is None or n is None or number >= len(found):
        return found
    part = found[number]
    if n not in part.read and key in gathering_for(part.what):
        also = {**part.also, key: sorted([*part.also.get(key, []), n])}
        found[number] = replace(part, also=also)
    return found


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


def is_export(table: Grid, part: Part) -> bool:
    """Whether a part of a file has the columns of a sheet that Koers wrote."""
    names = names_of(table, part.first, part.last)
    return any(_is_export(names, columns) for _, columns in SHEETS.values())


def export_parts(tables: Sequence[Grid]) -> tuple[Part, ...]:
    """How to read a file that Koers wrote, all its sheets at once; nothing when it is none."""
    parts = []
    for number, table in enumerate(tables):
        names = names_of(table, 1, 1)
        for what, columns in SHEETS.values():
            if _is_export(names, columns):
                parts.append(Part(number, what, 1, 1, guessed_columns(names, what)))
    return tuple(parts)


def missing(part: Part) -> list[str]:
    """What must stand in a column and is not pointed at."""
    needed = {
        What.MEASURES: ["measure.title"],
        What.ACTIONS: ["action.title"],
        What.BOTH: ["measure.title", "action.title"],
        What.LIST: ["measure.title", "row.under"],
        What.GOALS: ["goal.title"],
        What.GOAL_LINES: ["goal.title"],
        What.JUDGEMENTS: ["judgement.answer"],
        What.PRIORITIES: ["priority.title"],
        What.PLAN: ["plan.title"],
    }[What(part.what)]
    return [BY_KEY[k].header for k in needed if k not in part.columns]


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
    if needed := missing(part):
        raise BookError(f"Wijs nog aan in welke kolom dit staat: {', '.join(needed)}.")
    filled = sum(not table.is_empty(r) for r in range(part.last + 1, len(table.rows) + 1))
    if not filled and not is_export(table, part):
        raise BookError("Onder de kop staan geen rijen.")
    if filled > MOST_LINES:
        raise BookError(
            f"Onder de kop staan {filled} rijen. Koers leest er hooguit {MOST_LINES} tegelijk: knip"
            " de tabel in stukken."
        )
