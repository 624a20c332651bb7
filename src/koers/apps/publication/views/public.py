"""The pages and files for everyone: they show publications, and nothing of the plan itself."""

from collections.abc import Iterable

from django.http import Http404
from django.shortcuts import redirect, render

from koers.apps.downloads import as_file, page
from koers.apps.intake.archive import public_shelf
from koers.apps.people.access import PUBLIC, allow
from koers.apps.people.house_style import house_style
from koers.apps.people.models import Municipality
from koers.apps.picture.freshness import old_figures
from koers.apps.picture.origin import as_of_line
from koers.apps.plan.services.grouping import grouped
from koers.apps.publication.services import published
from koers.apps.publication.words import KINDS, STATES
from koers.records.published import PublishedPriority
from koers.tables import DAY, Column, Table

MEASURES = (
    Column("measure", "Maatregel", lambda pair: pair[1].title),
    Column("priority", "Prioriteit", lambda pair: pair[0].title),
    Column("kind", "Soort", lambda pair: KINDS.get(pair[1].kind, pair[1].kind)),
    Column("state", "Staat", lambda pair: STATES.get(pair[1].state, pair[1].state)),
    Column("start", "Begin", lambda pair: pair[1].start, DAY),
    Column("end", "Einde", lambda pair: pair[1].end, DAY),
)


@allow(PUBLIC)
def index(request):
    """The public page of the only municipality here, or a choice."""
    found = published.municipalities()
    if len(found) == 1:
        return redirect("publication:municipality", found[0].slug)
    return render(request, "publication/index.html", {"found": found})


@allow(PUBLIC)
def municipality(request, slug):
    """What the municipality does about each priority, and how it goes; a plain page until it
    publishes."""
    home = _home(slug)
    publication = published.publication_of(home)
    context = {**_about(request, home), "publication": publication}
    if publication is not None:
        plan = publication.content
        found = published.public_priorities(home, plan)
        bands = grouped(found, lambda item: item.line.safety_field)
        context |= {"plan": plan, "bands": bands}
    return render(request, "publication/municipality.html", context)


def _home(slug: str) -> Municipality:
    found = published.home_of(slug)
    if found is None:
        raise Http404
    return found


def _about(request, home: Municipality) -> dict:
    return {
        "home": home,
        "example_banner": home.fictitious,
        "figures_old": old_figures(public_shelf(), home.code),
        "figures_as_of": as_of_line(public_shelf(), home.fictitious),
        "house_style": house_style(home),
        "may_publish": (
            request.user.is_authenticated
            and home == request.municipality
            and request.user.has_perm("publication.publish", home)
        ),
    }


@allow(PUBLIC)
def priority(request, slug, priority):
    home = _home(slug)
    publication = published.publication_of(home)
    line = publication.content.line(priority) if publication else None
    if publication is None or line is None:
        raise Http404
    shelf = public_shelf()
    charts = [
        (f"grafiek-{r.indicator.id}", r, chart)
        for r, chart in published.charts_of(shelf, home, line)
    ]
    context = {
        **_about(request, home),
        "publication": publication,
        "plan": publication.content,
        "item": published.public_priority(shelf, home, line),
        "charts": charts,
    }
    tables = [*(chart.table(name) for name, _, chart in charts), _measures([line])]
    return page(request, "publication/priority.html", context, tables)


@allow(PUBLIC)
def measures_csv(request, slug):
    """The published measures as open data."""
    home = _home(slug)
    publication = published.publication_of(home)
    lines = publication.content.priorities if publication else ()
    return as_file(_measures(lines), f"maatregelen-{slug}")


def _measures(lines: Iterable[PublishedPriority]) -> Table:
    found = [(line, measure) for line in lines for measure in line.measures]
    return Table("maatregelen", "Vastgestelde maatregelen", MEASURES, found)
