"""Components of the pages: charts, tables, badges; numbers and months in Dutch."""

import math

from django import template
from django.utils.safestring import mark_safe

from koers import dutch

register = template.Library()


@register.filter
def dutch_number(value, decimals=0):
    return dutch.number(None if value in (None, "") else float(value), int(decimals))


@register.filter
def dutch_period(value):
    return dutch.period(str(value))


@register.filter
def dutch_change(ratio):
    return dutch.percent(ratio)


@register.filter
def cell(value):
    """A value of a table as it is read: Dutch numbers, a dash for nothing, yes and no."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int):
        return dutch.number(value)
    if isinstance(value, float):
        return dutch.number(value, 0 if value.is_integer() and abs(value) >= 100 else 1)
    return value


@register.filter
def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) or value is None


@register.inclusion_tag("components/figure.html")
def figure(chart, base_url="", note="", heading=True):
    """A chart with its words, its table and its downloads (``base_url`` + ``.svg`` and ``.csv``)."""
    return {"chart": chart, "svg": mark_safe(chart.svg), "base_url": base_url, "note": note, "heading": heading}  # noqa: S308


@register.inclusion_tag("components/table.html")
def data_table(columns, rows, caption, csv_url=""):
    return {"columns": columns, "rows": rows, "caption": caption, "csv_url": csv_url}


@register.inclusion_tag("components/form.html", takes_context=True)
def koers_form(context, form, action="", button="Opslaan", quiet=False):
    """A form by POST with its fields, errors and one button."""
    return {"form": form, "action": action, "button": button, "quiet": quiet, "csrf_token": context.get("csrf_token")}
