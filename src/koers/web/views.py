"""The front door."""

from django.shortcuts import redirect, render

from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.registry import panels


@allow(PUBLIC)
def home(request):
    """What asks for attention today; a visitor goes to the public page."""
    if not request.user.is_authenticated:
        return redirect("publication:index")
    if request.municipality is None:
        return render(request, "no_municipality.html", status=200)
    return render(request, "home.html", {"panels": panels("home", request, request.municipality)})
