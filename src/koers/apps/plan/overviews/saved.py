"""Views that somebody keeps: what was chosen on a page, by a name; each sees only one's own."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.people.access import allow
from koers.apps.plan.models import SavedView

PAGES = ("plan:measures", "plan:actions", "plan:timeline", "plan:board")
"""The pages on which something can be chosen."""
PASSING = ("blad", "csv")


class NameForm(forms.Form):
    name = forms.CharField(label="Naam", max_length=80)


def saved_views(request, page: str) -> dict:
    """What a page needs to show one's views of it and to keep another."""
    query = _kept(request.GET)
    found = list(_own(request).filter(page=page))
    return {
        "views": [(view, f"{reverse(page)}?{view.query}", view.query == query) for view in found],
        "view_page": page,
        "view_query": query,
    }


def _own(request):
    return SavedView.objects.filter(user=request.user, municipality=request.municipality)


def _kept(query) -> str:
    """What was chosen, without the page number and what was left empty."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in PASSING and (wanted := [v for v in values if v]):
            kept.setlist(name, wanted)
    return kept.urlencode()


@allow("plan.view_plan", change="plan.view_plan")
@require_POST
def save(request):
    """Keep a view; one with the same name becomes this one. The address may carry the fields, which
    is how a removal is undone."""
    data = request.POST if "page" in request.POST else request.GET
    page, query = data.get("page", ""), data.get("query", "")[:1000]
    if page not in PAGES:
        raise Http404
    query = _kept(QueryDict(query))
    form = NameForm(data)
    if form.is_valid():
        name = form.cleaned_data["name"]
        _own(request).update_or_create(
            page=page,
            name=name,
            defaults={"query": query},
            create_defaults={
                "query": query,
                "user": request.user,
                "municipality": request.municipality,
            },
        )
        messages.success(request, f"De weergave '{name}' is bewaard.")
    else:
        messages.error(request, "Geef de weergave een naam van hoogstens 80 tekens.")
    return redirect(f"{reverse(page)}?{query}")


@allow("plan.view_plan", change="plan.view_plan")
@require_POST
def rename(request, pk):
    view = get_object_or_404(_own(request), pk=pk)
    form = NameForm(request.POST)
    taken = form.is_valid() and _own(request).filter(
        page=view.page, name=form.cleaned_data["name"]
    ).exclude(pk=pk)
    if not form.is_valid():
        messages.error(request, "Geef de weergave een naam van hoogstens 80 tekens.")
    elif taken and taken.exists():
        messages.error(
            request,
            f"U hebt al een weergave met de naam '{form.cleaned_data['name']}'. Kies een andere.",
        )
    else:
        view.name = form.cleaned_data["name"]
        view.save()
        messages.success(request, f"De weergave heet nu '{view.name}'.")
    return redirect(f"{reverse(view.page)}?{view.query}")


@allow("plan.view_plan", change="plan.view_plan")
@require_POST
def delete(request, pk):
    view = get_object_or_404(_own(request), pk=pk)
    again = QueryDict(mutable=True)
    again.update({"page": view.page, "name": view.name, "query": view.query})
    view.delete()
    messages.success(
        request,
        f"De weergave '{view.name}' is weg.",
        extra_tags=f"{reverse('plan:save-view')}?{again.urlencode()}",
    )
    return redirect(view.page)
