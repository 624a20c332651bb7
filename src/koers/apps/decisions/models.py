"""A proposal to the college: its texts, its figures and the states that it passes; frozen once
adopted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from koers.apps.people.owned import Owned, Revised
from koers.apps.plan.models import Plan
from koers.apps.recorded import RecordField
from koers.apps.texts.models import TextKind
from koers.apps.texts.services.versions import keep_version, last_version
from koers.records import PlanRecord
from koers.records.decision import DecisionText
from koers.records.figure import DecisionFigure

FROZEN = "Dit besluit is vastgesteld en kan niet meer worden gewijzigd."


class DecisionState(models.TextChoices):
    DRAFT = "draft", "concept"
    INTENDED = "intended", "voorgenomen besluit"
    WITH_COMMITTEE = "with_committee", "bij de commissie"
    ADOPTED = "adopted", "vastgesteld"


TRANSITIONS: dict[str, tuple[str, ...]] = {
    DecisionState.DRAFT: (DecisionState.INTENDED,),
    DecisionState.INTENDED: (DecisionState.WITH_COMMITTEE, DecisionState.DRAFT),
    DecisionState.WITH_COMMITTEE: (DecisionState.ADOPTED, DecisionState.DRAFT),
    DecisionState.ADOPTED: (),
}


class Decision(Owned, Revised):
    """A college decision.

    ``texts`` is its text as it is now, of which each save that changes it makes a version;
    ``figures`` what its figure shows, so that the document can be rebuilt as it was. ``proposed``
    are the lines of the plan on which it decides, from the moment that it is no draft any more.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="decisions", verbose_name="plan")
    meeting_date = models.DateField("collegevergadering")
    state = models.CharField(
        "staat", max_length=14, choices=DecisionState.choices, default=DecisionState.DRAFT
    )
    texts = RecordField("teksten", record=DecisionText, default=DecisionText)
    figures = RecordField("cijfers", record=DecisionFigure, null=True, blank=True)
    proposed = RecordField(
        "het plan waarover het gaat", record=PlanRecord, null=True, blank=True, editable=False
    )
    # Why the text changed, for the version that saving makes.
    why = ""

    class Meta:
        ordering = ["-meeting_date"]

    def __str__(self) -> str:
        return f"Collegebesluit {self.plan.title}"

    @property
    def frozen(self) -> bool:
        return self.state == DecisionState.ADOPTED

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse every change to a decision that was already adopted; keep the text as a version
        where it changed."""
        before = Decision.objects.filter(pk=self.pk).first() if self.pk else None
        if before is not None and before.frozen:
            raise ValidationError(FROZEN)
        with transaction.atomic():
            if before is not None and last_version(TextKind.DECISION, self.pk) is None:
                before._keep_version()
            super().save(*args, **kwargs)
            self._keep_version()
        self.why = ""

    def _keep_version(self) -> None:
        by = self.history.values_list("history_user_id", flat=True).first()
        keep_version(self.municipality, TextKind.DECISION, self.pk, self.texts, by, self.why)


class DecisionStep(Owned):
    """One change of state: from, to, by whom (pseudonym in the history) and why."""

    decision = models.ForeignKey(
        Decision, models.CASCADE, related_name="steps", verbose_name="besluit"
    )
    from_state = models.CharField("van", max_length=14, choices=DecisionState.choices)
    to_state = models.CharField("naar", max_length=14, choices=DecisionState.choices)
    note = models.TextField("toelichting", blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"
