"""Whether the address of an account is its holder's own: who opens the link in a mail to it, while
signed in, shows that it is."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from koers.apps.people import events, mail
from koers.apps.people.addresses import absolute
from koers.apps.people.models import PeopleEventKind, User

SALT = "koers.people.own-address"
VALID = 7 * 24 * 3600


def mail_confirmation(user: User, request: HttpRequest) -> None:
    """Mail the link by which somebody confirms their address.

    Raises
    ------
    koers.apps.people.mail.MailError
        When there is no mail server.
    """
    link = absolute(request, path(user))
    mail.send_link("people/mail/own_address.txt", user, link, by=user.pseudonym)


def path(user: User) -> str:
    """Of the page on which this person confirms the address that the account has now."""
    token = signing.dumps([user.pk, user.email], salt=SALT)
    return reverse("people:own-address", args=[token])


def is_of(token: str, user: User) -> bool:
    """Whether this link was mailed to the address that this account has now."""
    try:
        found: object = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return False
    return found == [user.pk, user.email]


def confirm(user: User) -> None:
    if User.objects.filter(pk=user.pk, unconfirmed=True).update(unconfirmed=False):
        user.unconfirmed = False
        events.note(PeopleEventKind.CONFIRMED, about=user, by=user.pseudonym)
