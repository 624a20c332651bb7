"""Inviting somebody: a link to one role in one municipality, for one address.

Nobody gets a role before taking it up, and nobody takes up what was sent to another address: so no
link of one municipality opens another, and no address is claimed by somebody else. An account whose
address nobody confirmed gets in nowhere else by a link that somebody could read from a screen.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from koers.apps.people import events, own_address
from koers.apps.people.models import (
    Invitation,
    Membership,
    Municipality,
    PeopleEventKind,
    Role,
    User,
)

VALID = timedelta(days=7)
SET_UP_ROLES = (Role.ADMINISTRATOR, Role.ADVISER)


class InvitationError(ValueError):
    """An invitation that cannot be taken up like this; the text says why and what to do."""


@transaction.atomic
def invite(
    municipality: Municipality, email: str, role: str, name: str = "", by: UUID | None = None
) -> str:
    """Invite an address to a role here; returns the path of its link, which works once.

    An earlier invitation of this address to the same role lapses.
    """
    email = email.strip().lower()
    municipality.invitations.filter(email=email, role=role, taken_at=None).delete()
    path = _new(municipality=municipality, email=email, role=role, name=name, invited_by=by)
    # Whether somebody elsewhere has this address, and what they are called, is not told here.
    here = User.objects.filter(memberships__municipality=municipality)
    invited = here.filter(email__iexact=email).first()
    events.note(PeopleEventKind.INVITED, about=invited, by=by, municipality=municipality, role=role)
    return path


@transaction.atomic
def set_up(municipality: Municipality | None = None) -> str:
    """The path of the link with which the first administrator of a municipality (None: of one of
    their choice) begins; an earlier such link lapses."""
    Invitation.objects.filter(email="", municipality=municipality, taken_at=None).delete()
    return _new(municipality=municipality, role=Role.ADMINISTRATOR)


def note_mailed(path: str) -> None:
    """This link went to its address and to nobody else."""
    token = path.rstrip("/").rpartition("/")[2]
    Invitation.objects.filter(digest=_digest(token)).update(mailed=True)


def somebody_administers() -> bool:
    return Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists()


def without_administrator() -> list[Municipality]:
    """The municipalities of which somebody may still become the first administrator."""
    settled = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return list(Municipality.objects.exclude(pk__in=settled.values("municipality")))


def waiting(municipality: Municipality) -> QuerySet[Invitation]:
    """Invitations that nobody took up yet and still may."""
    return municipality.invitations.filter(
        taken_at=None, made_at__gt=timezone.now() - VALID
    ).exclude(email="")


def find(token: str) -> Invitation | None:
    """The invitation behind a link, as long as it may be taken up."""
    found = (
        Invitation.objects.select_related("municipality")
        .filter(digest=_digest(token), taken_at=None, made_at__gt=timezone.now() - VALID)
        .first()
    )
    if found is not None and not found.email and not choices(found):
        return None
    return found


def choices(invitation: Invitation) -> list[Municipality]:
    """The municipalities to which an invitation may lead."""
    if invitation.email:
        return [] if invitation.municipality is None else [invitation.municipality]
    free = without_administrator()
    return [m for m in free if invitation.municipality_id in (None, m.pk)]


def account_of(invitation: Invitation) -> User | None:
    """Who has the address of an invitation already; they sign in to take it up."""
    return User.objects.filter(email__iexact=invitation.email).first() if invitation.email else None


@transaction.atomic
def take_up(invitation: Invitation, user: User, municipality: Municipality) -> None:
    """Give somebody the role that was offered to their address.

    Raises
    ------
    InvitationError
        When it was offered to another address, is used already, or does not lead there.
    """
    found = Invitation.objects.select_for_update().filter(pk=invitation.pk, taken_at=None).first()
    if found is None:
        raise InvitationError("Deze uitnodiging is al gebruikt.")
    if found.email and found.email.lower() != user.email.lower():
        raise InvitationError("Deze uitnodiging is voor een ander e-mailadres.")
    if municipality not in choices(found):
        raise InvitationError("Deze gemeente heeft al een beheerder. Vraag die om een uitnodiging.")
    if found.mailed:
        own_address.confirm(user)
    elif found.email and _is_strange(user, municipality):
        raise InvitationError(
            "Uw e-mailadres is nog niet bevestigd. Doe dat bij Uw account en open de link opnieuw."
        )
    found.taken_at = timezone.now()
    found.save(update_fields=["taken_at"])
    for role in _roles(found):
        Membership.objects.get_or_create(user=user, municipality=municipality, role=role)
        events.note(
            PeopleEventKind.JOINED,
            about=user,
            by=found.invited_by,
            municipality=municipality,
            role=role,
        )


def _is_strange(user: User, municipality: Municipality) -> bool:
    """Nobody here knows whether the address of this account is its holder's own; one that was just
    made for this invitation is of whoever was given the link."""
    works_here = user.memberships.filter(municipality=municipality).exists()
    return user.unconfirmed and user.last_login is not None and not works_here


def _roles(invitation: Invitation) -> Iterable[str]:
    return (invitation.role,) if invitation.email else SET_UP_ROLES


def _new(**fields: Any) -> str:
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(digest=_digest(token), **fields)
    return reverse("people:invitation", args=[token])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
