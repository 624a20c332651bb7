"""Ask first: what cannot be undone is done when somebody read what follows and says so."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SURE = "zeker"
_NOT_AGAIN = {SURE, "csrfmiddlewaretoken", "koers_gemeente", "koers_wie"}


def ask_first(
    request: HttpRequest, title: str, follows: Sequence[str], button: str, back: str
) -> HttpResponse | None:
    """A page that asks whether this form must really be carried out; None once that was said.

    ``follows`` are the sentences that say what will happen, ``back`` the address of who does not
    want it. What was filled in comes along.
    """
    if request.POST.get(SURE) == "ja":
        return None
    filled = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _NOT_AGAIN
        for value in values
    ]
    context = {
        "title": title,
        "follows": follows,
        "button": button,
        "back": back,
        "filled": filled,
        "sure": SURE,
    }
    return render(request, "ask_first.html", context)
