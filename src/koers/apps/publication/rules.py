"""Everyone may read what is public: those views are marked PUBLIC. An adviser makes it so."""

import rules

from koers.apps.people.roles import advises

rules.add_perm("publication.publish", advises)
