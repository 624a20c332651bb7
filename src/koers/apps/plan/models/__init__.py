"""Framework → plan → priority → goal → measure → action, with partners, versions and
adjustments."""

from koers.apps.plan.models.adoptable import Adoptable, AdoptableQuerySet, Adoption
from koers.apps.plan.models.frameworks import Framework, FrameworkLevel, Partner
from koers.apps.plan.models.judgements import Judgement, quarter_of
from koers.apps.plan.models.lines import (
    Goal,
    GoalDirection,
    GoalKind,
    Plan,
    PlanState,
    Priority,
    PriorityKind,
)
from koers.apps.plan.models.measures import (
    Action,
    ActionState,
    Measure,
    MeasureKind,
    MeasureState,
)
from koers.apps.plan.models.versions import Adjustment, AdjustmentState, PlanVersion
from koers.apps.plan.models.views import SavedView

__all__ = [
    "Action",
    "ActionState",
    "Adjustment",
    "AdjustmentState",
    "Adoptable",
    "AdoptableQuerySet",
    "Adoption",
    "Framework",
    "FrameworkLevel",
    "Goal",
    "GoalDirection",
    "GoalKind",
    "Judgement",
    "Measure",
    "MeasureKind",
    "MeasureState",
    "Partner",
    "Plan",
    "PlanState",
    "PlanVersion",
    "Priority",
    "PriorityKind",
    "SavedView",
    "quarter_of",
]
