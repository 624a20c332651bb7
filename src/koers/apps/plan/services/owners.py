"""Lines that nobody owns, visible to everyone since they are the ones that stand still; and what a person has to do."""

from koers.apps.plan.models import Action, ActionState, Measure, MeasureState


def lines_without_owner(municipality) -> list:
    """Adopted measures under way and open actions without a person or department."""
    nobody = {"owner": None, "owner_department": ""}
    measures = Measure.objects.of(municipality).adopted().filter(**nobody)
    actions = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN, **nobody)
    return [*measures.exclude(state__in=(MeasureState.STOPPED, MeasureState.DONE)), *actions]


def own_open_actions(user, municipality) -> list[Action]:
    """What this person has still to do here, soonest first."""
    own = Action.objects.of(municipality).adopted().filter(state=ActionState.OPEN, owner=user)
    return sorted(own, key=lambda a: (a.due is None, a.due or a.created_at.date(), a.title))
