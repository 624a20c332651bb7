"""A text is kept as a version each time that it changed."""

from __future__ import annotations

from uuid import UUID

from django.db import models, transaction

from koers.apps.people.models import Municipality
from koers.apps.texts.models import Text, TextKind, TextVersion
from koers.records.text import SectionedText


@transaction.atomic
def keep_version(
    municipality: Municipality,
    kind: TextKind,
    subject: int,
    content: SectionedText,
    by: UUID | None,
    note: str = "",
) -> TextVersion:
    """The version that says this: the last one where nothing changed, else a new one."""
    Text.objects.get_or_create(kind=kind, subject=subject, defaults={"municipality": municipality})
    # Whoever saves at the same moment waits here, so that numbers run on.
    text = Text.objects.select_for_update().get(kind=kind, subject=subject)
    last = text.versions.first()
    if last is not None and last.content.sections == content.sections:
        return last
    return TextVersion.objects.create(
        municipality=municipality,
        text=text,
        number=last.number + 1 if last else 1,
        content=content,
        by=by,
        note=note[:200],
    )


def versions_of(kind: TextKind, subject: int) -> models.QuerySet[TextVersion]:
    """Every version of a text, the newest first."""
    return TextVersion.objects.filter(text__kind=kind, text__subject=subject)


def last_version(kind: TextKind, subject: int) -> TextVersion | None:
    return versions_of(kind, subject).first()
