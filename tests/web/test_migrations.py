"""The tables that the migrations make one after the other, from an empty database, are those of the
models; a first start makes the same tables at once, as the other tests do.
"""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection

PROGRAM = """
import json
import sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from koers.apps.first_tables import make_where_empty
if sys.argv[1] == "at once":
    assert make_where_empty() and not make_where_empty()
else:
    call_command("makemigrations", check=True, dry_run=True)
    call_command("migrate", verbosity=0)
told = {"vendor": connection.vendor, "tables": {}}
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        held = connection.introspection.get_constraints(cursor, table).values()
        told["tables"][table] = {
            "columns": sorted(map(repr, (
                tuple(c) for c in connection.introspection.get_table_description(cursor, table)
            ))),
            # An index goes by its columns: its name holds a number of its own.
            "constraints": sorted(
                repr([(key, c[key]) for key in sorted(c) if key not in ("definition",)])
                for c in held
            ),
        }
    from django.contrib.auth.models import Permission
    told["permissions"] = sorted(map(str, Permission.objects.values_list("codename", flat=True)))
    told["done"] = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
print(json.dumps(told))
"""


@pytest.fixture
def empty(db, tmp_path):
    """Makes the environment in which a process has an empty database of the kind tested here."""
    made = []

    def make(word):
        environment = {**os.environ, "KOERS_HOME": str(tmp_path / word)}
        if connection.vendor == "sqlite":
            environment.pop("DATABASE_URL", None)
            return environment
        made.append(f"{connection.settings_dict['NAME']}_{word}")
        server = urlsplit(os.environ["DATABASE_URL"])
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {made[-1]}")
        return {**environment, "DATABASE_URL": server._replace(path=f"/{made[-1]}").geturl()}

    yield make
    for name in made:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def tables_made(environment, way):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, way],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.postgres
def test_every_migration_runs_from_nothing_and_none_is_missing(empty):
    told = tables_made(empty("step"), "by step")
    assert told["vendor"] == connection.vendor
    here = set(connection.introspection.table_names())
    assert set(told["tables"]) - {"django_migrations"} == here
    at_once = tables_made(empty("once"), "at once")
    assert at_once["done"] == told["done"] != []
    assert at_once["permissions"] == told["permissions"] != []
    for table, made in told["tables"].items():
        # Its numbers are of the kind of Django's own app or of ours, by where the table is made.
        if table != "auth_group_permissions":
            assert at_once["tables"][table] == made, table


@pytest.mark.postgres
def test_the_database_holds_every_constraint_that_a_model_names(db):
    with connection.cursor() as cursor:
        held = {
            name
            for table in connection.introspection.table_names(cursor)
            for name in connection.introspection.get_constraints(cursor, table)
        }
    named = {c.name for model in apps.get_models() for c in model._meta.constraints}
    assert named
    assert named <= held
