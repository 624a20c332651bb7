"""What the picture shows elsewhere."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers.apps.intake.archive import public_shelf
from koers.apps.intake.places import FIGURES_CHANGED, FiguresChanged
from koers.apps.people.models import Municipality
from koers.apps.people.places import (
    FIGURES_AS_OF,
    FIGURES_OLD,
    FREE_TEXT,
    HOME_PANELS,
    NO_FREE_TEXT,
    FreeText,
    Reasons,
)
from koers.apps.people.registry import enrol
from koers.apps.picture import own_numbers
from koers.apps.picture.freshness import old_figures
from koers.apps.picture.models import (
    Cluster,
    ClusterSearch,
    PeerChoice,
    Screening,
    Signal,
)
from koers.apps.picture.origin import as_of_line
from koers.apps.picture.places import OWN_NUMBERS, OwnNumber
from koers.apps.picture.services.happenings import open_happenings
from koers.apps.picture.services.screening import screen_everyone, screening_owed
from koers.apps.picture.standing_out import standing_out
from koers.figures.shelf import Shelf


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {Signal: ("reason", "topic_title"), Cluster: ("title",)}


@enrol(NO_FREE_TEXT)
def no_free_text() -> Reasons:
    code, made = "a code of the figures", "made by Koers of the figures"
    area = "an area as the figures call it"
    return {
        Signal: {
            "area_code": code,
            "area_name": area,
            "topic": code,
            "period": code,
            "snapshots": code,
        },
        Screening: {"period": code, "smallest_rise": made, "snapshots": code},
        Cluster: {
            "indicator": code,
            "areas": code,
            "names": area,
            "first": code,
            "last": code,
            "snapshots": code,
        },
        ClusterSearch: {"period": code, "snapshots": code},
        PeerChoice: {"codes": code},
    }


@enrol(FIGURES_AS_OF)
def as_of(request: HttpRequest) -> str:
    """A page that says that something went wrong may come before there are figures."""
    home = getattr(request, "municipality", None)
    fictitious = None if home is None else home.fictitious
    return as_of_line(getattr(request, "figures", None) or public_shelf(), fictitious)


@enrol(FIGURES_OLD)
def old(request: HttpRequest) -> str:
    """Of the municipality at hand; a page about another one says it of that."""
    home = getattr(request, "municipality", None)
    if home is None:
        return ""
    return old_figures(getattr(request, "figures", None) or public_shelf(), home.code)


@enrol(FIGURES_CHANGED)
def look_again(news: FiguresChanged) -> None:
    screen_everyone()


@enrol(OWN_NUMBERS, "tables-up-to-date")
def tables_up_to_date(shelf: Shelf, municipality: Municipality) -> OwnNumber:
    return own_numbers.tables_up_to_date(shelf)


@enrol(OWN_NUMBERS, "indicators-automatic")
def indicators_automatic(shelf: Shelf, municipality: Municipality) -> OwnNumber:
    return own_numbers.indicators_automatic(shelf, municipality)


@enrol(HOME_PANELS)
def what_stands_out(request: HttpRequest, municipality: Municipality) -> str:
    """The message first: what the figures say of this municipality."""
    if municipality.code not in request.figures.areas:
        return ""
    found = standing_out(request.figures, municipality.code)
    context = {"standing": found, "code": municipality.code, "standing_name": municipality.name}
    return render_to_string("picture/panels/standing_out.html", context, request)


@enrol(HOME_PANELS)
def new_signals(request: HttpRequest, municipality: Municipality) -> str:
    if not request.user.has_perm("picture.view_signals", municipality):
        return ""
    found = open_happenings(request.figures, municipality)
    context = {
        "happenings": found[:5],
        "count": len(found),
        "search": ClusterSearch.objects.of(municipality).first(),
        "screening": Screening.objects.of(municipality).first(),
        "owed": screening_owed(municipality),
    }
    return render_to_string("picture/panels/new_signals.html", context, request)
