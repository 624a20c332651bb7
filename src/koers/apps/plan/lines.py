"""Where the kinds of line that a plan has are shown, and how an example is adopted."""

from __future__ import annotations

from django.db import models
from django.http import Http404
from django.urls import reverse

from koers.apps.plan.kinds import KINDS, LineKind
from koers.apps.plan.models import (
    Action,
    Adoption,
    Framework,
    Goal,
    Measure,
    Partner,
    Priority,
)
from koers.apps.plan.models.adoptable import Adoptable
from koers.apps.plan.services.outlook import set_start
from koers.figures.shelf import Shelf


def kind_or_404(name: str) -> LineKind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def page_of(line: models.Model) -> str:
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


def toggle_adoption(shelf: Shelf, line: Adoptable) -> str:
    """Adopt an example, or make it an example again; says what it became."""
    line.adoption = Adoption.ADOPTED if line.is_example else Adoption.EXAMPLE
    if isinstance(line, Goal) and not line.is_example and not line.start_snapshot:
        # An example starts nowhere: it does from the day on which somebody made it theirs.
        set_start(shelf, line)
    line.save()
    if isinstance(line, Measure):
        line.actions.filter(archived_at=None).update(adoption=line.adoption)
    return line.get_adoption_display()
