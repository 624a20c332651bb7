"""A proposal to the college: its texts, its figures and the states that it passes; frozen once adopted."""

from django.core.exceptions import ValidationError
from django.db import models

from koers.apps.people.owned import Owned
from koers.apps.plan.models import Plan


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


class Decision(Owned):
    """A college decision.

    ``texts`` holds the text of each of the ten headings; ``figures`` what its figure shows (data, not pictures) with
    the ids of the snapshots, so that the document can be rebuilt as it was.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="decisions", verbose_name="plan")
    meeting_date = models.DateField("collegevergadering")
    state = models.CharField("staat", max_length=14, choices=DecisionState.choices, default=DecisionState.DRAFT)
    texts = models.JSONField("teksten", default=dict)
    figures = models.JSONField("cijfers", default=dict, blank=True)

    class Meta:
        ordering = ["-meeting_date"]

    def __str__(self):
        return f"Collegebesluit {self.plan.title}"

    @property
    def frozen(self) -> bool:
        return self.state == DecisionState.ADOPTED

    def save(self, *args, **kwargs):
        """Refuse every change to a decision that was already adopted."""
        if self.pk and Decision.objects.filter(pk=self.pk, state=DecisionState.ADOPTED).exists():
            raise ValidationError("Dit besluit is vastgesteld en kan niet meer worden gewijzigd.")
        super().save(*args, **kwargs)


class DecisionStep(Owned):
    """One change of state: from, to, by whom (pseudonym in the history) and why."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="steps", verbose_name="besluit")
    from_state = models.CharField("van", max_length=14, choices=DecisionState.choices)
    to_state = models.CharField("naar", max_length=14, choices=DecisionState.choices)
    note = models.TextField("toelichting", blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self):
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"
