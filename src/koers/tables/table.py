"""A table: its columns, its rows, and where the figures in it come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from operator import itemgetter
from typing import Any

from koers.dutch import without_accents
from koers.tables.column import Column, Place
from koers.tables.kinds import kind_of

ORIGIN = Column("origin", "Herkomst")


class Look(Enum):
    """The look of a table on the page, by its class: on a phone a plain table scrolls, ``LINES``
    become cards, ``BESIDE`` puts old and new under each other. Above an ``OVERVIEW`` stands a
    heading that says the same as its caption, which is then for who hears it."""

    PLAIN = ""
    LINES = "k-lines"
    BESIDE = "k-beside"
    BESIDE_LINES = "k-beside k-beside--lines"
    MATRIX = "k-matrix"
    OVERVIEW = "k-overview"

    @property
    def stacks(self) -> bool:
        """Whether its cells stand under each other on a phone, each with its head before it."""
        return self not in (Look.PLAIN, Look.MATRIX)


@dataclass(frozen=True)
class Head:
    """The head of a column by which a list is sorted: where its link leads, and how it is sorted
    now ('ascending', 'descending' or '')."""

    link: str
    sorted: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a page and of files.

    Parameters
    ----------
    name
        Stands in its address (``?csv=name``) and is the name of its file.
    caption
        What it is called, on the page and to who hears it.
    columns, rows
        The columns, and any objects of which they know what to show.
    origin
        From which source figures are and how old: one text, or what takes a row to it. It becomes
        the last column of the file.
    whole
        Gives the rows of the file, where the page shows a part of them.
    empty
        What a page says in place of a table without rows.
    takes_along
        Whether it may be had as a file.
    key_of
        What takes a row to its id on the page.
    heads
        By the key of a column: what its head does.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: Collection[Any]
    origin: str | Callable[[Any], str] = ""
    whole: Callable[[], Iterable[Any]] | None = None
    empty: str = ""
    look: Look = Look.PLAIN
    takes_along: bool = True
    key_of: Callable[[Any], str] | None = None
    heads: Mapping[str, Head] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys):
            raise ValueError(f"table {self.name}: two columns have the same key")
        unknown = {key for column in self.columns for key in column.shows} - set(keys)
        if unknown:
            raise ValueError(f"table {self.name}: no column {', '.join(sorted(unknown))} to show")

    @classmethod
    def of_rows(
        cls, name: str, caption: str, labels: Sequence[str], rows: Sequence[Any], **more: Any
    ) -> Table:
        """A table whose columns follow from its figures: of each the kind is that of its values."""
        listed = [tuple(row) for row in rows]
        keys = _keys(labels)
        columns = tuple(
            Column(key, label, itemgetter(n), kind_of([row[n] for row in listed]))
            for n, (key, label) in enumerate(zip(keys, labels, strict=True))
        )
        return cls(name, caption, columns, listed, **more)

    @property
    def page_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.on_page)

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """Those of the file, the origin last."""
        found = tuple(column for column in self.columns if column.in_file)
        if not self.origin:
            return found
        origin = self.origin
        return (*found, replace(ORIGIN, of=origin if callable(origin) else lambda _: origin))

    def file_rows(self) -> list[list[Any]]:
        """The values of the file, row by row."""
        gets = [column.value for column in self.file_columns]
        rows = self.rows if self.whole is None else self.whole()
        return [[get(row) for get in gets] for row in rows]

    def as_text_rows(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Labels and rows as words, for a table in a document: what the page shows, without
        buttons and drawings."""
        columns = [column for column in self.columns if column.on_page and column.in_file]
        labels = tuple(column.label for column in columns)
        return labels, [tuple(column.words(row) for column in columns) for row in self.rows]

    def showing(self, *keys: str) -> Table:
        """With only these columns on the page; the file keeps them all."""
        shown = [
            column if column.key in keys else replace(column, place=Place.FILE)
            for column in self.columns
            if column.key in keys or column.in_file
        ]
        return replace(self, columns=tuple(shown))


def _keys(labels: Sequence[str]) -> list[str]:
    """Names for programs made of labels, each once."""
    found: list[str] = []
    for number, label in enumerate(labels, 1):
        plain = without_accents(label).lower()
        key = re.sub(r"\W+", "_", plain).strip("_") or f"column_{number}"
        found.append(key if key not in found else f"{key}_{number}")
    return found
