"""What is looked at when Koers starts: the settings of this installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.checks import CheckMessage, Error, Warning, register

from koers.apps.people.checks import KOERS
from koers.environment import problems, unknown


@register(KOERS)
def settings_are_sound(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What is wrong with the environment and with the house styles in ``KOERS_HOME/huisstijl``."""
    found: list[CheckMessage] = [
        Error(f"{p.name} {p.wrong}", hint=p.todo, id="koers.E003") for p in problems()
    ]
    if settings.THEME_FILE_PROBLEM:
        found.append(
            Error(
                f"Een huisstijl is niet te lezen: {settings.THEME_FILE_PROBLEM}",
                hint="Verbeter dat bestand, of haal het weg uit KOERS_HOME/huisstijl.",
                id="koers.E004",
            )
        )
    return found + [Warning(f"{p.name} {p.wrong}", hint=p.todo, id="koers.W001") for p in unknown()]


@register(KOERS)
def stylesheets_are_here(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    sheets = dict.fromkeys(s for theme in settings.KOERS_THEMES for s in theme.stylesheets)
    return [
        Warning(
            f"De stylesheet {sheet} ontbreekt.",
            hint="Voer 'make start' opnieuw uit, of zet het bestand in KOERS_HOME/huisstijl.",
            obj=sheet,
            id="koers.W002",
        )
        for sheet in sheets
        if finders.find(sheet) is None
    ]
