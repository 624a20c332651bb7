"""An administrator takes words out of what was written, history included."""

from django.contrib import messages
from django.shortcuts import redirect, render

from koers.apps.meetings.forms import RedactForm
from koers.apps.meetings.models import Redaction
from koers.apps.meetings.services import redaction
from koers.apps.people.access import allow


@allow("meetings.redact")
def redact(request):
    """First shows where the words stand, then takes them out."""
    form = RedactForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        words, why = form.cleaned_data["words"], form.cleaned_data["why"]
        found = redaction.places(request.municipality, words)
        if found and request.POST.get("choice") == "confirm":
            done = redaction.redact(request.municipality, words, why, request.user.pseudonym)
            messages.success(
                request, f"Weggelaten op {len(done)} {'plaats' if len(done) == 1 else 'plaatsen'}."
            )
            return redirect("meetings:redact")
    done = Redaction.objects.of(request.municipality)[:50]
    for one in done:
        one.words = redaction.in_words(one.model, one.object_id, one.field)
    return render(request, "meetings/redact.html", {"form": form, "places": found, "done": done})
