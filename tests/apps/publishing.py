"""A plan that everyone may read, for the tests of public pages, and the addresses of those."""

import datetime as dt
import re

from django.urls import URLPattern, get_resolver

from koers.apps.plan.services.versions import adopt
from koers.apps.publication.services.publishing import publish

VARIES = {"slug": "voorbeeldrecht", "priority": "veiligheid-in-de-wijken"}
"""What stands in a public address where that varies."""


def make_public(plan, *, with_progress=False, on=dt.date(2026, 1, 6)):
    """Adopt the plan as it stands and publish that version."""
    return publish(adopt(plan, on, "het college"), None, with_progress=with_progress)


def public_addresses(resolver=None, before="/"):
    """Each page and file for everyone, by the addresses that there are: a new one is walked by
    itself."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + re.sub(
            r"<(?:\w+:)?(\w+)>", lambda named: VARIES.get(named[1], named[0]), str(entry.pattern)
        )
        if not isinstance(entry, URLPattern):
            yield from public_addresses(entry, address)
        elif address.startswith("/openbaar/"):
            assert "<" not in address, f"say in VARIES what stands in {address}"
            yield address
