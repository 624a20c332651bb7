"""The tabs between the ways to look at the plan."""

from django import template
from django.urls import reverse

register = template.Library()

TABS = (
    ("Overzicht", "plan:index"),
    ("Boom", "plan:tree"),
    ("Maatregelen", "plan:measures"),
    ("Acties", "plan:actions"),
    ("Tijdlijn", "plan:timeline"),
    ("Bord", "plan:board"),
    ("Mijn werk", "plan:mine"),
    ("Per buurt", "plan:areas"),
    ("Per partner", "plan:partners"),
)


@register.inclusion_tag("plan/overviews/_tabs.html", takes_context=True)
def plan_tabs(context):
    """One bar of links; the page at hand, or the one above it, is the current one."""
    path = context["request"].path
    tabs = [{"label": label, "url": reverse(name)} for label, name in TABS]
    for tab in tabs:
        tab["current"] = path == tab["url"] or (tab is not tabs[0] and path.startswith(tab["url"]))
    return {"tabs": tabs}
