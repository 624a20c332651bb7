"""An adopted plan is frozen as a version; a change to it is a proposal that somebody decides on."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.people.owned import Owned
from koers.apps.plan.models.lines import Plan
from koers.apps.recorded import RecordField
from koers.records import FieldValues, PlanRecord


class PlanVersion(Owned):
    """A plan with all its lines as it was adopted; ``content`` is a record and is never changed."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", verbose_name="plan")
    number = models.PositiveSmallIntegerField("versie")
    adopted_on = models.DateField("vastgesteld op")
    decided_in = models.CharField(
        "vastgesteld in", max_length=200, help_text="Het besluit of het overleg."
    )
    content = RecordField("inhoud", record=PlanRecord)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.plan}, versie {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse every change: a version stays as it was adopted."""
        if not self._state.adding:
            raise ValidationError("Een vastgestelde versie verandert niet meer.")
        super().save(*args, **kwargs)


class AdjustmentState(models.TextChoices):
    PROPOSED = "proposed", "voorgesteld"
    ACCEPTED = "accepted", "overgenomen"
    REJECTED = "rejected", "afgewezen"
    WITHDRAWN = "withdrawn", "ingetrokken"


class Adjustment(Owned):
    """A proposal to change, add or archive a line of an adopted plan.

    ``kind`` is the kind of line in :mod:`koers.apps.plan.kinds`; ``line`` its key, none for a new
    one; ``old`` and ``new`` hold the fields that differ (``new`` is empty where the line is
    archived). ``together`` is the same for those that are one proposal. ``decided_in`` names the
    meeting or decision.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="adjustments", verbose_name="plan")
    kind = models.CharField("soort regel", max_length=12)
    line = models.PositiveBigIntegerField("regel", null=True, blank=True)
    parent = models.PositiveBigIntegerField("regel erboven", null=True, blank=True)
    title = models.CharField("regel heet", max_length=200)
    old = RecordField("oud", record=FieldValues, default=FieldValues, blank=True)
    new = RecordField("nieuw", record=FieldValues, default=FieldValues, blank=True)
    reason = models.TextField("reden")
    state = models.CharField(
        "staat", max_length=9, choices=AdjustmentState.choices, default=AdjustmentState.PROPOSED
    )
    together = models.UUIDField("samen voorgesteld", null=True, blank=True, editable=False)
    proposed_by = models.UUIDField("voorgesteld door", null=True, blank=True, editable=False)
    decided_by = models.UUIDField("besloten door", null=True, blank=True, editable=False)
    decided_on = models.DateField("besloten op", null=True, blank=True)
    decided_in = models.CharField(
        "besloten in", max_length=200, blank=True, help_text="Het besluit of het overleg."
    )

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"aanpassing van {self.title}"
