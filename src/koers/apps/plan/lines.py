"""The kinds of line that a plan has: how each is edited, and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.http import Http404
from django.urls import reverse

from koers.apps.picture.readings import reading
from koers.apps.plan import forms
from koers.apps.plan.models import Action, Adoption, Framework, Goal, Measure, Partner, Plan, Priority
from koers.apps.plan.services.outlook import set_start


@dataclass(frozen=True)
class Kind:
    """``parent`` is the field that holds the line above, of model ``parent_model``."""

    label: str
    model: type[models.Model]
    form: type
    parent: str = ""
    parent_model: type[models.Model] | None = None


KINDS = {
    "plan": Kind("plan", Plan, forms.PlanForm),
    "prioriteit": Kind("prioriteit", Priority, forms.PriorityForm, "plan", Plan),
    "doel": Kind("doel", Goal, forms.GoalForm, "priority", Priority),
    "maatregel": Kind("maatregel", Measure, forms.MeasureForm, "priority", Priority),
    "actie": Kind("actie", Action, forms.ActionForm, "measure", Measure),
    "partner": Kind("partner", Partner, forms.PartnerForm),
    "kader": Kind("kader", Framework, forms.FrameworkForm),
}


def kind_or_404(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def page_of(line) -> str:
    """Where a line is shown."""
    match line:
        case Priority():
            return reverse("plan:priority", args=[line.pk])
        case Goal():
            return reverse("plan:goal", args=[line.pk])
        case Measure():
            return reverse("plan:measure", args=[line.pk])
        case Action() if line.measure_id:
            return reverse("plan:measure", args=[line.measure_id])
        case Action():
            return reverse("plan:actions")
        case Framework() | Partner():
            return reverse("plan:frameworks")
    return reverse("plan:index")


def toggle_adoption(line) -> str:
    """Adopt an example, or make it an example again; says what it became."""
    line.adoption = Adoption.ADOPTED if line.is_example else Adoption.EXAMPLE
    if isinstance(line, Goal) and not line.is_example and not line.start_snapshot:
        # An example starts nowhere: it does from the day on which somebody made it theirs.
        set_start(line, reading(line.area_code or line.municipality.code, line.indicator))
    line.save()
    if isinstance(line, Measure):
        line.actions.filter(archived_at=None).update(adoption=line.adoption)
    return line.get_adoption_display()
