"""What the plan shows elsewhere."""

from datetime import date, timedelta

from django.template.loader import render_to_string

from koers.apps.people.registry import enrol
from koers.apps.plan.models import Action, ActionState, Measure
from koers.apps.plan.overviews.filters import in_area
from koers.apps.plan.services.bundled import region_of
from koers.apps.plan.services.news import heard, standing_still
from koers.apps.plan.services.outlook import goals_off_course
from koers.sources.places import bundled_unit_of

FEW = 5
"""How many actions the home page names; the rest is a link away."""


@enrol("home")
def attention(request, municipality):
    if not request.user.has_perm("plan.view_plan", municipality):
        return ""
    open_actions = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN)
    context = {
        "off_course": goals_off_course(municipality),
        "overdue": open_actions.filter(due__lt=date.today())[:FEW],
        "overdue_count": open_actions.filter(due__lt=date.today()).count(),
        "due": open_actions.filter(due__range=(date.today(), date.today() + timedelta(weeks=4)))[:FEW],
        "still": standing_still(municipality, heard(request, municipality)),
    }
    return render_to_string("plan/panels/attention.html", context, request)


@enrol("figures.region")
def region(request, municipality):
    """The municipalities whose figures are fetched along: as the bundled plan names them, else the police unit's."""
    return region_of(municipality.code) or bundled_unit_of(municipality.code)


@enrol("picture.area")
def done_here(request, area):
    """From the picture of a neighbourhood to what is done there."""
    municipality = request.municipality
    if area.level == "municipality" or not request.user.has_perm("plan.view_plan", municipality):
        return ""
    lines = in_area(Measure.objects.of(municipality), area.code)
    return render_to_string("plan/panels/area.html", {"area": area, "measures": lines.count()}, request)
