"""What the codes of a published line are called."""

from koers.apps.plan.models import MeasureKind, MeasureState

KINDS = {str(value): str(label) for value, label in MeasureKind.choices}
STATES = {str(value): str(label) for value, label in MeasureState.choices}
