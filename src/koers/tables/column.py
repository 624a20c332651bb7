"""One column of a table: what it is called, what a row has in it and how that is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from operator import attrgetter
from typing import Any

from koers.tables.kinds import TEXT, CellKind, is_nothing

NOTHING = "–"
NOT_IN_PRINT = "k-noprint"


class Place(Enum):
    """Where a column stands: on the page and in the file, or in one of them."""

    BOTH = "both"
    PAGE = "page"
    FILE = "file"


@dataclass(frozen=True)
class Column:
    """A column, described once for page and files.

    Parameters
    ----------
    key
        The name of the column for programs: in JSON, CSVW and the order of a list (``?op=key``).
    label
        The name of the column for people.
    of
        What takes a row to the value: a function, or the name of an attribute (with dots; what it
        gives is called if it is a method). By default the attribute of the name of ``key``.
    kind, decimals, unit, empty
        How a value is printed, in which unit it is, and what stands on the page for no value.
    link
        What takes a row to the address where the words of the cell lead ("" for none).
    dress
        What is put around the words of a cell on the page: takes the row and the words (as HTML),
        and gives HTML. A badge, a second line, a button.
    place, shows
        Where the column stands; one that is on the page only names the columns of the file that it
        shows.
    order
        The fields by which the store sorts; none where there is no order by this column.
    """

    key: str
    label: str
    of: str | Callable[[Any], Any] = ""
    kind: CellKind = TEXT
    unit: str = ""
    decimals: int | None = None
    empty: str = NOTHING
    link: Callable[[Any], str] | None = None
    dress: Callable[[Any, str], str] | None = None
    place: Place = Place.BOTH
    shows: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    css: str = ""

    @cached_property
    def value(self) -> Callable[[Any], Any]:
        """What takes a row to the value."""
        if callable(self.of):
            return self.of
        get = attrgetter(self.of or self.key)

        def found(row: Any) -> Any:
            value = get(row)
            return value() if callable(value) else value

        return found

    def words(self, row: Any) -> str:
        """The cell in plain words, as the page has it."""
        value = self.value(row)
        return self.empty if is_nothing(value) else self.kind.words(value, self.decimals)

    def within(self, name: str) -> Column:
        """The same column for rows that hold, under this name, what it is a column of."""
        inner, value, link, dress = attrgetter(name), self.value, self.link, self.dress
        return replace(
            self,
            of=lambda row: value(inner(row)),
            link=link and (lambda row: link(inner(row))),
            dress=dress and (lambda row, words: dress(inner(row), words)),
        )

    @property
    def on_page(self) -> bool:
        return self.place is not Place.FILE

    @property
    def in_file(self) -> bool:
        return self.place is not Place.PAGE


def controls(key: str, label: str, drawn: Callable[[Any], str]) -> Column:
    """Buttons or links at each row: HTML, on the page only and not in print."""
    return replace(drawing(key, label, drawn, ()), css=NOT_IN_PRINT)


def drawing(key: str, label: str, drawn: Callable[[Any], str], shows: tuple[str, ...]) -> Column:
    """A column of the page that is HTML of its own; the file has what it shows in other columns."""
    return Column(
        key,
        label,
        of=_nothing,
        empty="",
        dress=lambda row, _: drawn(row),
        place=Place.PAGE,
        shows=shows,
    )


def _nothing(_: Any) -> None:
    return None
