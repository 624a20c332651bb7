"""Components of the pages: charts, tables, badges; numbers and months in Dutch."""

import math

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from koers import dutch
from koers.tables import Table
from koers.tables.html import table_html

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


@register.inclusion_tag("components/figure.html", takes_context=True)
def figure(context, chart, table="", svg="", note="", heading=True):
    """A chart with its words, its table and its downloads.

    ``table`` is the name of its table on this page (none where it is not taken along), ``svg`` the
    address of the drawing as a file.
    """
    return {
        "chart": chart,
        "drawing": mark_safe(chart.svg),  # noqa: S308
        "svg": svg,
        "note": note,
        "heading": heading,
        "table": mark_safe(table_html(chart.table(table or "grafiek"))),  # noqa: S308
        "links": context["tables"].links(table) if table else (),
    }


@register.inclusion_tag("components/table.html", takes_context=True)
def table(context, name):
    """A table of the page by its name, with beneath it the files as which it is taken along; or a
    table that is not of the page."""
    of_page = not isinstance(name, Table)
    found = context["tables"][name] if of_page else name
    with_links = of_page and (found.rows or not found.empty)
    return {
        "html": mark_safe(table_html(found)),  # noqa: S308
        "links": context["tables"].links(name) if with_links else (),
        "caption": found.caption,
        "words": "Download",
    }


@register.inclusion_tag("components/files.html", takes_context=True)
def table_files(context, name, words="Download"):
    """The links to the files of a table of the page, where the page shows it otherwise."""
    return {
        "links": context["tables"].links(name),
        "caption": context["tables"][name].caption,
        "words": words,
    }


@register.inclusion_tag("components/form.html", takes_context=True)
def koers_form(context, form, action="", button="Opslaan", quiet=False):
    """A form by POST with its fields, errors and one button."""
    return {
        "form": form,
        "action": action,
        "button": button,
        "quiet": quiet,
        "csrf_token": context.get("csrf_token"),
        "municipality": context.get("municipality"),
        "user": context.get("user"),
    }


@register.inclusion_tag("components/chance.html")
def chance_picture(chance):
    """A chance as ten people of whom so many are coloured, with the same in words; nothing where
    there is none."""
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
    return format_html(
        '<nav class="k-crumbs" aria-label="Kruimelpad">{}</nav>', mark_safe(content.strip())
    )  # noqa: S308


@register.simple_tag
def link_button(text, view, *args, kind="primary", about="", css="", **query):
    """A link to a view that looks like a button of the Utrecht components.

    ``kind`` is primary or secondary; ``about`` is read aloud after the text; ``css`` adds classes
    of Koers; other keywords become the query string. It looks the view up itself, because ``{% url
    … as … %}`` makes an empty link of a name that does not exist; and it is no include, because a
    template adds the white space of its last line.
    """
    button = "utrecht-button-link"
    classes = f"{button} {button}--html-a {button}--{kind}-action {css}".strip()
    hidden = format_html('<span class="k-visually-hidden">: {}</span>', about) if about else ""
    return format_html(
        '<a class="{}" href="{}">{}{}</a>',
        classes,
        reverse(view, args=args, query=query or None),
        text,
        hidden,
    )
