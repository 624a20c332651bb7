"""Words for what was published."""

from django import template

from koers.apps.plan.services.grouping import Group, grouped
from koers.apps.publication.words import STATES
from koers.records.published import PublishedMeasure, PublishedPriority

register = template.Library()


@register.filter
def parts(line: PublishedPriority) -> list[Group[PublishedMeasure]]:
    """Its measures under its sub-themes."""
    return grouped(line.measures, lambda measure: measure.sub_theme, line.sub_themes)


@register.filter
def state_name(code: str) -> str:
    """'loopt' for ``running``."""
    return STATES.get(code, code)
