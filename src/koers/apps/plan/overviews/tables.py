"""The tables of these pages: what a line of the plan is, and what asks for attention at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.utils.html import escape

from koers.apps.plan import tables
from koers.apps.plan.models import Action, ActionState
from koers.apps.plan.overviews.html import EXAMPLE, link, move_button
from koers.apps.plan.overviews.rows import Row
from koers.tables import DAY, NUMBER, Column, Look, Place, Table, controls, drawing


def _with_example(row: Row, words: str) -> str:
    return words + EXAMPLE if row.line.is_example else words


def _badges(row: Row, words: str) -> str:
    return row.badges if row.flags else words


def _of_line(columns: Iterable[Column]) -> dict[str, Column]:
    """The columns of a line, for rows that hold one."""
    return {column.key: column.within("line") for column in columns}


ATTENTION = Column("aandacht", "Aandacht", "attention", dress=_badges)
_MEASURE, _ACTION = _of_line(tables.MEASURES), _of_line(tables.ACTIONS)
MEASURES = (
    replace(
        _MEASURE.pop("maatregel"),
        link=lambda row: link("plan:measure", row.line.pk),
        dress=_with_example,
    ),
    *_MEASURE.values(),
    Column("open", "Acties open", "line.open_steps", NUMBER, order=("open_steps",)),
    Column("acties", "Acties", "line.steps", NUMBER, place=Place.FILE),
    ATTENTION,
)


def measures(found: Collection[Row], caption: str = "Maatregelen", **more: Any) -> Table:
    return Table("maatregelen", caption, MEASURES, found, look=Look.LINES, **more)


def _belongs_to(row: Row) -> str:
    line, about = row.line, []
    if line.measure:
        about.append((link("plan:measure", line.measure_id), line.measure))
    if line.signal:
        about.append((link("picture:signal", line.signal_id), line.signal))
    return " ".join(f'<a href="{to}">{escape(str(words))}</a>' for to, words in about) or "–"


def _move(row: Row) -> str:
    if row.line.state == ActionState.OPEN:
        return move_button(row.line, ActionState.DONE, "Gedaan")
    return move_button(row.line, ActionState.OPEN, "Weer open")


ACTIONS = (
    replace(_ACTION.pop("actie"), dress=_with_example),
    replace(
        drawing("bij", "Hoort bij", _belongs_to, shows=("maatregel", "signaal")),
        order=("measure__title", "signal__topic_title"),
    ),
    *_ACTION.values(),
    ATTENTION,
)
MOVING = controls("zet", "Wijzig", _move)
"""With these buttons a table stands in the one form that sends them."""


def actions(
    found: Collection[Row], caption: str = "Acties", buttons: bool = False, **more: Any
) -> Table:
    columns = (*ACTIONS, MOVING) if buttons else ACTIONS
    return Table("acties", caption, columns, found, look=Look.LINES, key_of=_key, **more)


def _what(row: Row) -> str:
    return "actie" if isinstance(row.line, Action) else "maatregel"


def _key(row: Row) -> str:
    return f"{_what(row)}-{row.line.pk}"


def _with_measure(row: Row, words: str) -> str:
    """An action with the measure that it belongs to beneath it."""
    line = row.line
    if not isinstance(line, Action) or not line.measure:
        return words
    return f'{words}<br><span class="k-note">{escape(str(line.measure))}</span>'


def _above(row: Row) -> str:
    line = row.line
    return str((line.measure or line.signal or "") if isinstance(line, Action) else line.priority)


def _due(row: Row):
    return row.line.due if isinstance(row.line, Action) else row.line.end


def _address(row: Row) -> str:
    return "" if isinstance(row.line, Action) else link("plan:measure", row.line.pk)


def _done(row: Row) -> str:
    is_action = isinstance(row.line, Action)
    return move_button(row.line, ActionState.DONE, "Gedaan") if is_action else ""


def mine(found: Collection[Row], user, buttons: bool = False) -> Table:
    """What somebody owns or stands in for."""

    def role(row: Row) -> str:
        return "eigenaar" if row.line.owner_id == user.pk else "vervanger"

    columns = (
        Column("wat", "Wat", "line.title", dress=_with_measure),
        Column("regel", "Regel", _what, link=_address),
        Column("onder", "Onder", _above, place=Place.FILE),
        Column("rol", "Mijn rol", role),
        Column("uiterlijk", "Uiterlijk", _due, DAY),
        Column("staat", "Staat", "line.get_state_display"),
        ATTENTION,
        *([controls("zet", "Wijzig", _done)] if buttons else []),
    )
    return Table("mijn-werk", "Mijn werk", columns, found, look=Look.LINES, key_of=_key)
