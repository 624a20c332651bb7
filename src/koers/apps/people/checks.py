"""What is looked at when Koers starts: each declared place has somebody, and whoever is there
fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from koers.apps.people.registry import Place, declared, misfit

KOERS = "koers"
"""What our own checks are asked by, without Django's."""


@register(KOERS)
def places_are_filled(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    return [problem for place in declared.values() for problem in problems_of(place)]


def problems_of(place: Place[..., Any]) -> Iterator[CheckMessage]:
    """What is wrong at one place."""
    if not place.enrolled and not place.may_be_empty:
        yield Error(
            f"Niemand doet mee op de plek '{place.name}' ({place.about}).",
            hint=(
                "Een app ontbreekt in INSTALLED_APPS of laadt haar enrolled.py niet."
                " Zet haar terug, of geef de plek een reden waarom ze leeg mag zijn."
            ),
            id="koers.E001",
        )
    for enrolled in place.enrolled.values():
        if problem := misfit(place, enrolled.function):
            yield Error(
                f"{enrolled.name} past niet op de plek '{place.name}': {problem}.",
                hint=f"De plek vraagt: {place.about}",
                id="koers.E002",
            )


def in_words(problems: Iterable[CheckMessage]) -> list[str]:
    """What was found, as a reader of a command line gets it."""
    return [" ".join(filter(None, [problem.msg, problem.hint])) for problem in problems]
