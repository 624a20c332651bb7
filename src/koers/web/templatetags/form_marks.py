"""``{% csrf_token %}`` of every template: beside the token the municipality that the page shows."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from koers.apps.people import row_actions

register = template.Library()


@register.simple_tag(takes_context=True, name="csrf_token")
def form_marks(context) -> SafeString:
    """The hidden fields of a form by POST: that it comes from here, and in which municipality it
    writes."""
    token = context.get("csrf_token")
    if not token or token == "NOTPROVIDED":
        return mark_safe("")
    return row_actions.form_marks(token, context.get("municipality") or None, context.get("user"))
