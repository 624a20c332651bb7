"""The pages on which an adviser makes a version public: first how it will look, then a button."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from koers.apps.downloads import page
from koers.apps.people.access import allow, own_or_404
from koers.apps.people.names import name_of, names_of
from koers.apps.plan.models import PlanVersion
from koers.apps.plan.services.in_force import plan_at_hand, plan_in_force
from koers.apps.publication.models import Publication
from koers.apps.publication.services import published, publishing
from koers.tables import MOMENT, Column, Table


class PublishForm(forms.Form):
    with_progress = forms.BooleanField(
        label="Laat ook zien hoe ver elke maatregel is",
        required=False,
        help_text=(
            "Zoals 'loopt' of 'klaar', met de datum van vandaag. Dit verandert daarna niet vanzelf:"
            " plaats het plan opnieuw om het bij te werken."
        ),
    )
    seen = forms.BooleanField(
        label="Ik heb bekeken wat openbaar wordt",
        error_messages={"required": "Bekijk eerst wat openbaar wordt, en vink dit aan."},
    )


@allow("publication.publish")
def index(request):
    """What is public, what can be, and what was."""
    found = list(Publication.objects.of(request.municipality).select_related("version__plan"))
    names = names_of([p for one in found for p in (one.by, one.ended_by)])
    columns = (
        Column("what", "Wat", str),
        Column("since", "Openbaar sinds", lambda p: timezone.localtime(p.since), MOMENT),
        Column("by", "Geplaatst door", lambda p: name_of(p.by, names)),
        Column("until", "Openbaar tot", _until, MOMENT),
        Column(
            "ended_by", "Beëindigd door", lambda p: name_of(p.ended_by, names) if p.until else ""
        ),
    )
    context = {
        "plan": plan_at_hand(request.municipality),
        "current": next((p for p in found if p.until is None), None),
        "publications": found,
        "versions": publishing.publishable(request.municipality),
    }
    listed = Table("publicaties", "Alle publicaties", columns, found)
    return page(request, "publication/publishing.html", context, [listed])


def _until(publication: Publication) -> datetime | None:
    return timezone.localtime(publication.until) if publication.until else None


@allow("publication.publish")
def version(request, pk):
    """A version as everyone will see it, and the button that makes it public."""
    found = own_or_404(request, PlanVersion, pk=pk)
    form = PublishForm(request.POST if request.method == "POST" else None)
    try:
        # A look without the states: those of the moment of publishing are published.
        content = publishing.as_published(found, with_progress="with_progress" in request.POST)
    except publishing.NotPublishableError as problem:
        messages.error(request, str(problem))
        return redirect("publishing:index")
    if request.method == "POST" and form.is_valid():
        publishing.publish(
            found, request.user.pseudonym, with_progress=form.cleaned_data["with_progress"]
        )
        messages.success(request, "Het plan is openbaar. Iedereen kan het nu lezen.")
        return redirect("publication:municipality", request.municipality.slug)
    context = {
        "version": found,
        "plan": content,
        "priorities": published.public_priorities(request.municipality, content),
        "home": request.municipality,
        "form": form,
        "in_force": plan_in_force(request.municipality) == found.plan,
        "left_out": publishing.left_out(found),
        "current": published.publication_of(request.municipality),
    }
    return render(request, "publication/preview.html", context)


@allow("publication.publish")
def withdraw(request, pk):
    """Ask first; then the public page is a page without a plan."""
    found = own_or_404(request, Publication, pk=pk)
    if found.until is not None:
        messages.info(request, "Dit was al ingetrokken.")
        return redirect("publishing:index")
    if request.method == "POST":
        publishing.withdraw(found, request.user.pseudonym)
        messages.success(request, "Ingetrokken. De openbare pagina toont nu geen plan.")
        return redirect("publishing:index")
    return render(request, "publication/withdraw.html", {"publication": found})
