"""Predicates on roles, with which each app writes its rule file."""

import rules

from koers.apps.people.models import Role


def has_role(*roles: Role) -> rules.Predicate:
    """True for a person with one of these roles in the municipality at hand."""
    wanted = frozenset(roles)

    @rules.predicate(f"has_role:{','.join(sorted(wanted))}")
    def predicate(user, municipality):
        return bool(wanted & user.roles_in(municipality))

    return predicate


works_here = has_role(*(role for role in Role if role != Role.PUBLIC))
advises = has_role(Role.ADVISER)
administers = has_role(Role.ADMINISTRATOR)
