"""A table for tests: books with everything that a cell can be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from koers.tables import (
    DAY,
    LINES,
    MOMENT,
    NUMBER,
    PERIOD,
    YES_NO,
    Column,
    Place,
    Table,
    controls,
    drawing,
)


@dataclass(frozen=True)
class Author:
    name: str


@dataclass(frozen=True)
class Book:
    title: str
    author: Author
    price: float | None = None
    bought: dt.date | None = None
    lent: dt.datetime | None = None
    month: str = ""
    read: bool = False
    notes: str = ""

    def in_short(self) -> str:
        return self.title[:3]


COLUMNS = (
    Column("title", "Titel", link=lambda book: f"/boek/?t={book.title}&x=1"),
    Column("author", "Schrijver", "author.name"),
    Column("short", "Kort", "in_short", place=Place.FILE),
    Column("price", "Prijs", kind=NUMBER, unit="euro", decimals=2),
    Column("bought", "Gekocht", kind=DAY),
    Column("lent", "Geleend", kind=MOMENT),
    Column("month", "Maand", kind=PERIOD),
    Column("read", "Gelezen", kind=YES_NO),
    Column("notes", "Notities", kind=LINES, empty="geen"),
    drawing("spine", "Rug", lambda book: "<svg></svg>", shows=("short",)),
    controls("give", "Geef", lambda book: f"<button>{len(book.title)}</button>"),
)
BOOKS = (
    Book(
        "=De <oude> kaart",
        Author("Één & ander"),
        1234.5,
        dt.date(2025, 3, 11),
        dt.datetime(2025, 3, 11, 14, 5, tzinfo=dt.UTC),
        "2025-03",
        True,
        "regel\nnog een \x07",
    ),
    Book("Leeg", Author("")),
)


def shelf(**more) -> Table:
    return Table("boeken", "Boeken & bladen", COLUMNS, BOOKS, **{"origin": "Bron: kast.", **more})
