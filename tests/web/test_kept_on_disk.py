"""SQLite has on the disk what it acknowledged (docs/decisions/0035)."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler

from koers.apps.people import overwriting
from koers.web import settings as file_of_settings

SOURCE = Path(file_of_settings.__file__).resolve().parent.parent
FULL = 2


def test_every_connection_writes_through_before_it_says_so(
    tmp_path, monkeypatch, django_db_blocker
):
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        pytest.skip("the settings are those of PostgreSQL")
    of_file = {**settings.DATABASES["default"], "NAME": tmp_path / "koers.sqlite3"}
    connections = ConnectionHandler({"default": of_file})

    def said(_=None):
        connection = connections["default"]
        monkeypatch.setattr(overwriting, "connection", connection)
        blocked = django_db_blocker.unblock()
        with blocked, overwriting.overwritten(), connection.cursor() as cursor:
            found = [
                cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous")
            ]
        connection.close()
        return found

    assert [said(), *ThreadPoolExecutor(1).map(said, [0])] == [["wal", FULL]] * 2


def test_nothing_but_the_settings_says_when_a_commit_is_on_the_disk():
    says = re.compile(r"synchronous\s*=|synchronous_commit|fsync\s*=", re.IGNORECASE)
    found = [
        file.relative_to(SOURCE).as_posix()
        for file in SOURCE.rglob("*.py")
        if says.search(file.read_text(encoding="utf-8"))
    ]
    assert found == ["web/settings.py"]
