"""A plan that everyone may read, for the tests of public pages."""

import datetime as dt

from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish


def make_public(plan, *, with_progress=False, on=dt.date(2026, 1, 6)):
    """Adopt the plan as it stands and publish that version."""
    return publish(adopt(plan, on, "het college"), None, with_progress=with_progress)
