"""Which themes of safety a priority is about."""

from __future__ import annotations

from koers.apps.plan.models import Priority
from koers.indicators import load_indicators
from koers.indicators.themes import theme_called, themes


def themes_of(priority: Priority) -> tuple[str, ...]:
    """The ids of its themes: those that somebody chose; else that of its title or short name; else
    that of its indicators, if they are all of one."""
    if priority.themes:
        return tuple(priority.themes)
    if found := theme_called(priority.title) or themes().get(priority.slug):
        return (found.id,)
    known = load_indicators()
    of_indicators = {known[i].theme for i in priority.indicators if i in known}
    return tuple(of_indicators) if len(of_indicators) == 1 else ()
