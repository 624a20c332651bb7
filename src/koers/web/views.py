"""The front door."""

import sys

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.views import defaults

from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.places import HOME_PANELS
from koers.web.away import is_away, watch, without_database


@allow(PUBLIC)
def home(request):
    """What asks for attention today; a visitor goes to the public page."""
    if not request.user.is_authenticated:
        return redirect("publication:index")
    if request.municipality is None:
        return render(request, "no_municipality.html", status=200)
    shown = HOME_PANELS.all(request, request.municipality)
    return render(request, "home.html", {"panels": shown})


def bad_request(request: HttpRequest, exception: BaseException) -> HttpResponseBase:
    """A visit that cannot be kept counts as one that is over, also where it is the database that
    cannot be written: then that is said."""
    found: BaseException | None = exception
    while found is not None and not isinstance(found, DatabaseError):
        found = found.__context__
    if is_away(found):
        watch.look()
        return without_database(request)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Without a database: a page that says so, or the public page. Else what went wrong stands in
    the log under the number that the page shows; the page needs nothing that may have caused it."""
    if is_away(sys.exc_info()[1]):
        watch.look()
        return without_database(request)
    page = loader.get_template("500.html")
    number = getattr(request, "number", "")
    return HttpResponseServerError(page.render({"number": number, "front": reverse("home")}))
