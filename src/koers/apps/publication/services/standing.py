"""What is public, kept in the home beside the figures: public pages stand when there is no database
to ask.

The file follows each publication, withdrawal and municipality as soon as that is in the database,
and the worker looks each minute whether it still says the same. Where it cannot be written it goes:
what was withdrawn is never shown again.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from koers.apps.people.models import Municipality
from koers.apps.publication.models import Publication

FILE = "openbaar.json"
FIELDS = ("pk", "code", "name", "slug", "fictitious", "primary", "theme")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """The municipalities, and by key what each has made public."""

    homes: tuple[Municipality, ...]
    publications: dict[int, Publication]


_at_hand: ContextVar[Standing | None] = ContextVar("standing", default=None)


def at_hand() -> Standing | None:
    """What public pages are made of instead of the database; None where that is asked."""
    return _at_hand.get()


@contextmanager
def stands_in(standing: Standing) -> Iterator[None]:
    """Meanwhile public pages are made of this."""
    before = _at_hand.set(standing)
    try:
        yield
    finally:
        _at_hand.reset(before)


def follow(**_: Any) -> None:
    """Keep what is public now, as soon as what is being done is in the database."""
    transaction.on_commit(keep, robust=True)


def keep() -> None:
    """Keep what is public now."""
    file = _file()
    try:
        with _alone(file):
            text = json.dumps(_now(), ensure_ascii=False)
            if _text(file) != text:
                _put(file, text)
    except OSError:
        log.exception("what is public could not be kept")
        with suppress(OSError):
            file.unlink(missing_ok=True)


def read() -> Standing | None:
    """What was kept of this database; None where nothing was."""
    try:
        said = json.loads(_file().read_text(encoding="utf-8"))
        if said["database"] != _database():
            return None
        homes, publications = [], {}
        for one in said["municipalities"]:
            home = Municipality(**{name: one[name] for name in FIELDS})
            homes.append(home)
            if public := one["public"]:
                publications[home.pk] = Publication(
                    municipality=home,
                    since=datetime.fromisoformat(public["since"]),
                    content=Publication._meta.get_field("content").to_python(public["content"]),
                )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Standing(tuple(homes), publications)


def _now() -> dict[str, Any]:
    public = {p.municipality_id: p for p in Publication.objects.public()}
    return {
        "database": _database(),
        "municipalities": [
            {
                **{name: getattr(home, name) for name in FIELDS},
                "public": (
                    {"since": found.since.isoformat(), "content": found.content.kept()}
                    if (found := public.get(home.pk))
                    else None
                ),
            }
            for home in Municipality.objects.all()
        ],
    }


def _database() -> str:
    """Which database it was kept of; a test or another one has its own."""
    found = connection.settings_dict
    return f"{connection.vendor} {found['HOST']} {found['PORT']} {found['NAME']}"


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Of two that keep at once, the last one reads what the first put in the database."""
    with file.with_name(f".{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _put(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}-new")
    with beside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeError):
        return ""


def _file() -> Path:
    return Path(settings.HOME) / FILE
