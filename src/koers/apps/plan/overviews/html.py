"""Parts of long lists as HTML: a template with a dozen tags for each of hundreds of lines takes too
long.

Every text goes through ``escape``; what is not escaped here is made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.urls import get_script_prefix, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from koers import dutch
from koers.apps.plan.models import Action
from koers.apps.plan.overviews.rows import Row

EXAMPLE = ' <span class="k-badge k-badge--example">voorbeeld, niet vastgesteld</span>'
BUTTON = "utrecht-button utrecht-button--secondary-action"


def link(name: str, pk: int | None) -> str:
    """The address of a page of one line."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{pk}{after}"


@lru_cache
def _around(name: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the number; where the site has another prefix, the addresses are
    others."""
    before, after = reverse(name, args=[0]).rsplit("0", 1)
    return before, after


def hidden(text: str) -> str:
    """What is read aloud after a button's own words."""
    return f'<span class="k-visually-hidden">: {escape(text)}</span>'


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
    """A button of the one form around a table or board: which action, as read at which revision,
    goes to which state."""
    return (
        f'<button id="zet-{line.pk}-{state}" name="zet" value="{line.pk}.{line.revision}.{state}"'
        f' class="{BUTTON}">{word}{hidden(line.title)}</button>'
    )
