"""What a later app shows on the pages of an earlier one: it enrols itself here, so that imports go one way."""

from collections import defaultdict
from collections.abc import Callable

_panels: dict[str, list[Callable]] = defaultdict(list)


def enrol(place: str):
    """Register a function for a place such as ``"plan.priority"``; it gets (request, object), returns HTML or ""."""

    def register(function: Callable) -> Callable:
        _panels[place].append(function)
        return function

    return register


def panels(place: str, request, subject) -> list[str]:
    """The pieces of HTML that later apps show at this place."""
    return [html for function in _panels[place] if (html := function(request, subject))]
