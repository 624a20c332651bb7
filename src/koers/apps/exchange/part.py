"""How one table is read: its header, the names of its columns, and how well a name fits a field."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from koers.apps.exchange.columns import FileColumn
from koers.tables.reading.grid import Grid, text_of


@dataclass(frozen=True)
class Part:
    """How one table is read; ``columns`` says of each key in which column (from 0) it stands.

    The header is rows ``first`` to ``last``, counted from 1; no header is 0. ``priority`` and
    ``measure`` are the keys of what the rows belong to where no column says so. ``also`` says of
    fields that hold several columns which further ones they are.
    """

    table: int
    what: str
    first: int
    last: int
    columns: dict[str, int] = field(default_factory=dict)
    priority: int | None = None
    measure: int | None = None
    also: dict[str, list[int]] = field(default_factory=dict)

    @property
    def read(self) -> set[int]:
        """The columns that are read."""
        return {*self.columns.values(), *(n for several in self.also.values() for n in several)}


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


def plain_name(name: str) -> str:
    without_accents = "".join(
        c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c)
    )
    return " ".join(re.sub(r"\(.*?\)|[^\w'/ -]", " ", without_accents).split())


def score(name: str, column: FileColumn) -> int:
    """How well a name fits: 4 as Koers writes it, 3 another word for it, 1 a word for it among
    others."""
    return _score(name, column.header, column.words)


@lru_cache(maxsize=20_000)
def _score(name: str, header: str, others: tuple[str, ...]) -> int:
    """Kept while the tables of a document are looked at, which have the same headers over and
    over; ``forget_names`` is called then, as names of people may stand in a cell."""
    if name == header:
        return 4
    if name.rstrip(".:") in ("#", "№"):
        name = "nr"
    whole, last = plain_name(name.replace(" – ", " ")), plain_name(name.rpartition(" – ")[2])
    words = (plain_name(header), *others)
    if whole in words or last in words:
        return 3
    return int(any(len(w) > 3 and re.search(rf"\b{re.escape(w)}\b", whole) for w in words))


def forget_names() -> None:
    """Nothing of a table stays in this process."""
    _score.cache_clear()
