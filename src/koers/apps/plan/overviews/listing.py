"""The order of a table and its pages, as its address says."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from koers.apps.plan.models import ActionState, MeasureState
from koers.tables import Column, Head
from koers.tables.files import FORMATS

PER_PAGE = 50


# Of measures and of actions: both know "done".
_STATES = [ActionState.OPEN, *MeasureState.values, ActionState.DROPPED]


def in_order(lines: QuerySet, columns: Sequence[Column], asked: str, usual: str) -> QuerySet:
    """The lines in the order that is asked for; an unknown order is the usual one."""
    column, down = _wanted(columns, asked, usual)
    order = []
    for field in column.order:
        if field == "state":
            # States go from open to ended, not by the alphabet.
            step = Case(
                *(When(state=s, then=Value(n)) for n, s in enumerate(_STATES)),
                output_field=IntegerField(),
            )
            order.append(step.desc() if down else step.asc())
        else:
            order.append(F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True))
    return lines.order_by(*order, "title", "pk")


def _wanted(columns: Sequence[Column], asked: str, usual: str) -> tuple[Column, bool]:
    by_key = {c.key: c for c in columns if c.order}
    key, down = asked.removeprefix("-"), asked.startswith("-")
    if key not in by_key:
        key, down = usual, False
    return by_key[key], down


def heads(columns: Sequence[Column], query, usual: str) -> dict[str, Head]:
    """The heads of the columns, each with the link that sorts by it (or turns the order round)."""
    current, down = _wanted(columns, query.get("op", ""), usual)
    found = {}
    for column in columns:
        if not column.order:
            continue
        here = column is current
        asked = query.copy()
        asked["op"] = f"-{column.key}" if here and not down else column.key
        for other in ("blad", *FORMATS):
            asked.pop(other, None)
        state = ("descending" if down else "ascending") if here else ""
        found[column.key] = Head(f"?{asked.urlencode()}", state)
    return found


def paged(lines: QuerySet, query, number: int = PER_PAGE) -> Page:
    """The page that is asked for; a number that is not there is the last page."""
    return Paginator(lines, number).get_page(query.get("blad"))
