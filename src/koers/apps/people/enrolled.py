"""What of people takes part elsewhere."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from koers.apps.people.mail import configured
from koers.apps.people.models import Invitation, Mail, Municipality, SignInCount, User
from koers.apps.people.places import (
    ACCOUNT_PANELS,
    FREE_TEXT,
    HOME_PANELS,
    NO_FREE_TEXT,
    FreeText,
    Reasons,
)
from koers.apps.people.post import did_not_arrive
from koers.apps.people.registry import enrol


@enrol(FREE_TEXT)
def free_text() -> FreeText:
    return {Invitation: ("name",)}


@enrol(NO_FREE_TEXT)
def no_free_text() -> Reasons:
    account = "an account; goes when the person is erased"
    return {
        Municipality: {
            "code": "a code of the figures",
            "name": "a municipality",
            "slug": "a municipality",
            "theme": "the name of a theme",
        },
        User: {"password": "a digest", "email": account, "name": account},
        Invitation: {"email": account, "digest": "a digest"},
        Mail: {
            "address": account,
            "about": "what kind of mail it is",
            "problem": "words of Koers",
        },
        SignInCount: {"cache_key": "a digest", "value": "moments of signing in"},
    }


@enrol(ACCOUNT_PANELS)
def own_address(request: HttpRequest, user: User) -> str:
    """To who may have another's address, the button that mails the link to confirm it."""
    if not (configured() and user.unconfirmed):
        return ""
    return render_to_string("people/panels/own_address.html", {"user": user}, request)


@enrol(HOME_PANELS)
def own_address_today(request: HttpRequest, municipality: Municipality) -> str:
    return own_address(request, request.user)


@enrol(HOME_PANELS)
def not_arrived(request: HttpRequest, municipality: Municipality) -> str:
    """To who sent it, and to administrators, that a mail did not arrive."""
    found = did_not_arrive(municipality)
    if not request.user.has_perm("people.manage_people", municipality):
        found = found.filter(by=request.user.pseudonym)
    if not found:
        return ""
    return render_to_string("people/panels/not_arrived.html", {"found": found}, request)
