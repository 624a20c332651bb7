"""The account of somebody who works or worked here, for the administrator: switch it off, or erase
the person."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from koers.apps.confirming import ask_first
from koers.apps.people import accounts
from koers.apps.people.access import allow
from koers.apps.people.places import TEXTS_WITH

SHOWN = 10


@allow("people.manage_people")
def account(request, pk):
    user = _known(request, pk)
    context = {
        "person": user,
        "roles": user.memberships.filter(municipality=request.municipality),
        "refusal": accounts.refusal(request.user, user),
    }
    return render(request, "people/account_of.html", context)


@allow("people.manage_people")
@require_POST
def switch_off(request, pk):
    user = _known(request, pk)
    follows = [
        f"{user} kan zich dan niet meer aanmelden en is meteen afgemeld.",
        "Rollen en eigen regels blijven staan. U kunt het account weer aanzetten.",
        "De andere beheerders krijgen hiervan bericht.",
    ]
    if answer := _refused(request, user) or _asked(
        request, user, "Dit account uitzetten?", follows, "Uitzetten"
    ):
        return answer
    accounts.switch_off(user, request.user, request.municipality)
    messages.success(request, f"Het account van {user} staat uit.")
    return redirect("people:account", pk)


@allow("people.manage_people")
@require_POST
def switch_on(request, pk):
    user = _known(request, pk)
    if answer := _refused(request, user):
        return answer
    accounts.switch_on(user, request.user, request.municipality)
    messages.success(request, f"Het account van {user} staat weer aan.")
    return redirect("people:account", pk)


@allow("people.manage_people")
@require_POST
def erase(request, pk):
    user = _known(request, pk)
    if answer := _refused(request, user) or _asked(
        request, user, f"{user} wissen?", _what_goes(request, user), "Wissen"
    ):
        return answer
    accounts.erase(user, request.user, request.municipality)
    messages.success(request, "De naam en het adres zijn gewist.")
    return redirect("people:people")


def _known(request, pk):
    """Somebody of another municipality does not exist here."""
    return get_object_or_404(accounts.known_here(request.municipality), pk=pk)


def _refused(request, user):
    if why := accounts.refusal(request.user, user):
        messages.error(request, why)
        return redirect("people:account", user.pk)
    return None


def _asked(request, user, title, follows, button):
    return ask_first(request, title, follows, button, reverse("people:account", args=[user.pk]))


def _what_goes(request, user) -> list[str]:
    change = accounts.without_person(user)
    places = [
        place
        for municipality in accounts.where_texts_go(request.user, user)
        for place in TEXTS_WITH.ask(municipality, change) or []
    ]
    follows = [
        "Dit is niet ongedaan te maken. De naam en het e-mailadres verdwijnen overal, ook uit de"
        f" geschiedenis. Daar staat dan '{accounts.FORMER}'.",
        "Het account, de rollen, de tweede stap, de agenda en de bewaarde weergaven vervallen."
        f" Regels en acties van deze persoon blijven en zijn van een '{accounts.FORMER}'.",
    ]
    if places:
        listed = "; ".join(places[:SHOWN])
        more = f" en nog {len(places) - SHOWN}" if len(places) > SHOWN else ""
        follows.append(f"De naam of het adres staat in {len(places)} teksten: {listed}{more}.")
    else:
        follows.append("De naam en het adres staan in geen enkele tekst.")
    if change(user.name) == user.name and user.name:
        follows.append(
            f"'{user.name}' kan ook een gewoon woord zijn en blijft in teksten staan. Moet het daar"
            " ook weg, gebruik dan 'Woorden weglaten'."
        )
    follows.append("De andere beheerders krijgen hiervan bericht.")
    return follows
