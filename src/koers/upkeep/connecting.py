"""Databases besides the one of the settings, for as long as they are asked something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dj_database_url
from django.apps.registry import Apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

WAIT = "PRAGMA busy_timeout=20000;"


def sqlite_file(database: BaseDatabaseWrapper) -> Path | None:
    """The file of a database, where it is kept in one."""
    return Path(database.settings_dict["NAME"]) if database.vendor == "sqlite" else None


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


@contextmanager
def opened(alias: str, url: str) -> Iterator[BaseDatabaseWrapper]:
    """The database at this address."""
    with _connected(alias, dj_database_url.parse(url)) as found:
        yield found


@contextmanager
def read_at_one_moment(database: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """This database as it is at one moment, whatever is written in it meanwhile: one read
    transaction in a connection of its own."""
    with (
        _connected("one-moment", database.settings_dict) as found,
        transaction.atomic(using=found.alias),
    ):
        if found.vendor == "postgresql":
            with found.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield found


@contextmanager
def _connected(alias: str, settings: Mapping[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    settings = {**settings, "CONN_MAX_AGE": 0}
    if settings["ENGINE"].endswith("sqlite3"):
        settings["OPTIONS"] = {"init_command": WAIT, "transaction_mode": "DEFERRED"}
    handler = ConnectionHandler({"default": settings})
    connections.settings[alias] = handler.settings["default"]
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def others_in(database: BaseDatabaseWrapper) -> int:
    """How many other connections there are to a database of a server; 0 to a file."""
    if database.vendor != "postgresql":
        return 0
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        mine = cursor.fetchone()[0]
    sessions = _Session._base_manager.using(database.alias)
    here = sessions.filter(datname=database.settings_dict["NAME"], backend_type="client backend")
    own = [
        c.connection.info.backend_pid
        for c in connections.all(initialized_only=True)
        if c.vendor == "postgresql" and c.connection is not None
    ]
    return here.exclude(pid__in=[mine, *own]).count()


class _Session(models.Model):
    """A connection, as PostgreSQL tells of it."""

    pid = models.IntegerField(primary_key=True)
    datname = models.TextField()
    backend_type = models.TextField()

    class Meta:
        apps = Apps()
        managed = False
        db_table = "pg_stat_activity"
        app_label = "upkeep"
