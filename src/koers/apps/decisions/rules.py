"""Who may see, write and take decisions."""

import rules

from koers.apps.people.models import Role
from koers.apps.people.roles import advises, has_role

rules.add_perm(
    "decisions.view_decisions",
    has_role(Role.ADMINISTRATOR, Role.ADVISER, Role.COLLEGE, Role.COMMITTEE),
)
rules.add_perm("decisions.change_decisions", advises)
rules.add_perm("decisions.decide", has_role(Role.ADVISER, Role.COLLEGE))
