"""Who may do what with people and municipalities."""

import rules

from koers.apps.people.roles import administers, works_here

rules.add_perm("people.use_koers", works_here)
rules.add_perm("people.manage_people", administers)
