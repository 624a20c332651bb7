"""What is in the database, and how a round leaves nothing behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

# Kept of a file that waits, of who is signed in, and of what is to be done: not of what was loaded.
APART = {"upload", "columnmapping", "session", "dbtaskresult", "event"}


def content_rows() -> Counter[str]:
    """How many rows each table of content has."""
    from django.apps import apps

    return Counter(
        {
            model.__name__: model._base_manager.count()
            for model in apps.get_models()
            if model.__module__.startswith("koers.") and model._meta.model_name not in APART
        }
    )


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written within is not there afterwards."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
