"""What happened with people's access, for the administrator to see."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db.models import Q

from koers.apps.people.models import Municipality, PeopleEvent, PeopleEventKind, User
from koers.apps.people.names import names_of
from koers.apps.whole import when_taken_back

SHOWN = 200
log = logging.getLogger(__name__)


def note(
    kind: str,
    *,
    about: User | None,
    by: UUID | None = None,
    municipality: Municipality | None = None,
    role: str = "",
) -> None:
    log.info(
        "people",
        extra={
            "line": {
                "event": str(kind),
                "about": str(about.pseudonym) if about else None,
                "by": str(by) if by else None,
                "municipality": municipality.code if municipality else None,
            }
        },
    )
    PeopleEvent.objects.create(
        kind=kind,
        about=about.pseudonym if about else None,
        by=by,
        municipality=municipality,
        role=role,
    )


@dataclass(frozen=True)
class Shown:
    """An event as it is read; people who are gone have no name any more."""

    at: datetime
    who: str
    what: str
    by: str


def of(municipality: Municipality) -> list[Shown]:
    """The latest events of a municipality and of the people who work there, newest first."""
    here = User.objects.filter(memberships__municipality=municipality).values("pseudonym")
    found = PeopleEvent.objects.filter(
        Q(municipality=municipality) | Q(municipality=None, about__in=here)
    )[:SHOWN]
    names = names_of([one for e in found for one in (e.about, e.by)])
    gone = "iemand die er niet meer is"
    return [
        Shown(
            e.at,
            names.get(e.about, gone) if e.about else "een nieuw adres",
            str(e),
            names.get(e.by, gone) if e.by else "",
        )
        for e in found
    ]


def _signed_in(sender: Any, user: User, **kwargs: Any) -> None:
    note(PeopleEventKind.SIGNED_IN, about=user)


def _refused(sender: Any, credentials: Mapping[str, Any], **kwargs: Any) -> None:
    """Only of an address that is known here: what else was typed may be anything."""
    typed = credentials.get("email") or credentials.get("username") or ""
    if user := User.objects.filter(email__iexact=typed).first():
        refused = partial(note, PeopleEventKind.REFUSED, about=user)
        refused()
        # Also where the answer that says no takes back what was written.
        when_taken_back(refused)


def listen() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="koers.people.signed_in")
    user_login_failed.connect(_refused, dispatch_uid="koers.people.refused")
