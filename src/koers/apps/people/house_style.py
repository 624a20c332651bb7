"""The house style of a municipality: one of the themes of this installation."""

from __future__ import annotations

from django.conf import settings

from koers.apps.people.models import Municipality


def house_style(municipality: Municipality | None):
    """The theme of a municipality; that of the installation where it chose none, or one that is no
    longer there."""
    wanted = municipality.theme if municipality else ""
    return next(
        (theme for theme in settings.KOERS_THEMES if theme.name == wanted), settings.KOERS_THEMES[0]
    )


def choices() -> list[tuple[str, str]]:
    """The themes to choose from; the first is that of the installation."""
    first, *others = settings.KOERS_THEMES
    return [("", first.title), *((theme.name, theme.title) for theme in others)]
