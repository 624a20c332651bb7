"""Words for what was published."""

from django import template

from koers.apps.publication.words import STATES

register = template.Library()


@register.filter
def state_name(code: str) -> str:
    """'loopt' for ``running``."""
    return STATES.get(code, code)
