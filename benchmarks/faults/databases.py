"""A database of one's own in which something is really kept, what another process would find in it
at any moment, and how it is put back."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

Digest = dict[str, str]
"""Of each table what stands in it."""
APART = {"people_signincount"}
"""Sure at once, whatever comes of the request (0040)."""


class Database:
    """The database at hand; ``keep`` says as what it is put back."""

    def __init__(self, mine: BaseDatabaseWrapper, kept: Path | str) -> None:
        self.mine, self._kept, self.name = mine, kept, mine.settings_dict["NAME"]
        self.other = mine.copy("other")
        self._tables: list[str] = []
        self._as_kept: Digest = {}
        self._untouched = False

    @property
    def tables(self) -> list[str]:
        if not self._tables:
            with self.other.cursor() as cursor:
                self._tables = sorted({*self.other.introspection.table_names(cursor)} - APART)
        return self._tables

    def close(self) -> None:
        self.mine.close()
        self.other.close()

    def keep(self) -> None:
        self._as_kept = self.digest()
        self.close()
        self._copy(self.name, self._kept)

    def put_back(self) -> None:
        self.close()
        self._copy(self._kept, self.name)
        self._untouched = True

    def begin(self) -> Digest:
        """The same as ``digest``, which takes a while, when something is about to be done."""
        untouched, self._untouched = self._untouched, False
        return self._as_kept if untouched else self.digest()

    def _copy(self, source: Any, target: Any) -> None:
        raise NotImplementedError

    def version(self) -> Any:
        """What is another when somebody kept something."""
        raise NotImplementedError

    def digest(self) -> Digest:
        """What another process finds, and so what is there after a crash."""
        with self.other.cursor() as cursor:
            return {table: self._digest(cursor, table) for table in self.tables}

    def _digest(self, cursor: Any, table: str) -> str:
        raise NotImplementedError

    def _ask(self, sql: str) -> Any:
        with self.other.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]


class _Sqlite(Database):
    def _copy(self, source: Any, target: Any) -> None:
        for beside in ("-wal", "-shm"):
            Path(f"{self.name}{beside}").unlink(missing_ok=True)
        shutil.copyfile(source, target)

    def version(self) -> Any:
        return self._ask("PRAGMA data_version")

    def _digest(self, cursor: Any, table: str) -> str:
        rows = cursor.execute(f'SELECT * FROM "{table}"').fetchall()
        return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


class _Postgres(Database):
    def _copy(self, source: Any, target: Any) -> None:
        with self.mine._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def version(self) -> Any:
        return self._ask("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")

    def _digest(self, cursor: Any, table: str) -> str:
        rows = "coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')"
        cursor.execute(f'SELECT md5({rows}) FROM "{table}" t')
        return cursor.fetchone()[0]


@contextmanager
def own_database(folder: Path, name: str) -> Iterator[Database]:
    """A copy of the database at hand, in the place of that one until the end."""
    theirs = connections["default"]
    mine = theirs.copy()
    found: Database
    if theirs.vendor == "sqlite":
        # Processes are killed here, and no power is cut.
        options = mine.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")
        mine.settings_dict["NAME"] = str(folder / f"{name}.sqlite3")
        found = _Sqlite(mine, folder / f"{name}-kept.sqlite3")
        theirs.ensure_connection()
        copy = sqlite3.connect(found.name)
        theirs.connection.backup(copy)
        copy.close()
    else:
        theirs.close()
        mine.settings_dict["NAME"] = name
        found = _Postgres(mine, f"{name}_kept")
        found._copy(theirs.settings_dict["NAME"], name)
    connections["default"] = mine
    try:
        yield found
    finally:
        found.close()
        connections["default"] = theirs
        if theirs.vendor == "postgresql":
            with theirs._nodb_cursor() as cursor:
                for each in (name, f"{name}_kept"):
                    cursor.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')


class Watch:
    """Sees after each statement of the process at hand what another would find.

    ``states`` are those that it found, the one at the beginning first.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements: list[str] = []
        self.states = [database.begin()]
        self.at: list[int] = []
        self._version = database.version()

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.look()
        result = execute(sql, params, many, context)
        self.statements.append(sql)
        self.look()
        return result

    def look(self) -> None:
        if (version := self._database.version()) == self._version:
            return
        self._version, found = version, self._database.digest()
        if found != self.states[-1]:
            self.states.append(found)
            self.at.append(len(self.statements))

    def changed(self) -> set[str]:
        """The tables that are not what they were."""
        before, after = self.states[0], self.states[-1]
        return {table for table in after if after[table] != before[table]}

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        with self._database.mine.execute_wrapper(self):
            yield self
        self.look()
