"""An installation of its own, with the tables of Koers: in SQLite, and where the tests run on
PostgreSQL in a database of its own there."""

from __future__ import annotations

import os

import pytest

from koers.upkeep.connecting import url_of
from tests.upkeep.installation import Installation, on_server


@pytest.fixture
def installation(request, home_with_tables, django_db_blocker, settings) -> Installation:
    # A test with a database takes the migrations (--nomigrations) from all that come after it.
    settings.MIGRATION_MODULES = {}
    if "DATABASE_URL" not in os.environ:
        return Installation(home_with_tables, url_of(home_with_tables / "koers.sqlite3"))
    with django_db_blocker.unblock():
        return on_server(home_with_tables, request.getfixturevalue("server")())
