"""Django for a benchmark, in a home of its own."""

from __future__ import annotations

import logging
import os
from typing import Any

WALKED = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "WHITENOISE_AUTOREFRESH": True,
}
"""Settings for a site that is walked, where the time that a password takes says nothing."""


def wake(home: str, **changed: Any) -> None:
    """Django on a database with all tables, with these settings changed. A line a request would be
    timed with the page, and stand between the figures."""
    logging.disable(logging.INFO)
    os.environ["KOERS_HOME"] = home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koers.web.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from koers.apps.first_tables import make_where_empty

    for name, value in {"ALLOWED_HOSTS": ["testserver"], **changed}.items():
        setattr(settings, name, value)
    if not make_where_empty():
        call_command("migrate", verbosity=0)
