"""What is taken away is not left readable in the file of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def overwritten() -> Iterator[None]:
    """What is changed or deleted meanwhile does not stay in the free pages of SQLite, nor in its
    log; on PostgreSQL that waits for VACUUM."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
    yield
    if connection.vendor == "sqlite":

        def empty_log() -> None:
            # Within a transaction SQLite refuses it.
            if not connection.in_atomic_block:
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        transaction.on_commit(empty_log)
