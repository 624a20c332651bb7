"""Switching an account off, and erasing a person: the name and the address go, what was done stays
with a pseudonym."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from koers.apps.people import events
from koers.apps.people.models import (
    Invitation,
    Mail,
    Municipality,
    PeopleEvent,
    PeopleEventKind,
    Role,
    User,
)
from koers.apps.people.overwriting import overwritten
from koers.apps.people.person_names import given_names
from koers.apps.people.places import PERSON_ERASED, Erased
from koers.apps.people.services import may_help, tell_administrators
from koers.apps.people.wording import replacing

FORMER = "oud-medewerker"
NOWHERE = "@gewist.invalid"


def known_here(municipality: Municipality) -> QuerySet[User]:
    """Who works in a municipality or once did, those who were erased left out."""
    there = PeopleEvent.objects.filter(municipality=municipality).exclude(about=None)
    once = there.exclude(kind=PeopleEventKind.INVITED)
    here = Q(memberships__municipality=municipality) | Q(pseudonym__in=once.values("about"))
    return User.objects.filter(here).exclude(email__endswith=NOWHERE).distinct()


def refusal(administrator: User, user: User) -> str:
    """Why this administrator may not switch off or erase somebody; '' where they may."""
    if administrator == user:
        return "Uw eigen account kunt u niet uitzetten of wissen. Vraag een andere beheerder."
    if not may_help(administrator, user):
        return (
            f"{user} werkt ook in een gemeente die u niet beheert. Trek de rol hier in, en vraag de"
            " beheerder daar om het account."
        )
    return ""


@transaction.atomic
def switch_off(user: User, by: User, municipality: Municipality) -> None:
    """Nobody signs in with this account any more; who is signed in now is out at the next page."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    _end_sessions(user)
    Invitation.objects.filter(email__iexact=user.email, taken_at=None).delete()
    _note(PeopleEventKind.SWITCHED_OFF, user, by, municipality, "is uitgezet")


@transaction.atomic
def switch_on(user: User, by: User, municipality: Municipality) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    _note(PeopleEventKind.SWITCHED_ON, user, by, municipality, "is weer aangezet")


def without_person(user: User) -> Callable[[str], str]:
    """Puts a pseudonym for the name and takes the address out of a text. A name of one word counts
    where it is a given name; 'Politie' as the name of an account stays in the texts."""
    replaced = [(user.email, f"{FORMER}{NOWHERE}")]
    words = user.name.split()
    if len(words) > 1 or (words and words[0] in given_names()):
        replaced.append((user.name, FORMER))
    ways = [
        replacing(old, new, any_case=len(old.split()) > 1 or "@" in old, before=r"\w.+-")
        for old, new in replaced
    ]

    def change(text: str) -> str:
        for way in ways:
            text = way(text)
        return text

    return change


def where_texts_go(administrator: User, user: User) -> list[Municipality]:
    """The municipalities in whose texts the name goes: where this person works or worked, as far as
    the administrator administers them."""
    own = Municipality.objects.filter(
        memberships__user=administrator, memberships__role=Role.ADMINISTRATOR
    )
    once = PeopleEvent.objects.filter(about=user.pseudonym).values("municipality")
    return list(own.filter(Q(memberships__user=user) | Q(pk__in=once)).distinct())


def erase(user: User, by: User, municipality: Municipality) -> None:
    """Take a person out, for good: name, address, password, second step, sessions, roles and what
    belongs to them alone. Lines that they own are of an 'oud-medewerker'; the history keeps the
    pseudonym, with that name."""
    change = without_person(user)
    places = where_texts_go(by, user)
    email = user.email
    with overwritten(), transaction.atomic():
        _end_sessions(user)
        Authenticator.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).delete()
        user.memberships.all().delete()
        pseudonym = f"{user.pseudonym}{NOWHERE}"
        Mail.objects.filter(address__iexact=email).delete()
        Invitation.objects.filter(email__iexact=email, taken_at=None).delete()
        Invitation.objects.filter(email__iexact=email).update(email=pseudonym, name=FORMER)
        user.email, user.name, user.is_active = pseudonym, FORMER, False
        user.set_unusable_password()
        user.save()
        PERSON_ERASED.tell(Erased(user, tuple(places), change, by.pseudonym))
        _note(PeopleEventKind.ERASED, user, by, municipality, "")


def _note(kind: str, user: User, by: User, municipality: Municipality, what: str) -> None:
    """A mail about somebody who was erased does not keep the name."""
    events.note(kind, about=user, by=by.pseudonym, municipality=municipality)
    said = f"Het account van {user} {what}." if what else "Een account is gewist."
    transaction.on_commit(lambda: tell_administrators(municipality, by, said))


def _end_sessions(user: User) -> None:
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
