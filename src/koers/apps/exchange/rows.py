"""The rows of a mapped table as sources of lines: merged and corrected cells, formulas, bands, rows
under each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from koers.apps.exchange.bands import band_above, bands_of
from koers.apps.exchange.columns import AS_ACTION
from koers.apps.exchange.gathering import is_mark, period_in
from koers.apps.exchange.part import Part, names_of
from koers.apps.exchange.values import plain
from koers.tables.reading.cells import ERRORS
from koers.tables.reading.grid import Grid, text_of
from koers.tables.reading.planning import When, planning_of
from koers.tables.reading.said import said as words_of


@dataclass(frozen=True)
class Source:
    """A row that becomes a line: its cells and the names of their columns by key; ``notes`` and
    ``wrong`` are (key, what). ``named`` holds of fields of several columns each with its name;
    ``beside`` tells apart what is made of a row beside its line."""

    part: int
    table: str
    row: int
    cells: Mapping[str, Any]
    headers: Mapping[str, str]
    bands: tuple[str, ...] = ()
    year: int | None = None
    covered: frozenset[str] = frozenset()
    notes: tuple[tuple[str, str], ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()
    named: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    beside: str = ""

    @property
    def band(self) -> str:
        return self.bands[-1] if self.bands else ""

    def text(self, key: str) -> str:
        return text_of(self.cells.get(key))

    def correction(self, key: str) -> str:
        """The name of the field on the screen in which this cell can be typed anew."""
        return f"c-{self.part}-{self.row}-{key}"

    @property
    def leaving_out(self) -> str:
        return f"weg-{self.part}-{self.row}{self.beside}"

    def named_in(self, key: str) -> tuple[tuple[str, str], ...]:
        """What a field of several columns holds, each with the name of its column; "" before what
        stands in its own."""
        if key in self.named:
            return self.named[key]
        lines = (line.partition(": ") for line in self.text(key).splitlines())
        return tuple((name, text) if text else ("", name) for name, _, text in lines)


@dataclass
class Rows:
    """The rows of a table: those that are read, and those that are not with the reason."""

    read: list[Source] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)


def rows_of(
    number: int, table: Grid, part: Part, corrections: Mapping[str, str], year: int | None = None
) -> Rows:
    """The rows under the header."""
    names = (
        names_of(table, part.first, part.last)
        if part.last
        else [f"Kolom {n + 1}" for n in range(table.width)]
    )
    headers = {key: names[column] or f"Kolom {column + 1}" for key, column in part.columns.items()}
    for key, several in part.also.items():
        headers.setdefault(key, names[several[0]].partition(" – ")[0])
    found, bands, path = Rows(), bands_of(table, part), _Bands()
    if above := band_above(table, part):
        path.read(
            above, next(t for c in range(table.width) if (t := text_of(table.head(above, c))))
        )
    for row in range(part.last + 1, len(table.rows) + 1):
        if band := bands.get(row):
            path.read(row, band)
            continue
        if table.is_empty(row) or _repeats_the_header(table, row, names, part):
            continue
        if _is_total(table, row):
            found.unread.append((row, "een totaal"))
            continue
        source = _source(number, table, part, row, headers, corrections)
        source = _gathered(source, table, part, names, corrections)
        if not any(source.text(key) for key in source.cells if key not in source.covered):
            found.unread.append((row, "hier staat alleen iets in kolommen die niet gelezen worden"))
            continue
        bands_here = path.here()
        source = replace(source, bands=bands_here, year=year)
        above = found.read[-1] if found.read and found.read[-1].bands == bands_here else None
        found.read.append(_filled_down(source, above, part, found.filled))
    found.unread += [
        (row, f"'{text[:60]}' staat boven geen enkele rij") for row, text in path.waiting
    ]
    return found


@dataclass
class _Bands:
    """The bands above a row: one, or a higher one with one under it."""

    higher: str = ""
    lower: str = ""
    waiting: list[tuple[int, str]] = field(default_factory=list)

    def read(self, row: int, text: str) -> None:
        self.waiting.append((row, " ".join(text.split())))

    def here(self) -> tuple[str, ...]:
        if self.waiting:
            texts = [text for _, text in self.waiting]
            if len(texts) > 1:
                self.higher, self.lower = " – ".join(texts[:-1]), texts[-1]
            elif self.higher and not _is_as_high(texts[0], self.higher):
                self.lower = texts[0]
            else:
                self.higher, self.lower = ("", texts[0])
            self.waiting = []
        return tuple(text for text in (self.higher, self.lower) if text)


def _is_as_high(text: str, other: str) -> bool:
    """Whether a band has a number as short as that of the higher one."""
    one, two = _NUMBERED.match(text), _NUMBERED.match(other)
    return bool(one and two and one[1].count(".") == two[1].count("."))


_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\.?\s")


def _is_total(table: Grid, row: int) -> bool:
    first = next((t for c in range(table.width) if (t := text_of(table.cell(row, c)))), "")
    return re.fullmatch(r"(?i)(?:sub|eind)?totaal\b.{0,20}", first) is not None


FILLED_DOWN = ("priority", "safety_field", "sub_theme", "aim")


def _filled_down(source: Source, above: Source | None, part: Part, times: dict[str, int]) -> Source:
    """In a table that names a theme or goal once, above the rows that belong to it, the rows under
    it belong to it too."""
    title = min((n for k, n in part.columns.items() if k.endswith(".title")), default=0)
    leading = sorted(
        (column, key)
        for key, column in part.columns.items()
        if key.partition(".")[2] in FILLED_DOWN and column < title
    )
    if above is None or not any(source.text(k) for k in part.columns if k.endswith(".title")):
        return source
    cells, notes = dict(source.cells), list(source.notes)
    for _, key in leading:
        if source.text(key):
            break
        if above.text(key):
            cells[key] = above.cells[key]
            notes.append((key, f"{source.headers[key]}: zoals de rij erboven"))
            times[source.headers[key]] = times.get(source.headers[key], 0) + 1
    return replace(source, cells=cells, notes=tuple(notes))


def _gathered(
    source: Source, table: Grid, part: Part, names: Sequence[str], typed: Mapping[str, str]
) -> Source:
    """With the fields that hold several columns."""
    cells, named = dict(source.cells), dict(source.named)
    for key, several in part.also.items():
        if source.correction(key) in typed:
            cells[key] = typed[source.correction(key)].strip()
            continue
        said = [(names[n], text) for n in several if (text := words_of(table.cell(source.row, n)))]
        own = words_of(cells.get(key))
        if key.endswith(".planning"):
            texts = [own, _crosses(said)]
        elif key.endswith(".partners"):
            texts = [own, *(text for _, text in said)]
        else:
            said = [(name.replace(" – ", " "), text) for name, text in said]
            named[key] = tuple((name, text) for name, text in (("", own), *said) if text)
            texts = [own, *(f"{name}: {text}" for name, text in said)]
        if key in cells or any(texts):
            cells[key] = "\n".join(text for text in texts if text)
    return replace(source, cells=cells, named=named)


def _crosses(said: Sequence[tuple[str, str]]) -> str:
    """'Q2 en Q3 2026' of the columns in which there is a cross; what else stands in one follows on
    it between brackets."""
    found: list[str] = []
    year = ""
    for name, text in reversed(said):
        above, _, last = name.rpartition(" – ")
        last = period_in(last)
        period = planning_of(last)
        written = last
        if period.when == When.NO_YEAR:
            years = re.findall(r"\b(?:19|20)\d{2}\b", above)
            own = years[-1] if years else ""
            written = last if own == year or not own else f"{last} {own}"
            year = own
        found.append(written if is_mark(text) else f"{written} ({text})")
    found.reverse()
    return (
        found[0] if len(found) == 1 else f"{', '.join(found[:-1])} en {found[-1]}" if found else ""
    )


def _source(
    number: int,
    table: Grid,
    part: Part,
    row: int,
    headers: Mapping[str, str],
    corrections: Mapping[str, str],
) -> Source:
    found = Source(number, table.name, row, {}, headers)
    cells, notes, wrong, covered = {}, [], [], set()
    for key, column in part.columns.items():
        cell = table.cell(row, column)
        typed = corrections.get(found.correction(key))
        cells[key] = cell if typed is None else typed.strip()
        if table.is_covered(row, column):
            covered.add(key)
        if typed is not None:
            notes.append((key, f"{headers[key]}: hier getypt"))
            continue
        if text_of(cell).upper() in ERRORS:
            wrong.append((key, "hier staat een formule met een fout"))
        elif (row, column) in table.formulas and not text_of(cell):
            wrong.append(
                (
                    key,
                    (
                        "hier staat een formule zonder bewaarde uitkomst; open het bestand in het"
                        " rekenprogramma, sla het op en kies het opnieuw, of typ de waarde hier"
                    ),
                )
            )
            cells[key] = "="
        elif (row, column) in table.formulas:
            notes.append((key, f"{headers[key]}: van de formule is de uitkomst gebruikt"))
    return replace(
        found, cells=cells, notes=tuple(notes), wrong=tuple(wrong), covered=frozenset(covered)
    )


def _repeats_the_header(table: Grid, row: int, names: Sequence[str], part: Part) -> bool:
    """A table over several pages of a document has its header on each."""
    if not part.last:
        return False
    cells = [" ".join(text_of(table.cell(row, c)).split()) for c in range(table.width)]
    last = [n.rpartition(" – ")[2] for n in names]
    return (
        any(cells)
        and all(cell in ("", name) for cell, name in zip(cells, last, strict=True))
        and sum(map(bool, cells)) > 1
    )


@dataclass
class Node:
    """A row of a list in which rows stand under each other."""

    source: Source
    above: Node | None = None
    outside: str = ""
    children: list[Node] = field(default_factory=list)
    problem: str = ""

    @property
    def title(self) -> str:
        return self.source.text("measure.title")


def nested(found: Sequence[Source]) -> list[Node]:
    """The rows of a list with what each falls under; a circle, or two rows of one name, is a
    problem of that row."""
    nodes = [Node(source) for source in found]
    by_number: dict[str, list[Node]] = {}
    by_title: dict[str, list[Node]] = {}
    for node in nodes:
        by_number.setdefault(plain(_number(node.source)), []).append(node)
        by_title.setdefault(plain(node.title), []).append(node)
    by_number.pop("", None)
    for node in nodes:
        under = _whole(node.source.cells.get("row.under"))
        if not under:
            continue
        named = by_number.get(plain(under)) or by_title.get(plain(under)) or []
        if len(named) > 1:
            node.problem = (
                f"'{under}' staat op meer rijen ({', '.join(str(n.source.row) for n in named)});"
                " geef elk een eigen nummer"
            )
        elif named:
            node.above = named[0]
        else:
            node.outside = under
    for node in nodes:
        if circle := _circle(node):
            node.problem = f"deze regel valt onder zichzelf: rij {' → '.join(map(str, circle))}"
    for node in nodes:
        if node.above is not None and not node.problem:
            node.above.children.append(node)
    return nodes


def _whole(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else text_of(cell)


def _number(source: Source) -> str:
    return _whole(source.cells.get("row.number"))


def _circle(node: Node) -> list[int]:
    """The rows through which a row falls under itself."""
    rows, at = [node.source.row], node.above
    while at is not None and at.source.row not in rows:
        rows.append(at.source.row)
        at = at.above
    return [*rows, node.source.row] if at is node else []


def as_action(source: Source) -> Source:
    """A row of a list that turns out to be an action: its columns by the names that an action has
    for them."""
    lost = [
        source.headers[k]
        for k in source.cells
        if k.startswith("measure.")
        and k not in AS_ACTION
        and source.text(k)
        and k not in ("measure.priority", "measure.start")
    ]
    told = (
        (("action.title", f"{', '.join(lost)}: heeft een actie niet en komt niet mee"),)
        if lost
        else ()
    )
    return replace(
        source,
        cells={new: source.cells[old] for old, new in AS_ACTION.items() if old in source.cells},
        headers={
            **source.headers,
            **{new: source.headers[old] for old, new in AS_ACTION.items() if old in source.headers},
        },
        notes=(*((AS_ACTION.get(key, key), note) for key, note in source.notes), *told),
        wrong=tuple((AS_ACTION.get(key, key), reason) for key, reason in source.wrong),
    )
