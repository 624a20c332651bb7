"""Who works in a municipality: those who may own what is done there."""

from __future__ import annotations

from django.db.models import QuerySet

from koers.apps.people.models import Municipality, Role, User


def colleagues(municipality: Municipality) -> QuerySet[User]:
    """Active people with a role here; residents are no colleagues."""
    here = User.objects.filter(memberships__municipality=municipality).exclude(memberships__role=Role.PUBLIC)
    return User.objects.filter(is_active=True, pk__in=here.values("pk"))


def works_in(user: User, municipality: Municipality) -> bool:
    return colleagues(municipality).filter(pk=user.pk).exists()
