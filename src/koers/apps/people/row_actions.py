"""What can be done at a row of a table, as HTML: links, and buttons that write in the municipality
of the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from koers.apps.people.kept_text import MARK, mark_of
from koers.apps.people.middleware import FORM_FIELD
from koers.apps.people.models import Municipality

BUTTON = "utrecht-button utrecht-button--secondary-action"


def hidden_field(name: str, value: Any) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)


def form_marks(token: str, municipality: Municipality | None, user: Any = None) -> SafeString:
    """The hidden fields of a form by POST: that it comes from here, in which municipality it
    writes, and for whom it was made."""
    mark = hidden_field(FORM_FIELD, municipality.code) if municipality else mark_safe("")
    whose = mark_of(user)
    mine = hidden_field(MARK, whose) if whose else mark_safe("")
    return hidden_field("csrfmiddlewaretoken", token) + mark + mine


def marks_of(request: HttpRequest) -> SafeString:
    """Those of a form on the page that is asked for."""
    return form_marks(get_token(request), request.municipality, request.user)


def row_link(address: str, words: str, about: Any) -> SafeString:
    """A link that says, to who hears it, at which row it stands."""
    return format_html(
        '<a href="{}">{}<span class="k-visually-hidden">: {}</span></a>', address, words, about
    )


def row_button(address: str, words: str, about: Any, marks: SafeString) -> SafeString:
    """A form of one button; ``marks`` are its hidden fields."""
    return format_html(
        '<form method="post" action="{}">{}<button class="{}">{}'
        '<span class="k-visually-hidden">: {}</span></button></form>',
        address,
        marks,
        BUTTON,
        words,
        about,
    )
