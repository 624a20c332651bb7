"""What of a file is not read: columns, rows, tables and texts outside tables. Nothing is dropped in
silence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from koers.apps.exchange.bands import band_above, bands_of
from koers.apps.exchange.columns import gathering_for
from koers.apps.exchange.lines import Unread
from koers.apps.exchange.part import Part, names_of
from koers.tables.reading.grid import Grid, text_of

_YEAR = re.compile(r"\b20\d{2}\b")


def year_of(table: Grid, part: Part) -> int | None:
    """The one year that the names of the columns say, else what stands above the table, else the
    cells of its planning."""
    names = names_of(table, part.first, part.last) if part.last else []
    above = [text_of(table.head(r, c)) for r in range(1, part.first) for c in range(table.width)]
    planned = [
        n for key, n in part.columns.items() if key.endswith((".planning", ".start", ".end"))
    ]
    cells = [
        text_of(table.cell(row, n))
        for n in planned
        for row in range(part.last + 1, len(table.rows) + 1)
    ]
    for texts in (names, [*above, table.heading, table.name], cells):
        years = {found for text in texts for found in _YEAR.findall(text)}
        if len(years) == 1:
            return int(years.pop())
        if years:
            return None
    return None


_AIM = re.compile(
    r"(?is)(?:beoogd )?(?:doel(?:en|stelling(?:en)?)?|ambitie|effect|resultaat"
    r"|wat willen we bereiken|dit willen we bereiken)\s*[:?]\s*(?P<words>\S.*)"
)


def aim_in(text: str) -> str:
    """The goal that a text above a table says, as in 'Doel: minder overlast'; else ''."""
    found = _AIM.fullmatch(text)
    return found["words"] if found else ""


def unread_of(
    tables: Sequence[Grid], parts: Sequence[Part], rows: Mapping[tuple[int, str], Sequence[int]]
) -> list[Unread]:
    """What is not read, each once with how often."""
    found: list[Unread] = []
    read = {part.table for part in parts}
    for number, table in enumerate(tables):
        for place, part in enumerate(parts):
            if part.table == number:
                found += _columns(place, table, part)
                found += _above(table, part)
        for (where, reason), numbers in rows.items():
            if where == number:
                found.append(Unread(table.name, _rows_said(numbers), reason))
        if number not in read:
            filled = sum(not table.is_empty(r) for r in range(1, len(table.rows) + 1))
            found.append(
                Unread(table.name, f"de hele tabel, {filled} rijen", number=number, whole=True)
            )
        outside = tuple(t for t in table.outside if number not in read or not aim_in(t))
        if outside:
            what = f"{len(outside)} {'stuk' if len(outside) == 1 else 'stukken'} tekst"
            found.append(Unread(table.name, what, "dit staat buiten de tabellen", outside))
    return found


def _columns(place: int, table: Grid, part: Part) -> list[Unread]:
    names = (
        names_of(table, part.first, part.last)
        if part.last
        else [f"kolom {n + 1}" for n in range(table.width)]
    )
    bands = bands_of(table, part)
    rows = [r for r in range(part.last + 1, len(table.rows) + 1) if r not in bands]
    found = []
    for column in sorted(set(range(table.width)) - part.read):
        filled = sum(bool(text_of(table.cell(r, column))) for r in rows)
        if filled:
            name = names[column] or f"kolom {column + 1} zonder naam"
            cells = f"{filled} {'cel' if filled == 1 else 'cellen'}"
            choices = tuple(gathering_for(part.what).items())
            found.append(
                Unread(
                    table.name,
                    f"kolom '{name[:80]}'",
                    cells,
                    choice=f"kolom-{place}-{column}",
                    choices=choices,
                )
            )
    return found


def _above(table: Grid, part: Part) -> list[Unread]:
    """The rows above the header: a title mostly."""
    texts = [
        " ".join(dict.fromkeys(t for c in range(table.width) if (t := text_of(table.head(r, c)))))
        for r in range(1, part.first)
        if r != band_above(table, part)
    ]
    said = tuple(text for text in texts if text)
    if not said:
        return []
    return [
        Unread(
            table.name,
            f"{len(said)} {'regel' if len(said) == 1 else 'regels'}",
            "dit staat boven de tabel",
            said,
        )
    ]


def _rows_said(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:8]))
    more = " en meer" if len(numbers) > 8 else ""
    return f"rij {shown}" if len(numbers) == 1 else f"{len(numbers)} rijen ({shown}{more})"
