"""Who works in a municipality: those who may own what is done there."""

from __future__ import annotations

from django.db.models import QuerySet

from koers.apps.people.models import Membership, Municipality, Role, User


def colleagues(municipality: Municipality) -> QuerySet[User]:
    """Active people with a role in which one works here, whatever else they are; who is a resident
    only is no colleague."""
    here = Membership.objects.filter(municipality=municipality).exclude(role=Role.PUBLIC)
    return User.objects.filter(is_active=True, pk__in=here.values("user"))


def works_in(user: User, municipality: Municipality) -> bool:
    return colleagues(municipality).filter(pk=user.pk).exists()
