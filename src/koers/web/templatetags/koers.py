"""Components of the pages: charts, tables, badges; numbers and months in Dutch."""

import math

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from koers import dutch

register = template.Library()


@register.filter
def dutch_number(value, decimals=0):
    return dutch.number(None if value in (None, "") else float(value), int(decimals))


@register.filter
def dutch_chance(value, decimals=3):
    return dutch.chance(float(value), int(decimals))


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


@register.inclusion_tag("components/figure.html", takes_context=True)
def figure(context, chart, base_url="", note="", heading=True, download=""):
    """A chart with its words, its table and its downloads.

    Those are ``base_url`` + ``.svg`` and ``.csv``, or the table of the page by the name ``download``.
    """
    return {
        "chart": chart, "svg": mark_safe(chart.svg), "base_url": base_url, "note": note, "heading": heading,  # noqa: S308
        "csv_url": context["downloads"].url(download) if download else "",
    }  # fmt: skip


@register.inclusion_tag("components/table.html")
def data_table(columns, rows, caption, csv_url=""):
    """A table; columns of numbers stand to the right, their heads as well."""
    listed = [tuple(row) for row in rows]
    numeric = [_numeric([row[i] for row in listed if i < len(row)]) for i in range(len(columns))]
    heads = list(zip(columns, numeric, strict=True))
    cells = [list(zip(row, numeric, strict=True)) for row in listed]
    return {"heads": heads, "rows": cells, "caption": caption, "csv_url": csv_url}


def _numeric(values):
    return any(value is not None for value in values) and all(is_number(value) for value in values)


@register.inclusion_tag("components/table.html", takes_context=True)
def download_table(context, name):
    """A table of the page (``koers.apps.downloads``) as it is, with its CSV beneath."""
    found = context["downloads"]
    table = found[name]
    return data_table(table.columns, table.rows, table.caption, found.url(name))


@register.inclusion_tag("components/csv.html", takes_context=True)
def csv_link(context, name, text="Download CSV"):
    """The link to the CSV of a table of the page, to put beneath it; ``text`` where it stands under no table."""
    found = context["downloads"]
    return {"url": found.url(name), "caption": found[name].caption, "text": text}


@register.inclusion_tag("components/csv.html")
def csv_at(url, caption):
    """The link to a CSV that has an address of its own."""
    return {"url": url, "caption": caption, "text": "Download CSV"}


@register.inclusion_tag("components/form.html", takes_context=True)
def koers_form(context, form, action="", button="Opslaan", quiet=False):
    """A form by POST with its fields, errors and one button."""
    return {"form": form, "action": action, "button": button, "quiet": quiet, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/chance.html")
def chance_picture(chance):
    """A chance as ten people of whom so many are coloured, with the same in words; nothing where there is none."""
    if chance is None or math.isnan(chance):
        return {"people": None}
    said = dutch.out_of_ten(chance)
    edge = {"minder": 0, "meer": 9}.get(said.split()[0])
    full = edge if edge is not None else int(said.split()[0])
    people = [(22 * i, "on" if i < full else "half" if i == edge else "off") for i in range(10)]
    return {"people": people, "said": said, "about": "" if edge is not None else "ongeveer "}


@register.simple_block_tag
def crumbs(content):
    """The trail to a page, written between ``{% crumbs %}`` and ``{% endcrumbs %}``."""
    return format_html('<nav class="k-crumbs" aria-label="Kruimelpad">{}</nav>', mark_safe(content.strip()))  # noqa: S308


@register.simple_tag
def link_button(text, view, *args, kind="primary", about="", css="", **query):
    """A link to a view that looks like a button of the Utrecht components.

    ``kind`` is primary or secondary; ``about`` is read aloud after the text; ``css`` adds classes of Koers; other
    keywords become the query string. It looks the view up itself, because ``{% url … as … %}`` makes an empty link of a
    name that does not exist; and it is no include, because a template adds the white space of its last line.
    """
    classes = f"utrecht-button-link utrecht-button-link--html-a utrecht-button-link--{kind}-action {css}".strip()
    hidden = format_html('<span class="k-visually-hidden">: {}</span>', about) if about else ""
    return format_html(
        '<a class="{}" href="{}">{}{}</a>', classes, reverse(view, args=args, query=query or None), text, hidden
    )
