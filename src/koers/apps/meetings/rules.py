"""Who may see and hold the meetings: public order and safety, enforcement and police."""

import rules

from koers.apps.people.models import Role
from koers.apps.people.roles import has_role

takes_part = has_role(Role.ADMINISTRATOR, Role.ADVISER, Role.ENFORCEMENT, Role.POLICE)

rules.add_perm("meetings.view_meetings", takes_part)
rules.add_perm("meetings.hold_meetings", has_role(Role.ADVISER, Role.ENFORCEMENT, Role.POLICE))
rules.add_perm("meetings.redact", has_role(Role.ADMINISTRATOR))
