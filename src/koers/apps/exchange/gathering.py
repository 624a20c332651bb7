"""Fields that hold several columns: crosses under quarters, targets by year, partners of two
kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from koers.apps.exchange.bands import band_says_theme, bands_of
from koers.apps.exchange.columns import BY_KEY, What, columns_for, gathering_for
from koers.apps.exchange.part import Part, names_of, plain_name, score
from koers.tables.reading.budget import budget_of
from koers.tables.reading.grid import Grid, text_of
from koers.tables.reading.planning import When, planning_of

_AIMED = (
    r"nulmeting|0-meting|nulsituatie|nulwaarde|uitgangs|streef|\bdoel(?!groep)|doelstelling|ambitie|\bnorm\b|target"
    r"|realisatie|gerealiseerd|indicator|\bkpi\b|meetbaar|huidige (?:stand|waarde)|startwaarde"
    r"|prognose|referentie|maatschappelijk effect|hoe meten"
)
_AIMED_WITHOUT_YEAR = re.compile(_AIMED)
AIMED = re.compile(rf"{_AIMED}|\b(?:19|20)\d{{2}}\b")
_BESIDE_AN_AIM = re.compile(r"bron\b|bronnen|eenheid|frequentie|meet|definitie|peildatum")


_OVER_A_PERIOD = re.compile(r"(?i)^(?:planning|periode|uitvoering|gereed) (?=\S)")
# '2025-I': a half or a third of a year, as accounts have it.
_PART_OF_A_YEAR = re.compile(r"(?i)20\d{2} ?[-/ ] ?(?:I{1,3}|IV|[HT][1-3])")


def period_in(name: str) -> str:
    """The period that the name of a column says, without what stands before it."""
    return _OVER_A_PERIOD.sub("", name)


def is_period(name: str) -> bool:
    """Whether the name of a column is a quarter, a month or a year."""
    name = _OVER_A_PERIOD.sub("", name)
    if _PART_OF_A_YEAR.fullmatch(name):
        return True
    found = planning_of(name, 2000)
    return found.when == When.DAYS and len(found.spans) == 1 and not found.exact


def is_mark(cell: object) -> bool:
    """Whether a cell is a cross in a column of a period."""
    return text_of(cell).lower() in MARKS


MARKS = {"x", "xx", "v", "✓", "✔", "●", "•", "■", "*", "ja", "1", "1.0", "√", "☑", "☒", "✗", "o"}


def gathered(table: Grid, part: Part, names: Sequence[str]) -> Part:
    """With what stands in several columns: crosses under quarters, targets by year, partners of two
    kinds; and with the bands of a table as its priorities."""
    columns, also = dict(part.columns), {key: list(there) for key, there in part.also.items()}
    _bands_are_priorities(table, part, columns)
    periods = [n for n, _ in enumerate(names) if _is_crossed(table, part, names, n)]
    of = "action" if part.what == What.ACTIONS else "measure"
    if len(periods) > 1 and part.what != What.GOALS:
        columns = {key: n for key, n in columns.items() if n not in periods}
        also[f"{of}.planning"] = periods
    aim = {What.GOALS: "goal.words", What.ACTIONS: "action.note"}.get(
        What(part.what), "measure.aim"
    )
    _split_budget(table, part, names, columns, also)
    _aims(names, columns, also, aim)
    _longest_is_the_title(table, part, names, columns, also)
    _leftmost_is_the_theme(table, part, names, columns, also)
    for n in _left(names, columns, also):
        scores = {
            key: score(names[n], BY_KEY[key]) for key in gathering_for(part.what) if key in BY_KEY
        }
        if part.what == What.GOALS and _BESIDE_AN_AIM.search(plain_name(names[n])):
            also.setdefault(aim, []).append(n)
        elif scores and max(scores.values()):
            also.setdefault(max(scores, key=scores.__getitem__), []).append(n)
        elif part.what != What.GOALS and (
            _is_known(names[n], part.what) or _EXPLAINS.search(plain_name(names[n]))
        ):
            also.setdefault("action.note" if of == "action" else "measure.description", []).append(
                n
            )
    return replace(part, columns=columns, also={key: sorted(there) for key, there in also.items()})


_EXPLAINS = re.compile(
    r"\bdoelgroep|\brol\b|risico|randvoorwaard|\blocatie|notitie|bijzonderhe|aandachtspunt"
    r"|\burgentie|\bweging|prioritering|achtergrond|aanleiding|vervolg|\blink\b|relatie met"
)


def _is_known(name: str, what: str) -> bool:
    """Whether a column would have a field of its own, were that not taken by another."""
    return any(score(name, column) for column in columns_for(what) if column.field is not None)


def _longest_is_the_title(
    table: Grid,
    part: Part,
    names: Sequence[str],
    columns: dict[str, int],
    also: dict[str, list[int]],
) -> None:
    """Where no name says what is done, it stands in the column with the longest texts of those
    that are left."""
    if part.what != What.MEASURES or "measure.title" in columns or len(columns) < 3:
        return
    rows = range(part.last + 1, len(table.rows) + 1)
    left = [n for n in _left(names, columns, also) if not _is_known(names[n], part.what)]
    lengths = {n: sum(len(text_of(table.cell(r, n))) for r in rows) for n in left}
    if lengths and max(lengths.values()) > 15 * len(rows):
        columns["measure.title"] = max(lengths, key=lengths.__getitem__)


def _leftmost_is_the_theme(
    table: Grid,
    part: Part,
    names: Sequence[str],
    columns: dict[str, int],
    also: dict[str, list[int]],
) -> None:
    """Where no name says the priority, and nothing stands above the rows that is one, it stands
    left of what is done; a second column there is a part of it."""
    title = columns.get("measure.title")
    if part.what != What.MEASURES or title is None or "measure.priority" in columns:
        return
    if band_says_theme(table.heading) or bands_of(table, part) or len(columns) < 3:
        return
    left = [
        n
        for n in _left(names, columns, also)
        if n < title and not _EXPLAINS.search(plain_name(names[n])) and _are_words(table, part, n)
    ]
    for key, n in zip(("measure.priority", "measure.sub_theme"), left, strict=False):
        columns.setdefault(key, n)


def _are_words(table: Grid, part: Part, column: int) -> bool:
    """Whether the cells are words of the length of a heading, and the first row has one."""
    cells = [text_of(table.cell(r, column)) for r in range(part.last + 1, len(table.rows) + 1)]
    filled = [cell for cell in cells if cell]
    return bool(cells and cells[0]) and all(
        len(cell) < 80 and any(c.isalpha() for c in cell) for cell in filled
    )


def _is_under(table: Grid, rows: Sequence[int], place: int) -> bool:
    """Whether the heading above a table is a priority of which the themes are parts: it says so, or
    its number is the beginning of theirs."""
    if band_says_theme(table.heading):
        return True
    number = re.match(r"(\d+(?:\.\d+)*)\.?\s", table.heading)
    cells = [text for row in rows if (text := text_of(table.cell(row, place)))]
    return bool(number and cells and all(text.startswith(f"{number[1]}.") for text in cells))


def _left(names: Sequence[str], columns: dict[str, int], also: dict[str, list[int]]) -> list[int]:
    taken = {*columns.values(), *(n for several in also.values() for n in several)}
    return [n for n, name in enumerate(names) if name and n not in taken]


def _is_crossed(table: Grid, part: Part, names: Sequence[str], column: int) -> bool:
    """Whether a column is a period in which something is ticked."""
    if not is_period(names[column].rpartition(" – ")[2]):
        return False
    cells = [text_of(table.cell(r, column)) for r in range(part.last + 1, len(table.rows) + 1)]
    filled = [cell for cell in cells if cell]
    # What is no cross and as short is a mark of a legend: it is kept between brackets.
    return sum(is_mark(cell) or len(cell) == 1 for cell in filled) >= 0.5 * len(filled)


def _aims(
    names: Sequence[str], columns: dict[str, int], also: dict[str, list[int]], aim: str
) -> None:
    """Targets, base values and the source of an indicator belong to the goal."""
    aimed = AIMED if aim == "goal.words" else _AIMED_WITHOUT_YEAR
    found = [n for n in _left(names, columns, also) if aimed.search(plain_name(names[n]))]
    indicator = columns.get("measure.topics")
    if not found and indicator is None:
        return
    source = columns.get("measure.evidence_source")
    if source is not None and _BESIDE_AN_AIM.search(plain_name(names[source])):
        del columns["measure.evidence_source"]
        found.append(source)
    if found:
        also.setdefault(aim, []).extend(found)


def _split_budget(
    table: Grid,
    part: Part,
    names: Sequence[str],
    columns: dict[str, int],
    also: dict[str, list[int]],
) -> None:
    """A budget by year is kept in words: no column of them is the budget. What says of what it is
    paid stands beside it."""
    first = columns.get("measure.budget")
    more = [n for n in _left(names, columns, also) if score(names[n], BY_KEY["measure.budget"])]
    if first is None or not more:
        return
    if any(_are_amounts(table, part, n) for n in more):
        del columns["measure.budget"]
        more = [first, *more]
    also["measure.budget_words"] = [*also.get("measure.budget_words", []), *more]


def _are_amounts(table: Grid, part: Part, column: int) -> bool:
    cells = [table.cell(r, column) for r in range(part.last + 1, len(table.rows) + 1)]
    filled = [cell for cell in cells if text_of(cell)]
    return 2 * sum(budget_of(cell).low is not None for cell in filled) > len(filled)


def _bands_are_priorities(table: Grid, part: Part, columns: dict[str, int]) -> None:
    """Where every row stands under a band, the themes in the rows are parts of it."""
    place = columns.get("measure.priority")
    if place is None or "measure.sub_theme" in columns or part.what == What.GOALS:
        return
    name = plain_name(names_of(table, part.first, part.last)[place].rpartition(" – ")[2])
    bands = bands_of(table, part)
    rows = [r for r in range(part.last + 1, len(table.rows) + 1) if not table.is_empty(r)]
    under = bool(bands and rows and rows[0] in bands) or _is_under(table, rows, place)
    if under and not name.startswith("prioriteit"):
        columns["measure.sub_theme"] = columns.pop("measure.priority")
