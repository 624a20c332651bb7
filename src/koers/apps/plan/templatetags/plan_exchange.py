"""What the import shows on the pages of the plan."""

from django import template

from koers.apps.plan.models import Plan

register = template.Library()


@register.inclusion_tag("plan/_paste.html", takes_context=True)
def paste_actions(context):
    """The field in which rows from Excel are pasted, for who may change the plan."""
    request = context["request"]
    may = request.user.has_perm("plan.change_plan", request.municipality)
    plan = Plan.objects.of(request.municipality).first() if may else None
    return {"paste_into": plan, "csrf_token": context.get("csrf_token")}
