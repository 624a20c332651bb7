"""Which snapshots documents cite: those stay in the archive."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from django.apps import apps
from django.db.models import CharField, JSONField, Model, TextField

_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")


def cited_snapshots(ids: Collection[str]) -> set[str]:
    """Those of these ids that stand anywhere in a decision, signal, goal or other object, or in its
    history.

    Every text is looked through, rather than a list of fields: what a new page begins to cite is
    kept as well.
    """
    known, found = set(ids), set()
    for model in apps.get_models():
        if model.__module__.startswith("koers."):
            found |= _in(model, known)
    return found


def _in(model: type[Model], known: set[str]) -> set[str]:
    texts = [
        f.name
        for f in model._meta.concrete_fields
        if isinstance(f, (CharField, TextField, JSONField))
    ]
    found: set[str] = set()
    if texts:
        for values in model._base_manager.values_list(*texts).iterator(chunk_size=2000):
            found |= known.intersection(_ID.findall(json.dumps(values, default=str)))
    return found
