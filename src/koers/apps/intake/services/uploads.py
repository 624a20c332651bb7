"""A file that somebody brings: kept until it is counted, never longer than an hour, and only its
mapped columns read."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from koers.apps.intake.models import ColumnMapping, Upload
from koers.apps.people.models import Municipality
from koers.apps.whole import when_taken_back
from koers.tables.reading.apart import open_book
from koers.tables.reading.book import SUFFIXES, Book, BookError, header_mark

LARGEST = 25_000_000
KEPT_AT_MOST = timedelta(hours=1)


def folder() -> Path:
    """Where uploads wait; only the owner of the process may look."""
    path = Path(settings.HOME) / "uploads"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def receive(municipality: Municipality, kind: str, file: UploadedFile[bytes]) -> Upload:
    """Keep an uploaded file for counting.

    Raises
    ------
    BookError
        When it cannot be used; then nothing of it is kept.
    """
    suffix = Path(file.name or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise BookError(
            "Koers leest CSV, XLSX en ODS. Sla een ander bestand (zoals .xls) eerst zo op."
        )
    if file.size is None or file.size > LARGEST:
        raise BookError(
            f"Het bestand is groter dan {LARGEST // 1_000_000} MB. Haal weg wat niet nodig is."
        )
    sweep()
    name = f"{uuid.uuid4().hex}{suffix}"
    path = folder() / name
    try:
        path.touch(mode=0o600)
        with path.open("wb") as handle:
            for chunk in file.chunks():
                handle.write(chunk)
        open_book(path, suffix)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Upload.objects.create(
        municipality=municipality, kind=kind, suffix=suffix, stored=name, size=file.size
    )


def book_of(upload: Upload) -> Book:
    """The file of an upload.

    Raises
    ------
    BookError
        When it is no longer there, or turns out unreadable; then it goes.
    """
    path = folder() / upload.stored
    if not upload.stored or not path.is_file():
        raise BookError(
            "Dit bestand is er niet meer: Koers bewaart een bestand hooguit een uur. Kies het"
            " opnieuw."
        )
    try:
        return open_book(path, upload.suffix)
    except BaseException:
        discard(upload, "niet te lezen")
        raise


def discard(upload: Upload, outcome: str) -> None:
    """The file goes; that it was there, and what came of it, stays. Where that is taken back, the
    file goes all the same."""
    if upload.stored:
        go = partial((folder() / upload.stored).unlink, missing_ok=True)
        transaction.on_commit(go)
        when_taken_back(go)
    upload.stored, upload.outcome = "", outcome[:200]
    upload.save(update_fields=["stored", "outcome"])


def sweep() -> None:
    """Files that nobody counted go, and so does a file of which the database does not know."""
    for upload in Upload.objects.exclude(stored="").filter(
        created_at__lt=timezone.now() - KEPT_AT_MOST
    ):
        discard(upload, "niet afgemaakt; verwijderd na een uur")
    for path in _forgotten():
        path.unlink(missing_ok=True)


def _forgotten() -> Iterator[Path]:
    known = set(Upload.objects.exclude(stored="").values_list("stored", flat=True))
    oldest = time.time() - KEPT_AT_MOST.total_seconds()
    return (
        path
        for path in folder().iterdir()
        if path.name not in known and path.stat().st_mtime < oldest
    )


def known_mapping(upload: Upload, names: list[str]) -> ColumnMapping | None:
    """How a file with this header was read before."""
    return (
        ColumnMapping.objects.of(upload.municipality)
        .filter(kind=upload.kind, header=header_mark(names))
        .first()
    )
