"""The forms of the lines of a plan."""

from koers.apps.plan.forms.base import LineForm, OwnedForm
from koers.apps.plan.forms.goals import GoalForm
from koers.apps.plan.forms.lines import (
    ActionForm,
    FrameworkForm,
    MeasureForm,
    PartnerForm,
    PlanForm,
    PriorityForm,
)

FORMS: dict[str, type[OwnedForm]] = {
    "plan": PlanForm,
    "prioriteit": PriorityForm,
    "doel": GoalForm,
    "maatregel": MeasureForm,
    "actie": ActionForm,
    "partner": PartnerForm,
    "kader": FrameworkForm,
}
"""By the name of the kind of line."""

__all__ = [
    "FORMS",
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
