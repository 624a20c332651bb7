"""The forms of the lines of a plan."""

from koers.apps.plan.forms.base import LineForm, OwnedForm
from koers.apps.plan.forms.goals import GoalForm
from koers.apps.plan.forms.lines import ActionForm, FrameworkForm, MeasureForm, PartnerForm, PlanForm, PriorityForm

__all__ = [
    "ActionForm",
    "FrameworkForm",
    "GoalForm",
    "LineForm",
    "MeasureForm",
    "OwnedForm",
    "PartnerForm",
    "PlanForm",
    "PriorityForm",
]
