"""The tables of an empty database, made at once.

Migration by migration, Django works out the models as they were before and after each: most of
the time that a first start takes. Of an empty database there is nothing to bring along, so its
tables are those of the models of today. `tests/web/test_migrations.py` holds the one way against
the other.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def make_where_empty() -> bool:
    """Make every table of an empty database in one transaction, and note every migration as done.

    Returns whether it did: a database that has a table already is left to the migrations.
    """
    if connection.introspection.table_names():
        return False
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        executor.recorder.ensure_schema()
        for migration, _ in plan:
            for done in migration.replaces or [(migration.app_label, migration.name)]:
                executor.recorder.record_applied(*done)
        executor.check_replacements()
    settle()
    return True


def settle() -> None:
    """What goes with the tables: kinds of content and permissions. Done at each command that opens
    the database, as the one that made the tables may have been killed before this."""
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
