"""The tabs between the ways to look at the plan."""

from django import template
from django.urls import reverse

from koers.plain_text import whole_number

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

OF_ONE_PLAN = ("plan:index", "plan:tree", "plan:timeline")


@register.inclusion_tag("plan/overviews/_tabs.html", takes_context=True)
def plan_tabs(context):
    """One bar of links; the page at hand, or the one above it, is the current one."""
    path, plan = context["request"].path, context["request"].GET.get("plan", "")
    tabs = [{"label": label, "url": reverse(name), "query": ""} for label, name in TABS]
    if whole_number(plan) is not None:
        for tab, (_, name) in zip(tabs, TABS, strict=True):
            tab["query"] = f"?plan={plan}" if name in OF_ONE_PLAN else ""
    for tab in tabs:
        tab["current"] = path == tab["url"] or (tab is not tabs[0] and path.startswith(tab["url"]))
    return {"tabs": tabs}
