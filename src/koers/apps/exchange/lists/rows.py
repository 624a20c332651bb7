"""The rows of a list: as the plan holds them, as they were typed, or as they were pasted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from koers.apps.exchange.known import Known
from koers.apps.exchange.lists.columns import ListColumn
from koers.apps.exchange.values import plain
from koers.tables.reading.book import BookError
from koers.tables.reading.grid import pasted
from koers.tables.reading.said import said

GONE = "Deze regel is intussen weggehaald. Sla nog eens op om hem als nieuwe rij toe te voegen."
MOST = 300
"""New rows at once: more come in as a file."""
EMPTY = 5
_MARK = re.compile(r"r([0-9]{1,5})-mark")
_OF_A_LINE = re.compile(r"([0-9]{1,18}):([0-9]{1,9}):([0-9a-f]*)")


@dataclass
class Row:
    """A line as its cells say it. ``line`` is None for a new one; ``was`` tells whether its texts
    are those that the page showed; ``wrong`` says by the name of a column what is wrong there, and
    by "" what is of the whole row."""

    texts: dict[str, str]
    line: Any = None
    revision: int | None = None
    was: str = ""
    wrong: dict[str, str] = field(default_factory=dict)
    number: int = 0

    @property
    def touched(self) -> bool:
        """Whether it is not saved yet."""
        return any(self.texts.values()) if self.line is None else digest(self.texts) != self.was


def digest(texts: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()[:12]


def row_of(line: Any, columns: Sequence[ListColumn], known: Known) -> Row:
    texts = {column.name: column.text_of(line, known) for column in columns}
    return Row(texts, line, line.revision, digest(texts))


def typed_rows(
    sent: Mapping[str, str], columns: Sequence[ListColumn], lines: Mapping[int, Any]
) -> list[Row]:
    """The rows that a form sent, in their order; a mark names the line, or says that it is new.

    A line that went away meanwhile comes back as a new one only where somebody typed in its row,
    and says so first.
    """
    numbers = {found[1] for name in sent if (found := _MARK.fullmatch(name))}
    rows = []
    for number in sorted(numbers, key=int):
        texts = {c.name: " ".join(sent.get(f"r{number}-{c.name}", "").split()) for c in columns}
        found = _OF_A_LINE.fullmatch(sent[f"r{number}-mark"])
        line = lines.get(int(found[1])) if found else None
        if found is None:
            rows.append(Row(texts))
        elif line is not None:
            rows.append(Row(texts, line, int(found[2]), found[3]))
        elif digest(texts) != found[3]:
            rows.append(Row(texts, wrong={"": GONE}))
    return rows


def keys_in(sent: Mapping[str, str]) -> list[int]:
    """The lines that the rows of a form name."""
    marks = (text for name, text in sent.items() if _MARK.fullmatch(name))
    return [int(found[1]) for mark in marks if (found := _OF_A_LINE.fullmatch(mark))]


def pasted_rows(text: str, columns: Sequence[ListColumn]) -> list[Row]:
    """New rows from what was copied in a spreadsheet: by its headers, or else in the order of the
    list.

    Raises
    ------
    BookError
        When it cannot be used, and what to do.
    """
    table = [[" ".join(said(cell).split()) for cell in row] for row in pasted(text).rows]
    order: Sequence[ListColumn | None] = columns
    if table and sum(_called(cell, columns) is not None for cell in table[0]) > 1:
        order = [_called(cell, columns) for cell in table[0]]
        _refuse_unknown(table, order)
        table = table[1:]
    if any(any(row[len(order) :]) for row in table):
        raise BookError(
            f"Er zijn meer kolommen dan de {len(columns)} van deze lijst. Plak ook de regel met"
            " kopjes, of lees de tabel in bij Inlezen."
        )
    rows = [_pasted(row, order, columns) for row in table if any(row)]
    if len(rows) > MOST:
        raise BookError(
            f"U plakte {len(rows)} rijen; hier passen er {MOST} tegelijk. Een lange tabel leest u"
            " in bij Inlezen."
        )
    return rows


def _called(header: str, columns: Iterable[ListColumn]) -> ListColumn | None:
    return next((c for c in columns if plain(header) in c.called), None)


def _refuse_unknown(table: Sequence[Sequence[str]], order: Sequence[ListColumn | None]) -> None:
    for place, column in enumerate(order):
        again = column is not None and column in order[:place]
        if (column is None or again) and any(place < len(r) and r[place] for r in table):
            raise BookError(
                f"De kolom '{table[0][place][:60]}' hoort niet bij deze lijst. Haal haar weg, of"
                " lees de tabel in bij Inlezen."
            )


def _pasted(
    row: Sequence[str], order: Sequence[ListColumn | None], columns: Sequence[ListColumn]
) -> Row:
    texts = dict.fromkeys((c.name for c in columns), "")
    for column, text in zip(order, row, strict=False):
        if column is not None:
            texts[column.name] = text
    return Row(texts)


def with_room(rows: list[Row], columns: Sequence[ListColumn], more: int = EMPTY) -> list[Row]:
    """Empty rows at the end, and each row its number."""
    empty = [Row(dict.fromkeys((c.name for c in columns), "")) for _ in range(more)]
    found = [*rows, *empty]
    for number, row in enumerate(found, 1):
        row.number = number
    return found
