"""Roles that are withdrawn, and the one-time link with which somebody chooses a new password."""

import logging
from typing import Any, cast

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from koers.apps.people import events, invitations, mail
from koers.apps.people.access import WorkRequest
from koers.apps.people.addresses import absolute
from koers.apps.people.models import Membership, Municipality, PeopleEventKind, Role, User

log = logging.getLogger(__name__)


class LinkTokens(PasswordResetTokenGenerator):
    """Django's token, which dies with the choice of a password, and here also when the person comes
    to work in another municipality: who made the link could get in there."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        places = user.memberships.order_by("municipality").values_list("municipality", flat=True)
        joined = ",".join(str(place) for place in places.distinct())
        return f"{super()._make_hash_value(user, timestamp)}{joined}"


link_tokens = LinkTokens()


def one_time_path(user: User) -> str:
    """The path of the page on which this person chooses a password, once."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("people:new-password", args=[uid, link_tokens.make_token(user)])


def withdraw(membership: Membership, by: User) -> None:
    """Take a role away; it stands in the history and the other administrators are told."""
    events.note(
        PeopleEventKind.WITHDRAWN,
        about=membership.user,
        by=by.pseudonym,
        municipality=membership.municipality,
        role=membership.role,
    )
    membership.delete()
    tell_administrators(
        membership.municipality,
        by,
        f"De rol {membership.get_role_display()} van {membership.user} is ingetrokken.",
    )


def tell_administrators(municipality: Municipality, by: User, what: str) -> None:
    """Mail the other administrators what somebody changed in who may do what; where mail does not
    work, the history says it."""
    others = User.objects.filter(
        is_active=True,
        memberships__municipality=municipality,
        memberships__role=Role.ADMINISTRATOR,
    ).exclude(pk=by.pk)
    for other in others.distinct() if mail.configured() else ():
        context = {"user": other, "by": by, "what": what, "municipality": municipality}
        try:
            mail.send(
                "people/mail/role_changed.txt",
                context,
                other.email,
                municipality=municipality,
                by=by.pseudonym,
            )
        except mail.MailError as problem:
            log.warning("not told to an administrator: %s", problem)


def mail_invitation(
    municipality: Municipality, email: str, name: str, path: str, request: HttpRequest
) -> None:
    """Mail the link of an invitation.

    Raises
    ------
    koers.apps.people.mail.MailError
        When it could not be sent.
    """
    inviter = cast(WorkRequest, request).user
    invitations.note_mailed(path)
    context = {
        "name": name or email,
        "link": absolute(request, path),
        "municipality": municipality,
        "inviter": inviter,
    }
    mail.send(
        "people/mail/invitation.txt",
        context,
        email,
        municipality=municipality,
        by=inviter.pseudonym,
    )


def mail_link(user: User, request: HttpRequest) -> None:
    """Mail somebody a link to choose a new password.

    Raises
    ------
    koers.apps.people.mail.MailError
        When it could not be sent.
    """
    link = absolute(request, one_time_path(user))
    by = getattr(request.user, "pseudonym", None)
    mail.send_link("people/mail/new_link.txt", user, link, by=by)


def mail_new_link(email: str, request: HttpRequest) -> None:
    """Mail a new link to whoever has this address; nothing happens when nobody has it."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return
    try:
        mail_link(user, request)
    except mail.MailError as problem:
        log.error("a new link was asked for and could not be mailed: %s", problem)


def may_help(administrator: User, user: User) -> bool:
    """An administrator may give somebody a new link or take away the second step only when they
    administer every municipality in which that person works: else they could get into another
    municipality.
    """
    own = Membership.objects.filter(user=administrator, role=Role.ADMINISTRATOR).values(
        "municipality"
    )
    return not user.memberships.exclude(municipality__in=own).exists()
