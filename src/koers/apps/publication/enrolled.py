"""What publication shows elsewhere: an adopted plan is not public by itself, so it says so."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers.apps.decisions.models import Decision, DecisionState
from koers.apps.decisions.places import DECISION_PANELS
from koers.apps.people.places import FREE_TEXT, FreeText
from koers.apps.people.registry import enrol
from koers.apps.plan.models import Plan, PlanState
from koers.apps.plan.places import PLAN_PANELS
from koers.apps.publication.models import Publication
from koers.apps.publication.services.published import publication_of


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {Publication: ("content",)}


@enrol(DECISION_PANELS)
def after_adoption(request: HttpRequest, decision: Decision) -> str:
    """A decision that was adopted proposes to publish its plan."""
    return _proposal(request, decision.plan) if decision.state == DecisionState.ADOPTED else ""


@enrol(PLAN_PANELS)
def beside_the_plan(request: HttpRequest, plan: Plan) -> str:
    return _proposal(request, plan)


def _proposal(request: HttpRequest, plan: Plan) -> str:
    """Which version is public, and the way to the page where it is published."""
    if plan.state != PlanState.ADOPTED:
        return ""
    if not request.user.has_perm("publication.publish", plan.municipality):
        return ""
    newest = plan.versions.defer("content").filter(archived_at=None).first()
    if newest is None:
        return ""
    context = {
        "plan": plan,
        "newest": newest,
        "current": publication_of(plan.municipality),
    }
    return render_to_string("publication/panels/proposal.html", context, request)
