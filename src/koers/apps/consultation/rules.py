"""Who may suggest, answer and bring in survey results."""

import rules

from koers.apps.people.models import Role
from koers.apps.people.roles import advises, has_role

rules.add_perm(
    "consultation.view_consultation",
    has_role(Role.ADMINISTRATOR, Role.ADVISER, Role.COLLEGE, Role.COMMITTEE),
)
rules.add_perm("consultation.suggest", has_role(Role.COMMITTEE, Role.ADVISER))
rules.add_perm("consultation.answer", advises)
