"""Who may see and change the plan."""

import rules

from koers.apps.people.models import Role
from koers.apps.people.roles import advises, has_role, works_here

rules.add_perm("plan.view_plan", works_here)
rules.add_perm("plan.change_plan", advises)
rules.add_perm(
    "plan.change_actions", has_role(Role.ADVISER, Role.ENFORCEMENT, Role.POLICE, Role.PARTNER)
)
