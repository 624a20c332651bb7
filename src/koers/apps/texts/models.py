"""One table of versions for texts of every kind: what it said, when, and who made it so."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.people.owned import Owned
from koers.apps.recorded import RecordField
from koers.records.text import SectionedText


class TextKind(models.TextChoices):
    """What the key ``subject`` of a text is of."""

    DECISION = "decision", "besluit"
    MINUTES = "minutes", "verslag"
    PLAN = "plan", "plan"


class Text(Owned):
    """The text of a decision or plan, or the minutes of a meeting; ``subject`` is its key there."""

    kind = models.CharField("soort", max_length=10, choices=TextKind.choices)
    subject = models.PositiveBigIntegerField("hoort bij")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="one_text_a_subject")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}"


class TextVersion(Owned):
    """A text as it was from a moment on; ``content`` is never changed."""

    text = models.ForeignKey(Text, models.CASCADE, related_name="versions", verbose_name="tekst")
    number = models.PositiveIntegerField("versie")
    content = RecordField("inhoud", record=SectionedText)
    by = models.UUIDField("gemaakt door", null=True, blank=True, editable=False)
    note = models.CharField("aanleiding", max_length=200, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="one_text_version_a_number")
        ]

    def __str__(self) -> str:
        return f"versie {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse every change: a version stays as it was."""
        if not self._state.adding:
            raise ValidationError("Een versie van een tekst verandert niet meer.")
        super().save(*args, **kwargs)
