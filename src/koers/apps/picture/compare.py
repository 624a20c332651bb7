"""With whom do we compare ourselves? The page on which people change that, and put it back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from koers.apps.downloads import page
from koers.apps.people.access import allow
from koers.apps.picture.models import PeerChoice
from koers.apps.picture.peers import KeyFigures, key_figures, nearest, peers_of
from koers.tables import Table

MOST = 12


class PeersForm(forms.Form):
    """Those that stay, and one to add."""

    stay = forms.MultipleChoiceField(
        label="Deze blijven", required=False, widget=forms.CheckboxSelectMultiple
    )
    add = forms.ChoiceField(label="Deze komt erbij", required=False)

    def __init__(self, *args, now, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stay"].choices = [entry for entry in choices if entry[0] in now]
        self.fields["add"].choices = [
            ("", "geen"),
            *(entry for entry in choices if entry[0] not in now),
        ]

    def clean(self):
        cleaned = super().clean()
        codes = [*cleaned.get("stay", []), *([cleaned["add"]] if cleaned.get("add") else [])]
        if not codes:
            raise forms.ValidationError("Laat ten minste één gemeente staan.")
        if len(codes) > MOST:
            raise forms.ValidationError(
                f"Kies hooguit {MOST} gemeenten; met meer is een grafiek niet te lezen."
            )
        return cleaned | {"codes": codes}


@allow("picture.view_picture", change="picture.choose_peers")
def peers(request):
    """The municipalities beside which this one is shown, with their key figures; an adviser may
    choose others."""
    shelf, home = request.figures, request.municipality
    found = peers_of(shelf, home.code)
    known = shelf.areas
    may_change = request.user.has_perm("picture.choose_peers", home)
    others = sorted(
        (a for a in known.values() if a.level == "municipality" and a.code != home.code),
        key=lambda a: a.name,
    )
    choices = [(a.code, a.name) for a in others]
    post = request.POST if request.method == "POST" else None
    form = PeersForm(post, now=found.codes, choices=choices, initial={"stay": list(found.codes)})
    if form.is_bound and form.is_valid():
        PeerChoice.objects.update_or_create(
            municipality=home, archived_at=None, defaults={"codes": form.cleaned_data["codes"]}
        )
        messages.success(request, "De keuze is opgeslagen.")
        return redirect("picture:peers")
    numbers = key_figures(shelf)
    context = {
        "peers": found,
        "form": form if may_change and choices else None,
        "automatic": nearest(shelf, home.code),
    }
    table = Table.of_rows(
        "kerncijfers",
        "Kerncijfers van deze gemeenten",
        ("Gemeente", *(f.title.capitalize() for f in numbers.features)),
        [_row(numbers, code, known) for code in (home.code, *found.codes) if code in known],
    )
    return page(request, "picture/peers.html", context, [table])


def _row(numbers: KeyFigures, code: str, known) -> tuple:
    if code not in numbers.codes:
        return (known[code].name, *(None for _ in numbers.features))
    values = numbers.values[numbers.codes.index(code)]
    return (known[code].name, *(None if v != v else round(float(v)) for v in values))


@allow("picture.choose_peers")
@require_POST
def reset(request):
    """Back to the nearest by key figures."""
    for choice in PeerChoice.objects.of(request.municipality):
        choice.archive()
    messages.success(request, "Koers vergelijkt weer met de gemeenten die het meest lijken.")
    return redirect("picture:peers")
