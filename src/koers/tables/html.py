"""A table as HTML, quick enough for thousands of rows: a template with a dozen tags for each takes
too long.

Every text goes through ``escape``; what is not escaped here is made by a kind or by the column's
own ``dress``.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from koers.tables.column import NOT_IN_PRINT, Column
from koers.tables.kinds import is_nothing
from koers.tables.table import Head, Look, Table

NO_ROWS = "Nog niets."


def table_html(table: Table) -> str:
    """The table in a region that scrolls, or what the page says in place of it."""
    if not table.rows and table.empty:
        return f'<p class="k-empty">{escape(table.empty)}</p>'
    stacks = table.look.stacks
    named = f' class="{table.look.value}"' if table.look.value else ""
    hidden = ' class="k-visually-hidden"' if table.look is Look.OVERVIEW else ""
    caption = escape(table.caption)
    return (
        f'<div class="k-scroll" role="region" aria-label="{caption}" tabindex="0">'
        f"<table{_role('table', stacks)}{named}><caption{hidden}>{caption}</caption>"
        f"<thead{_role('rowgroup', stacks)}><tr{_role('row', stacks)}>{_heads(table)}</tr></thead>"
        f"<tbody{_role('rowgroup', stacks)}>{_body(table)}</tbody></table></div>"
    )


def _role(name: str, stacks: bool) -> str:
    """Cells that stand under each other are no table to a browser: the roles keep it one."""
    return f' role="{name}"' if stacks else ""


def _heads(table: Table) -> str:
    return "".join(
        _head(column, first=number == 0, stacks=table.look.stacks, head=table.heads.get(column.key))
        for number, column in enumerate(table.page_columns)
    )


def _head(column: Column, first: bool, stacks: bool, head: Head | None) -> str:
    label = escape(column.label)
    control = column.css if column.css == NOT_IN_PRINT else ""
    css = control or ("k-num" if column.kind.is_number and not first else "")
    named = f' class="{css}"' if css else ""
    turned = f' aria-sort="{head.sorted}"' if head and head.sorted else ""
    words = label
    if head:
        title = f"Sorteer op {label.lower()}"
        words = f'<a href="{escape(head.link)}" class="k-sort" title="{title}">{label}</a>'
    return f'<th{_role("columnheader", stacks)} scope="col"{turned}{named}>{words}</th>'


def _body(table: Table) -> str:
    columns = table.page_columns
    if not table.rows:
        role = _role("cell", table.look.stacks)
        return f'<tr><td{role} colspan="{len(columns)}">{NO_ROWS}</td></tr>'
    cells = [_cell(column, n == 0, table.look.stacks) for n, column in enumerate(columns)]
    begin = f"<tr{_role('row', table.look.stacks)}"
    key_of = table.key_of
    if key_of is None:
        return "".join(
            f"{begin}>{''.join([cell(row) for cell in cells])}</tr>" for row in table.rows
        )
    return "".join(
        f'{begin} id="{escape(key_of(row))}">{"".join([cell(row) for cell in cells])}</tr>'
        for row in table.rows
    )


def _cell(column: Column, first: bool, stacks: bool) -> Callable[[Any], str]:
    """What makes the cell of a row; what is the same in each row is made here, once."""
    before, after = _around(column, first, stacks)
    words = _words(column)
    link, dress = column.link, column.dress

    def cell(row: Any) -> str:
        text = words(row)
        if link is not None and (address := link(row)):
            text = f'<a href="{escape(address)}">{text}</a>'
        if dress is not None:
            text = dress(row, text)
        return f"{before}{text}{after}"

    return cell


def _around(column: Column, first: bool, stacks: bool) -> tuple[str, str]:
    """The tags of a cell; the first of a row names it. Where cells stand under each other the head
    stands before what is in the cell."""
    css = " ".join(c for c in (column.css, column.kind.css) if c)
    named = f' class="{css}"' if css and not first else ""
    if first:
        return f'<th{_role("rowheader", stacks)} scope="row">', "</th>"
    head = f' data-head="{escape(column.label)}"' if stacks else ""
    return f"<td{_role('cell', stacks)}{head}{named}>", "</td>"


def _words(column: Column) -> Callable[[Any], str]:
    value, html, decimals, empty = (
        column.value,
        column.kind.html,
        column.decimals,
        escape(column.empty),
    )

    def words(row: Any) -> str:
        found = value(row)
        return empty if is_nothing(found) else html(found, decimals)

    return words
