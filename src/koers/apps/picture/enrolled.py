"""What the picture shows elsewhere."""

from django.template.loader import render_to_string

from koers.apps.people.registry import enrol
from koers.apps.picture.models import Screening, Signal, SignalState
from koers.apps.picture.readings import as_of_line


@enrol("figures.as_of")
def as_of(request, municipality):
    return as_of_line()


@enrol("home")
def new_signals(request, municipality):
    if not request.user.has_perm("picture.view_signals", municipality):
        return ""
    found = Signal.objects.of(municipality).filter(state=SignalState.NEW, main=True)
    context = {"signals": found[:5], "count": found.count(), "screening": Screening.objects.of(municipality).first()}
    return render_to_string("picture/panels/new_signals.html", context, request)
