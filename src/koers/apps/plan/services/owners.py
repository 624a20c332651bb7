"""Lines that nobody owns, visible to everyone since they are the ones that stand still; and what a person has to do."""

from koers.apps.people.colleagues import colleagues
from koers.apps.plan.models import Action, ActionState, Measure, MeasureState


def lines_without_owner(municipality) -> list:
    """Adopted measures under way and open actions without a department, and without a person or with one who left."""
    here = colleagues(municipality)
    measures = Measure.objects.of(municipality).adopted().filter(owner_department="").exclude(owner__in=here)
    actions = Action.objects.of(municipality).adopted().filter(owner_department="").exclude(owner__in=here)
    actions = actions.filter(state=ActionState.OPEN)
    return [*measures.exclude(state__in=(MeasureState.STOPPED, MeasureState.DONE)), *actions]


def own_open_actions(user, municipality) -> list[Action]:
    """What this person has still to do here, soonest first."""
    own = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN, owner=user)
    return sorted(own, key=lambda a: (a.due is None, a.due or a.created_at.date(), a.title))
