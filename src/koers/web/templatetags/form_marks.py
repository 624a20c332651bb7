"""What every form of a template has: ``{% csrf_token %}`` with the municipality that the page
shows, and what the shared template asks of its fields."""

from collections.abc import Iterable

from django import template
from django.forms import BoundField
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


@register.filter
def first_input(field: BoundField) -> str:
    """The id where a field is typed: of several ticks that of the first."""
    if field.id_for_label:
        return field.id_for_label
    parts = field.subwidgets
    return (parts[0].id_for_label if parts else "") or field.auto_id


@register.filter
def any_filled(fields: Iterable[tuple[BoundField, object]]) -> bool:
    """Whether one of these fields (each with its errors) must be seen: it is wrong or required, or
    holds something else than a new line does."""
    return any(
        errors or field.field.required or _differs(field.value(), field.field.initial)
        for field, errors in fields
    )


def _differs(value: object, initial: object) -> bool:
    # An amount of 0 is something, though it equals False.
    return value is not False and value not in (None, "", [], ()) and value != initial
