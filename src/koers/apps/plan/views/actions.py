"""The lists of actions and measures to take along."""

from koers.apps.downloads import as_file
from koers.apps.people.access import allow
from koers.apps.plan import tables
from koers.apps.plan.models import Action, ActionState, Measure
from koers.apps.plan.services.serving import REFERENCES


def _actions(request, state: str):
    """The actions in a state; all of them when it is none."""
    found = Action.objects.of(request.municipality).select_related("owner", "measure", "signal")
    return found.filter(state=state) if state in ActionState.values else found


@allow("plan.view_plan")
def actions_csv(request):
    """Every action, or those in the state that is asked for."""
    return as_file(tables.actions(_actions(request, request.GET.get("staat", ""))))


@allow("plan.view_plan")
def measures_csv(request):
    found = (
        Measure.objects.of(request.municipality)
        .select_related("priority", "owner")
        .prefetch_related(*REFERENCES)
    )
    return as_file(tables.measures(found))
