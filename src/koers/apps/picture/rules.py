"""Who may see the safety picture and handle its signals."""

import rules

from koers.apps.people.models import Role
from koers.apps.people.roles import has_role, works_here

rules.add_perm("picture.view_picture", works_here)
rules.add_perm(
    "picture.view_signals",
    has_role(Role.ADMINISTRATOR, Role.ADVISER, Role.ENFORCEMENT, Role.POLICE),
)
rules.add_perm("picture.handle_signals", has_role(Role.ADVISER, Role.ENFORCEMENT, Role.POLICE))
rules.add_perm("picture.choose_peers", has_role(Role.ADMINISTRATOR, Role.ADVISER))
