"""Who may see effects, fix how they are measured, evaluate, and decide on what follows."""

import rules

from koers.apps.people.models import Role
from koers.apps.people.roles import advises, has_role, works_here

rules.add_perm("evaluation.view_effects", works_here)
rules.add_perm("evaluation.fix_design", advises)
rules.add_perm("evaluation.evaluate", advises)
rules.add_perm("evaluation.decide", has_role(Role.ADVISER, Role.ENFORCEMENT, Role.POLICE))
