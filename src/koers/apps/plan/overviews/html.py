"""Lines of long lists as HTML: a template with a dozen tags for each of hundreds of lines takes too long.

Every text goes through ``escape``; what is not escaped here is made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from koers import dutch
from koers.apps.plan.models import Action, ActionState, Measure
from koers.apps.plan.overviews.rows import Row

EXAMPLE = ' <span class="k-badge k-badge--example">voorbeeld, niet vastgesteld</span>'
BUTTON = "utrecht-button utrecht-button--secondary-action"


def link(name: str, pk: int | None) -> str:
    """The address of a page of one line."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@lru_cache
def _around(name: str) -> tuple[str, str]:
    before, after = reverse(name, args=[0]).rsplit("0", 1)
    return before, after


def day(value: date | None) -> str:
    return dutch.day(value) if value else "–"


def hidden(text: str) -> str:
    """What is read aloud after a button's own words."""
    return f'<span class="k-visually-hidden">: {escape(text)}</span>'


def _title(line: Measure | Action) -> str:
    return f"{escape(line.title)}{EXAMPLE if line.is_example else ''}"


def _flags(row: Row) -> str:
    return row.badges if row.flags else "–"


def _cell(head: str, html: str, css: str = "") -> str:
    """On a narrow screen the head stands before what is in the cell; the roles keep it a table there."""
    named = f' class="{css}"' if css else ""
    return f'<td role="cell" data-head="{head}"{named}>{html}</td>'


def _row(key: str, head: str, *cells: str) -> SafeString:
    named = f' id="{key}"' if key else ""
    return mark_safe(f'<tr role="row"{named}><th role="rowheader" scope="row">{head}</th>{"".join(cells)}</tr>')  # noqa: S308


def measure_row(row: Row) -> SafeString:
    """A row of the table of measures."""
    line = row.line
    partners = ", ".join(escape(str(partner)) for partner in line.partners.all())
    example = EXAMPLE if line.is_example else ""
    return _row(
        "",
        f'<a href="{link("plan:measure", line.pk)}">{escape(line.title)}</a>{example}',
        _cell("Prioriteit", escape(str(line.priority))),
        _cell("Soort", line.get_kind_display()),
        _cell("Staat", line.get_state_display()),
        _cell("Eigenaar", escape(str(line.owner or line.owner_department or "nog geen eigenaar"))),
        _cell("Partners", partners or "–"),
        _cell("Begin", day(line.start), "k-day"),
        _cell("Einde", day(line.end), "k-day"),
        _cell("Acties open", str(line.open_steps), "k-num"),
        _cell("Aandacht", _flags(row)),
    )


def action_row(row: Row, buttons: bool) -> SafeString:
    """A row of the table of actions; with its button it stands in the form of the table."""
    line = row.line
    about = []
    if line.measure:
        about.append(f'<a href="{link("plan:measure", line.measure_id)}">{escape(str(line.measure))}</a>')
    if line.signal:
        about.append(f'<a href="{link("picture:signal", line.signal_id)}">{escape(str(line.signal))}</a>')
    move = (ActionState.DONE, "Gedaan") if line.state == ActionState.OPEN else (ActionState.OPEN, "Weer open")
    return _row(
        f"actie-{line.pk}",
        _title(line),
        _cell("Hoort bij", " ".join(about) or "–"),
        _cell("Eigenaar", escape(line.owner_label) or "nog geen eigenaar"),
        _cell("Uiterlijk", day(line.due), "k-day"),
        _cell("Staat", line.get_state_display()),
        _cell("Aandacht", _flags(row)),
        *([_cell("Wijzig", move_button(line, *move), "k-noprint")] if buttons else []),
    )


def own_row(row: Row, user, buttons: bool) -> SafeString:
    """A row of somebody's own work: a measure or an action."""
    line = row.line
    action = isinstance(line, Action)
    what, due = ("actie", line.due) if action else ("maatregel", line.end)
    under = f'<br><span class="k-note">{escape(str(line.measure))}</span>' if action and line.measure else ""
    button = move_button(line, ActionState.DONE, "Gedaan") if action else ""
    return _row(
        f"{what}-{line.pk}",
        f"{escape(line.title)}{under}",
        _cell("Regel", what if action else f'<a href="{link("plan:measure", line.pk)}">{what}</a>'),
        _cell("Mijn rol", "eigenaar" if line.owner_id == user.pk else "vervanger"),
        _cell("Uiterlijk", day(due), "k-day"),
        _cell("Staat", line.get_state_display()),
        _cell("Aandacht", _flags(row)),
        *([_cell("Wijzig", button, "k-noprint")] if buttons else []),
    )


def card(row: Row, moves: Iterable[tuple[str, str]]) -> SafeString:
    """A card of the board, with the buttons that move it."""
    line = row.line
    due = f"Uiterlijk {dutch.day(line.due)}" if line.due else "Zonder datum"
    under = f" {escape(str(line.measure))}." if line.measure else ""
    buttons = " ".join(move_button(line, state, word) for state, word in moves)
    beneath = f'<p class="k-inline k-noprint">{buttons}</p>' if buttons else ""
    return mark_safe(  # noqa: S308
        f'<li class="k-card" id="actie-{line.pk}"><p><strong>{escape(line.title)}</strong>'
        f"{EXAMPLE if line.is_example else ''}</p>"
        f'<p class="k-note">{due}. {escape(line.owner_label) or "Nog geen eigenaar"}.{under}</p>'
        f"{f'<p>{row.badges}</p>' if row.flags else ''}{beneath}</li>"
    )


def move_button(line: Action, state: str, word: str) -> str:
    """A button of the one form around a table or board: which action, as read at which revision, goes to which state."""
    return (
        f'<button id="zet-{line.pk}-{state}" name="zet" value="{line.pk}.{line.revision}.{state}" class="{BUTTON}">'
        f"{word}{hidden(line.title)}</button>"
    )
