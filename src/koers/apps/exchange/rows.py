"""The rows of a mapped table as sources of lines: merged and corrected cells, formulas, bands, rows
under each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from koers.apps.exchange.columns import AS_ACTION
from koers.apps.exchange.mapping import Part, names_of
from koers.apps.exchange.values import plain
from koers.tables.reading.cells import ERRORS
from koers.tables.reading.grid import Grid, text_of


@dataclass(frozen=True)
class Source:
    """A row that becomes a line: its cells and the names of their columns by key; ``notes`` and
    ``wrong`` are (key, what)."""

    part: int
    table: str
    row: int
    cells: Mapping[str, Any]
    headers: Mapping[str, str]
    band: str = ""
    covered: frozenset[str] = frozenset()
    notes: tuple[tuple[str, str], ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()

    def text(self, key: str) -> str:
        return text_of(self.cells.get(key))

    def correction(self, key: str) -> str:
        """The name of the field on the screen in which this cell can be typed anew."""
        return f"c-{self.part}-{self.row}-{key}"

    @property
    def leaving_out(self) -> str:
        return f"weg-{self.part}-{self.row}"


def sources(
    number: int, table: Grid, part: Part, corrections: Mapping[str, str]
) -> Iterator[Source]:
    """The rows under the header in which something stands that is read."""
    names = (
        names_of(table, part.first, part.last)
        if part.last
        else [f"Kolom {n + 1}" for n in range(table.width)]
    )
    headers = {key: names[column] or f"Kolom {column + 1}" for key, column in part.columns.items()}
    band = ""
    for row in range(part.last + 1, len(table.rows) + 1):
        if found := table.band(row):
            band = found
            continue
        if _repeats_the_header(table, row, names, part):
            continue
        source = _source(number, table, part, row, headers, corrections)
        if any(source.text(key) for key in part.columns if key not in source.covered):
            yield replace(source, band=band)


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
