"""Who may bring figures in, see own figures and release them."""

import rules

from koers.apps.people.models import Role
from koers.apps.people.roles import has_role

_inside = has_role(Role.ADMINISTRATOR, Role.ADVISER, Role.ENFORCEMENT, Role.POLICE)
rules.add_perm("intake.view_figures", _inside)
rules.add_perm("intake.view_internal", _inside)
rules.add_perm("intake.upload", _inside)
rules.add_perm("intake.define", has_role(Role.ADMINISTRATOR, Role.ADVISER))
rules.add_perm("intake.load", has_role(Role.ADMINISTRATOR, Role.ADVISER))
rules.add_perm("intake.release", has_role(Role.ADMINISTRATOR, Role.ADVISER))
